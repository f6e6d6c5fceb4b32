// @ts-check
// `npm run bench:verify [-- --entries=N --rounds=N]`: a bundle of a million entries is written and checked, each by a process
// of its own; beside it, in turn on the same bytes, `sha256sum` and two plain readers show where the limits are. Ends with 1
// when the bundle does not verify, or a target was missed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { machine, median, round } from './report.mjs';

const HERE = import.meta.dirname;
const VERIFIER = path.join(ROOT, 'audit', 'cli', 'verify.mjs');
/** With what a checking program runs on one core: its garbage collector and its compiler, too. */
const ONE_CORE = ['taskset', '-c', '0'];

/** Of the writer: so that it shows what it needs, and not what it takes where there is plenty. */
const HEAP_MIB = 96;

/** @typedef {{ seconds: number, peakMiB?: number, cpuSeconds?: number, stdout: string }} Ran */

await runMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      entries: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
    },
  });
  const entries = Number(values.entries);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vestibule-bench-verify-'));
  const end = () => rmSync(folder, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => (end(), process.exit(130)));
  try {
    return measure(folder, entries, Number(values.rounds));
  } finally {
    end();
  }
});

/** @param {string} folder @param {number} entries @param {number} rounds @returns {number} the exit code */
function measure(folder, entries, rounds) {
  const missing =
    spawnSync(ONE_CORE[0] ?? '', ['--version']).status === 0
      ? []
      : ['taskset (of util-linux): not held to one core'];
  const oneCore = missing.length > 0 ? [] : ONE_CORE;
  const node = (/** @type {string[]} */ ...words) => [
    process.execPath,
    '--import',
    path.join(HERE, 'usage.mjs'),
    ...words,
  ];
  const raw = path.join(folder, 'entries.raw');
  const bundle = path.join(folder, 'bundle.zip');

  say(`Making a log of ${entries.toLocaleString('en')} entries …`);
  run(node(path.join(HERE, 'entries.mjs'), folder, String(entries)));

  const keys = ['--key', path.join(folder, 'server.asc'), '--vkey', path.join(folder, 'log.vkey')];
  /** @type {[name: string, words: string[]][]} */
  const systems = [
    ['write a bundle', node(`--max-old-space-size=${HEAP_MIB}`, path.join(HERE, 'write.mjs'), folder)],
    ['check the bundle', [...oneCore, ...node(VERIFIER, bundle, ...keys, '--json')]],
    ['sha256sum of the entries', [...oneCore, 'sha256sum', raw]],
    [
      'plain reader: JSON.parse of each line',
      [...oneCore, ...node(path.join(HERE, 'plain.mjs'), raw, 'parse')],
    ],
    [
      'plain reader: and hashed, and written anew',
      [...oneCore, ...node(path.join(HERE, 'plain.mjs'), raw, 'check')],
    ],
  ];
  /** @type {Map<string, Ran[]>} */
  const results = new Map(systems.map(([name]) => [name, []]));
  for (let i = 1; i <= rounds; i++) {
    say(`Round ${i} of ${rounds} …`);
    for (const [name, words] of systems) results.get(name)?.push(run(words));
  }

  const rows = systems.map(([system]) => {
    const ran = results.get(system) ?? [];
    // The writer tells how long `writeBundle` took: making a key and reading the leaves is not it.
    const seconds = ran.map(({ seconds: all, stdout }) =>
      system === 'write a bundle' ? JSON.parse(stdout).seconds : all,
    );
    const cpu = ran.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const peaks = ran.flatMap(({ peakMiB }) => peakMiB ?? []);
    return {
      system,
      entriesPerS: Math.round(entries / median(seconds)),
      seconds: round(median(seconds)),
      least: round(Math.min(...seconds)),
      most: round(Math.max(...seconds)),
      ...(cpu.length > 0 && { cpuSeconds: round(median(cpu)) }),
      ...(peaks.length > 0 && { peakMiB: Math.round(Math.max(...peaks)) }),
    };
  });
  const [written, checked] = rows;
  const verdicts = results.get('check the bundle')?.map(({ stdout }) => JSON.parse(stdout).result) ?? [];
  const targets = [
    {
      what: 'entries/s written',
      value: written?.entriesPerS ?? 0,
      goal: '>=40000',
      ok: (written?.entriesPerS ?? 0) >= 40_000,
    },
    {
      what: 'MiB while writing',
      value: written?.peakMiB ?? 0,
      goal: '<=256',
      ok: (written?.peakMiB ?? Infinity) <= 256,
    },
    {
      what: 'entries/s checked on one core',
      value: checked?.entriesPerS ?? 0,
      goal: '>=150000',
      ok: (checked?.entriesPerS ?? 0) >= 150_000,
    },
    {
      what: 'checks that found it valid',
      value: verdicts.filter((one) => one === 'valid').length,
      goal: `=${rounds}`,
      ok: verdicts.every((one) => one === 'valid'),
    },
  ];
  for (const row of rows)
    say(
      `${row.system.padEnd(46)} ${String(row.entriesPerS).padStart(9)} entries/s  ${row.seconds} s (${row.least} to ${row.most})${'peakMiB' in row ? `  ${row.peakMiB} MiB` : ''}`,
    );
  for (const { what, value, goal, ok } of targets)
    say(`${ok ? 'met   ' : 'MISSED'} ${what}: ${value} (${goal})`);
  for (const what of missing) say(`not measured: ${what}`);
  process.stdout.write(
    `${JSON.stringify({ bench: 'verify', entries, machine: machine(), rows, targets, missing })}\n`,
  );
  return targets.every(({ ok }) => ok) ? 0 : 1;
}

/** @param {string[]} words @returns {Ran} @throws {Error} with what it said, if it did not end with 0 */
function run([program = '', ...args]) {
  const began = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  const last = stderr.trimEnd().split('\n').at(-1) ?? '';
  return { seconds, stdout, ...(last.startsWith('{') && JSON.parse(last)) };
}
