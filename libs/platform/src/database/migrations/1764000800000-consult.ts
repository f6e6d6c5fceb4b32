import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The video call of an intake: when it was offered, waited for, held and ended. */
export class Consult1764000800000 implements MigrationInterface {
  readonly name = 'Consult1764000800000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE consult (
        tenant_id   uuid NOT NULL,
        consult_id  uuid NOT NULL,
        intake_id   uuid NOT NULL,
        state       text NOT NULL CHECK (state IN ('offered', 'accepted', 'waiting', 'live', 'ended', 'declined')),
        offered_by  uuid NOT NULL,
        offered_at  timestamptz NOT NULL,
        accepted_at timestamptz,
        waiting_at  timestamptz,
        live_at     timestamptz,
        ended_at    timestamptz,
        ended_by    text CHECK (ended_by IN ('client', 'staff', 'system')),
        checks      jsonb,                          -- what the client's device check found: codes only
        PRIMARY KEY (tenant_id, consult_id),
        FOREIGN KEY (tenant_id, intake_id) REFERENCES intake
      );
      CREATE UNIQUE INDEX consult_open ON consult (tenant_id, intake_id) WHERE state NOT IN ('ended', 'declined');
      CALL fence('consult');
      GRANT SELECT, INSERT, UPDATE ON consult TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
