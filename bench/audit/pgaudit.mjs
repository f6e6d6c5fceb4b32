// @ts-check
// PostgreSQL 15 of Debian with pgaudit, where it is installed (packages postgresql-15 and postgresql-15-pgaudit).
import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseAccount, giveTo, spawnAs } from '../../infra/postgres/account.mjs';
import { endServer, freePort } from '../../infra/postgres/server.mjs';
import { ATTACKS } from './attacks/attacks.mjs';
import { schema } from './systems.mjs';

const PROGRAMS = '/usr/lib/postgresql/15/bin';
const PASSWORD = 'bench';

/** @returns {boolean} */
export const isInstalled = () =>
  existsSync(`${PROGRAMS}/postgres`) && existsSync('/usr/share/postgresql/15/extension/pgaudit.control');

/**
 * Starts one in a folder that its account can reach, with the durability that PostgreSQL has by itself.
 * @param {string} folder
 * @returns {Promise<{ url: string, logFile: string, stop: () => Promise<void> }>}
 */
async function startDebian(folder) {
  const account = databaseAccount(() => {});
  const home = path.join(folder, 'debian');
  mkdirSync(home, { mode: 0o700 });
  giveTo(account, home);
  const data = path.join(home, 'data');
  const secret = path.join(home, 'password');
  writeFileSync(secret, PASSWORD, { mode: 0o600 });
  giveTo(account, secret);
  const options = { cwd: home, env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' }, ...spawnAs(account) };
  const words = [
    '-D',
    data,
    '-U',
    'bench',
    '--pwfile',
    secret,
    '-A',
    'scram-sha-256',
    '-E',
    'UTF8',
    '--locale=C',
  ];
  execFileSync(`${PROGRAMS}/initdb`, words, { ...options, stdio: 'ignore' });
  const port = await freePort();
  const logFile = path.join(home, 'log');
  const log = openSync(logFile, 'w', 0o600);
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'shared_preload_libraries=pgaudit',
  ].flatMap((one) => ['-c', one]);
  const server = spawn(`${PROGRAMS}/postgres`, ['-D', data, ...settings], {
    ...options,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const url = `postgres://bench:${PASSWORD}@127.0.0.1:${port}/postgres`;
  await untilUp(url, logFile);
  return { url, logFile, stop: () => endServer(data, server.pid ?? 0) };
}

/**
 * Starts it with the bench's tables and two roles: one whose writes are audited with all that is in them, and one without.
 * @param {string} folder @param {string} tenant
 */
export async function prepareDebian(folder, tenant) {
  const { url, logFile, stop } = await startDebian(folder);
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query(`CREATE ROLE plain LOGIN PASSWORD '${PASSWORD}'; CREATE ROLE audited LOGIN PASSWORD '${PASSWORD}' IN ROLE plain;
    ALTER ROLE audited SET pgaudit.log = 'write'; ALTER ROLE audited SET pgaudit.log_parameter = on;`);
  await owner.query(schema('plain', false));
  await owner.query("INSERT INTO bench.chain_head VALUES ($1, '')", [tenant]);
  const as = (/** @type {string} */ role) => Object.assign(new URL(url), { username: role }).href;
  const end = () => owner.end().then(stop);
  return { owner, logFile, plain: as('plain'), audited: as('audited'), stop: end };
}

/**
 * What its log says can be changed by whoever owns the server, and there is nothing to check it with: a text file. Two of the
 * ten are tried on it: an edit of the file, and turning it off.
 * @param {{ owner: pg.Client, logFile: string, audited: string }} on
 * @returns {Promise<import('./attacks/attacks.mjs').Verdict[]>}
 */
export async function tryPgaudit({ owner, logFile, audited }) {
  const lines = () =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('AUDIT:'));
  const write = async (/** @type {string} */ before, /** @type {pg.ClientConfig} */ config) => {
    const client = new pg.Client(config);
    await client.connect();
    await client.query(before);
    await client.query("SELECT set_config('app.tenant', $1, false)", [randomUUID()]);
    await client.query(
      "INSERT INTO bench.doc_none SELECT current_setting('app.tenant')::uuid, gen_random_uuid(), ''",
    );
    await client.end();
  };
  const start = lines().length;
  await write('SELECT 1', { connectionString: audited });
  const logged = lines().length - start;
  if (logged === 0) throw new Error('pgaudit logs nothing: the comparison would mean nothing');
  await owner.query('ALTER ROLE audited SET pgaudit.log = none');
  await write('SELECT 1', { connectionString: audited });
  const off = lines().length - start - logged;
  writeFileSync(logFile, readFileSync(logFile, 'utf8').replaceAll('doc_none', 'doc_nine'));
  const by = off === 0 ? 'nothing: a text file, with nothing to check it by' : `${off} lines`;
  return ATTACKS.map((attack) => ({ system: 'pgaudit', attack, detected: off === 0 ? 'no' : 'yes', by }));
}

/** @param {string} url @param {string} logFile */
async function untilUp(url, logFile) {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.query('CREATE EXTENSION IF NOT EXISTS pgaudit');
      return;
    } catch (error) {
      if (tries > 100)
        throw new Error(`PostgreSQL 15 did not start:\n${readFileSync(logFile, 'utf8')}`, { cause: error });
      await sleep(100);
    } finally {
      await client.end().catch(() => {});
    }
  }
}
