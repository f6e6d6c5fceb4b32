import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Wrapped keys: the tenant's under the root key, the data keys under the tenant's, and the few secrets of the house itself. */
export class Keys1764000100000 implements MigrationInterface {
  readonly name = 'Keys1764000100000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE tenant_key (
        tenant_id  uuid NOT NULL REFERENCES tenant,
        version    int NOT NULL,
        wrapped    bytea NOT NULL,
        created_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, version)
      );
      CALL fence('tenant_key');
      GRANT SELECT, INSERT ON tenant_key TO vestibule_app;

      CREATE TABLE data_key (
        tenant_id   uuid NOT NULL REFERENCES tenant,
        owner       text NOT NULL,            -- an intake's id, or a directory such as 'records'
        data_key_id bytea NOT NULL CHECK (octet_length(data_key_id) = 16),
        key_version int NOT NULL,
        wrapped     bytea NOT NULL,
        created_at  timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, owner)
      );
      CALL fence('data_key');
      GRANT SELECT, INSERT ON data_key TO vestibule_app;

      -- Secrets of the house that are nobody's personal data: log keys, signing keys, second factors.
      CREATE TABLE secret (
        tenant_id   uuid NOT NULL REFERENCES tenant,
        name        text NOT NULL,
        key_version int NOT NULL,
        wrapped     bytea NOT NULL,
        created_at  timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, name)
      );
      CALL fence('secret');
      GRANT SELECT, INSERT, UPDATE ON secret TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
