#!/usr/bin/env node
// Checks a Vestibule bundle offline: node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--json]
//
// One file, and Node's own modules, so that whoever does not trust us can read all of it and run it anywhere. It shares
// no line with the code that writes bundles. The format is described, to the byte, in audit/FORMAT.md.
//
// Ends with 0: everything fits. 1: something was changed, and it says what. 2: it cannot be checked.

import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FORMATS = ['vestibule-bundle/1', 'vestibule-bundle/2'];
const NEEDED = [
  'manifest.json',
  'manifest.json.asc',
  'entries.jsonl',
  'proof/checkpoint',
  'proof/leaves.bin',
  'proof/range',
  'trust/log.vkey',
  'trust/server.asc',
];

/**
 * @typedef {object} Finding
 * @property {'tampered' | 'unusable'} kind
 * @property {string} code stable, for programs
 * @property {string} message a sentence, for people
 * @property {number} [index] log index of the entry it is about
 * @property {string} [id] what that entry says its id is
 * @property {string} [file]
 *
 * @typedef {object} Report
 * @property {'valid' | 'tampered' | 'unusable'} result
 * @property {0 | 1 | 2} exitCode
 * @property {Finding[]} findings the first one is what to say
 * @property {object} [bundle] what the bundle says it is; to be believed only if the result is 'valid'
 * @property {{log: Trust, server: Trust}} [trust]
 *
 * @typedef {{key: string, from: 'given' | 'bundle'}} Trust
 * @typedef {{left: Buffer[], right: Buffer[]}} RangeProof
 * @typedef {{from: number, to: number}} Span
 */

/** Something that does not hold. Everything that is thrown on purpose here is one of these. */
class Problem extends Error {
  /** @param {Finding['kind']} kind @param {string} code @param {string} message @param {Partial<Finding>} [about] */
  constructor(kind, code, message, about = {}) {
    super(message);
    this.finding = { kind, code, message, ...about };
  }
}

const tampered = (code, message, about) => new Problem('tampered', code, message, about);
const unusable = (code, message, about) => new Problem('unusable', code, message, about);

// ---- The whole check ------------------------------------------------------------------------------------------------

/**
 * @param {Buffer} zip
 * @param {{key?: string, vkey?: string}} [given] trust from outside the bundle: an armored OpenPGP key, a log key
 * @returns {Report} never throws
 */
export function verifyBundle(zip, given = {}) {
  const archive = attempt(() => readZip(zip));
  if (archive.findings.length > 0) return report(archive.findings);
  const files = new Map(archive.value.map((file) => [file.name, file.data]));
  const missing = NEEDED.filter((name) => !files.has(name));
  if (missing.length > 0) {
    return report([
      unusable('incomplete', `The bundle is incomplete: ${missing.join(', ')} is missing.`, {
        file: missing[0],
      }).finding,
    ]);
  }
  const file = (name) => /** @type {Buffer} */ (files.get(name));

  const server = attempt(() => checkManifestSignature(file, given.key));
  const manifest = attempt(() => readManifest(file('manifest.json')));
  if (manifest.findings.length > 0) return report([...server.findings, ...manifest.findings]);

  const log = attempt(() => checkCheckpoint(file, manifest.value, given.vkey));
  const entries = log.value
    ? attempt(() => checkEntries(file, manifest.value, log.value.root))
    : { value: undefined, findings: [] };
  const content = attempt(() => checkFiles(archive.value, manifest.value));
  const checksums = attempt(() => checkChecksums(archive.value));

  // While the leaves lead to the signed root, what is said of entries is certain, whatever else was changed with them.
  const certain = entries.value?.leavesFit === true;
  const findings = certain
    ? [...entries.findings, ...server.findings, ...content.findings, ...checksums.findings]
    : [...server.findings, ...log.findings, ...entries.findings, ...content.findings, ...checksums.findings];
  const trust = { log: log.value?.trust, server: server.value };
  return report(findings, describe(manifest.value, entries.value?.wholeIntakes ?? 0), trust);
}

/** Runs a check and turns what it throws into findings; a fault of our own becomes a sentence, too. */
function attempt(check) {
  try {
    const value = check();
    return { value, findings: value?.findings ?? [] };
  } catch (error) {
    const finding =
      error instanceof Problem
        ? error.finding
        : unusable('unreadable', `A part of the bundle cannot be read (${error.message}).`).finding;
    return { value: undefined, findings: [finding] };
  }
}

/** @returns {Report} */
function report(findings, bundle, trust) {
  const result =
    findings.length === 0
      ? 'valid'
      : findings.some(({ kind }) => kind === 'tampered')
        ? 'tampered'
        : 'unusable';
  const ordered = findings.toSorted((a, b) => Number(b.kind === 'tampered') - Number(a.kind === 'tampered'));
  return {
    result,
    exitCode: { valid: 0, tampered: 1, unusable: 2 }[result],
    findings: ordered,
    bundle,
    trust,
  };
}

function describe(manifest, wholeIntakes) {
  const { origin, tenant, range, counts, size, exportId, requestedBy, purpose, createdAt, software } =
    manifest;
  return {
    scope: manifest.scope ?? { kind: 'period', ...manifest.period },
    ...{ origin, tenant, range, counts, size, exportId, requestedBy, purpose, createdAt, software },
    intakes: Object.keys(manifest.heads).length,
    wholeIntakes,
  };
}

// ---- The zip (FORMAT.md, section 7) ---------------------------------------------------------------------------------

const PLAIN_NAME = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;

/**
 * Reads the one form of zip that a bundle has. It takes names, sizes and checksums out of the directory, writes every
 * header anew from them, and compares: no byte of the archive is without meaning, so none can be changed unnoticed.
 *
 * @param {Buffer} zip
 * @returns {{name: string, crc: number, data: Buffer}[]}
 */
function readZip(zip) {
  if (zip.length < 22 || zip.readUInt32LE(0) !== 0x04034b50)
    throw unusable('not-a-zip', 'This is not a zip file.');
  const end = zip.length - 22;
  if (zip.readUInt32LE(end) !== 0x06054b50) {
    throw unusable('zip-damaged', 'The zip file breaks off, or something was added at its end.');
  }
  const directoryAt = zip.readUInt32LE(end + 16);
  const files = [];
  const headers = [];
  const names = new Set();
  let at = 0;
  let entry = directoryAt;
  while (entry < end) {
    if (entry + 46 > end) throw damaged('its directory breaks off');
    const crc = zip.readUInt32LE(entry + 16);
    const size = zip.readUInt32LE(entry + 24);
    const nameLength = zip.readUInt16LE(entry + 28);
    const name = zip.toString('latin1', entry + 46, entry + 46 + nameLength);
    if (!PLAIN_NAME.test(name)) throw damaged('a file in it has a name that no bundle has');
    if (names.has(name)) throw damaged(`${name} is in it twice`);
    names.add(name);
    const dataAt = at + 30 + nameLength;
    if (dataAt + size > directoryAt) throw damaged(`${name} is longer than the zip`);
    if (zip.readUInt16LE(entry + 10) !== 0)
      throw damaged(`${name} is compressed, and a bundle holds files as they are`);
    if (!zip.subarray(at, dataAt).equals(localHeader(name, crc, size)))
      throw damaged(`the header of ${name} was changed`);
    headers.push(centralHeader(name, crc, size, at));
    files.push({ name, crc, data: zip.subarray(dataAt, dataAt + size) });
    at = dataAt + size;
    entry += 46 + nameLength;
  }
  const directory = Buffer.concat(headers);
  const expected = Buffer.concat([directory, endRecord(files.length, directory.length, at)]);
  if (at !== directoryAt || !zip.subarray(at).equals(expected)) throw damaged('its directory was changed');
  return files;
}

const damaged = (what) =>
  unusable(
    'zip-damaged',
    `The zip file is not as it was written: ${what}. Check the file as you received it.`,
  );

/** @returns {Buffer} from "version needed" to the lengths, as both kinds of header have it; the date is 1 January 1980 */
function sharedFields(name, crc, size) {
  const fields = Buffer.alloc(26);
  fields[0] = 20;
  fields[8] = 0x21;
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(size, 14);
  fields.writeUInt32LE(size, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

function localHeader(name, crc, size) {
  return Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    sharedFields(name, crc, size),
    Buffer.from(name, 'latin1'),
  ]);
}

function centralHeader(name, crc, size, offset) {
  const place = Buffer.alloc(14);
  place.writeUInt32LE(offset, 10);
  const start = Buffer.from('PK\x01\x02\x14\x00', 'latin1');
  return Buffer.concat([start, sharedFields(name, crc, size), place, Buffer.from(name, 'latin1')]);
}

function endRecord(count, size, offset) {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06', 'latin1');
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

/** The zip's own checksums, last: when one of these fails alone, only the zip was touched. */
function checkChecksums(files) {
  for (const { name, crc, data } of files) {
    if (crc32(data) !== crc)
      throw tampered('zip-checksum', `The zip checksum of ${name} does not fit it.`, { file: name });
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

function crc32(data) {
  let crc = 0xffffffff;
  for (let i = 0; i < data.length; i++) crc = CRC_TABLE[(crc ^ data[i]) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

// ---- Canonical JSON (section 1) and the manifest (section 5) --------------------------------------------------------

/** @param {Buffer} bytes @returns {any} @throws {Error} unless the bytes are canonical */
function parseCanonical(bytes) {
  const value = JSON.parse(bytes.toString('utf8'));
  if (!Buffer.from(canonical(value)).equals(bytes)) throw new Error('not canonical JSON');
  return value;
}

function canonical(value) {
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'));
  if (typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0)))
    return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    throw new Error('a value that canonical JSON does not have');
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

const HASH = /^[A-Za-z0-9+/]{43}=$/;
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const isSpan = (value) => isCount(value?.from) && isCount(value?.to) && value.from <= value.to;
const isText = (value) => typeof value === 'string' && value !== '';

/** Field by field, what the manifest must hold. */
const MANIFEST = {
  counts: (v) => isCount(v?.included) && isCount(v?.withheld),
  createdAt: isText,
  exportEntry: (v) => isText(v?.id) && isCount(v?.index),
  exportId: isText,
  files: (v) =>
    Array.isArray(v) &&
    v.every((f) => isText(f?.name) && isCount(f?.size) && /^[0-9a-f]{64}$/.test(f?.sha256)),
  format: isText,
  heads: (v) => typeof v === 'object' && v !== null && Object.values(v).every((n) => isCount(n) && n > 0),
  origin: isText,
  purpose: isText,
  range: isSpan,
  requestedBy: isText,
  root: (v) => HASH.test(v),
  size: isCount,
  software: isText,
  tenant: isText,
  withheld: (v) => Array.isArray(v) && v.every(isSpan),
};

const isPeriod = (v) => isText(v?.from) && isText(v?.to);
const isScope = (v) => (v?.kind === 'period' ? isPeriod(v) : v?.kind === 'intake' && isText(v.intake));

/** Fields that a bundle of format 2 may have. */
const OPTIONAL = {
  messages: isCount,
  openings: isCount,
  policySet: isText,
  previous: (v) => isCount(v?.size) && HASH.test(v?.root),
  source: (v) => /^[0-9a-f]{64}$/.test(v?.manifestSha256),
};

function readManifest(bytes) {
  const about = { file: 'manifest.json' };
  let manifest;
  try {
    manifest = parseCanonical(bytes);
  } catch {
    throw unusable('manifest', 'The file manifest.json is not canonical JSON.', about);
  }
  if (typeof manifest?.format === 'string' && !FORMATS.includes(manifest.format)) {
    throw unusable(
      'format',
      `This bundle has another format than this program knows (${FORMATS.join(', ')}).`,
      about,
    );
  }
  const fields =
    manifest?.format === FORMATS[0] ? { ...MANIFEST, period: isPeriod } : { ...MANIFEST, scope: isScope };
  const optional = manifest?.format === FORMATS[0] ? {} : OPTIONAL;
  const names = [
    ...Object.keys(fields),
    ...Object.keys(optional).filter((name) => manifest?.[name] !== undefined),
  ].sort();
  const wrong = names.find((name) => !(fields[name] ?? optional[name])(manifest?.[name]));
  if (wrong !== undefined)
    throw unusable(
      'manifest',
      `The file manifest.json is incomplete: ${wrong} is missing or malformed.`,
      about,
    );
  if (Object.keys(manifest).join() !== names.join())
    throw unusable('manifest', 'The file manifest.json has unknown fields.', about);
  const { range, withheld, counts, size } = manifest;
  let last = range.from;
  for (const span of withheld) {
    last = span.from < last || span.from === span.to || span.to > range.to ? Infinity : span.to;
  }
  const hidden = withheld.reduce((sum, span) => sum + span.to - span.from, 0);
  if (
    last === Infinity ||
    hidden !== counts.withheld ||
    hidden + counts.included !== range.to - range.from ||
    range.to > size
  ) {
    throw unusable(
      'manifest',
      'The file manifest.json contradicts itself: its range, counts and withheld parts do not add up.',
      about,
    );
  }
  return manifest;
}

/** Every file is listed, in the order of the zip, with its size and its SHA-256. */
function checkFiles(archive, manifest) {
  const findings = [];
  const order = ['manifest.json', 'manifest.json.asc', ...manifest.files.map(({ name }) => name)];
  if (archive.map(({ name }) => name).join('\n') !== order.join('\n')) {
    findings.push(
      tampered('files', 'The files in the zip are not those that the manifest lists, in its order.').finding,
    );
  }
  for (const { name, size, sha256 } of manifest.files) {
    const data = archive.find((file) => file.name === name)?.data;
    if (data === undefined) continue;
    if (data.length !== size || createHash('sha256').update(data).digest('hex') !== sha256) {
      findings.push(tampered('file', `The file ${name} has been changed.`, { file: name }).finding);
    }
  }
  return { findings };
}

// ---- Checkpoint and tree (sections 4 and 6) -------------------------------------------------------------------------

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafHash = (entry) => sha256('\x00', entry);
const nodeHash = (left, right) => sha256('\x01', left, right);

/** @returns {{root: Buffer, trust: Trust}} */
function checkCheckpoint(file, manifest, givenVkey) {
  const about = { file: 'proof/checkpoint' };
  const inside = file('trust/log.vkey').toString('utf8').trimEnd();
  const key = readVkey((givenVkey ?? inside).trim());
  if (key === undefined) throw unusable('vkey', 'The key of the log is not a C2SP Ed25519 verifier key.');
  if (givenVkey !== undefined && givenVkey.trim() !== inside) {
    throw tampered('vkey', 'The bundle names another log key than the one that you gave.', {
      file: 'trust/log.vkey',
    });
  }
  const note = file('proof/checkpoint').toString('utf8');
  const split = note.lastIndexOf('\n\n');
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split('\n');
  const bad = () =>
    tampered('checkpoint', 'The checkpoint has been changed: the signature of the log does not fit.', about);
  if (split < 0 || !note.endsWith('\n')) throw bad();
  let signed = false;
  for (const line of lines) {
    const parts = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
    const blob = Buffer.from(parts?.[2] ?? '', 'base64');
    if (parts === null || blob.toString('base64') !== parts[2]) throw bad();
    if (parts[1] !== key.name || !blob.subarray(0, 4).equals(key.id)) continue;
    if (!isSigned(key.raw, Buffer.from(text), blob.subarray(4))) throw bad();
    signed = true;
  }
  if (!signed) throw tampered('checkpoint', 'The checkpoint is not signed by the key of the log.', about);
  if (text !== `${manifest.origin}\n${manifest.size}\n${manifest.root}\n` || key.name !== manifest.origin) {
    throw tampered(
      'checkpoint',
      'The checkpoint and the manifest are not about the same state of the same log.',
      about,
    );
  }
  const trust = { key: givenVkey?.trim() ?? inside, from: givenVkey === undefined ? 'bundle' : 'given' };
  return { root: Buffer.from(manifest.root, 'base64'), trust };
}

/** @param {string} line name, key id and typed key, with + between */
function readVkey(line) {
  const [name, id, ...rest] = line.split('+');
  const typed = Buffer.from(rest.join('+'), 'base64');
  if (!name || typed.length !== 33 || typed[0] !== 1 || typed.toString('base64') !== rest.join('+'))
    return undefined;
  const keyId = sha256(`${name}\n`, typed).subarray(0, 4);
  return keyId.toString('hex') === id ? { name, id: keyId, raw: typed.subarray(1) } : undefined;
}

function isSigned(rawKey, message, signature) {
  const key = createPublicKey({
    key: { kty: 'OKP', crv: 'Ed25519', x: rawKey.toString('base64url') },
    format: 'jwk',
  });
  return signature.length === 64 && verifySignature(null, message, key, signature);
}

/** @returns {RangeProof} */
function readRangeProof(bytes) {
  const sides = { l: [], r: [] };
  for (const line of bytes.toString('utf8').split('\n').slice(0, -1)) {
    const parts = /^([lr]) ([A-Za-z0-9+/]{43}=)$/.exec(line);
    if (parts === null || (parts[1] === 'l' && sides.r.length > 0)) {
      throw tampered('range', 'The file proof/range has been changed.', { file: 'proof/range' });
    }
    sides[parts[1]].push(Buffer.from(parts[2], 'base64'));
  }
  return { left: sides.l, right: sides.r };
}

/**
 * The root of a log of `size` leaves, of which those from `from` on are known, and around them the largest complete
 * subtrees. Equal neighbours are joined as they come; what is left at the end is joined from the right.
 *
 * @returns {Buffer=} undefined if there are more or fewer hashes than the size has places for
 */
function rootOfRange(leaves, from, size, { left, right }) {
  const peaks = [];
  let covered = 0;
  const add = (hash, width) => {
    covered += width;
    while (peaks.length > 0 && peaks.at(-1).width === width) {
      hash = nodeHash(peaks.pop().hash, hash);
      width *= 2;
    }
    peaks.push({ hash, width });
  };
  const fill = (hashes, end) => {
    for (const hash of hashes) {
      let width = 1;
      while (covered % (width * 2) === 0 && covered + width * 2 <= end) width *= 2;
      if (covered + width > end) return false;
      add(hash, width);
    }
    return covered === end;
  };
  if (!fill(left, from)) return undefined;
  for (const leaf of leaves) add(leaf, 1);
  if (!fill(right, size)) return undefined;
  return peaks.map(({ hash }) => hash).reduceRight((joined, hash) => nodeHash(hash, joined));
}

// ---- Entries (section 2) --------------------------------------------------------------------------------------------

/**
 * Compares each entry with its leaf hash, and the leaf hashes with the signed root; then the numbers of each intake.
 *
 * @returns {{leavesFit: boolean, wholeIntakes: number, findings: Finding[]}}
 */
function checkEntries(file, manifest, root) {
  const { range, size } = manifest;
  const bin = file('proof/leaves.bin');
  if (bin.length !== 32 * (range.to - range.from)) {
    throw tampered(
      'leaves',
      'The file proof/leaves.bin does not hold one hash for each entry of the range.',
      {
        file: 'proof/leaves.bin',
      },
    );
  }
  const leaves = Array.from({ length: range.to - range.from }, (_, i) => bin.subarray(32 * i, 32 * i + 32));
  const proof = attempt(() => readRangeProof(file('proof/range')));
  const fits = (hashes) =>
    proof.value !== undefined && rootOfRange(hashes, range.from, size, proof.value)?.equals(root);
  const leavesFit = fits(leaves) === true;

  const { lines, findings } = readLines(file('entries.jsonl'), manifest.counts.included);
  const places = shownIndexes(manifest);
  const { differing, problems } = compareWithLeaves(lines, places, leaves, range.from);
  if (!leavesFit) {
    // If the leaves would fit with the entries' own hashes in place, it is the leaf hash that was changed.
    const mended = leaves.slice();
    for (const { index, hash } of differing) mended[index - range.from] = hash;
    if (differing.length > 0 && fits(mended)) {
      const { index, id } = differing[0];
      const message = `The leaf hash of ${nameOf(index, id)} in proof/leaves.bin has been changed; the entry itself is whole.`;
      return { leavesFit, wholeIntakes: 0, findings: [tampered('leaf', message, { index, id }).finding] };
    }
  }
  findings.push(...problems);
  let wholeIntakes = 0;
  if (findings.length === 0) {
    const numbers = attempt(() => checkNumbers(lines, places, leaves, manifest));
    findings.push(...numbers.findings);
    wholeIntakes = numbers.value?.whole ?? 0;
  }
  if (!leavesFit) {
    findings.push(...proof.findings);
    const message =
      'The leaf hashes of the range and its proof do not lead to the root that the log has signed.';
    if (proof.value !== undefined)
      findings.push(tampered('root', message, { file: 'proof/leaves.bin' }).finding);
  }
  return { leavesFit, wholeIntakes, findings };
}

function readLines(bytes, wanted) {
  const lines = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at);
    lines.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  const findings = [];
  // Only when the count is right: otherwise the comparison says which entry it is.
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a && lines.length === wanted) {
    findings.push(
      tampered('entries', 'The file entries.jsonl does not end with a newline.', { file: 'entries.jsonl' })
        .finding,
    );
  }
  return { lines, findings };
}

/** @returns {number[]} the log index of each entry that is shown */
function shownIndexes({ range, withheld }) {
  const indexes = [];
  let at = range.from;
  for (const { from, to } of [...withheld, { from: range.to, to: range.to }]) {
    for (; at < from; at++) indexes.push(at);
    at = to;
  }
  return indexes;
}

function compareWithLeaves(lines, places, leaves, from) {
  const placeOf = new Map(leaves.map((leaf, i) => [leaf.toString('hex'), from + i]));
  const problems = [];
  const differing = [];
  const say = (code, message, index, id) => problems.push(tampered(code, message, { index, id }).finding);
  for (let i = 0; i < Math.max(lines.length, places.length); i++) {
    const index = places[i];
    if (index === undefined) {
      say(
        'entry-added',
        `An entry was added after entry ${places.at(-1) ?? 'none'}: the log has no such entry.`,
      );
      break;
    }
    if (lines[i] === undefined) {
      say('entry-missing', `Entry ${index} is missing.`, index);
      break;
    }
    const hash = leafHash(lines[i]);
    if (hash.equals(leaves[index - from])) continue;
    const id = idOf(lines[i]);
    const elsewhere = placeOf.get(hash.toString('hex'));
    if (elsewhere === undefined) {
      say('entry-changed', `${capital(nameOf(index, id))} has been changed.`, index, id);
      differing.push({ index, id, hash });
    } else if (elsewhere > index && lines.length < places.length) {
      say('entry-missing', `Entry ${index} is missing: entry ${elsewhere} stands in its place.`, index);
    } else {
      say('entry-moved', `${capital(nameOf(elsewhere, id))} stands where entry ${index} belongs.`, index, id);
    }
    // With lines too many or too few, all that follows has moved: the first difference is the one that means something.
    if (lines.length !== places.length) break;
  }
  return { problems, differing };
}

/**
 * The entries of an intake are numbered without holes, and each names the leaf hash of the one before. A hole is only
 * possible where entries are withheld or lie outside the range, and never wider than that.
 *
 * @returns {{whole: number}} how many intakes are shown from their first entry to their last
 */
function checkNumbers(lines, places, leaves, manifest) {
  const { range, tenant, heads, size, exportEntry } = manifest;
  const scope = manifest.scope ?? { kind: 'period', ...manifest.period };
  /** @type {Map<string, {first: number, n: number, index: number, i: number, whole: boolean}>} */
  const seen = new Map();
  const leafOf = (index) => leaves[index - range.from].toString('base64');
  lines.forEach((line, i) => {
    const index = places[i];
    const entry = readEntry(line, index);
    const say = (code, what) =>
      tampered(code, `${capital(nameOf(index, entry.id))} ${what}.`, { index, id: entry.id });
    if (entry.tenant !== tenant) throw say('tenant', 'belongs to another tenant');
    if (scope.kind === 'period' && (entry.at < scope.from || entry.at >= scope.to))
      throw say('period', 'is dated outside the period of the bundle');
    if (scope.kind === 'intake' && entry.intake?.id !== scope.intake && index !== exportEntry.index)
      throw say('scope', 'is not of the intake that the bundle is about');
    if (index === exportEntry.index && entry.id !== exportEntry.id)
      throw say('export', 'is not the one that records this export');
    if (entry.intake === undefined) return;
    const { id, n, prev } = entry.intake;
    const before = seen.get(id);
    const hidden = before === undefined ? index - i : index - i - (before.index - before.i);
    if (before === undefined) {
      if (n - 1 > hidden)
        throw say('intake-gap', `is number ${n} of its intake, and there is no room for those before it`);
    } else if (n <= before.n || n - 1 - before.n > hidden) {
      throw say(
        'intake-gap',
        `is number ${n} of its intake, and the one shown before it is number ${before.n}`,
      );
    } else if (n === before.n + 1 && prev !== leafOf(before.index)) {
      const message = `Entry ${before.index} is not the one that ${nameOf(index, entry.id)}, the next of its intake, was written after.`;
      throw tampered('intake-chain', message, { index: before.index });
    }
    const whole = before === undefined ? n === 1 : before.whole && n === before.n + 1;
    seen.set(id, { first: before?.first ?? n, n, index, i, whole });
  });

  let whole = 0;
  for (const [id, last] of seen) {
    const head = Object.hasOwn(heads, id) ? heads[id] : 0;
    const hidden = size - 1 - last.index - (lines.length - 1 - last.i);
    if (last.n > head || head - last.n > hidden) {
      const what = `Intake ${printable(id)} ends with number ${last.n} here, and the manifest says that it ends with ${head}.`;
      throw tampered('intake-head', what, { index: last.index });
    }
    if (last.whole && last.n === head) whole++;
  }
  if (Object.keys(heads).length !== seen.size) {
    throw tampered('intake-head', 'The manifest names an intake of which no entry is shown.', {
      file: 'manifest.json',
    });
  }
  if (exportEntry.index >= size)
    throw tampered('export', 'The checkpoint does not cover the entry of this export.');
  return { whole };
}

function readEntry(line, index) {
  const bad = () =>
    tampered('entry', `Entry ${index} is in the log, but it is not an entry of version 1.`, { index });
  let entry;
  try {
    entry = parseCanonical(line);
  } catch {
    throw bad();
  }
  const { v, id, at, act, intake } = entry;
  const link = intake === undefined || (isText(intake.id) && isCount(intake.n) && intake.n > 0);
  if (v !== 1 || !isText(id) || !isText(at) || !isText(act) || !link) throw bad();
  if (intake !== undefined && (intake.n === 1) !== (intake.prev === undefined)) throw bad();
  return entry;
}

/** @returns {string | undefined} the id that a line claims, even if the rest of it is broken */
function idOf(line) {
  return /,"id":"([\w.:/+=-]{1,128})",("intake"|"outcome")/.exec(line.toString('latin1'))?.[1];
}

const nameOf = (index, id) => (id === undefined ? `entry ${index}` : `entry ${index} (id ${id})`);
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

// ---- OpenPGP (section 8): a detached version 4 Ed25519 signature, RFC 4880, RFC 9580, and EdDSA legacy --------------

const EDDSA_LEGACY = 22;
const ED25519 = 27;
const LEGACY_CURVE = Buffer.from('092b06010401da470f01', 'hex');
const HASHES = { 8: 'sha256', 9: 'sha384', 10: 'sha512', 12: 'sha3-256', 14: 'sha3-512' };
/** Signature subpackets that may be marked critical: creation time, issuer, key flags, issuer fingerprint. */
const KNOWN_SUBPACKETS = new Set([2, 16, 27, 33]);

/** @returns {Trust} */
function checkManifestSignature(file, givenKey) {
  const about = { file: 'manifest.json.asc' };
  const inside = readPublicKey(file('trust/server.asc').toString('utf8'), 'trust/server.asc');
  const key = givenKey === undefined ? inside : readPublicKey(givenKey, 'the key that you gave');
  if (key.fingerprint !== inside.fingerprint) {
    const message = `The bundle is by the server key ${spaced(inside.fingerprint)}, and you gave ${spaced(key.fingerprint)}.`;
    throw tampered('server-key', message, { file: 'trust/server.asc' });
  }
  const signature = attempt(() => readSignature(file('manifest.json.asc').toString('utf8'))).value;
  if (signature === undefined) {
    const message =
      'The file manifest.json.asc has been changed: it is not an OpenPGP signature of a file by Ed25519.';
    throw tampered('signature', message, about);
  }
  const digest = createHash(signature.hash).update(file('manifest.json')).update(signature.suffix).digest();
  if (signature.algorithm !== key.algorithm || !isSigned(key.raw, digest, signature.value)) {
    throw tampered(
      'signature',
      'The manifest has been changed, or its signature has: they do not fit the server key.',
      about,
    );
  }
  return { key: key.fingerprint, from: givenKey === undefined ? 'bundle' : 'given' };
}

function readPublicKey(text, where) {
  const body = packetsOf(unarmor(text, 'PUBLIC KEY BLOCK')).find(({ tag }) => tag === 6)?.body;
  if (body?.[0] !== 4) throw unusable('server-key', `There is no OpenPGP key of version 4 in ${where}.`);
  const algorithm = body[5];
  const fingerprint = createHash('sha1')
    .update(Buffer.from([0x99, body.length >> 8, body.length & 0xff]))
    .update(body)
    .digest('hex');
  const material = body.subarray(6);
  const legacy =
    material.subarray(0, 10).equals(LEGACY_CURVE) && material[12] === 0x40 && material.length === 45;
  if (algorithm === EDDSA_LEGACY && legacy) return { algorithm, fingerprint, raw: material.subarray(13) };
  if (algorithm === ED25519 && material.length === 32) return { algorithm, fingerprint, raw: material };
  throw unusable('server-key', `The OpenPGP key in ${where} is not an Ed25519 key.`);
}

/** @returns {{algorithm: number, hash: string, suffix: Buffer, value: Buffer} | undefined} */
function readSignature(text) {
  const packets = packetsOf(unarmor(text, 'SIGNATURE'));
  const [packet] = packets;
  if (packets.length !== 1 || packet.tag !== 2) return undefined;
  const { body } = packet;
  const [version, type, algorithm, hashId] = body;
  const hash = HASHES[hashId];
  if (version !== 4 || type !== 0x00 || hash === undefined) return undefined;
  const hashedEnd = 6 + body.readUInt16BE(4);
  const unhashedEnd = hashedEnd + 2 + body.readUInt16BE(hashedEnd);
  if (!subpacketsKnown(body.subarray(6, hashedEnd))) return undefined;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(hashedEnd);
  const suffix = Buffer.concat([body.subarray(0, hashedEnd), Buffer.from([4, 0xff]), length]);
  const rest = body.subarray(unhashedEnd + 2);
  const value = algorithm === ED25519 ? rest : twoNumbers(rest);
  return value && { algorithm, hash, suffix, value };
}

function subpacketsKnown(area) {
  for (let at = 0; at < area.length;) {
    const [length, header] = lengthAt(area, at);
    const type = area[at + header];
    if (length === 0 || at + header + length > area.length) return false;
    if (type & 0x80 && !KNOWN_SUBPACKETS.has(type & 0x7f)) return false;
    at += header + length;
  }
  return true;
}

/** Two multiprecision integers, each put back to 32 bytes. */
function twoNumbers(bytes) {
  const value = Buffer.alloc(64);
  let at = 0;
  for (const end of [32, 64]) {
    const length = Math.ceil(bytes.readUInt16BE(at) / 8);
    if (length > 32 || at + 2 + length > bytes.length) return undefined;
    bytes.copy(value, end - length, at + 2, at + 2 + length);
    at += 2 + length;
  }
  return at === bytes.length ? value : undefined;
}

/** @returns {{tag: number, body: Buffer}[]} */
function packetsOf(bytes) {
  const packets = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    if ((first & 0x80) === 0) throw new Error('not an OpenPGP packet');
    const isNew = (first & 0x40) !== 0;
    const oldSize = 1 << (first & 3);
    const [length, header] = isNew ? lengthAt(bytes, at + 1) : [bytes.readUIntBE(at + 1, oldSize), oldSize];
    const start = at + 1 + header;
    if ((!isNew && oldSize === 8) || start + length > bytes.length)
      throw new Error('an OpenPGP packet breaks off');
    packets.push({
      tag: isNew ? first & 0x3f : (first >> 2) & 0x0f,
      body: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return packets;
}

/** @returns {[length: number, bytesOfLength: number]} */
function lengthAt(bytes, at) {
  const first = bytes.readUInt8(at);
  if (first < 192) return [first, 1];
  if (first < 224) return [((first - 192) << 8) + bytes.readUInt8(at + 1) + 192, 2];
  if (first === 255) return [bytes.readUInt32BE(at + 1), 5];
  throw new Error('an OpenPGP packet in parts');
}

function unarmor(text, kind) {
  const pattern = new RegExp(
    `^\\s*-----BEGIN PGP ${kind}-----\\r?\\n(?:[A-Za-z]+: [^\\r\\n]*\\r?\\n)*\\r?\\n([A-Za-z0-9+/=\\r\\n]+?)(?:\\r?\\n=([A-Za-z0-9+/]{4}))?\\r?\\n-----END PGP ${kind}-----\\s*$`,
  );
  const parts = pattern.exec(text);
  const base64 = parts?.[1].replace(/[\r\n]/g, '') ?? '';
  const bytes = Buffer.from(base64, 'base64');
  if (parts === null || bytes.toString('base64') !== base64)
    throw new Error(`no armored OpenPGP ${kind.toLowerCase()}`);
  if (parts[2] !== undefined && crc24(bytes).toString('base64') !== parts[2])
    throw new Error('the OpenPGP armor checksum');
  return bytes;
}

function crc24(bytes) {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? ((crc << 1) ^ 0x1864cfb) & 0xffffff : crc << 1;
  }
  return Buffer.from([crc >> 16, (crc >> 8) & 0xff, crc & 0xff]);
}

const spaced = (fingerprint) => fingerprint.toUpperCase().replace(/.{4}(?=.)/g, '$& ');

// ---- For people -----------------------------------------------------------------------------------------------------

/** Nothing out of a bundle may steer the terminal. */
// eslint-disable-next-line no-control-regex
const printable = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** @param {Report} report @returns {string[]} sentences, the answer first */
export function inWords({ result, findings, bundle, trust }) {
  if (result !== 'valid') {
    const shown = findings.slice(0, 20).map(({ message }) => message);
    const more = findings.length > 20 ? [`And ${findings.length - 20} more.`] : [];
    return [
      result === 'tampered' ? 'NOT VALID: this bundle has been changed.' : 'CANNOT BE CHECKED.',
      ...shown,
      ...more,
    ];
  }
  const { counts, range, size, origin, tenant, scope, intakes, wholeIntakes } = bundle;
  const outside = [trust.log, trust.server].filter(({ from }) => from === 'given').length;
  return [
    'VALID: nothing was changed, and nothing is missing from the range.',
    `It shows ${counts.included} of the ${range.to - range.from} entries from ${range.from} to before ${range.to} of the log ${origin}, which had ${size} entries.`,
    ...(counts.withheld > 0
      ? [`${counts.withheld} entries are withheld: their places are proven, their content is not shown.`]
      : []),
    `Tenant ${tenant}, ${scope.kind === 'intake' ? `intake ${scope.intake}` : `from ${scope.from} to before ${scope.to}`}. ${wholeIntakes} of ${intakes} intakes are shown from their first entry to their last.`,
    `The log signed with ${trust.log.key}`,
    `The server signed with OpenPGP ${spaced(trust.server.key)}`,
    outside > 0
      ? `You gave ${outside === 2 ? 'both keys' : trust.server.from === 'given' ? 'the server key, and it vouches for the log key' : 'the log key; the server key came from inside the bundle'}.`
      : 'Both keys came from inside the bundle: compare them with what you were told, or give them with --key and --vkey.',
  ];
}

const USAGE = 'Use: node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--json]';

function main(args) {
  const options = { json: false };
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--json') options.json = true;
    else if (args[i] === '--key' || args[i] === '--vkey') options[args[i].slice(2)] = args[++i] ?? '';
    else if (args[i].startsWith('-') || options.bundle !== undefined) return fail(USAGE);
    else options.bundle = args[i];
  }
  if (options.bundle === undefined) return fail(USAGE);
  const given = {};
  let zip;
  try {
    zip = readFileSync(options.bundle);
    if (options.key !== undefined) given.key = readFileSync(options.key, 'utf8');
    if (options.vkey !== undefined) given.vkey = readFileSync(options.vkey, 'utf8');
  } catch (error) {
    return fail(`A file cannot be read: ${error.message}.`);
  }
  const result = verifyBundle(zip, given);
  const out = options.json ? [JSON.stringify(result)] : inWords(result).map(printable);
  console.log(out.join('\n'));
  return result.exitCode;
}

function fail(message) {
  console.error(printable(message));
  return 2;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2));
}
