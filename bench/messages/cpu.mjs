// @ts-check
// What processes have used of the CPU, as the kernel counts it (Linux, /proc).
import { readFileSync, readdirSync } from 'node:fs';

/** The kernel counts in hundredths of a second on every Linux that Node runs on. */
const TICK_MS = 10;

/** @returns {boolean} whether this system tells */
export function canCount() {
  return process.platform === 'linux';
}

/** @param {number} pid @returns {number} ms of CPU that one process has used, all its threads together */
export function cpuOf(pid) {
  const [user = 0, system = 0] = times(pid) ?? [];
  return (user + system) * TICK_MS;
}

/**
 * @param {number} postmaster
 * @returns {number} ms of CPU that PostgreSQL has used: the first process, those it has started, and those that have ended
 */
export function cpuOfPostgres(postmaster) {
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
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  } catch {
    return undefined; // it has ended in the meantime
  }
}
