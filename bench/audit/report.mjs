// @ts-check
// What was measured and tried, for people and for programs.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { ATTACKS } from './attacks/attacks.mjs';

/** @typedef {{ acts: number, seconds: number, p50Ms: number, p99Ms: number, entryBytes: number, load: number, signedP50Ms?: number, signedP99Ms?: number, waiting?: number }} Round */
/** @typedef {{ system: string, actsPerS: number, p50Ms: number, p99Ms: number, rounds: Round[] } & Record<string, any>} Row */

/** @param {number[]} values @returns {number} */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[half] ?? NaN)
    : ((sorted[half - 1] ?? NaN) + (sorted[half] ?? NaN)) / 2;
}

const short = (/** @type {number} */ value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));
const round = (/** @type {number} */ value) => Math.round(value * 1_000) / 1_000;

/** @returns {number} load average of the last minute */
export const load = () =>
  process.platform === 'linux'
    ? Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0])
    : (os.loadavg()[0] ?? NaN);

/** @param {string} system @param {Round[]} rounds @returns {Row} */
export function rowOf(system, rounds) {
  const middle = (/** @type {(one: Round) => number | undefined} */ pick) =>
    round(median(rounds.map((one) => pick(one) ?? NaN)));
  return {
    system,
    actsPerS: middle(({ acts, seconds }) => acts / seconds),
    p50Ms: middle((one) => one.p50Ms),
    p99Ms: middle((one) => one.p99Ms),
    ...(rounds.every(({ signedP99Ms }) => signedP99Ms !== undefined) && {
      signedP50Ms: middle((one) => one.signedP50Ms),
      signedP99Ms: middle((one) => one.signedP99Ms),
    }),
    rounds,
  };
}

/** @param {import('pg').Client} owner @returns {Promise<Record<string, string | number>>} what it was measured on */
export async function machine(owner) {
  const { rows } = await owner.query(
    `SELECT current_setting('server_version') AS postgres, current_setting('fsync') AS fsync,
            current_setting('synchronous_commit') AS "synchronousCommit"`,
  );
  const mem = `${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`;
  return {
    cores: os.cpus().length,
    cpu: os.cpus()[0]?.model ?? process.arch,
    mem,
    node: process.version,
    ...rows[0],
    load: load(),
  };
}

/** @param {Row[]} rows */
function figures(rows) {
  const of = (/** @type {Row} */ row, /** @type {(one: Round) => number} */ pick) => {
    const values = row.rounds.map(pick);
    return `${short(median(values))} (${short(Math.min(...values))}–${short(Math.max(...values))})`;
  };
  return table([
    ['median (least–most)', 'acts/s', 'p50 ms', 'p99 ms', 'commit → signed, p50 / p99 ms'],
    ...rows.map((row) => [
      row.system,
      of(row, ({ acts, seconds }) => acts / seconds),
      of(row, (one) => one.p50Ms),
      of(row, (one) => one.p99Ms),
      row.signedP50Ms === undefined ? '–' : `${short(row.signedP50Ms)} / ${short(row.signedP99Ms)}`,
    ]),
  ]);
}

/** @param {string[][]} lines */
function table(lines) {
  const widths = (lines[0] ?? []).map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * @param {{ machine: object, rows: Row[], sequenced: number[], scrubbed: number[], verdicts: import('./attacks/attacks.mjs').Verdict[], missing: string[] }} report
 * @returns {number} the exit code
 */
export function tell({ machine, rows, sequenced, scrubbed, verdicts, missing }) {
  const perS = (/** @type {string} */ name) => rows.find(({ system }) => system === name);
  const [ours, plain] = [perS('ours'), perS('plain audit table')];
  /** @type {{ what: string, value: number, goal: string, ok: boolean }[]} */
  const targets = [];
  if (ours && plain) {
    const ratio = round(ours.actsPerS / plain.actsPerS);
    targets.push({ what: 'acts/s, ours ÷ plain audit table', value: ratio, goal: '>=0.9', ok: ratio >= 0.9 });
  }
  const named = verdicts.filter(({ system, detected }) => system === 'ours' && detected === 'yes').length;
  if (verdicts.length > 0)
    targets.push({
      what: 'attacks that ours notices',
      value: named,
      goal: `=${ATTACKS.length}`,
      ok: named === ATTACKS.length,
    });

  const out = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
  out(
    `\n${Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}\n`,
  );
  out(figures(rows));
  out(
    `\nsequenced, from a full queue: ${sequenced.map(short).join(', ')} entries/s; scrubbed: ${scrubbed.map(short).join(', ')} entries/s`,
  );
  if (verdicts.length > 0) {
    const systems = [...new Set(verdicts.map(({ system }) => system))];
    const found = (/** @type {string} */ system, /** @type {string} */ attack) =>
      verdicts.find((one) => one.system === system && one.attack === attack)?.detected ?? '–';
    out(
      `\n${table([['attack: noticed?', ...systems], ...ATTACKS.map((attack) => [attack, ...systems.map((one) => found(one, attack))])])}`,
    );
    out('');
    for (const { system, attack, by } of verdicts) if (system === 'ours') out(`ours, ${attack}: ${by}`);
  }
  for (const { what, value, goal, ok } of targets)
    out(`${ok ? 'met   ' : 'MISSED'} ${what}: ${value} (${goal})`);
  for (const what of missing) out(`missing ${what}`);
  out(
    JSON.stringify({
      bench: 'audit',
      machine,
      rows,
      sequenced,
      scrubbed,
      attacks: verdicts,
      targets,
      missing,
    }),
  );
  return targets.every(({ ok }) => ok) ? 0 : 1;
}
