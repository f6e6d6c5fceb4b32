import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What others say of the log: cosignatures of witnesses and tokens of time-stamping authorities, beside its checkpoints. */
export class Witnesses1765000400000 implements MigrationInterface {
  readonly name = 'Witnesses1765000400000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- How a witness and a log stand to each other now. What counts is in audit_cosignature.
      CREATE TABLE audit_witness (
        tenant_id    uuid NOT NULL REFERENCES tenant,
        witness      text NOT NULL,             -- its vkey
        size         bigint NOT NULL DEFAULT 0, -- cosigned up to here
        cosigned_at  timestamptz,               -- as the witness says
        away_since   timestamptz,               -- the first failure of those in a row
        fault        text,                      -- the last one's code
        is_refusing  boolean NOT NULL DEFAULT false, -- it has seen another history of this log
        alarmed_at   timestamptz,               -- an entry says that it is away, or refuses
        PRIMARY KEY (tenant_id, witness)
      );
      CALL fence('audit_witness');
      CREATE POLICY sequencer ON audit_witness TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT, UPDATE ON audit_witness TO vestibule_app;
      GRANT SELECT ON audit_witness TO vestibule_sequencer;

      CREATE TABLE audit_cosignature (
        tenant_id uuid NOT NULL,
        size      bigint NOT NULL,
        witness   text NOT NULL,                -- its vkey
        line      text NOT NULL,                -- to be added to the note of the checkpoint
        at        timestamptz NOT NULL,         -- as the witness says
        PRIMARY KEY (tenant_id, size, witness)
      );
      CALL fence('audit_cosignature');
      CREATE POLICY sequencer ON audit_cosignature TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT ON audit_cosignature TO vestibule_app;
      GRANT SELECT ON audit_cosignature TO vestibule_sequencer;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_cosignature
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      CREATE TABLE audit_anchor (
        tenant_id  uuid NOT NULL,
        size       bigint NOT NULL,             -- of the checkpoint that was stamped
        stamped_at timestamptz NOT NULL,        -- as the authority says
        response   bytea NOT NULL,              -- RFC 3161 TimeStampResp
        entry_id   uuid NOT NULL,               -- the entry that logs it back
        PRIMARY KEY (tenant_id, size)
      );
      CREATE INDEX audit_anchor_at ON audit_anchor (tenant_id, stamped_at);
      CALL fence('audit_anchor');
      CREATE POLICY sequencer ON audit_anchor TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT ON audit_anchor TO vestibule_app;
      GRANT SELECT ON audit_anchor TO vestibule_sequencer;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_anchor
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
