// @ts-check
// What was measured, for people and for programs.

/** @typedef {import('./systems.mjs').Measured} Measured */

/** A million messages are looked through in this time, on two cores, and the first hit is shown within the other. */
const GOAL = { messages: 1_000_000, seconds: 20, firstHitMs: 1_000, rssLateMb: 64 };

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] =
    sorted.length % 2 === 1 ? [sorted[half], sorted[half]] : sorted.slice(half - 1, half + 1);
  return Math.round(((low + high) / 2) * 100) / 100;
}

/**
 * Writes the report to stdout: a table for people, and one JSON object as the last line.
 * @param {{ machine: Record<string, string | number>, messages: number, needle: string, expected: number, measured: Map<string, Measured[]>, faults: string[] }} report
 * @returns {number} the exit code: 0 when everything was found and no target was missed
 */
export function tell({ machine, messages, needle, expected, measured, faults }) {
  const out = (/** @type {string} */ text) => process.stdout.write(`${text}\n`);
  const rows = [...measured].map(([system, rounds]) => ({
    system,
    seconds: median(rounds.map(({ seconds }) => seconds)),
    msgPerS: Math.round(messages / median(rounds.map(({ seconds }) => seconds))),
    ...optional(rounds, 'firstHitMs'),
    ...optional(rounds, 'rssMb'),
    ...optional(rounds, 'rssLateMb'),
    hits: rounds[0]?.hits ?? 0,
    rounds,
  }));
  const ours = rows.find(({ system }) => system.startsWith('ours'));
  const targets = ours === undefined ? [] : targetsOf(ours, messages);
  out(
    `\n${messages} messages, "${needle}" in ${expected}; ${Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}\n`,
  );
  out(
    'median (least–most)              seconds        msg/s        first hit ms   RSS above start, MB   in its second half',
  );
  for (const { system, msgPerS, rounds } of rows) {
    const seconds = spread(rounds.map((one) => one.seconds));
    const cells = [cell(rounds, 'firstHitMs', 20), cell(rounds, 'rssMb', 22), cell(rounds, 'rssLateMb', 21)];
    out(`${system.padEnd(28)} ${seconds.padStart(20)} ${String(msgPerS).padStart(12)}${cells.join('')}`);
  }
  const missing = messages < GOAL.messages ? [`${GOAL.messages} messages: tried with ${messages}`] : [];
  for (const { what, value, goal, ok } of targets)
    out(`${ok ? 'met   ' : 'MISSED'} ${what}: ${value} (${goal})`);
  for (const fault of faults) out(`DID NOT HOLD ${fault}`);
  for (const what of missing) out(`missing ${what}`);
  out(JSON.stringify({ bench: 'search', machine, messages, rows, targets, faults, missing }));
  return faults.length === 0 && targets.every(({ ok }) => ok) ? 0 : 1;
}

/** @param {{ seconds: number, firstHitMs?: number, rssLateMb?: number }} ours @param {number} messages */
function targetsOf({ seconds, firstHitMs, rssLateMb }, messages) {
  const targets = [];
  // With fewer messages the time says nothing about a million.
  if (messages >= GOAL.messages)
    targets.push({
      what: 'seconds for a million',
      value: seconds,
      goal: `<=${GOAL.seconds}`,
      ok: seconds <= GOAL.seconds,
    });
  if (firstHitMs !== undefined)
    targets.push({
      what: 'ms to the first hit',
      value: firstHitMs,
      goal: `<=${GOAL.firstHitMs}`,
      ok: firstHitMs <= GOAL.firstHitMs,
    });
  if (rssLateMb !== undefined)
    targets.push({
      what: 'MB of growth in the second half',
      value: rssLateMb,
      goal: `<=${GOAL.rssLateMb}`,
      ok: rssLateMb <= GOAL.rssLateMb,
    });
  return targets;
}

/** @param {Measured[]} rounds @param {'firstHitMs' | 'rssMb' | 'rssLateMb'} name */
function optional(rounds, name) {
  const values = rounds.map((round) => round[name]).filter((value) => value !== undefined);
  return values.length < rounds.length ? {} : { [name]: median(values) };
}

/** @param {Measured[]} rounds @param {'firstHitMs' | 'rssMb' | 'rssLateMb'} name @param {number} width */
function cell(rounds, name, width) {
  const values = rounds.map((round) => round[name]).filter((value) => value !== undefined);
  return (values.length < rounds.length ? '–' : spread(values, 0)).padStart(width);
}

/** @param {number[]} values @param {number} [digits] */
function spread(values, digits = 2) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;
}
