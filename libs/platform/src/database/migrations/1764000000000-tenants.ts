import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Tenants, the fence around each of them, and the public directory of addresses.
 *
 * `fence(table)` is what makes a tenant table: row-level security, forced also on the owner, by the tenant that the
 * transaction names. The application's role owns nothing and can bypass nothing.
 */
export class Tenants1764000000000 implements MigrationInterface {
  readonly name = 'Tenants1764000000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      REVOKE ALL ON SCHEMA public FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO vestibule_app, vestibule_sequencer;

      CREATE FUNCTION current_tenant() RETURNS uuid LANGUAGE sql STABLE AS
        $$ SELECT nullif(current_setting('app.tenant', true), '')::uuid $$;

      CREATE PROCEDURE fence(the_table regclass) LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', the_table);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', the_table);
        EXECUTE format('CREATE POLICY own_tenant ON %s USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())', the_table);
      END $$;

      CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
      END $$;

      CREATE TABLE tenant (
        tenant_id  uuid PRIMARY KEY,
        slug       text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]{2,40}$'),
        name       text NOT NULL,
        sector     text NOT NULL CHECK (sector IN ('clinic', 'law', 'school')),
        created_at timestamptz NOT NULL
      );
      CALL fence('tenant');
      GRANT SELECT, INSERT ON tenant TO vestibule_app;

      -- Which tenant an address belongs to. Read before a tenant is known, so it has no fence; nothing in it is personal.
      CREATE TABLE address (
        kind      text NOT NULL CHECK (kind IN ('organisation', 'site')),
        slug      text NOT NULL CHECK (slug ~ '^[a-z0-9-]{2,40}$'),
        belongs_to uuid NOT NULL REFERENCES tenant,
        site_id   uuid,
        PRIMARY KEY (kind, slug)
      );
      GRANT SELECT, INSERT ON address TO vestibule_app;
    `);
  }

  down(): Promise<void> {
    return Promise.reject(new Error('migrations go forward only'));
  }
}
