// @ts-check
// What stands beside ours on the same PostgreSQL: a role and tables of the same shape in a schema of their own, under the
// same fence, written by the very same function `append_message`, which finds its tables by the search path.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pairOf } from './load.mjs';
import { openWire } from './wire.mjs';

const ROLE = 'bench_app';
/** The one tenant of the tables beside. */
export const TENANT = '00000000-0000-4000-8000-00000000be7c';

/** @param {number} i @returns {string} the id of a conversation of the tables beside */
export function conversationId(i) {
  return `00000000-0000-4000-8000-${i.toString(16).padStart(12, '0')}`;
}

/**
 * Makes role and tables. Durability is the server's: nothing here relaxes it.
 * @param {import('pg').Client} owner
 * @param {string} ownerUrl
 * @returns {Promise<string>} the URL of the role
 */
export async function makeTables(owner, ownerUrl) {
  const password = randomBytes(18).toString('base64url');
  await owner.query(`
    CREATE ROLE ${ROLE} LOGIN PASSWORD '${password}';
    CREATE SCHEMA bench;
    CREATE TABLE bench.message (LIKE public.message INCLUDING ALL);
    CREATE TABLE bench.intake_head (LIKE public.intake_head INCLUDING ALL) WITH (fillfactor = 40);
    CREATE TABLE bench.audit_pending (LIKE public.audit_pending INCLUDING ALL);
    CALL fence('bench.message');
    CALL fence('bench.intake_head');
    CALL fence('bench.audit_pending');
    GRANT USAGE ON SCHEMA bench, public TO ${ROLE};
    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA bench TO ${ROLE};
    GRANT SELECT ON public.record_value TO ${ROLE};
    GRANT EXECUTE ON FUNCTION public.append_message TO ${ROLE};
    ALTER ROLE ${ROLE} SET search_path = bench, public;
    ALTER ROLE ${ROLE} SET app.tenant = '${TENANT}';
  `);
  const url = new URL(ownerUrl);
  url.username = ROLE;
  url.password = password;
  return url.href;
}

/** Empties the tables and starts the conversations anew. @param {import('pg').Client} owner @param {number} count */
export async function emptyTables(owner, count) {
  await owner.query('TRUNCATE bench.message, bench.intake_head, bench.audit_pending');
  await owner.query(
    'INSERT INTO bench.intake_head (tenant_id, intake_id) SELECT $1, * FROM unnest($2::uuid[])',
    [TENANT, Array.from({ length: count }, (_, i) => conversationId(i))],
  );
}

/** @param {import('pg').Client} owner @returns {Promise<{ messages: number, entries: number, holes: number }>} what is in them */
export async function countTables(owner) {
  const { rows } = await owner.query(
    `SELECT (SELECT count(*) FROM bench.message)::int AS messages, (SELECT count(*) FROM bench.audit_pending)::int AS entries,
            (SELECT count(*) FROM (SELECT 1 FROM bench.message GROUP BY intake_id
              HAVING min(seq) <> 1 OR max(seq) <> count(*)) AS g)::int AS holes`,
  );
  return rows[0];
}

/**
 * The bare server, in a process of its own, with its pairs connected.
 * @param {string} databaseUrl @param {number} count
 * @returns {Promise<{ pid: number, pairs: import('./load.mjs').Pair[], write: (how: string) => Promise<void>, stop: () => Promise<void> }>}
 */
export async function startBare(databaseUrl, count) {
  const child = fork(fileURLToPath(new URL('bare-server.mjs', import.meta.url)), {
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_ENV: 'production',
      DATABASE_URL: databaseUrl,
      BENCH_TENANT: TENANT,
    },
  });
  const exited = once(child, 'exit');
  const [{ address }] = await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error('The bare server did not start.'))),
  ]);
  /** @type {import('./load.mjs').Pair[]} */
  const pairs = [];
  for (let i = 0; i < count; i++) {
    const intakeId = conversationId(i);
    const open = (/** @type {string} */ kind) => openWire(address, { intakeId, kind });
    pairs.push(pairOf(intakeId, [await open('client'), await open('staff')]));
  }
  const write = async (/** @type {string} */ how) => {
    child.send(how);
    await once(child, 'message');
  };
  const stop = async () => {
    pairs.forEach(({ sides }) => sides.forEach((wire) => wire.close()));
    child.kill('SIGTERM');
    await exited;
  };
  return { pid: child.pid ?? 0, pairs, write, stop };
}
