import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Exports of one conversation, and redacted variants of them; where an export stood in the log, for the next one to follow
 * it; why one failed. And the OpenPGP keys of officers, each said by one administrator and confirmed by another.
 */
export class TranscriptExports1765000600000 implements MigrationInterface {
  readonly name = 'TranscriptExports1765000600000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE export
        ALTER COLUMN period_from DROP NOT NULL,
        ALTER COLUMN period_to DROP NOT NULL,
        ADD COLUMN intake_id       uuid,            -- of an export of one conversation
        ADD COLUMN source_id       uuid,            -- of a redacted variant: the export that it is made from
        ADD COLUMN redactions      jsonb,           -- [{seq, reason}]: numbers of messages and codes
        ADD COLUMN views           text[] NOT NULL DEFAULT '{}',
        ADD COLUMN checkpoint      text,            -- the signed note that the bundle stands on
        ADD COLUMN size            bigint,          -- of the log at that checkpoint
        ADD COLUMN manifest_sha256 bytea,
        ADD COLUMN messages        int,             -- in the bundle, of a conversation
        ADD COLUMN failure         jsonb,           -- {reason, entry?, message?}: codes and numbers
        ADD CONSTRAINT export_scope CHECK ((intake_id IS NULL) = (period_from IS NOT NULL AND period_to IS NOT NULL)),
        ADD CONSTRAINT export_redacted CHECK ((source_id IS NULL) = (redactions IS NULL) AND (source_id IS NULL OR intake_id IS NOT NULL)),
        ADD FOREIGN KEY (tenant_id, source_id) REFERENCES export;

      CREATE TABLE officer_key (
        tenant_id    uuid NOT NULL REFERENCES tenant,
        key_id       uuid NOT NULL,
        staff_id     uuid NOT NULL,                 -- whose exports are encrypted to it
        public_key   text,                          -- armoured; nothing: from now on there is none
        fingerprint  text,
        state        text NOT NULL CHECK (state IN ('proposed', 'pinned', 'rejected', 'replaced')),
        proposed_by  uuid NOT NULL,
        proposed_at  timestamptz NOT NULL,
        decided_by   uuid,
        decided_at   timestamptz,
        PRIMARY KEY (tenant_id, key_id),
        FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member,
        FOREIGN KEY (tenant_id, proposed_by) REFERENCES staff_member,
        FOREIGN KEY (tenant_id, decided_by) REFERENCES staff_member,
        CHECK ((public_key IS NULL) = (fingerprint IS NULL)),
        CHECK ((state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL)),
        -- Two people, whatever the application does.
        CHECK (state NOT IN ('pinned', 'replaced') OR decided_by <> proposed_by)
      );
      CREATE UNIQUE INDEX officer_key_proposed ON officer_key (tenant_id, staff_id) WHERE state = 'proposed';
      CREATE UNIQUE INDEX officer_key_pinned ON officer_key (tenant_id, staff_id) WHERE state = 'pinned';
      CALL fence('officer_key');
      GRANT SELECT, INSERT ON officer_key TO vestibule_app;
      GRANT UPDATE (state, decided_by, decided_at) ON officer_key TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
