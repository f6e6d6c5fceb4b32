// @ts-check
// Puts a backup back. What was erased since is erased again by the program, before it serves: libs/records/src/erasure.
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { hasCluster, replaceCluster } from '../postgres/embedded.mjs';
import { collect, exists, partOf } from './archive.mjs';
import { addressOf, checkBackup, gunzip, majorOf } from './backup.mjs';
import { readTar } from './tar.mjs';
import { toolFor } from './tools.mjs';

const { Client } = createRequire(import.meta.url)('pg');

/** What the program finds at its next start: it ends all sessions, and records that this is a restored database. */
export const RESTORED = 'restored.json';
const ROLES = ['vestibule_app', 'vestibule_sequencer'];

/** A reason not to restore that a person can do something about. */
export class RestoreRefused extends Error {}

/**
 * Puts a backup of any kind back.
 *
 * @param {object} what
 * @param {string} what.file
 * @param {string} what.home
 * @param {string} what.keyFile
 * @param {string | undefined} what.url       of your own, empty database; nothing for the embedded one
 * @param {boolean} what.yes                  a database that stands in the home may be set aside
 * @param {(line: string) => void} what.log
 * @returns {Promise<import('./archive.mjs').Manifest>}
 * @throws {RestoreRefused} before anything is changed; Error naming what is wrong with the backup.
 */
export async function restore({ file, home, keyFile, url, yes, log }) {
  log('checking every byte of the backup');
  const manifest = await checkBackup(file);
  log(`it is whole: ${manifest.kind}, made at ${manifest.madeAt}`);
  const days = Number(process.env.VESTIBULE_BACKUP_DAYS || 30);
  if (manifest.kind !== 'keys' && Date.now() - Date.parse(manifest.madeAt) > days * 86_400_000)
    log(
      `It is older than ${days} days: keys that it needs may have been destroyed, and what they sealed does not open.`,
    );
  if (manifest.kind === 'keys') {
    await restoreKeys(file, home, keyFile);
    return manifest;
  }
  if (!process.env.VESTIBULE_KMS?.match(/^(?!file$)./) && !(await exists(keyFile)))
    throw new RestoreRefused(
      `There is no root key in ${keyFile}: nothing in this backup could be opened, and the next start would make another key. Put the keys back first: npm run restore -- KEYS.tar`,
    );
  if (manifest.kind === 'database') await restoreServer({ file, home, url, yes, log });
  else await restoreDump({ file, url, madeBy: manifest.postgresMajor ?? 0, log });
  await mark(home, manifest);
  return manifest;
}

/** @param {{ file: string, home: string, url: string | undefined, yes: boolean, log: (line: string) => void }} what */
async function restoreServer({ file, home, url, yes, log }) {
  if (url !== undefined)
    throw new RestoreRefused(
      'This is a copy of a whole server: unpack it where that server has its data, or unset DATABASE_URL to restore it here. See docs/OPERATIONS.md.',
    );
  if (hasCluster(home) && !yes)
    throw new RestoreRefused(
      `${home} has a database already. Say --yes to set it aside and take the backup's.`,
    );
  const aside = await replaceCluster({ home, log, fill: (data) => unpack(file, data) });
  if (aside !== undefined)
    log(`the former database was set aside in ${aside}: remove it when you need it no more`);
}

/** @param {string} file @param {string} data  an empty folder */
async function unpack(file, data) {
  for await (const { name, kind, content } of readTar(gunzip(partOf(file, 'base.tar.gz')))) {
    const target = path.join(data, name);
    if (kind === 'folder') await mkdir(target, { recursive: true, mode: 0o700 });
    else await writeFile(target, content, { mode: 0o600 });
  }
  await writeFile(path.join(data, 'backup_manifest'), await collect(partOf(file, 'backup_manifest')), {
    mode: 0o600,
  });
}

/** @param {{ file: string, url: string | undefined, madeBy: number, log: (line: string) => void }} what  `madeBy`: the major version of the server that was dumped */
async function restoreDump({ file, url, madeBy, log }) {
  if (url === undefined)
    throw new RestoreRefused('This is a dump: set DATABASE_URL to the empty database that takes it.');
  // An older pg_restore does not read what a newer pg_dump wrote.
  const program = await toolFor('pg_restore', Math.max(await majorOf(url), madeBy));
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT count(*)::int AS tables FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    );
    if (rows[0].tables > 0)
      throw new RestoreRefused(
        'The database of DATABASE_URL is not empty: make an empty one for the backup.',
      );
    // The program gives them their passwords at its start.
    for (const role of ROLES) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
      if (rowCount === 0)
        await client.query(`CREATE ROLE ${role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS`);
    }
  } finally {
    await client.end();
  }
  log(program);
  const environment = addressOf(url);
  const words = [
    '--single-transaction',
    '--exit-on-error',
    '--no-owner',
    '-d',
    environment['PGDATABASE'] ?? '',
  ];
  const child = spawn(program, words, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  const ended = new Promise((resolve, reject) => {
    child.once('error', () => reject(new Error(`${program} does not run`)));
    child.once('close', resolve);
  });
  ended.catch(() => undefined);
  const said = collect(child.stderr);
  child.stdin.on('error', () => undefined);
  for await (const piece of partOf(file, 'database.dump'))
    if (!child.stdin.write(piece))
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), ended]);
  child.stdin.end();
  if ((await ended) !== 0)
    throw new Error(
      `pg_restore did not succeed, and nothing was kept: ${(await said).toString('utf8').trim().slice(-400)}`,
    );
}

/**
 * Keys are put where there are none: one that was destroyed on purpose must not come back over the file that says so.
 * @param {string} file @param {string} home @param {string} keyFile
 */
async function restoreKeys(file, home, keyFile) {
  const folders = { keys: path.dirname(keyFile) };
  /** @param {string} name */
  const targetOf = (name) => {
    const [first = '', ...rest] = name.split('/');
    return path.join(first === 'keys' ? folders.keys : path.join(home, first), ...rest);
  };
  /** @type {string[]} */
  const names = [];
  for await (const { name } of readTar(createReadStream(file)))
    if (name !== 'manifest.json') names.push(name);
  for (const name of names)
    if (await exists(targetOf(name)))
      throw new RestoreRefused(
        `${targetOf(name)} stands there already: keys are put back into an empty place only.`,
      );
  for await (const { name, content } of readTar(createReadStream(file))) {
    if (name === 'manifest.json') continue;
    await mkdir(path.dirname(targetOf(name)), { recursive: true, mode: 0o700 });
    await writeFile(targetOf(name), content, { mode: 0o600, flag: 'wx' });
  }
}

/** @param {string} home @param {import('./archive.mjs').Manifest} manifest */
async function mark(home, { kind, madeAt }) {
  const fresh = path.join(home, `${RESTORED}.new`);
  const file = await open(fresh, 'w', 0o600);
  await file.writeFile(`${JSON.stringify({ kind, madeAt, restoredAt: new Date().toISOString() })}\n`);
  await file.sync();
  await file.close();
  await rename(fresh, path.join(home, RESTORED));
}

/**
 * Returns what the restored log lacks of what was signed before, by tenant.
 * @param {string} home
 * @param {string} url  of the owner
 * @returns {Promise<{ tenant: string, has: number, signed: number }[]>}
 */
export async function lostOf(home, url) {
  const folder = path.join(home, 'log-state');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const lost = [];
    for (const name of await states(home)) {
      const { size: signed } = JSON.parse(
        (await collect(createReadStream(path.join(folder, name)))).toString('utf8'),
      );
      const tenant = name.slice(0, -'.json'.length);
      await client.query(`SELECT set_config('app.tenant', $1, false)`, [tenant]);
      const { rows } = await client.query('SELECT size FROM audit_head WHERE tenant_id = $1', [tenant]);
      const has = Number(rows[0]?.size ?? 0);
      if (has < signed) lost.push({ tenant, has, signed });
    }
    return lost;
  } finally {
    await client.end();
  }
}

/**
 * Says that each log may go on although it may lack entries that were signed. The program looks at its next start: into a
 * log that does, it writes the loss and goes on under another name; of the others nothing changes. Each acceptance holds
 * for one state that was signed and for no other.
 * @param {string} home
 */
export async function acceptLoss(home) {
  for (const name of await states(home)) {
    const text = await collect(createReadStream(path.join(home, 'log-state', name)));
    const accepted = path.join(home, 'log-state', `${name.slice(0, -'.json'.length)}.accepted`);
    const file = await open(accepted, 'w', 0o600);
    await file.writeFile(text);
    await file.sync();
    await file.close();
  }
}

/** @param {string} home @returns {Promise<string[]>} the files that say what was signed last */
async function states(home) {
  const folder = path.join(home, 'log-state');
  return (await exists(folder)) ? (await readdir(folder)).filter((name) => name.endsWith('.json')) : [];
}
