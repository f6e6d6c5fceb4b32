// @ts-check
// A PostgreSQL of our own, for who has none: real server, real binaries, no package of the operating system.
// Known limits: it carries OpenSSL 1.1 and ICU 60 of its own (so: no TLS, 127.0.0.1 only) and no pg_dump.
// For real use at any size, set DATABASE_URL to a PostgreSQL that somebody patches.
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { REACHABLE, canReach, databaseAccount, giveTo } from './account.mjs';
import { postgresPrograms } from './binaries.mjs';
import { DATABASE, OWNER, assertSameMajor, makeCluster, takeOwnership } from './cluster.mjs';
import { keepWatch } from './watch.mjs';
import { PortTaken, endLeftover, endServer, freePort, isFree, runServer } from './server.mjs';

/**
 * Starts PostgreSQL for a home folder, making the cluster on the first call.
 *
 * @param {object} options
 * @param {string} options.home          VESTIBULE_HOME
 * @param {number} [options.port]        wished for; the one of last time otherwise; another when it is taken
 * @param {boolean} [options.durable]    false: a crash of the machine may lose data (tests)
 * @param {boolean} [options.temporary]  the home goes away with the server, however this process ends (tests)
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ url: string, port: number, pid: number, stop: () => Promise<void> }>} the owner's URL; `stop` ends
 *   the server and waits for it. When this process dies without calling it, the server ends by itself.
 * @throws {Error} when another live process uses this home, or the server does not start (with the end of its log).
 */
export async function startPostgres({ home, port, durable = true, temporary = false, log = () => {} }) {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const account = databaseAccount(log, clusterFolder(home));
  const place = await placeFor(realpathSync(home), account, log);
  const programs = postgresPrograms(account, place.reachable, log);
  const data = path.join(place.folder, 'data');

  await endLeftover(data, log);
  const password = ownerPassword(home);
  if (!existsSync(path.join(data, 'PG_VERSION')))
    await makeCluster({ programs, data, password, durable, account });
  assertSameMajor(programs, data);

  const running = await runOnSomePort({ wished: port ?? place.port, programs, data, durable, account, log });
  writePlace(home, { folder: place.folder, port: running.port, keeper: process.pid });
  const watch = keepWatch({ pid: running.pid, data, remove: temporary ? [home, place.folder] : [] });

  const url = ownerUrl(password, running.port);
  const stop = async () => {
    await endServer(data, running.pid);
    watch.end();
    if (temporary) await removeCluster(home);
    if (temporary) rmSync(home, { recursive: true, force: true });
    else writePlace(home, { folder: place.folder, port: running.port });
  };
  return { url, port: running.port, pid: running.pid, stop };
}

/**
 * @param {string} home
 * @returns {string | undefined} the owner's URL, when a live process runs PostgreSQL on this home
 */
export function runningPostgres(home) {
  const place = readPlace(home);
  return place?.port && isInUse(place) ? ownerUrl(ownerPassword(home), place.port) : undefined;
}

/** @param {string} password @param {number} port */
function ownerUrl(password, port) {
  return `postgres://${OWNER}:${password}@127.0.0.1:${port}/${DATABASE}`;
}

/**
 * Puts a cluster that was copied from elsewhere into a home folder. One that stands there is set aside, not destroyed.
 *
 * @param {object} what
 * @param {string} what.home
 * @param {(data: string) => Promise<void>} what.fill  writes the copied files into an empty folder
 * @param {(line: string) => void} what.log
 * @returns {Promise<string | undefined>} where the former cluster was set aside
 * @throws {Error} when a live process uses the home, or PostgreSQL does not take the copy: what stood there is back then.
 */
export async function replaceCluster({ home, fill, log }) {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  const account = databaseAccount(log, clusterFolder(home));
  const place = await placeFor(realpathSync(home), account, log);
  const programs = postgresPrograms(account, place.reachable, log);
  const data = path.join(place.folder, 'data');
  await endLeftover(data, log);
  const part = `${data}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { mode: 0o700 });
  try {
    await fill(part);
    assertSameMajor(programs, part);
    for (const name of readdirSync(part, { recursive: true })) giveTo(account, path.join(part, String(name)));
    giveTo(account, part);
    await takeOwnership({ programs, data: part, password: ownerPassword(home), account });
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
  const aside = existsSync(data) ? `${data}.before-${randomBytes(4).toString('hex')}` : undefined;
  if (aside) renameSync(data, aside);
  renameSync(part, data);
  writePlace(home, { folder: place.folder, ...(place.port !== undefined && { port: place.port }) });
  return aside;
}

/** @param {string} home @returns {boolean} whether it has a cluster */
export function hasCluster(home) {
  return existsSync(path.join(clusterFolder(home), 'data'));
}

/** @param {string} home */
function clusterFolder(home) {
  return readPlace(home)?.folder ?? path.join(home, 'postgres');
}

/**
 * Forgets the cluster of a home folder: its data, its password, what is remembered of it.
 * @param {string} home
 * @throws {Error} when a live process uses it.
 */
export async function removeCluster(home) {
  const place = readPlace(home);
  const folder = place?.folder ?? path.join(home, 'postgres');
  assertNotInUse(home, place);
  await endLeftover(path.join(folder, 'data'), () => {});
  for (const gone of [folder, placeFile(home), passwordFile(home)])
    rmSync(gone, { recursive: true, force: true });
}

/** @typedef {{ folder: string, port?: number, keeper?: number }} Place */

const placeFile = (/** @type {string} */ home) => path.join(home, 'postgres.json');
const passwordFile = (/** @type {string} */ home) => path.join(home, 'secrets', 'postgres-owner');

/** @param {string} home @returns {Place | undefined} */
function readPlace(home) {
  return existsSync(placeFile(home)) ? JSON.parse(readFileSync(placeFile(home), 'utf8')) : undefined;
}

/** @param {string} home @param {Place} place */
function writePlace(home, place) {
  writeFileSync(`${placeFile(home)}.new`, `${JSON.stringify(place)}\n`, { mode: 0o600 });
  renameSync(`${placeFile(home)}.new`, placeFile(home));
}

/**
 * Where the cluster is, or shall be: in the home when PostgreSQL's account can go there; else (a home under /root,
 * or under a folder that only root may enter) in /var/lib/vestibule, with a file in the home that says where.
 * @param {string} home
 * @param {import('./account.mjs').Account} account
 * @param {(line: string) => void} log
 * @returns {Promise<Place & { reachable: string }>}
 */
async function placeFor(home, account, log) {
  const known = readPlace(home);
  assertNotInUse(home, known);
  const inHome = canReach(account, home);
  if (!inHome) mkdirSync(REACHABLE, { recursive: true, mode: 0o711 });
  const reachable = inHome ? home : REACHABLE;
  if (known && existsSync(path.join(known.folder, 'data'))) return { ...known, reachable };

  const digest = createHash('sha256').update(home).digest('hex').slice(0, 16);
  const folder = inHome ? path.join(home, 'postgres') : path.join(REACHABLE, digest);
  if (!inHome && existsSync(folder)) {
    // A home of this name was deleted by hand. Its password is gone, so it is set aside, not used and not destroyed.
    await endLeftover(path.join(folder, 'data'), log);
    const aside = `${folder}.left-${randomBytes(4).toString('hex')}`;
    renameSync(folder, aside);
    log(`the database of an earlier ${home} was set aside in ${aside}`);
  }
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  giveTo(account, folder);
  return { folder, reachable };
}

/** @param {string} home @param {Place | undefined} place @throws {Error} when another live process runs it */
function assertNotInUse(home, place) {
  if (!place || place.keeper === process.pid || !isInUse(place)) return;
  throw new Error(`${home} is in use by process ${place.keeper}: stop that one first, or set VESTIBULE_HOME`);
}

/** @param {Place} place @returns {boolean} whether the process that started the server lives, and the server too */
function isInUse({ keeper, folder }) {
  if (keeper === undefined) return false;
  try {
    process.kill(keeper, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  return existsSync(path.join(folder, 'data', 'postmaster.pid'));
}

/** @param {string} home @returns {string} made once, readable by its owner alone */
function ownerPassword(home) {
  const file = passwordFile(home);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600 });
  return password;
}

/**
 * @param {{ wished: number | undefined, programs: string, data: string, durable: boolean,
 *   account: import('./account.mjs').Account, log: (line: string) => void }} what
 */
async function runOnSomePort({ wished, log, ...what }) {
  let port = wished ?? (await freePort());
  const logFile = path.join(path.dirname(what.data), 'server.log');
  for (let tries = 0; ; tries += 1) {
    if (await isFree(port)) {
      try {
        return { port, pid: await runServer({ ...what, logFile, port }) };
      } catch (error) {
        if (!(error instanceof PortTaken) || tries > 5) throw error;
      }
    }
    const next = await freePort();
    log(`port ${port} is taken: PostgreSQL gets ${next}`);
    port = next;
  }
}
