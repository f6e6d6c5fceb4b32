// @ts-check
// What was measured, for people and for programs.
import { BYTES } from './ciphers.mjs';

const GOALS = { seal: 20, open: 15 };

/** The AWS Encryption SDK for JavaScript 5.0.2, raw AES keyring, as measured once on another day: not run here. */
const QUOTED = [
  { system: 'AWS Encryption SDK (quoted), no signature', micros: '540–650', overheadBytes: 285 },
  { system: 'AWS Encryption SDK (quoted), ECDSA signature', micros: '2300–3000', overheadBytes: 482 },
];

/** @param {readonly number[]} values @param {number} [part] */
function quantile(values, part = 0.5) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/** @param {readonly number[]} values */
const spread = (values) =>
  `${round(quantile(values))} (${round(Math.min(...values))}–${round(Math.max(...values))})`;

/**
 * Writes the report to stdout: a table for people, and one JSON object as the last line.
 * @param {{ machine: Record<string, string | number>, micros: import('./ciphers.mjs').Micros, pages: Record<'withReceipt' | 'without' | 'receipt', number[]> }} report
 * @returns {number} the exit code
 */
export function tell({ machine, micros, pages }) {
  const out = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
  out(
    `\none value of ${BYTES} bytes; median of the rounds' medians (least–most), microseconds; ${Object.entries(
      machine,
    )
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}\n`,
  );
  for (const [system, values] of micros) out(`${system.padEnd(48)} ${spread(values)}`);
  for (const { system, micros: quoted } of QUOTED) out(`${system.padEnd(48)} ${quoted}`);
  out('\na transcript page of 200 messages; median (least–most), milliseconds\n');
  out(`${'recorded before it is read, as it is'.padEnd(48)} ${spread(pages.withReceipt)}`);
  out(`${'of it, the receipt: one entry, committed'.padEnd(48)} ${spread(pages.receipt)}`);
  out(`${'read with a receipt from before'.padEnd(48)} ${spread(pages.without)}`);
  const rows = [
    ...[...micros].map(([system, values]) => ({
      system,
      micros: round(quantile(values)),
      p90: round(quantile(values, 0.9)),
      bytes: BYTES,
    })),
    ...QUOTED,
    {
      system: 'page of 200, with its receipt',
      ms: round(quantile(pages.withReceipt)),
      receiptMs: round(quantile(pages.receipt)),
      withoutMs: round(quantile(pages.without)),
    },
  ];
  const targets = /** @type {const} */ (['seal', 'open']).map((what) => {
    const value = round(quantile(micros.get(`ours, ${what}`) ?? []));
    return {
      what: `${what}, median µs at ${BYTES} bytes`,
      value,
      goal: `<=${GOALS[what]}`,
      ok: value <= GOALS[what],
    };
  });
  out('');
  for (const { what, value, goal, ok } of targets)
    out(`${ok ? 'met   ' : 'MISSED'} ${what}: ${value} (${goal})`);
  out(JSON.stringify({ bench: 'seal', machine, rows, targets, missing: [] }));
  return targets.every(({ ok }) => ok) ? 0 : 1;
}
