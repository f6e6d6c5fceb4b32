import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Records that a client may turn out to be, and the proof that they are. */
export class Identity1764000700000 implements MigrationInterface {
  readonly name = 'Identity1764000700000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE record (
        tenant_id     uuid NOT NULL REFERENCES tenant,
        record_id     uuid NOT NULL,
        identifier_token bytea NOT NULL,            -- keyed token of the identifier: failures are counted by it
        match_token   bytea NOT NULL,               -- keyed token of name, date of birth and identifier together
        sealed_values bytea NOT NULL,
        imported_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, record_id),
        UNIQUE (tenant_id, identifier_token)
      );
      CREATE INDEX record_match ON record (tenant_id, match_token);
      CALL fence('record');
      GRANT SELECT, INSERT, UPDATE ON record TO vestibule_app;

      -- Keyed tokens of the values that staff may not say before identity is confirmed. Found by, never read back.
      CREATE TABLE record_value (
        tenant_id uuid NOT NULL,
        token     bytea NOT NULL,
        record_id uuid NOT NULL,
        field     text NOT NULL,
        PRIMARY KEY (tenant_id, token, record_id, field),
        FOREIGN KEY (tenant_id, record_id) REFERENCES record
      );
      CREATE INDEX record_value_of ON record_value (tenant_id, record_id);
      CALL fence('record_value');
      GRANT SELECT, INSERT, DELETE ON record_value TO vestibule_app;

      CREATE TABLE verification (
        tenant_id       uuid NOT NULL,
        verification_id uuid NOT NULL,
        intake_id       uuid NOT NULL,
        session_id      uuid NOT NULL,              -- a code is bound to the session that asked for it
        record_id       uuid,                       -- absent when nothing matched: the client is told the same
        code_hash       text,                       -- argon2id
        tries           int NOT NULL DEFAULT 0,
        created_at      timestamptz NOT NULL,
        expires_at      timestamptz NOT NULL,
        used_at         timestamptz,
        PRIMARY KEY (tenant_id, verification_id),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES intake
      );
      CREATE INDEX verification_of ON verification (tenant_id, intake_id, created_at DESC);
      CALL fence('verification');
      GRANT SELECT, INSERT, UPDATE ON verification TO vestibule_app;

      -- Failures and sends, counted by session, network, address and record. Keys are keyed tokens.
      CREATE TABLE identity_count (
        tenant_id  uuid NOT NULL,
        kind       text NOT NULL,
        key        bytea NOT NULL,
        window_start timestamptz NOT NULL,
        count      int NOT NULL,
        last_at    timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, kind, key, window_start)
      );
      CALL fence('identity_count');
      GRANT SELECT, INSERT, UPDATE ON identity_count TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
