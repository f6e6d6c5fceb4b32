import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sites, queues, forms, hours, canned replies, and the notices that a person says yes to. */
export class Desk1764000400000 implements MigrationInterface {
  readonly name = 'Desk1764000400000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE queue (
        tenant_id uuid NOT NULL REFERENCES tenant,
        queue_id  uuid NOT NULL,
        name      text NOT NULL,
        PRIMARY KEY (tenant_id, queue_id)
      );
      CALL fence('queue');
      GRANT SELECT, INSERT, UPDATE ON queue TO vestibule_app;

      CREATE TABLE queue_member (
        tenant_id uuid NOT NULL,
        queue_id  uuid NOT NULL,
        staff_id  uuid NOT NULL,
        PRIMARY KEY (tenant_id, queue_id, staff_id),
        FOREIGN KEY (tenant_id, queue_id) REFERENCES queue,
        FOREIGN KEY (tenant_id, staff_id) REFERENCES staff_member
      );
      CREATE INDEX queue_member_of ON queue_member (tenant_id, staff_id);
      CALL fence('queue_member');
      GRANT SELECT, INSERT, DELETE ON queue_member TO vestibule_app;

      CREATE TABLE site (
        tenant_id  uuid NOT NULL REFERENCES tenant,
        site_id    uuid NOT NULL,
        slug       text NOT NULL,
        name       text NOT NULL,
        -- hours, time zone, locales, who answers, emergency lines, form, topic -> queue; parsed by libs/desk on the way in and out
        definition jsonb NOT NULL,
        PRIMARY KEY (tenant_id, site_id)
      );
      CALL fence('site');
      GRANT SELECT, INSERT, UPDATE ON site TO vestibule_app;

      CREATE TABLE canned_reply (
        tenant_id uuid NOT NULL REFERENCES tenant,
        reply_id  uuid NOT NULL,
        title     text NOT NULL,
        body      jsonb NOT NULL,                   -- text by locale
        PRIMARY KEY (tenant_id, reply_id)
      );
      CALL fence('canned_reply');
      GRANT SELECT, INSERT ON canned_reply TO vestibule_app;

      CREATE TABLE notice (
        tenant_id uuid NOT NULL,
        site_id   uuid NOT NULL,
        version   int NOT NULL,
        body      jsonb NOT NULL,                   -- text by locale
        published_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, site_id, version),
        FOREIGN KEY (tenant_id, site_id) REFERENCES site
      );
      CALL fence('notice');
      GRANT SELECT, INSERT ON notice TO vestibule_app;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON notice
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
