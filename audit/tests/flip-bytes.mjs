// Changes one byte of a bundle at a time, and prints what the verifier made of it as JSON: which positions passed, which
// answers were not a sentence, and for each changed byte of entries.jsonl whether its entry was named.
// node flip-bytes.mjs BUNDLE.zip INDEX,INDEX… (of the entries that the bundle shows)

import { readFileSync } from 'node:fs';

import { inWords } from '../verify/words.mjs';
import { verified } from './in-memory.mjs';

const zip = readFileSync(process.argv[2]);
const indexes = process.argv[3].split(',').map(Number);
const name = Buffer.from('entries.jsonl');
const header = zip.indexOf(Buffer.concat([Buffer.from([name.length, 0, 0, 0]), name]));
const from = header + 4 + name.length;
const to = from + zip.readUInt32LE(header - 8);

const passed = [];
const wordless = [];
const unnamed = [];
let entry = 0;
for (let at = 0; at < zip.length; at++) {
  const original = zip[at];
  zip[at] = original ^ (1 << (at % 8));
  const report = verified(zip);
  zip[at] = original;
  if (report.exitCode !== 1 && report.exitCode !== 2) passed.push(at);
  if (!/^[A-Za-z].+\.$/.test(inWords(report)[1] ?? '')) wordless.push(at);
  if (at >= from && at < to) {
    const index = report.findings[0]?.index;
    const isNewline = original === 0x0a;
    if (!isNewline && index !== indexes[entry]) unnamed.push(at);
    if (isNewline) entry += 1;
  }
}
const cuts = [];
for (let length = 0; length < zip.length; length += 7) {
  if (verified(zip.subarray(0, length)).exitCode !== 2) cuts.push(length);
}
console.log(JSON.stringify({ tried: zip.length, entryBytes: to - from, passed, wordless, unnamed, cuts }));
