// A plain reader, as somebody would write it who has no format to check: each line of a file is hashed and parsed.
// node plain.mjs FILE parse|check: `parse` is JSON.parse alone; `check` also hashes each line and writes it anew, sorted.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [, , file = '', what] = process.argv;
let lines = 0;
let wrong = 0;
for await (const line of createInterface({ input: createReadStream(file, { highWaterMark: 1 << 20 }) })) {
  const value = JSON.parse(line);
  lines += 1;
  if (what === 'parse') continue;
  createHash('sha256').update('\x00').update(line).digest();
  if (sorted(value) !== line) wrong += 1;
}
if (wrong > 0) process.exitCode = 1;
process.stdout.write(`${lines}\n`);

function sorted(value) {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${sorted(value[key])}`).join(',')}}`;
}
