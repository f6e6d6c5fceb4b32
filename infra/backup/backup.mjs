// @ts-check
// Makes a backup of the database, or of what is kept apart from it. docs/decisions/0017-backup-and-restore.md says why two.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { ArchiveWriter, checkArchive, collect, exists } from './archive.mjs';
import { baseBackup } from './base-backup.mjs';
import { readTar } from './tar.mjs';
import { toolFor } from './tools.mjs';

/** What is kept apart: with it and a backup of the database, everything can be read. Names within VESTIBULE_HOME. */
const APART = ['log-state', 'erasure-journal', 'secrets'];

/** @typedef {{ file: string, bytes: number, sha256: string }} Made */

/**
 * Copies a whole running server: the embedded one, or one of yours that lets this role replicate.
 * @param {{ url: string, to: string, now: Date }} what
 * @returns {Promise<Made>} of an archive that was read again and checked
 */
export async function backupServer({ url, to, now }) {
  return written('database', to, now, async (archive) => {
    const copy = await baseBackup(url);
    try {
      const packed = createGzip({ level: 1 });
      pipeline(copy.tar, packed, () => {}); // a failure of the one ends the other, and so the reading below
      await archive.add('base.tar.gz', packed);
      await archive.add('backup_manifest', [copy.manifest()]);
    } finally {
      await copy.close();
    }
    return { postgresMajor: await majorOf(url) };
  });
}

/**
 * Dumps one database of a server of yours with pg_dump: its rows as they were at one moment, without the server's
 * settings and roles.
 * @param {{ url: string, to: string, now: Date }} what
 * @returns {Promise<Made>}
 * @throws {Error} when no pg_dump here is new enough for the server, or this role may not read every row.
 */
export async function backupDump({ url, to, now }) {
  const postgresMajor = await majorOf(url);
  const program = await toolFor('pg_dump', postgresMajor);
  return written('dump', to, now, async (archive) => {
    // The address on the environment, not in the arguments: everybody on the machine sees those.
    const dump = spawn(program, ['--format=custom', '--no-owner', '--compress=1'], {
      env: { ...process.env, ...addressOf(url) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve, reject) => {
      dump.once('error', () => reject(new Error(`${program} does not run`)));
      dump.once('close', resolve);
    });
    ended.catch(() => undefined);
    const said = collect(dump.stderr);
    await archive.add('database.dump', dump.stdout);
    if ((await ended) !== 0)
      throw new Error(`pg_dump did not succeed: ${(await said).toString('utf8').trim().slice(-400)}`);
    return { postgresMajor };
  });
}

/**
 * Takes what is kept apart from every backup of the database: keys, what the log's signer has signed, the journal of
 * erasures, passwords of the database's roles.
 * @param {{ home: string, keyFile: string, to: string, now: Date }} what
 * @returns {Promise<Made>}
 */
export async function backupKeys({ home, keyFile, to, now }) {
  return written('keys', to, now, async (archive) => {
    for await (const { name, file } of filesApart(home, keyFile))
      await archive.add(name, createReadStream(file));
    return {};
  });
}

/** @param {string} home @param {string} keyFile @returns {AsyncGenerator<{ name: string, file: string }>} */
async function* filesApart(home, keyFile) {
  const keys = path.dirname(keyFile);
  for (const [name, folder] of [['keys', keys], ...APART.map((name) => [name, path.join(home, name)])]) {
    if (name === undefined || folder === undefined || !(await exists(folder))) continue;
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of found) {
      if (!entry.isFile() || entry.name.endsWith('.new')) continue;
      const file = path.join(entry.parentPath, entry.name);
      yield { name: path.posix.join(name, ...path.relative(folder, file).split(path.sep)), file };
    }
  }
}

/**
 * @param {'database' | 'dump' | 'keys'} kind
 * @param {string} to  a folder
 * @param {Date} now
 * @param {(archive: ArchiveWriter) => Promise<{ postgresMajor?: number }>} write
 * @returns {Promise<Made>}
 */
async function written(kind, to, now, write) {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const madeAt = now.toISOString();
  const file = path.join(to, `vestibule-${kind}-${madeAt.slice(0, 19).replaceAll(':', '')}Z.tar`);
  const archive = await ArchiveWriter.create(file);
  try {
    await archive.finish({ kind, madeAt, ...(await write(archive)) });
    await checkBackup(archive.fresh);
    await archive.publish();
  } catch (error) {
    await archive.discard();
    throw error;
  }
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(file)) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { file, bytes, sha256: hash.digest('hex') };
}

/**
 * Reads a backup from its first byte to its last: every part against its sum, and every file of a copied server against
 * the list that PostgreSQL made of them.
 * @param {string} file
 * @returns {Promise<import('./archive.mjs').Manifest>}
 * @throws {Error} naming what is wrong.
 */
export async function checkBackup(file) {
  /** @type {Map<string, string>} */
  const sums = new Map();
  /** @type {{ Path: string, Checksum: string }[]} */
  let listed = [];
  const manifest = await checkArchive(file, async (name, content) => {
    if (name === 'base.tar.gz') {
      for await (const entry of readTar(gunzip(content))) {
        if (entry.kind === 'link') throw new Error(`${file}: ${entry.name} leads out of the data folder`);
        if (entry.kind !== 'file') continue;
        const hash = createHash('sha256');
        for await (const piece of entry.content) hash.update(piece);
        sums.set(entry.name, hash.digest('hex'));
      }
    } else if (name === 'backup_manifest') {
      listed = JSON.parse((await collect(content)).toString('utf8')).Files;
    } else {
      for await (const _ of content);
    }
  });
  for (const { Path, Checksum } of listed)
    if (sums.get(Path) !== Checksum)
      throw new Error(`${file}: ${Path} is missing or is not what the server wrote`);
  if (manifest.kind === 'database' && !sums.has('backup_label'))
    throw new Error(`${file} holds no copy of a server`);
  return manifest;
}

/**
 * @param {AsyncIterable<Buffer>} content
 * @returns {AsyncGenerator<Buffer>}
 */
export async function* gunzip(content) {
  const unpacked = createGunzip();
  const feeding = (async () => {
    try {
      for await (const piece of content)
        if (!unpacked.write(piece)) await new Promise((resolve) => unpacked.once('drain', resolve));
      unpacked.end();
    } catch (error) {
      unpacked.destroy(/** @type {Error} */ (error));
    }
  })();
  yield* unpacked;
  await feeding;
}

/** @param {string} url @returns {Record<string, string>} the address as PostgreSQL's programs read it */
export function addressOf(url) {
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
    ...(searchParams.has('sslmode') && { PGSSLMODE: String(searchParams.get('sslmode')) }),
  };
}

/** @param {string} url @returns {Promise<number>} the server's major version */
export async function majorOf(url) {
  const { createRequire } = await import('node:module');
  const { Client } = createRequire(import.meta.url)('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('SHOW server_version');
    return Number.parseInt(rows[0].server_version, 10);
  } finally {
    await client.end();
  }
}
