import { newId, type TenantId } from '@app/kernel';
import { Client } from 'pg';
import { connect, migrate } from '../src/database/connect';
import { Database } from '../src/database/database';
import { prepareRoles } from '../src/database/roles';

/** A database of one test file: the real migrations, the application's own role, nobody else in it. */
export interface TestDatabase {
  readonly database: Database;
  /** Addresses by role, for a second connection or for raw SQL. */
  readonly urls: { readonly owner: string; readonly app: string; readonly sequencer: string };
  /** Runs SQL as the owner, a superuser here: to set up and to look. */
  owner<Row extends object>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Adds a tenant and returns its id. */
  tenant(slug?: string): Promise<TenantId>;
  close(): Promise<void>;
}

/** Of the two roles, which all databases of the test cluster share: a test that starts a program gives it these. */
export const ROLE_PASSWORDS = {
  app: 'app-in-a-test-of-vestibule',
  sequencer: 'sequencer-in-a-test-of-vestibule',
};
const TEMPLATE = 'vestibule_template';

/** Makes one from a template that is migrated once a run. Close it when the file is done. */
export async function testDatabase(): Promise<TestDatabase> {
  const server = process.env['VESTIBULE_TEST_DATABASE_URL'];
  if (server === undefined)
    throw new Error('VESTIBULE_TEST_DATABASE_URL is not set: jest.config.cjs sets it up.');
  const name = `test_${newId<string>().replaceAll('-', '')}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  try {
    await admin.query('SELECT pg_advisory_lock(7301003)');
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [TEMPLATE]);
    if (rowCount === 0) {
      await admin.query(`CREATE DATABASE ${TEMPLATE}_new`);
      await prepareRoles(inDatabase(server, `${TEMPLATE}_new`), ROLE_PASSWORDS);
      await migrate(inDatabase(server, `${TEMPLATE}_new`));
      await admin.query(`ALTER DATABASE ${TEMPLATE}_new RENAME TO ${TEMPLATE}`);
    }
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
  const ownerUrl = inDatabase(server, name);
  const roles = await prepareRoles(ownerUrl, ROLE_PASSWORDS);
  const urls = { owner: ownerUrl, ...roles };
  const database = new Database(await connect(urls.app, 10, () => undefined));
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  return {
    database,
    urls,
    async owner<Row extends object>(sql: string, values: readonly unknown[] = []) {
      const { rows } = await owner.query(sql, [...values]);
      return rows as Row[];
    },
    async tenant(slug = 'a-clinic') {
      const tenantId = newId<TenantId>();
      await owner.query(
        `WITH t AS (INSERT INTO tenant (tenant_id, slug, name, sector, created_at) VALUES ($1, $2, $2, 'clinic', now()))
         INSERT INTO audit_head (tenant_id) VALUES ($1)`,
        [tenantId, slug],
      );
      return tenantId;
    },
    async close() {
      await database.close();
      await owner.end();
      const last = new Client({ connectionString: server });
      await last.connect();
      await last.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await last.end();
    },
  };
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
