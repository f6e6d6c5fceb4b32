// @ts-check
// What processes have used of the CPU, as the kernel counts it (Linux, /proc).
import { readFileSync, readdirSync } from 'node:fs';
import { round } from './report.mjs';

/** The kernel counts in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** @returns {boolean} whether this system tells */
export function canCount() {
  return process.platform === 'linux';
}

/**
 * Measures the CPU of what is between `began` and `ended`.
 * @param {number} postmaster
 * @param {number} [server]  the process of the server; this process is the generator then
 */
export function meter(postmaster, server) {
  const read = () => ({
    server: server === undefined ? 0 : cpuOf(server),
    postgres: cpuOfPostgres(postmaster),
    generator: process.cpuUsage(),
  });
  /** @type {ReturnType<typeof read> | undefined} */
  let before;
  /** @type {ReturnType<typeof read> | undefined} */
  let after;
  return {
    began: async () => void (before = canCount() ? read() : undefined),
    ended: async () => void (after = canCount() ? read() : undefined),
    /** @param {number} messages @param {number} seconds */
    figures(messages, seconds) {
      if (before === undefined || after === undefined) return {};
      const postgresCpuMsPerMsg = round((after.postgres - before.postgres) / messages);
      if (server === undefined) return { postgresCpuMsPerMsg };
      const { user, system } = after.generator;
      const generatorMicros = user + system - before.generator.user - before.generator.system;
      return {
        serverCpuMsPerMsg: round((after.server - before.server) / messages),
        postgresCpuMsPerMsg,
        generatorCpuShare: round(generatorMicros / 1e6 / seconds),
      };
    },
  };
}

/** @param {number} pid @returns {number} ms of CPU that one process has used, all its threads together */
function cpuOf(pid) {
  const [user = 0, system = 0] = times(pid) ?? [];
  return (user + system) * TICK_MS;
}

/**
 * @param {number} postmaster
 * @returns {number} ms of CPU that PostgreSQL has used: the first process, those it has started, and those that have ended
 */
function cpuOfPostgres(postmaster) {
  const [, , endedUser = 0, endedSystem = 0] = times(postmaster) ?? [];
  const living = [postmaster, ...childrenOf(postmaster)].reduce((sum, pid) => sum + cpuOf(pid), 0);
  return living + (endedUser + endedSystem) * TICK_MS;
}

/** @param {number} pid @returns {number | undefined} the process that started it */
export function parentOf(pid) {
  return fields(pid)?.[1];
}

/** @param {number} parent @returns {number[]} */
function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** utime, stime, cutime, cstime; see proc(5). @param {number} pid @returns {number[] | undefined} */
function times(pid) {
  return fields(pid)?.slice(11, 15);
}

/** What stands after the name of the program, which may hold spaces. @param {number} pid */
function fields(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
  } catch {
    return undefined; // it has ended in the meantime
  }
}
