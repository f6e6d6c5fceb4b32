// @ts-check
// A server made of Debian's packages: what a database of yours is, for the tests that dump one and put it back.
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { canReach, databaseAccount, giveTo } from './account.mjs';
import { DATABASE, OWNER, makeCluster } from './cluster.mjs';
import { endServer, freePort, runServer } from './server.mjs';
import { keepWatch } from './watch.mjs';

/** Debian keeps each major version in a folder of its own, with the programs in `bin`. */
const VERSIONS = '/usr/lib/postgresql';

/**
 * Makes a cluster with the newest PostgreSQL that Debian's packages have put here, and runs it on 127.0.0.1. It is apart
 * from any server that the packages themselves start.
 * @param {object} what
 * @param {string} what.folder    does not exist yet; PostgreSQL's account must be able to enter the one above it
 * @param {string} what.password  of the owner
 * @returns {Promise<{ url: string, major: number, stop: () => Promise<void> }>} the owner's URL; `stop` ends the server and
 *   waits for it. When this process dies without calling it, the server ends by itself and the folder goes away.
 * @throws {Error} when the packages are not installed, the folder is out of reach, or the server does not start.
 */
export async function startDebianPostgres({ folder, password }) {
  const { programs, major } = newestServer();
  const account = databaseAccount(() => {});
  mkdirSync(folder, { mode: 0o711 });
  giveTo(account, folder);
  if (!canReach(account, folder)) throw new Error(`PostgreSQL's account cannot enter ${folder}`);
  const data = path.join(folder, 'data');
  const choices = ['--encoding=UTF8', '--locale=C.UTF-8'];
  await makeCluster({ programs, data, password, durable: false, account, choices });
  const port = await freePort();
  const logFile = path.join(folder, 'server.log');
  const pid = await runServer({ programs, data, logFile, port, durable: false, account });
  const watch = keepWatch({ pid, data, remove: [folder] });
  const stop = async () => {
    await endServer(data, pid);
    watch.end();
  };
  return { url: `postgres://${OWNER}:${password}@127.0.0.1:${port}/${DATABASE}`, major, stop };
}

/** @returns {{ programs: string, major: number }} */
function newestServer() {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map(Number) : [];
  // A machine may have the client programs of a version and not its server.
  const [major] = versions
    .filter((one) => ['initdb', 'postgres'].every((name) => existsSync(`${VERSIONS}/${one}/bin/${name}`)))
    .sort((one, other) => other - one);
  if (major === undefined)
    throw new Error(`there is no PostgreSQL server in ${VERSIONS}: install the package postgresql`);
  return { programs: path.join(VERSIONS, String(major)), major };
}
