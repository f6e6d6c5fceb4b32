// @ts-check
// Which pg_dump and pg_restore. A machine may have several versions, and the first on PATH need not fit: pg_dump refuses a
// server that is newer than itself, and a newer pg_restore sends settings that an older server does not know.
import { execFile } from 'node:child_process';
import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Where Debian keeps the programs of each major version: `15/bin/pg_dump`. */
const VERSIONS = '/usr/lib/postgresql';

/** @typedef {{ file: string, major: number }} Tool */

/**
 * Finds the program of the version that a server needs: on PATH, or among Debian's versions.
 * @param {'pg_dump' | 'pg_restore'} name
 * @param {number} server  its major version
 * @returns {Promise<string>} its absolute path
 * @throws {Error} saying what to install.
 */
export async function toolFor(name, server) {
  /** @type {Tool[]} */
  const found = [];
  for (const file of await placesOf(name)) {
    const major = await majorOf(file);
    if (major !== undefined) found.push({ file, major });
  }
  return chooseTool(name, server, found).file;
}

/**
 * Returns the tool of the server's own version, else the oldest of the newer ones.
 * @param {'pg_dump' | 'pg_restore'} name
 * @param {number} server
 * @param {Tool[]} found
 * @returns {Tool}
 * @throws {Error} when there is none, or all are older than the server.
 */
export function chooseTool(name, server, found) {
  const [best] = found.filter(({ major }) => major >= server).sort((one, other) => one.major - other.major);
  if (best !== undefined) return best;
  const install = `install PostgreSQL's client programs of version ${server} (Debian: postgresql-client-${server}, from apt.postgresql.org when your release has an older one)`;
  if (found.length === 0) throw new Error(`there is no ${name} here: ${install}`);
  const here = [...new Set(found.map(({ major }) => major))].sort((one, other) => one - other).join(', ');
  throw new Error(
    `the server is PostgreSQL ${server}, and ${name} is here in version ${here} only: ${install}`,
  );
}

/**
 * @param {string} name
 * @returns {Promise<string[]>} files that are perhaps there
 */
async function placesOf(name) {
  const versions = await readdir(VERSIONS).catch(() => []);
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder)),
    ...versions.map((version) => path.join(VERSIONS, version, 'bin')),
  ];
  /** @type {Set<string>} */
  const files = new Set();
  for (const folder of folders) {
    const file = path.join(folder, name);
    const real = await realpath(file).catch(() => undefined);
    // Debian's wrapper runs one of those that are found here as well, and which one depends on more than on its arguments.
    if (real !== undefined && path.basename(real) !== 'pg_wrapper') files.add(file);
  }
  return [...files];
}

/** @param {string} file @returns {Promise<number | undefined>} nothing when it does not run, or says something else */
async function majorOf(file) {
  const said = await promisify(execFile)(file, ['--version'], { timeout: 10_000 }).catch(() => undefined);
  const major = /^pg_\w+ \(PostgreSQL\) (\d+)/.exec(said?.stdout ?? '')?.[1];
  return major === undefined ? undefined : Number(major);
}
