import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The log. The application may add to `audit_pending` and read; the sequencer's role gives numbers; nobody changes an entry.
 *
 * The triggers are a fence, not the proof: an owner can drop them. The proof is the signed checkpoint that is held elsewhere.
 */
export class Audit1764000200000 implements MigrationInterface {
  readonly name = 'Audit1764000200000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE audit_pending (
        tenant_id  uuid NOT NULL,
        entry_id   uuid PRIMARY KEY,
        entry      bytea NOT NULL CHECK (octet_length(entry) BETWEEN 24 AND 16384),
        arrived_at timestamptz NOT NULL DEFAULT clock_timestamp()
      -- A queue: every row is deleted soon. Vacuumed often, and not cut short, which would lock it against everybody.
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, vacuum_truncate = off);
      CALL fence('audit_pending');
      CREATE POLICY sequencer ON audit_pending TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT ON audit_pending TO vestibule_app;
      GRANT SELECT, DELETE ON audit_pending TO vestibule_sequencer;

      CREATE TABLE audit_head (
        tenant_id uuid PRIMARY KEY REFERENCES tenant,
        size      bigint NOT NULL DEFAULT 0,
        compact   bytea NOT NULL DEFAULT ''       -- the hashes of the perfect subtrees, largest first, 32 bytes each
      );
      CALL fence('audit_head');
      CREATE POLICY sequencer ON audit_head TO vestibule_sequencer USING (true) WITH CHECK (true);
      GRANT SELECT, INSERT ON audit_head TO vestibule_app;
      GRANT SELECT, UPDATE ON audit_head TO vestibule_sequencer;

      CREATE TABLE audit_entry (
        tenant_id uuid NOT NULL,
        idx       bigint NOT NULL,
        entry_id  uuid NOT NULL,
        leaf_hash bytea NOT NULL CHECK (octet_length(leaf_hash) = 32),
        entry     bytea NOT NULL,
        -- copies of what the entry says, to find it by; the bytes above are what counts
        at        timestamptz NOT NULL,
        act       text NOT NULL,
        actor_id  text NOT NULL,
        outcome   text NOT NULL,
        intake_id text,
        PRIMARY KEY (tenant_id, idx)
      );
      CREATE INDEX audit_entry_at ON audit_entry (tenant_id, at);
      CREATE INDEX audit_entry_intake ON audit_entry (tenant_id, intake_id) WHERE intake_id IS NOT NULL;
      CREATE INDEX audit_entry_id ON audit_entry (tenant_id, entry_id);
      CALL fence('audit_entry');
      CREATE POLICY sequencer ON audit_entry TO vestibule_sequencer USING (true) WITH CHECK (true);
      GRANT SELECT ON audit_entry TO vestibule_app;
      GRANT SELECT, INSERT ON audit_entry TO vestibule_sequencer;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- Hashes of perfect subtrees of 256 leaves and more, so that a proof does not read every leaf.
      CREATE TABLE audit_node (
        tenant_id uuid NOT NULL,
        level     int NOT NULL,
        idx       bigint NOT NULL,
        hash      bytea NOT NULL CHECK (octet_length(hash) = 32),
        PRIMARY KEY (tenant_id, level, idx)
      );
      CALL fence('audit_node');
      CREATE POLICY sequencer ON audit_node TO vestibule_sequencer USING (true) WITH CHECK (true);
      GRANT SELECT ON audit_node TO vestibule_app;
      GRANT SELECT, INSERT ON audit_node TO vestibule_sequencer;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_node
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE audit_checkpoint (
        tenant_id uuid NOT NULL,
        size      bigint NOT NULL,
        root      bytea NOT NULL CHECK (octet_length(root) = 32),
        note      text NOT NULL,
        signed_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, size)
      );
      CALL fence('audit_checkpoint');
      CREATE POLICY sequencer ON audit_checkpoint TO vestibule_sequencer USING (true) WITH CHECK (true);
      GRANT SELECT ON audit_checkpoint TO vestibule_app;
      GRANT SELECT, INSERT ON audit_checkpoint TO vestibule_sequencer;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoint
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- What a commitment in an entry stands for, sealed. Not part of any hash, so it can be erased.
      CREATE TABLE audit_opening (
        tenant_id uuid NOT NULL,
        entry_id  uuid NOT NULL,
        field     text NOT NULL,
        sealed    bytea NOT NULL,
        PRIMARY KEY (tenant_id, entry_id, field)
      );
      CALL fence('audit_opening');
      GRANT SELECT, INSERT ON audit_opening TO vestibule_app;
    `);
  }

  /** There is no way back: dropping the log would be tampering with it. */
  down(): Promise<void> {
    return Promise.reject(new Error('the audit log is never dropped'));
  }
}
