import { Client, escapeIdentifier, escapeLiteral } from 'pg';

/** The two roles that the program runs as. Neither owns a table, neither may bypass row-level security. */
export const APP_ROLE = 'vestibule_app';
export const SEQUENCER_ROLE = 'vestibule_sequencer';

/** Any two processes that start together agree on this number (an advisory lock is per database, so per cluster here). */
const ROLES_LOCK = 7_301_001;

/**
 * Makes sure that both roles exist and that the password lets them in, and returns their addresses.
 *
 * @param ownerUrl - may create roles (superuser or CREATEROLE).
 * @param passwords - of the two roles; kept by the caller outside the database.
 * @throws Error if the owner may not create roles and the roles do not let us in.
 */
export async function prepareRoles(
  ownerUrl: string,
  passwords: { readonly app: string; readonly sequencer: string },
): Promise<{ readonly app: string; readonly sequencer: string }> {
  const urls = {
    app: asRole(ownerUrl, APP_ROLE, passwords.app),
    sequencer: asRole(ownerUrl, SEQUENCER_ROLE, passwords.sequencer),
  };
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    await owner.query('SELECT pg_advisory_lock($1)', [ROLES_LOCK]);
    await prepareRole(owner, APP_ROLE, passwords.app, urls.app);
    await prepareRole(owner, SEQUENCER_ROLE, passwords.sequencer, urls.sequencer);
    const database = escapeIdentifier(new URL(ownerUrl).pathname.slice(1));
    await owner.query(`GRANT CONNECT ON DATABASE ${database} TO ${APP_ROLE}, ${SEQUENCER_ROLE}`);
  } finally {
    await owner.end();
  }
  return urls;
}

async function prepareRole(owner: Client, role: string, password: string, url: string): Promise<void> {
  const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const attributes = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';
  if (rowCount === 0)
    await owner.query(
      `CREATE ROLE ${escapeIdentifier(role)} ${attributes} PASSWORD ${escapeLiteral(password)}`,
    );
  else if (!(await letsIn(url)))
    await owner.query(`ALTER ROLE ${escapeIdentifier(role)} LOGIN PASSWORD ${escapeLiteral(password)}`);
}

async function letsIn(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function asRole(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}
