import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Conversations. `intake_head` is the row that every act on a conversation locks: one writer at a time, so that message
 * numbers and audit numbers have no holes. It is narrow, because it is written with each message.
 */
export class Intake1764000500000 implements MigrationInterface {
  readonly name = 'Intake1764000500000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE intake (
        tenant_id     uuid NOT NULL REFERENCES tenant,
        intake_id     uuid NOT NULL,
        site_id       uuid NOT NULL,
        queue_id      uuid NOT NULL,
        topic         text NOT NULL,                -- a value of the site's form, never free text
        locale        text NOT NULL CHECK (locale IN ('en', 'es')),
        state         text NOT NULL CHECK (state IN ('waiting', 'claimed', 'closed')),
        out_of_hours  boolean NOT NULL,
        assignee_id   uuid,
        level         int NOT NULL DEFAULT 0,       -- assurance: 0 ANON, 1 V1
        record_id     uuid,                         -- set with level 1
        level_at      timestamptz,
        verification  text NOT NULL DEFAULT 'none' CHECK (verification IN ('none', 'requested', 'code-sent', 'verified', 'locked')),
        consult_id    uuid,
        consult       text NOT NULL DEFAULT 'none'
                      CHECK (consult IN ('none', 'offered', 'accepted', 'waiting', 'live', 'ended', 'declined')),
        sealed_form   bytea NOT NULL,               -- name, contact, answers, page
        notice_version int NOT NULL,
        created_at    timestamptz NOT NULL,
        queued_at     timestamptz NOT NULL,         -- the first waiting time, kept through transfers
        first_claimed_at  timestamptz,
        first_response_at timestamptz,
        closed_at     timestamptz,
        outcome       text,
        PRIMARY KEY (tenant_id, intake_id),
        FOREIGN KEY (tenant_id, site_id) REFERENCES site,
        FOREIGN KEY (tenant_id, queue_id) REFERENCES queue,
        FOREIGN KEY (tenant_id, assignee_id) REFERENCES staff_member
      );
      CREATE INDEX intake_waiting ON intake (tenant_id, queue_id, queued_at) WHERE state = 'waiting';
      CREATE INDEX intake_mine ON intake (tenant_id, assignee_id) WHERE state = 'claimed';
      CREATE INDEX intake_day ON intake (tenant_id, created_at);
      CALL fence('intake');
      GRANT SELECT, INSERT, UPDATE ON intake TO vestibule_app;

      CREATE TABLE intake_head (
        tenant_id   uuid NOT NULL,
        intake_id   uuid NOT NULL,
        version     int NOT NULL DEFAULT 1,         -- grows when a fact that a policy reads has changed
        last_seq    int NOT NULL DEFAULT 0,
        last_note   int NOT NULL DEFAULT 0,
        audit_n     int NOT NULL DEFAULT 0,
        audit_prev  bytea,
        PRIMARY KEY (tenant_id, intake_id)
      ) WITH (fillfactor = 40);
      CALL fence('intake_head');
      GRANT SELECT, INSERT, UPDATE ON intake_head TO vestibule_app;

      CREATE TABLE client_session (
        tenant_id    uuid NOT NULL,
        session_hash bytea NOT NULL,
        session_id   uuid NOT NULL,
        intake_id    uuid NOT NULL,
        created_at   timestamptz NOT NULL,
        last_seen_at timestamptz NOT NULL,
        expires_at   timestamptz NOT NULL,
        ended_at     timestamptz,
        PRIMARY KEY (tenant_id, session_hash),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES intake
      );
      CALL fence('client_session');
      GRANT SELECT, INSERT, UPDATE ON client_session TO vestibule_app;

      CREATE TABLE message (
        tenant_id     uuid NOT NULL,
        intake_id     uuid NOT NULL,
        seq           int NOT NULL,
        message_id    uuid NOT NULL,
        client_msg_id uuid NOT NULL,
        author_kind   text NOT NULL CHECK (author_kind IN ('client', 'staff', 'system')),
        author_id     text NOT NULL,
        event         text,                         -- of a system line; its words are made by the page
        sealed        bytea NOT NULL,
        sent_at       timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, intake_id, seq),
        UNIQUE (tenant_id, intake_id, client_msg_id, author_kind, author_id)
      );
      CALL fence('message');
      GRANT SELECT, INSERT ON message TO vestibule_app;

      CREATE TABLE note (
        tenant_id     uuid NOT NULL,
        intake_id     uuid NOT NULL,
        seq           int NOT NULL,
        note_id       uuid NOT NULL,
        client_msg_id uuid NOT NULL,
        author_id     uuid NOT NULL,
        sealed        bytea NOT NULL,
        sent_at       timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, intake_id, seq),
        UNIQUE (tenant_id, intake_id, client_msg_id, author_id)
      );
      CALL fence('note');
      GRANT SELECT, INSERT ON note TO vestibule_app;

      -- How far each side has received and read: watermarks, which never go back.
      CREATE TABLE receipts (
        tenant_id        uuid NOT NULL,
        intake_id        uuid NOT NULL,
        client_delivered int NOT NULL DEFAULT 0,
        client_read      int NOT NULL DEFAULT 0,
        staff_delivered  int NOT NULL DEFAULT 0,
        staff_read       int NOT NULL DEFAULT 0,
        PRIMARY KEY (tenant_id, intake_id)
      ) WITH (fillfactor = 40);
      CALL fence('receipts');
      GRANT SELECT, INSERT, UPDATE ON receipts TO vestibule_app;

      CREATE TABLE consent (
        tenant_id  uuid NOT NULL,
        intake_id  uuid NOT NULL,
        purpose    text NOT NULL,
        version    int NOT NULL,
        locale     text NOT NULL,
        text_sha256 bytea NOT NULL,
        given_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, intake_id, purpose, version)
      );
      CALL fence('consent');
      GRANT SELECT, INSERT ON consent TO vestibule_app;

      CREATE TABLE rating (
        tenant_id  uuid NOT NULL,
        intake_id  uuid NOT NULL,
        score      int NOT NULL CHECK (score BETWEEN 1 AND 5),
        sealed_comment bytea,
        rated_at   timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, intake_id)
      );
      CALL fence('rating');
      GRANT SELECT, INSERT ON rating TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
