// @ts-check
// The ten ways to change what a log says, each really tried by somebody who owns the database and knows the system, and who
// makes good what can be made good without the log's key. Then whatever checks the system has are run.
import { randomUUID } from 'node:crypto';
import { TRIES } from './ours.mjs';

export const ATTACKS = [
  'edit',
  'delete from the middle',
  'delete the tail',
  'swap',
  'insert',
  'backdate',
  'fork',
  'restore a snapshot',
  'omit from an export',
  'disable logging',
];

/** @typedef {{ attack: string, system: string, detected: 'yes' | 'only if careless' | 'no', by: string }} Verdict */

/**
 * @param {{ owner: import('pg').Client, lab: (name: string) => Promise<import('./lab.mjs').Lab> }} on
 * @returns {Promise<Verdict[]>}
 */
export async function tryAttacks({ owner, lab }) {
  /** @type {Verdict[]} */
  const verdicts = [];
  for (const [system, table] of /** @type {const} */ ([
    ['plain audit table', 'audit_plain'],
    ['trigger table', 'audit_trigger'],
    ['hash chain', 'audit_chain'],
  ]))
    for (const attack of ATTACKS) verdicts.push({ system, attack, ...(await onTable(owner, table, attack)) });
  for (const attack of ATTACKS) {
    const ours = await lab(attack);
    try {
      const by = await TRIES[attack]?.(ours);
      verdicts.push({ system: 'ours', attack, detected: by ? 'yes' : 'no', by: by ?? 'nothing' });
    } finally {
      await ours.close();
    }
  }
  return verdicts;
}

/**
 * Tries one attack on a table twice: by somebody careless, and by somebody who renumbers, redates and hashes anew.
 * @param {import('pg').Client} owner @param {string} table @param {string} attack
 * @returns {Promise<{ detected: Verdict['detected'], by: string }>}
 */
async function onTable(owner, table, attack) {
  const careful = await findings(owner, table, attack, true);
  if (careful.length > 0) return { detected: 'yes', by: careful.join(', ') };
  const careless = await findings(owner, table, attack, false);
  if (careless.length > 0) return { detected: 'only if careless', by: careless.join(', ') };
  return { detected: 'no', by: 'nothing' };
}

/** @param {import('pg').Client} owner @param {string} table @param {string} attack @param {boolean} careful */
async function findings(owner, table, attack, careful) {
  const t = `bench.${table}`;
  const run = (/** @type {string} */ sql) => owner.query(sql);
  const hashed = table === 'audit_chain';
  await run('BEGIN');
  try {
    await run('SET LOCAL session_replication_role = replica'); // no trigger of the table's own fires
    await run(`TRUNCATE ${t}`);
    for (let n = 1; n <= 12; n++)
      await run(`INSERT INTO ${t} (tenant_id, n, entry_id, at, actor, act, entry${hashed ? ', hash' : ''})
        VALUES ('${TENANT}', ${n}, '${randomUUID()}', now() - interval '1 hour' + ${n} * interval '1 second', 'a', 'b', 'entry ${n}'${hashed ? ", ''" : ''})`);
    if (hashed) await rehash(owner, t);
    await run(`CREATE TEMP TABLE snapshot ON COMMIT DROP AS TABLE ${t}`);
    await run(changeOf(attack, t, hashed));
    if (careful) {
      await run(
        `UPDATE ${t} SET n = c.n FROM (SELECT entry_id, row_number() OVER (ORDER BY at, n) AS n FROM ${t}) c WHERE ${t.split('.')[1]}.entry_id = c.entry_id`,
      );
      if (hashed) await rehash(owner, t);
    }
    return await check(owner, t, hashed);
  } finally {
    await run('ROLLBACK');
  }
}

const TENANT = '00000000-0000-4000-8000-00000000be7c';

/** @param {string} attack @param {string} t @param {boolean} hashed @returns {string} */
function changeOf(attack, t, hashed) {
  const hash = hashed ? ", ''" : '';
  const put = (/** @type {string} */ n, /** @type {string} */ at) =>
    `INSERT INTO ${t} SELECT tenant_id, ${n}, gen_random_uuid(), ${at}, actor, act, 'forged'${hash} FROM ${t} WHERE n = 1`;
  switch (attack) {
    case 'edit':
      return `UPDATE ${t} SET entry = 'something else' WHERE n = 5`;
    case 'delete from the middle':
      return `DELETE FROM ${t} WHERE n = 5`;
    case 'delete the tail':
      return `DELETE FROM ${t} WHERE n > 9`;
    case 'swap':
      return `UPDATE ${t} a SET entry = b.entry FROM ${t} b WHERE a.n IN (3, 4) AND b.n = 7 - a.n`;
    case 'insert':
      return put('6', `at + interval '4500 ms'`);
    case 'backdate':
      return put('13', `at - interval '30 days'`);
    // Two histories are shown to two people: each is what it is, and neither knows of the other.
    case 'fork':
      return put('13', 'now()');
    case 'restore a snapshot':
      return `${put('13', 'now()')}; TRUNCATE ${t}; INSERT INTO ${t} TABLE snapshot`;
    // What is exported is rows; nothing in them says how many there are.
    case 'omit from an export':
      return `DELETE FROM ${t} WHERE n = 5`;
    // The act is done, and no row is written of it.
    default:
      return 'SELECT 1';
  }
}

/** Makes the chain anew over what is there, as whoever can write the table can. @param {import('pg').Client} owner @param {string} t */
async function rehash(owner, t) {
  await owner.query(`DO $$ DECLARE r record; v_prev bytea := ''; BEGIN
    FOR r IN SELECT entry_id, entry FROM ${t} ORDER BY n LOOP
      v_prev := sha256(v_prev || convert_to(r.entry, 'UTF8'));
      UPDATE ${t} SET hash = v_prev WHERE entry_id = r.entry_id;
    END LOOP; END $$`);
}

/** All that can be checked of such a table: numbers, times, hashes. @param {import('pg').Client} owner @param {string} t @param {boolean} hashed */
async function check(owner, t, hashed) {
  const { rows } = await owner.query(
    `SELECT n::int, at, entry${hashed ? ', hash' : ''} FROM ${t} ORDER BY n`,
  );
  const found = new Set();
  for (const [i, row] of rows.entries()) {
    const before = rows[i - 1];
    if (before && row.n !== before.n + 1) found.add('a hole in the numbers, as every roll-back leaves one');
    if (before && row.at < before.at) found.add('times out of order');
  }
  if (hashed) {
    await owner.query('SAVEPOINT rehash');
    await rehash(owner, t);
    const again = await owner.query(`SELECT hash FROM ${t} ORDER BY n`);
    await owner.query('ROLLBACK TO SAVEPOINT rehash');
    if (again.rows.some(({ hash }, i) => !hash.equals(rows[i].hash))) found.add('the chain');
  }
  return [...found];
}
