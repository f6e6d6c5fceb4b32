import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who works here, and where they are signed in. */
export class Staff1764000300000 implements MigrationInterface {
  readonly name = 'Staff1764000300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE staff_member (
        tenant_id      uuid NOT NULL REFERENCES tenant,
        staff_id       uuid NOT NULL,
        email          text NOT NULL CHECK (email = lower(email)),
        name           text NOT NULL,
        roles          text[] NOT NULL,
        password_hash  text NOT NULL,
        last_totp_step bigint NOT NULL DEFAULT 0,   -- a code is accepted once
        active         boolean NOT NULL DEFAULT true,
        created_at     timestamptz NOT NULL,
        last_seen_at   timestamptz,
        PRIMARY KEY (tenant_id, staff_id),
        UNIQUE (tenant_id, email)
      );
      CALL fence('staff_member');
      GRANT SELECT, INSERT, UPDATE ON staff_member TO vestibule_app;

      -- Between the password and the second factor.
      CREATE TABLE sign_in_challenge (
        tenant_id      uuid NOT NULL,
        challenge_hash bytea NOT NULL,
        staff_id       uuid NOT NULL,
        tries          int NOT NULL DEFAULT 0,
        expires_at     timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, challenge_hash),
        FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member
      );
      CALL fence('sign_in_challenge');
      GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_challenge TO vestibule_app;

      CREATE TABLE staff_session (
        tenant_id    uuid NOT NULL,
        session_hash bytea NOT NULL,
        session_id   uuid NOT NULL,                 -- the name of the session in the log
        staff_id     uuid NOT NULL,
        created_at   timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        ended_at     timestamptz,
        PRIMARY KEY (tenant_id, session_hash),
        FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member
      );
      CREATE INDEX staff_session_of ON staff_session (tenant_id, staff_id) WHERE ended_at IS NULL;
      CALL fence('staff_session');
      GRANT SELECT, INSERT, UPDATE ON staff_session TO vestibule_app;

      -- A ticket opens one socket, once. What it stands for is written when it is made.
      CREATE TABLE socket_ticket (
        tenant_id   uuid NOT NULL,
        ticket_hash bytea NOT NULL,
        stands_for  jsonb NOT NULL,
        expires_at  timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, ticket_hash)
      );
      CALL fence('socket_ticket');
      GRANT SELECT, INSERT, DELETE ON socket_ticket TO vestibule_app;

      -- Limits on sign-in, claims and chat start, kept where every process sees them.
      CREATE TABLE rate_limit (
        key    varchar(255) PRIMARY KEY,            -- a keyed token, never a name or an address
        points integer NOT NULL DEFAULT 0,
        expire bigint
      );
      GRANT SELECT, INSERT, UPDATE, DELETE ON rate_limit TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
