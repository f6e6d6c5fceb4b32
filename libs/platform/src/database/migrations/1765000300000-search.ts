import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Searches over sealed transcripts: what was asked (the words sealed), how far it is, and what was found (sealed). All of it
 * is deleted a day after it was asked for.
 */
export class Search1765000300000 implements MigrationInterface {
  readonly name = 'Search1765000300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE transcript_search (
        tenant_id     uuid NOT NULL REFERENCES tenant,
        search_id     uuid NOT NULL,
        requested_by  uuid NOT NULL,
        requested_at  timestamptz NOT NULL,
        entry_id      uuid NOT NULL,                -- the entry that says it was asked for
        sealed_words  bytea NOT NULL,
        match         text NOT NULL CHECK (match IN ('phrase', 'all-words')),
        purpose       text,
        period_from   timestamptz NOT NULL,
        period_to     timestamptz NOT NULL,
        queue_id      uuid,
        intake_id     uuid,
        state         text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'cancelled', 'failed')),
        conversations int NOT NULL,                 -- that the receipt opens
        done          bigint NOT NULL DEFAULT 0,    -- messages
        total         bigint NOT NULL,
        hits          int NOT NULL DEFAULT 0,       -- messages in which the words stand
        found         int NOT NULL DEFAULT 0,       -- conversations with such
        erased        int NOT NULL DEFAULT 0,       -- conversations whose key is gone
        unreadable    int NOT NULL DEFAULT 0,       -- messages that do not open
        capped        boolean NOT NULL DEFAULT false,
        touched_at    timestamptz NOT NULL,         -- one that nobody touches any more has failed
        PRIMARY KEY (tenant_id, search_id),
        FOREIGN KEY (tenant_id, requested_by) REFERENCES staff_member
      );
      CREATE INDEX transcript_search_of ON transcript_search (tenant_id, requested_by, requested_at);
      CALL fence('transcript_search');
      GRANT SELECT, INSERT, UPDATE, DELETE ON transcript_search TO vestibule_app;

      CREATE TABLE transcript_search_hit (
        tenant_id uuid NOT NULL,
        search_id uuid NOT NULL,
        part      int NOT NULL,
        sealed    bytea NOT NULL,                   -- which messages of which conversations
        PRIMARY KEY (tenant_id, search_id, part),
        FOREIGN KEY (tenant_id, search_id) REFERENCES transcript_search ON DELETE CASCADE
      );
      CALL fence('transcript_search_hit');
      GRANT SELECT, INSERT, DELETE ON transcript_search_hit TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
