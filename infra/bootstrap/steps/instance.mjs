// @ts-check
// A running Vestibule: its database and its api, started in order and ended in order.
import { fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../postgres/embedded.mjs';
import { API, NODE, ROOT, Stop, say } from './places.mjs';
import { workerProgram } from './worker.mjs';

const READY_LIMIT_MS = 120_000;
const DRAIN_LIMIT_MS = 30_000;
/** A file in each home that we made. `npm run reset` empties no folder without it. */
export const MARKER = 'vestibule-home';

/**
 * What the api tells when it is ready (`process.send`).
 * @typedef {object} Ready
 * @property {true} ready
 * @property {string} address
 * @property {Record<string, string>[]} [signIns]  the demo's, in words for people
 */

/**
 * @typedef {object} Instance
 * @property {string} address
 * @property {Ready} ready
 * @property {string} databaseUrl             the owner's
 * @property {number} apiPid
 * @property {Promise<number>} ended          the exit code of the api, whenever it ends
 * @property {() => Promise<void>} stop       drains the api (30 s at most), then ends the database
 * @property {() => Promise<void>} force      the same without draining
 */

/**
 * Starts the database (unless DATABASE_URL names one) and the api, from dist/.
 * @param {object} options
 * @param {string} options.home
 * @param {number} options.port
 * @param {boolean} [options.temporary]   the home goes away with the instance (story, benchmarks)
 * @param {string} [options.program]      another program than the api, for the tests of this file
 * @param {Record<string, string>} [options.env]
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<Instance>}
 * @throws {Stop} when the api ends, or says nothing for two minutes.
 */
export async function startInstance({ home, port, temporary = false, program = API, env = {}, log = say }) {
  mkdirSync(home, { recursive: true, mode: 0o711 });
  writeFileSync(path.join(home, MARKER), 'All data of one Vestibule. See docs/OPERATIONS.md.\n');
  const own = env['DATABASE_URL'] ?? process.env.DATABASE_URL;
  const database = own ? undefined : await startPostgres({ home, temporary, log }).catch(asReason);
  const databaseUrl = own || (database?.url ?? '');

  // In a group of its own: Ctrl-C goes to the whole foreground group, and the api must drain before it ends.
  const api = fork(program, {
    cwd: ROOT,
    execPath: NODE,
    execArgv: ['--enable-source-maps'],
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      NODE_ENV: 'production',
      VESTIBULE_DEMO: 'on',
      ...process.env,
      VESTIBULE_SFU_WORKER: process.env.VESTIBULE_SFU_WORKER || workerProgram(),
      ...env,
      DATABASE_URL: databaseUrl,
      VESTIBULE_HOME: home,
      PORT: String(port),
    },
  });
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    api.once('error', () => resolve(1));
    api.once('exit', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });

  /** @param {NodeJS.Signals} signal @param {number} limitMs */
  const end = async (signal, limitMs) => {
    signalGroup(api, signal);
    const late = new AbortController();
    const inTime = await Promise.race([
      ended.then(() => true),
      sleep(limitMs, false, { signal: late.signal }).catch(() => false),
    ]);
    late.abort();
    if (!inTime) log(`the api did not end within ${limitMs / 1000} s: killing it`);
    signalGroup(api, 'SIGKILL', true); // what it may have left in its group, too
    await ended;
    await database?.stop();
  };
  /** @type {Promise<void> | undefined} */
  let stopping;
  const stop = () => (stopping ??= end('SIGTERM', DRAIN_LIMIT_MS));
  const force = async () => {
    signalGroup(api, 'SIGKILL', true);
    await (stopping ??= end('SIGKILL', DRAIN_LIMIT_MS));
  };

  try {
    const ready = await readiness(api, ended);
    return { address: ready.address, ready, databaseUrl, apiPid: api.pid ?? 0, ended, stop, force };
  } catch (error) {
    await force();
    throw error;
  }
}

/** @param {Error} error @returns {never} */
function asReason(error) {
  throw new Stop(error.message);
}

/**
 * @param {import('node:child_process').ChildProcess} api
 * @param {Promise<number>} ended
 * @returns {Promise<Ready>}
 */
async function readiness(api, ended) {
  const late = new AbortController();
  try {
    return await Promise.race([
      new Promise((resolve) => {
        api.on('message', (/** @type {any} */ told) => {
          if (told?.ready === true) resolve(told);
        });
      }),
      ended.then((code) => {
        throw new Stop(`The api ended (exit ${code}) before it was ready: see its messages above.`);
      }),
      sleep(READY_LIMIT_MS, undefined, { signal: late.signal }).then(() => {
        throw new Stop(`The api was not ready within ${READY_LIMIT_MS / 1000} s.`);
      }),
    ]);
  } finally {
    late.abort();
  }
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 * @param {boolean} [wholeGroup]
 */
function signalGroup(child, signal, wholeGroup = false) {
  if (child.pid === undefined) return;
  try {
    process.kill(wholeGroup ? -child.pid : child.pid, signal);
  } catch {
    // Nothing left to signal.
  }
}
