// @ts-check
// What was measured, for people and for programs.
import { readFileSync } from 'node:fs';
import os from 'node:os';

/**
 * One round of one system.
 * @typedef {object} Measured
 * @property {number} msgPerS
 * @property {number} p50Ms
 * @property {number} p99Ms
 * @property {number} [serverCpuMsPerMsg]
 * @property {number} [postgresCpuMsPerMsg]
 * @property {number} [generatorCpuShare]  of one core
 * @property {number} messages  acknowledged in the measured time
 * @property {number} refused   by the limit on what a page may send; not messages
 * @property {number} load      load average of the last minute
 */

/** @typedef {{ system: string, rounds: Measured[] } & Omit<Measured, 'load'>} Row */
/** @typedef {{ what: string, value: number, goal: string, ok: boolean }} Target */

/** Medians of the rounds; messages and refusals are added up. @param {string} system @param {Measured[]} rounds @returns {Row} */
export function rowOf(system, rounds) {
  const sum = (/** @type {'messages' | 'refused'} */ name) =>
    rounds.reduce((all, round) => all + round[name], 0);
  const middle = (/** @type {keyof Measured} */ name) => median(rounds.map((round) => round[name] ?? NaN));
  /** @param {'serverCpuMsPerMsg' | 'postgresCpuMsPerMsg' | 'generatorCpuShare'} name */
  const optional = (name) =>
    rounds.every((round) => round[name] !== undefined) ? { [name]: middle(name) } : {};
  return {
    system,
    msgPerS: middle('msgPerS'),
    p50Ms: middle('p50Ms'),
    p99Ms: middle('p99Ms'),
    ...optional('serverCpuMsPerMsg'),
    ...optional('postgresCpuMsPerMsg'),
    ...optional('generatorCpuShare'),
    messages: sum('messages'),
    refused: sum('refused'),
    rounds,
  };
}

/** @param {number[]} values @returns {number} */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] =
    sorted.length % 2 === 1 ? [sorted[half], sorted[half]] : sorted.slice(half - 1, half + 1);
  return round((low + high) / 2);
}

/** @param {number} value @returns {number} with three digits after the point at most */
export function round(value) {
  return Math.round(value * 1_000) / 1_000;
}

/** @param {Row[]} rows @returns {string} a table: the median of each figure, and the least and the most of the rounds */
function table(rows) {
  /** @type {[string, keyof Measured][]} */
  const columns = [
    ['msg/s', 'msgPerS'],
    ['p50 ms', 'p50Ms'],
    ['p99 ms', 'p99Ms'],
    ['server CPU ms/msg', 'serverCpuMsPerMsg'],
    ['PostgreSQL CPU ms/msg', 'postgresCpuMsPerMsg'],
    ['generator, of one core', 'generatorCpuShare'],
  ];
  const cells = rows.map((row) => [
    row.system,
    ...columns.map(([, name]) => {
      const values = row.rounds.map((one) => one[name]).filter((value) => value !== undefined);
      if (values.length < row.rounds.length) return '–';
      return `${short(median(values))} (${short(Math.min(...values))}–${short(Math.max(...values))})`;
    }),
    String(row.refused),
  ]);
  const lines = [['median (least–most)', ...columns.map(([title]) => title), 'refused'], ...cells];
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** @param {number} value */
function short(value) {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {import('pg').Client} owner @returns {Promise<Record<string, string | number>>} what it was measured on */
export async function machine(owner) {
  const { rows } = await owner.query(
    `SELECT current_setting('server_version') AS postgres, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS "synchronousCommit"`,
  );
  return {
    cores: os.cpus().length,
    cpu: os.cpus()[0]?.model ?? process.arch,
    mem: `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    node: process.version,
    ...rows[0],
    load: load(),
  };
}

/** @returns {number} load average of the last minute */
export function load() {
  return round(
    process.platform === 'linux'
      ? Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
      : (os.loadavg()[0] ?? NaN),
  );
}

/**
 * Writes the report to stdout: tables for people, and one JSON object as the last line.
 * @param {number} pairs
 * @param {{ machine: Record<string, string | number>, rows: Row[], proof: Record<string, number>, faults: string[], missing: string[] }} report
 * @returns {number} the exit code: 0 when everything held and no target was missed
 */
export function tell(pairs, { machine: of, rows, proof, faults, missing }) {
  const figure = (/** @type {string} */ system, /** @type {'msgPerS' | 'p99Ms'} */ name) =>
    rows.find((row) => row.system === system)?.[name];
  const throughput = figure('ours closed', 'msgPerS');
  const p99 = figure('ours 500/s', 'p99Ms');
  /** @type {import('./report.mjs').Target[]} */
  const targets = [];
  if (throughput !== undefined)
    targets.push({ what: 'msg/s closed loop', value: throughput, goal: '>=2000', ok: throughput >= 2_000 });
  if (p99 !== undefined) targets.push({ what: 'p99Ms at 500/s', value: p99, goal: '<=25', ok: p99 <= 25 });

  const out = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
  out(
    `\n${pairs} pairs; ${Object.entries(of)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}\n`,
  );
  out(table(rows));
  const refused = rows.reduce((sum, row) => sum + row.refused, 0);
  out(
    '\nClosed loop: each pair has one message on its way, so latency there is 200 divided by msg/s. Paced: latency from the due instant.',
  );
  out(
    `A page may send 60 at once and 10 a second after that: ${pairs * 2} pages stop at 4000 msg/s in the long run. ${refused > 0 ? `It bit: ${refused} refused.` : 'It refused nothing here.'}`,
  );
  out(
    `Ours, in all rounds: ${Object.entries(proof)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')}`,
  );
  for (const { what, value, goal, ok } of targets)
    out(`${ok ? 'met   ' : 'MISSED'} ${what}: ${value} (${goal})`);
  for (const fault of faults) out(`DID NOT HOLD ${fault}`);
  for (const what of missing) out(`missing ${what}`);
  out(JSON.stringify({ bench: 'messages', machine: of, rows, targets, proof, faults, missing }));
  return faults.length === 0 && targets.every(({ ok }) => ok) ? 0 : 1;
}
