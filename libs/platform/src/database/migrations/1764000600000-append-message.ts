import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One message in one statement, so in one round trip and one transaction: lock the conversation, see that nothing has
 * changed since the decision was made, store, record.
 *
 * The caller decides and seals on what it last knew of the conversation and names it: `version`, `seq`, `audit_n`. Under
 * the lock these are compared; if one differs nothing is written and the answer is `stale`, with what is true now.
 *
 * `p_guard` holds the keyed tokens, 32 bytes each, of what the text says, while the client's identity is not confirmed: if one of them is
 * a value of a record, nothing is written and the answer is `guarded`. NULL once identity is confirmed.
 */
export class AppendMessage1764000600000 implements MigrationInterface {
  readonly name = 'AppendMessage1764000600000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE FUNCTION append_message(
        p_tenant uuid, p_intake uuid, p_version int, p_seq int, p_audit_n int,
        p_message uuid, p_client_msg uuid, p_author_kind text, p_author text, p_event text, p_sealed bytea, p_sent_at timestamptz,
        p_entry_id uuid, p_entry bytea, p_leaf_hash bytea, p_guard bytea,
        OUT outcome text, OUT message_id uuid, OUT seq int, OUT sent_at timestamptz,
        OUT version int, OUT last_seq int, OUT audit_n int, OUT audit_prev bytea
      ) LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM set_config('app.tenant', p_tenant::text, true);
        SELECT h.version, h.last_seq, h.audit_n, h.audit_prev INTO version, last_seq, audit_n, audit_prev
          FROM intake_head h WHERE h.tenant_id = p_tenant AND h.intake_id = p_intake FOR UPDATE;
        IF NOT FOUND THEN
          outcome := 'missing';
          RETURN;
        END IF;
        SELECT m.message_id, m.seq, m.sent_at INTO message_id, seq, sent_at
          FROM message m WHERE m.tenant_id = p_tenant AND m.intake_id = p_intake AND m.client_msg_id = p_client_msg
           AND m.author_kind = p_author_kind AND m.author_id = p_author;
        IF FOUND THEN
          outcome := 'repeated';
          RETURN;
        END IF;
        IF version <> p_version OR last_seq <> p_seq - 1 OR audit_n <> p_audit_n - 1 THEN
          outcome := 'stale';
          RETURN;
        END IF;
        -- Nested, and an array: planned once, and each token looked up in the index (286 µs; as a join, 1,160 µs).
        IF p_guard IS NOT NULL THEN
          IF EXISTS (
            SELECT 1 FROM record_value v WHERE v.tenant_id = p_tenant AND v.token = ANY (ARRAY(
              SELECT substring(p_guard FROM 32 * i + 1 FOR 32) FROM generate_series(0, octet_length(p_guard) / 32 - 1) i
            ))
          ) THEN
            outcome := 'guarded';
            RETURN;
          END IF;
        END IF;
        INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, event, sealed, sent_at)
          VALUES (p_tenant, p_intake, p_seq, p_message, p_client_msg, p_author_kind, p_author, p_event, p_sealed, p_sent_at);
        UPDATE intake_head h SET last_seq = p_seq, audit_n = p_audit_n, audit_prev = p_leaf_hash
          WHERE h.tenant_id = p_tenant AND h.intake_id = p_intake;
        INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES (p_tenant, p_entry_id, p_entry);
        outcome := 'appended';
        message_id := p_message; seq := p_seq; sent_at := p_sent_at;
        last_seq := p_seq; audit_n := p_audit_n; audit_prev := p_leaf_hash;
      END $$;
      REVOKE ALL ON FUNCTION append_message FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION append_message TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
