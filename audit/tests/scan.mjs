// Holds the quick reading of an entry against the slow one, over entries that were changed at random, and prints as JSON
// where they differ: node scan.mjs COUNT.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseCanonical } from '../verify/form/canonical.mjs';
import { newScanned, scanEntry } from '../verify/form/scan.mjs';

const [, , count = '10000'] = process.argv;
const zip = readFileSync(join(import.meta.dirname, '..', 'vectors', 'bundles', 'all-parts.zip'), 'latin1');
const entries = zip.match(/\{"act":.*\}/g);
const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '-',
  '0',
  '01',
  '1e3',
  '1.5',
  'true',
  'null',
  ' ',
  'é',
  'e\u0301',
  '"a":1,',
  '"prev":5,',
  '\u0000',
  '\\u0041',
  '[[',
  '{}',
  '9007199254740993',
];
// The same sequence each time: the fractional parts of multiples of an irrational number.
let step = 0;
const below = (end) => Math.floor(((++step * Math.SQRT2 * 1000) % 1) * end);

const found = newScanned();
const differing = [];
let quick = 0;
let slow = 0;
for (let i = 0; i < Number(count); i++) {
  const entry = entries[below(entries.length)];
  const at = below(entry.length);
  const changed =
    i % 4 === 0 ? entry : entry.slice(0, at) + PIECES[below(PIECES.length)] + entry.slice(at + below(4));
  const bytes = Buffer.from(`\n${changed}\n`);
  const value = parsed(bytes.subarray(1, -1));
  if (value !== undefined) slow += 1;
  if (!scanEntry(bytes, 1, bytes.length - 1, found)) continue;
  quick += 1;
  const text = ({ from, to }) => (from < 0 ? undefined : bytes.toString('utf8', from, to));
  const string = (one) => (typeof one === 'string' ? one : undefined);
  const same =
    value !== undefined &&
    text(found.id) === string(value.id) &&
    text(found.at) === string(value.at) &&
    text(found.act) === string(value.act) &&
    text(found.tenant) === string(value.tenant) &&
    text(found.intakeId) === string(value.intake?.id) &&
    text(found.intakePrev) === string(value.intake?.prev) &&
    found.hasIntake === (value.intake !== undefined);
  if (!same) differing.push(changed);
}
console.log(JSON.stringify({ quick, slow, differing }));

function parsed(bytes) {
  try {
    return parseCanonical(bytes);
  } catch {
    return undefined;
  }
}
