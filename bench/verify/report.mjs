// @ts-check
// Figures of the machine, and of rounds.
import os from 'node:os';

export function machine() {
  return {
    cores: os.cpus().length,
    cpu: os.cpus()[0]?.model ?? process.arch,
    mem: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    node: process.version,
    load: round(os.loadavg()[0] ?? NaN),
  };
}

/** @param {number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[half] ?? NaN)
    : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

/** @param {number} value @returns {number} with two digits after the point at most */
export function round(value) {
  return Math.round(value * 100) / 100;
}
