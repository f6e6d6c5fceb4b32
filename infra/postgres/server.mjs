// @ts-check
// One PostgreSQL server process: start it, see whether one is left over, end it.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnAs } from './account.mjs';

const POLL_MS = 20;
const START_LIMIT_MS = 120_000; // crash recovery of a large database takes its time
const FAST_STOP_LIMIT_MS = 30_000;

/**
 * Logs carry no row: error details name key values ("Key (email)=(…) already exists"), and statements may carry them.
 */
const ALWAYS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  ssl: 'off',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
  log_statement: 'none',
  // The log's queue is emptied all the time: what was taken from it is cleared away soon.
  autovacuum_naptime: '10s',
};
const NOT_DURABLE = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/**
 * Starts the server on a data folder and waits until it takes connections.
 * @param {object} what
 * @param {string} what.programs
 * @param {string} what.data
 * @param {string} what.logFile
 * @param {number} what.port
 * @param {boolean} what.durable
 * @param {import('./account.mjs').Account} what.account
 * @returns {Promise<number>} its pid
 * @throws {PortTaken} when the port is somebody else's; Error with the end of the log otherwise.
 */
export async function runServer({ programs, data, logFile, port, durable, account }) {
  const settings = { ...ALWAYS, ...(durable ? {} : NOT_DURABLE), port: String(port) };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const until = Date.now() + START_LIMIT_MS;
  for (;;) {
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
    const log = openSync(logFile, 'w', 0o600);
    // In a group of its own: Ctrl-C goes to the whole foreground group, and PostgreSQL must outlive the drain.
    const server = spawn(path.join(programs, 'bin', 'postgres'), ['-D', data, ...flags], {
      cwd: path.dirname(data),
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', log, log],
      detached: true,
      ...spawnAs(account),
    });
    closeSync(log);
    let ended = false;
    server.once('exit', () => (ended = true));
    server.once('error', () => (ended = true));
    server.unref();
    while (!ended && Date.now() < until) {
      const lock = readLock(data);
      if (lock?.pid === server.pid && lock?.ready) return /** @type {number} */ (server.pid);
      await sleep(POLL_MS);
    }
    if (!ended) await endServer(data, /** @type {number} */ (server.pid));
    const said = readFileSync(logFile, 'utf8');
    if (/Address already in use/.test(said)) throw new PortTaken(port);
    // The postmaster was killed and its children are still on their way out: they notice within a second or so.
    if (/shared memory block .* (still in use|is still)/.test(said) && Date.now() < until) {
      await sleep(200);
      continue;
    }
    throw new Error(`PostgreSQL did not start on ${data}:\n${said.trim().split('\n').slice(-8).join('\n')}`);
  }
}

export class PortTaken extends Error {
  /** @param {number} port */
  constructor(port) {
    super(`port ${port} is taken`);
  }
}

/**
 * Ends a server and waits for it: a fast shutdown (open transactions roll back, everything is written), and after
 * 30 s an immediate one (the next start recovers from the log).
 * @param {string} data
 * @param {number} pid
 */
export async function endServer(data, pid) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGQUIT', 'SIGKILL'])) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    const until = Date.now() + FAST_STOP_LIMIT_MS;
    while (Date.now() < until) {
      if (!isServerOf(data, pid)) return;
      await sleep(POLL_MS);
    }
  }
}

/**
 * Ends a server that an earlier run left behind, and takes away a lock file whose pid now belongs to another program
 * (PostgreSQL itself would refuse to start then).
 * @param {string} data
 * @param {(line: string) => void} log
 */
export async function endLeftover(data, log) {
  const lock = readLock(data);
  if (!lock) return;
  if (isServerOf(data, lock.pid)) {
    log(`ending a PostgreSQL that an earlier run left behind (process ${lock.pid})`);
    await endServer(data, lock.pid);
  } else {
    rmSync(path.join(data, 'postmaster.pid'), { force: true });
  }
}

/** @param {string} data @returns {{ pid: number, ready: boolean } | undefined} what the server's lock file says */
function readLock(data) {
  try {
    const lines = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Math.abs(Number(lines[0])), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** Whether the process runs PostgreSQL on this very data folder (not another program that got its number). */
function isServerOf(/** @type {string} */ data, /** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
  }
  try {
    // Empty for a zombie that nobody has collected yet.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(data);
  } catch {
    // No /proc (macOS): the lock file, which the server takes away when it ends, has to do.
    return process.platform !== 'linux' && readLock(data)?.pid === pid;
  }
}

/** @param {number} port @returns {Promise<boolean>} */
export function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}

/** @returns {Promise<number>} a port that nobody holds at the moment */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ port: 0, host: '127.0.0.1' }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
