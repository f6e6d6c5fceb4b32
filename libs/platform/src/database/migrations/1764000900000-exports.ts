import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Exports: what was asked for, how far it is, and the finished bundle's digest. The bundle itself is a sealed file. */
export class Exports1764000900000 implements MigrationInterface {
  readonly name = 'Exports1764000900000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE export (
        tenant_id    uuid NOT NULL REFERENCES tenant,
        export_id    uuid NOT NULL,
        period_from  timestamptz NOT NULL,
        period_to    timestamptz NOT NULL,
        purpose      text NOT NULL,
        requested_by uuid NOT NULL,
        requested_at timestamptz NOT NULL,
        entry_id     uuid NOT NULL,                 -- the entry that says it was asked for
        state        text NOT NULL CHECK (state IN ('waiting', 'running', 'ready', 'failed')),
        done         bigint NOT NULL DEFAULT 0,
        total        bigint NOT NULL DEFAULT 0,
        bytes        bigint,
        sha256       bytea,
        touched_at   timestamptz NOT NULL,          -- an export that nobody touches any more is taken up again
        PRIMARY KEY (tenant_id, export_id),
        FOREIGN KEY (tenant_id, requested_by) REFERENCES staff_member
      );
      CALL fence('export');
      GRANT SELECT, INSERT, UPDATE ON export TO vestibule_app;

      CREATE TABLE export_part (
        tenant_id uuid NOT NULL,
        export_id uuid NOT NULL,
        part      int NOT NULL,
        sealed    bytea NOT NULL,                   -- a piece of the bundle; 256 KiB of plaintext at most
        PRIMARY KEY (tenant_id, export_id, part),
        FOREIGN KEY (tenant_id, export_id) REFERENCES export
      );
      CALL fence('export_part');
      GRANT SELECT, INSERT, DELETE ON export_part TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
