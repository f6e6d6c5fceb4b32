// Changes honest bundles at random, again and again, and prints as JSON which of the changed ones passed all the same.
// node mutations.mjs COUNT SEED: the same seed makes the same changes.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

import { verified } from './in-memory.mjs';

const [, , count = '10000', seed = '1'] = process.argv;
const VECTORS = join(import.meta.dirname, '..', 'vectors');
const BUNDLES = ['whole', 'part', 'all-parts', 'one-intake', 'one-entry'].map((name) =>
  readFileSync(join(VECTORS, 'bundles', `${name}.zip`)),
);
const GIVEN = {
  key: readFileSync(join(VECTORS, 'keys', 'server.asc'), 'utf8'),
  vkey: readFileSync(join(VECTORS, 'keys', 'log.vkey'), 'utf8'),
};

let state = Number(seed);
/** A number from 0 up to and without `end` (mulberry32). */
function below(end) {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) % end;
}
const oneOf = (list) => list[below(list.length)];

/** Changes of the bytes of a file, whatever they are. */
const OF_BYTES = {
  'byte changed': (bytes) => bytes.with(below(bytes.length), below(256)),
  'bit changed': (bytes) => {
    const at = below(bytes.length);
    return bytes.with(at, bytes[at] ^ (1 << below(8)));
  },
  'bytes cut out': (bytes) => {
    const at = below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(200)));
  },
  'bytes put in': (bytes) => {
    const at = below(bytes.length);
    const from = below(bytes.length);
    return joined(bytes.subarray(0, at), bytes.subarray(from, from + 1 + below(64)), bytes.subarray(at));
  },
  'bytes copied over others': (bytes) => {
    const copy = bytes.slice();
    const length = 1 + below(Math.min(64, bytes.length));
    copy.copyWithin(below(bytes.length), below(bytes.length), below(bytes.length) + length);
    return copy;
  },
  'end cut off': (bytes) => bytes.subarray(0, below(bytes.length)),
};

/** Changes of the lines of a text. */
const OF_LINES = {
  'lines swapped': (lines) => {
    const [a, b] = [below(lines.length), below(lines.length)];
    return lines.with(a, lines[b]).with(b, lines[a]);
  },
  'line removed': (lines) => lines.toSpliced(below(lines.length), 1),
  'line doubled': (lines) => {
    const at = below(lines.length);
    return lines.toSpliced(at, 0, lines[at]);
  },
  'digit changed': (lines) => {
    const at = below(lines.length);
    const digit = String(below(10));
    let nth = below(1 + (lines[at].match(/\d/g)?.length ?? 0));
    return lines.with(
      at,
      lines[at].replace(/\d/g, (old) => (nth-- === 0 ? digit : old)),
    );
  },
};

/** Changes of the files of a bundle, which is packed again with checksums that fit. */
const OF_FILES = {
  'file of another bundle': (files) => {
    const other = filesOf(oneOf(BUNDLES));
    const name = oneOf([...files.keys()].filter((one) => other.has(one)));
    return new Map(files).set(name, other.get(name));
  },
  'two files of another bundle': (files) =>
    OF_FILES['file of another bundle'](OF_FILES['file of another bundle'](files)),
  'file removed': (files) => new Map([...files].toSpliced(below(files.size), 1)),
  'files in another order': (files) => {
    const list = [...files];
    const [a, b] = [below(list.length), below(list.length)];
    return new Map(list.with(a, list[b]).with(b, list[a]));
  },
  'two contents swapped': (files) => {
    const [a, b] = [oneOf([...files.keys()]), oneOf([...files.keys()])];
    return new Map(files).set(a, files.get(b)).set(b, files.get(a));
  },
  'file changed, and its hash in the manifest': (files) => {
    const name = oneOf([...files.keys()].slice(2));
    const changed = new Map(files).set(name, someBytes(files.get(name)));
    return listedAnew(changed);
  },
  'manifest changed': (files) =>
    withText(files, 'manifest.json', (text) => OF_LINES['digit changed']([text])[0]),
  'file changed': (files) => {
    const name = oneOf([...files.keys()]);
    return new Map(files).set(name, someBytes(files.get(name)));
  },
  'lines changed': (files) => {
    const name = oneOf([...files.keys()].filter((one) => !one.endsWith('.bin')));
    return withText(files, name, (text) => {
      const lines = oneOf(Object.values(OF_LINES))(text.trimEnd().split('\n'));
      return `${lines.join('\n')}\n`;
    });
  },
};

/** Of a file that is empty, nothing can be changed. */
const someBytes = (bytes) => (bytes.length === 0 ? bytes : oneOf(Object.values(OF_BYTES))(bytes));

const unpacked = new Map();
function filesOf(zip) {
  const known = unpacked.get(zip);
  if (known) return known;
  const files = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const start = at + 30 + zip.readUInt16LE(at + 26);
    const end = start + zip.readUInt32LE(at + 18);
    files.set(zip.toString('latin1', at + 30, start), new Uint8Array(zip.subarray(start, end)));
    at = end;
  }
  unpacked.set(zip, files);
  return files;
}

const joined = (...parts) => new Uint8Array(Buffer.concat(parts));

function withText(files, name, change) {
  return new Map(files).set(name, joined(Buffer.from(change(Buffer.from(files.get(name)).toString('utf8')))));
}

function listedAnew(files) {
  return withText(files, 'manifest.json', (text) => {
    const manifest = JSON.parse(text);
    for (const listed of manifest.files) {
      const data = files.get(listed.name);
      listed.size = data.length;
      listed.sha256 = createHash('sha256').update(data).digest('hex');
    }
    return JSON.stringify(manifest);
  });
}

/** Packs as the writer does: FORMAT.md, section 7. */
function zipOf(files) {
  const parts = [];
  const directory = [];
  let at = 0;
  for (const [name, data] of files) {
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(0x21, 8);
    shared.writeUInt32LE(crc32(data), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(data.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    parts.push(Buffer.from('PK\x03\x04'), shared, Buffer.from(name), data);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), shared, place, Buffer.from(name));
    at += 30 + name.length + data.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(all.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, all, end]);
}

const passed = [];
const codes = { 1: 0, 2: 0 };
const kinds = {};
for (const bundle of BUNDLES) {
  if (!zipOf(filesOf(bundle)).equals(bundle)) throw new Error('packing again does not give the same bytes');
  if (verified(bundle, GIVEN).exitCode !== 0) throw new Error('an honest bundle does not pass');
}
for (let tried = 0; tried < Number(count);) {
  const bundle = oneOf(BUNDLES);
  const ofZip = below(3) === 0;
  const [kind, change] = oneOf(Object.entries(ofZip ? OF_BYTES : OF_FILES));
  const changed = ofZip ? Buffer.from(change(new Uint8Array(bundle))) : zipOf(change(filesOf(bundle)));
  // A change that changes nothing is none, and one that makes another honest bundle of it is not tampering.
  if (BUNDLES.some((honest) => honest.equals(changed))) continue;
  tried += 1;
  kinds[kind] = (kinds[kind] ?? 0) + 1;
  const { exitCode, findings } = verified(changed, GIVEN);
  if (exitCode === 1 || exitCode === 2) codes[exitCode] += 1;
  else passed.push({ tried, kind, exitCode, findings });
}
console.log(JSON.stringify({ passed, codes, kinds }));
