import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What watches over the log: how far its scrubbing is, what it has found, refusals that are counted instead of written
 * one by one, and the policies that each tenant's log knows to be in force.
 */
export class LogGuards1765000500000 implements MigrationInterface {
  readonly name = 'LogGuards1765000500000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- The sequencer says in the log itself that an entry came with a wrong time.
      GRANT INSERT ON audit_pending TO vestibule_sequencer;

      CREATE TABLE audit_scrub (
        tenant_id   uuid PRIMARY KEY REFERENCES tenant,
        next_idx    bigint NOT NULL DEFAULT 0,        -- the first entry that this round has not looked at
        compact     bytea NOT NULL DEFAULT '',        -- the tree of what it has looked at, as in audit_head
        good        bigint NOT NULL DEFAULT 0,        -- the last checkpoint of this round that its tree has met
        broken      boolean NOT NULL DEFAULT false,   -- this round's tree cannot meet a checkpoint any more
        writers     jsonb NOT NULL DEFAULT '{}',      -- by writer: the number after its last, and what is missing before
        rounds      int NOT NULL DEFAULT 0,           -- that have come to their end
        ended_at    timestamptz,                      -- the last of them
        ended_size  bigint                            -- how many entries it looked at
      );
      CALL fence('audit_scrub');
      GRANT SELECT, INSERT, UPDATE ON audit_scrub TO vestibule_app;

      -- One row a finding, so that it is recorded once and not in every round.
      CREATE TABLE audit_alarm (
        tenant_id uuid NOT NULL REFERENCES tenant,
        subject   text NOT NULL,
        found_at  timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, subject)
      );
      CALL fence('audit_alarm');
      GRANT SELECT, INSERT ON audit_alarm TO vestibule_app;

      -- Refusals within a minute of one kind, of one person: the first are entries, the others a count until it is told.
      CREATE TABLE refusal_tally (
        tenant_id uuid NOT NULL REFERENCES tenant,
        key       text NOT NULL,
        act       jsonb NOT NULL,                     -- what the entry of the count will say: codes and ids only
        ends_at   timestamptz NOT NULL,
        seen      int NOT NULL,
        told      int NOT NULL,
        PRIMARY KEY (tenant_id, key)
      );
      CALL fence('refusal_tally');
      CREATE POLICY sequencer ON refusal_tally TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT, UPDATE, DELETE ON refusal_tally TO vestibule_app;
      GRANT SELECT ON refusal_tally TO vestibule_sequencer;

      CREATE TABLE policy_on_record (
        tenant_id uuid PRIMARY KEY REFERENCES tenant,
        digest    text NOT NULL
      );
      CALL fence('policy_on_record');
      CREATE POLICY sequencer ON policy_on_record TO vestibule_sequencer USING (true);
      GRANT SELECT, INSERT, UPDATE ON policy_on_record TO vestibule_app;
      GRANT SELECT ON policy_on_record TO vestibule_sequencer;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
