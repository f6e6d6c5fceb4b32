#!/usr/bin/env node
// Checks a Vestibule bundle, or the proof of one entry, offline:
//   node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--policy trust.policy]
//                              [--against old.checkpoint] [--tsa-ca ca.pem] [--json]
//
// One file, and Node's own modules (20.15 or newer), so that whoever does not trust us can read all of it and run it
// anywhere. It shares no line with the code that writes bundles. The format is described, to the byte, in
// audit/FORMAT.md. This file is made of the modules in audit/verify, one after the other: change those.
//
// Ends with 0: everything fits. 1: something was changed, and it says what. 2: it cannot be checked. 3: everything
// fits, and less vouches for it than was asked for.

import { constants, createDecipheriv, createHash, createPublicKey, hash, verify } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

// -------- form/bytes.mjs --------------------------------------------------------------------------------------

// Bytes and their spellings, without Node's Buffer: a browser runs the same code.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** @param {string} text */
const utf8 = (text) => encoder.encode(text);
/** Broken bytes become U+FFFD: whoever needs the very bytes compares. @param {Uint8Array} bytes */
const textOf = (bytes) => decoder.decode(bytes);
/** @param {Uint8Array} bytes @throws {TypeError} unless the bytes are UTF-8 */
const strictTextOf = (bytes) => strictDecoder.decode(bytes);

/** @param {Uint8Array} bytes @returns {string} one character a byte */
function latin1(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** @param {Uint8Array} bytes */
const base64 = (bytes) => btoa(latin1(bytes));

/** @param {string} text @returns {Uint8Array | undefined} nothing unless it is the one spelling of these bytes (RFC 4648, section 4) */
function fromBase64(text) {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return base64(bytes) === text ? bytes : undefined;
}

const ALPHABET = utf8('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/**
 * Whether the bytes from `from` to `to` spell a hash of 32 bytes in base64.
 *
 * @param {Uint8Array} hash @param {Uint8Array} bytes @param {number} from @param {number} to
 */
function isBase64Of(hash, bytes, from, to) {
  if (hash.length !== 32 || to - from !== 44 || bytes[from + 43] !== 0x3d) return false;
  for (let i = 0, at = from; i < 32; i += 3, at += 4) {
    const three = (hash[i] << 16) | (hash[i + 1] << 8) | hash[i + 2];
    if (bytes[at] !== ALPHABET[three >> 18] || bytes[at + 1] !== ALPHABET[(three >> 12) & 63]) return false;
    if (bytes[at + 2] !== ALPHABET[(three >> 6) & 63]) return false;
    if (i < 30 && bytes[at + 3] !== ALPHABET[three & 63]) return false;
  }
  return true;
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} text an even number of hexadecimal digits */
const fromHex = (text) =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));

/** @param {Uint8Array} a @param {Uint8Array} b */
const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @param {...(Uint8Array | string)} parts text is written as UTF-8 */
function concat(...parts) {
  const arrays = parts.map((part) => (typeof part === 'string' ? utf8(part) : part));
  const all = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** @param {Uint8Array} bytes */
const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** @param {number} value */
const uint32 = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

// -------- form/canonical.mjs ----------------------------------------------------------------------------------

// Canonical JSON (FORMAT.md, section 1).

const MAX_DEPTH = 16;
const KEY = /^[!#-[\]-~]+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @param {Uint8Array} bytes @returns {any} @throws {Error} unless the bytes are canonical */
function parseCanonical(bytes) {
  const value = JSON.parse(textOf(bytes));
  if (!same(utf8(canonical(value)), bytes)) throw new Error('not canonical JSON');
  return value;
}

/** @param {unknown} value @returns {string} @throws {Error} for what canonical JSON does not have */
function canonical(value, depth = 0) {
  if (typeof value === 'string' && !LONE_SURROGATE.test(value)) return JSON.stringify(value.normalize('NFC'));
  if (typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0)))
    return String(value);
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH)
    throw new Error('a value that canonical JSON does not have');
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(',')}]`;
  const fields = /** @type {Record<string, unknown>} */ (value);
  const keys = Object.keys(fields).sort();
  if (!keys.every((key) => KEY.test(key))) throw new Error('a key that canonical JSON does not have');
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(fields[key], depth + 1)}`).join(',')}}`;
}

// -------- form/problem.mjs ------------------------------------------------------------------------------------

// What can be wrong, and how it is said.

/**
 * @typedef {'tampered' | 'unusable' | 'below'} Kind changed; cannot be checked; whole, and less than was asked for
 *
 * @typedef {object} Finding
 * @property {Kind} kind
 * @property {string} code stable, for programs
 * @property {string} message a sentence, for people
 * @property {number} [index] log index of the entry it is about
 * @property {string} [id] what that entry says its id is
 * @property {string} [file]
 *
 * @typedef {{index?: number, id?: string | undefined, file?: string}} About
 */

/** Something that does not hold. Everything that is thrown on purpose here is one of these. */
class Problem extends Error {
  /** @param {Kind} kind @param {string} code @param {string} message @param {About} [about] */
  constructor(kind, code, message, about = {}) {
    super(message);
    /** @type {Finding} */
    this.finding = { kind, code, message, .../** @type {object} */ (about) };
  }
}

/** @param {string} code @param {string} message @param {About} [about] */
const tampered = (code, message, about) => new Problem('tampered', code, message, about);
/** @param {string} code @param {string} message @param {About} [about] */
const unusable = (code, message, about) => new Problem('unusable', code, message, about);
/** @param {string} code @param {string} message @param {About} [about] */
const below = (code, message, about) => new Problem('below', code, message, about);

/**
 * Runs a check and turns what it throws into findings; a fault of our own becomes a sentence, too.
 *
 * @template T
 * @param {() => T} check
 * @returns {{value: T | undefined, findings: Finding[]}}
 */
function attempt(check) {
  try {
    return { value: check(), findings: [] };
  } catch (error) {
    const finding =
      error instanceof Problem
        ? error.finding
        : unusable(
            'unreadable',
            `A part of it cannot be read (${error instanceof Error ? error.message : 'no reason given'}).`,
          ).finding;
    return { value: undefined, findings: [finding] };
  }
}

/** @param {number} index @param {string} [id] */
const nameOf = (index, id) => (id === undefined ? `entry ${index}` : `entry ${index} (id ${id})`);
/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
/** Nothing out of a bundle may steer the terminal. @param {unknown} text */
// eslint-disable-next-line no-control-regex
const printable = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
/** @param {string} fingerprint hexadecimal */
const spaced = (fingerprint) => fingerprint.toUpperCase().replace(/.{4}(?=.)/g, '$& ');

// -------- form/manifest.mjs -----------------------------------------------------------------------------------

// The manifest (FORMAT.md, section 5; section 12 for format 1).

/**
 * @typedef {{from: number, to: number}} Span
 * @typedef {{kind: 'period', from: string, to: string} | {kind: 'intake', intake: string}} Scope
 * @typedef {{name: string, size: number, sha256: string}} Listed
 *
 * @typedef {object} Manifest
 * @property {string} format
 * @property {string} origin
 * @property {string} tenant
 * @property {Scope} scope
 * @property {Span} range
 * @property {Span[]} withheld
 * @property {{included: number, withheld: number}} counts
 * @property {number} size
 * @property {string} root
 * @property {Listed[]} files
 * @property {Record<string, number>} heads
 * @property {{id: string, index: number}} exportEntry
 * @property {string} exportId
 * @property {string} requestedBy
 * @property {string} purpose
 * @property {string} createdAt
 * @property {string} software
 * @property {number} [openings]
 * @property {number} [messages]
 * @property {string} [policySet]
 * @property {{size: number, root: string}} [previous]
 * @property {{manifestSha256: string}} [source]
 */

const FORMATS = ['vestibule-bundle/1', 'vestibule-bundle/2'];
const BASE64_HASH = /^[A-Za-z0-9+/]{43}=$/;
const HEX_HASH = /^[0-9a-f]{64}$/;

/** @typedef {(value: any) => boolean} Check */
/** @type {Check} */
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
/** @type {Check} */
const isText = (value) => typeof value === 'string' && value !== '';
/** @type {Check} */
const isSpan = (value) => isCount(value?.from) && isCount(value?.to) && value.from <= value.to;
/** @type {Check} */
const isPeriod = (value) => isText(value?.from) && isText(value?.to);
/** @type {Check} */
const isScope = (value) =>
  value?.kind === 'period' ? isPeriod(value) : value?.kind === 'intake' && isText(value.intake);

/** Field by field, what the manifest must hold. @type {Record<string, Check>} */
const FIELDS = {
  counts: (v) => isCount(v?.included) && isCount(v?.withheld),
  createdAt: isText,
  exportEntry: (v) => isText(v?.id) && isCount(v?.index),
  exportId: isText,
  files: (v) =>
    Array.isArray(v) && v.every((f) => isText(f?.name) && isCount(f?.size) && HEX_HASH.test(f?.sha256)),
  format: isText,
  heads: (v) => typeof v === 'object' && v !== null && Object.values(v).every((n) => isCount(n) && n !== 0),
  origin: isText,
  purpose: isText,
  range: isSpan,
  requestedBy: isText,
  root: (v) => BASE64_HASH.test(v),
  size: isCount,
  software: isText,
  tenant: isText,
  withheld: (v) => Array.isArray(v) && v.every(isSpan),
};

/** What a manifest of format 2 may hold. @type {Record<string, Check>} */
const OPTIONAL = {
  messages: isCount,
  openings: isCount,
  policySet: isText,
  previous: (v) => isCount(v?.size) && BASE64_HASH.test(v?.root),
  source: (v) => HEX_HASH.test(v?.manifestSha256),
};

/** @param {Uint8Array} bytes @returns {Manifest} */
function readManifest(bytes) {
  const about = { file: 'manifest.json' };
  const bad = (/** @type {string} */ what) => unusable('manifest', `The file manifest.json ${what}.`, about);
  let manifest;
  try {
    manifest = parseCanonical(bytes);
  } catch {
    throw bad('is not canonical JSON');
  }
  if (typeof manifest?.format === 'string' && !FORMATS.includes(manifest.format)) {
    const known = FORMATS.join(' and ');
    throw unusable('format', `This bundle has another format than this program knows (${known}).`, about);
  }
  const isFirst = manifest?.format === FORMATS[0];
  /** @type {Record<string, Check>} */
  const fields = isFirst ? { ...FIELDS, period: isPeriod } : { ...FIELDS, scope: isScope };
  const extra = isFirst ? [] : Object.keys(OPTIONAL).filter((name) => manifest?.[name] !== undefined);
  const names = [...Object.keys(fields), ...extra].sort();
  const wrong = names.find((name) => !(fields[name] ?? OPTIONAL[name])(manifest?.[name]));
  if (wrong !== undefined) throw bad(`is incomplete: ${wrong} is missing or malformed`);
  if (Object.keys(manifest).join() !== names.join()) throw bad('has unknown fields');
  const { range, withheld, counts, size } = manifest;
  let last = range.from;
  for (const span of withheld) {
    last = span.from < last || span.from === span.to || span.to > range.to ? Infinity : span.to;
  }
  const hidden = withheld.reduce(
    (/** @type {number} */ sum, /** @type {Span} */ { from, to }) => sum + to - from,
    0,
  );
  if (
    last === Infinity ||
    hidden !== counts.withheld ||
    hidden + counts.included !== range.to - range.from ||
    range.to > size
  ) {
    throw bad('contradicts itself: its range, counts and withheld parts do not add up');
  }
  return isFirst ? { ...manifest, scope: { kind: 'period', ...manifest.period } } : manifest;
}

/**
 * Every file is listed, in the order of the zip, with its size and its SHA-256.
 *
 * @param {Archive} archive @param {Manifest} manifest
 * @returns {Finding[]}
 */
function checkFiles(archive, manifest) {
  const findings = [];
  const order = ['manifest.json', 'manifest.json.asc', ...manifest.files.map(({ name }) => name)];
  if (archive.names.join('\n') !== order.join('\n')) {
    const message = 'The files in the zip are not those that the manifest lists, in its order.';
    findings.push(tampered('files', message).finding);
  }
  for (const { name, size, sha256 } of manifest.files) {
    if (!archive.has(name)) continue;
    if (archive.sizeOf(name) !== size || archive.sha256Of(name) !== sha256) {
      findings.push(tampered('file', `The file ${name} has been changed.`, { file: name }).finding);
    }
  }
  return findings;
}

// -------- form/zip.mjs ----------------------------------------------------------------------------------------

// The one form of zip that a bundle has (FORMAT.md, section 7).

/**
 * Where the bytes of a bundle are: a file, or memory. `read` fills the target from a position on, to its last byte.
 *
 * @typedef {{size: number, read: (target: Uint8Array, position: number) => void}} Source
 *
 * @typedef {{name: string, crc: number, size: number, at: number}} Member
 * @typedef {{sha256: string, crc: number}} Digest
 */

const PLAIN_NAME = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)*$/;
const END_BYTES = 22;
const CENTRAL_BYTES = 46;
const LOCAL_BYTES = 30;
const CHUNK_BYTES = 1 << 20;
/** A bundle has a few dozen files; a directory as long as this belongs to something else. */
const MAX_DIRECTORY_BYTES = 1 << 24;

/**
 * Takes names, sizes and checksums out of the directory, writes every header anew from them, and compares: no byte of
 * the archive is without meaning, so none can be changed unnoticed.
 *
 * @param {Source} source
 * @returns {Member[]}
 */
function readDirectory(source) {
  const start = new Uint8Array(Math.min(4, source.size));
  source.read(start, 0);
  if (source.size < END_BYTES || !same(start, Uint8Array.of(0x50, 0x4b, 3, 4)))
    throw unusable('not-a-zip', 'This is not a zip file.');
  const end = source.size - END_BYTES;
  const last = partOf(source, end, END_BYTES);
  const directoryAt = viewOf(last).getUint32(16, true);
  if (viewOf(last).getUint32(0, true) !== 0x06054b50 || directoryAt > end) {
    throw unusable('zip-damaged', 'The zip file breaks off, or something was added at its end.');
  }
  if (end - directoryAt > MAX_DIRECTORY_BYTES) throw damaged('its directory is too long');
  const directory = partOf(source, directoryAt, end - directoryAt);
  const view = viewOf(directory);
  /** @type {Member[]} */
  const members = [];
  const names = new Set();
  let at = 0;
  let entry = 0;
  while (entry < directory.length) {
    if (entry + CENTRAL_BYTES > directory.length) throw damaged('its directory breaks off');
    const crc = view.getUint32(entry + 16, true);
    const size = view.getUint32(entry + 24, true);
    const nameLength = view.getUint16(entry + 28, true);
    const name = String.fromCharCode(
      ...directory.subarray(entry + CENTRAL_BYTES, entry + CENTRAL_BYTES + nameLength),
    );
    if (!PLAIN_NAME.test(name)) throw damaged('a file in it has a name that no bundle has');
    if (names.has(name)) throw damaged(`${name} is in it twice`);
    names.add(name);
    const dataAt = at + LOCAL_BYTES + nameLength;
    if (dataAt + size > directoryAt) throw damaged(`${name} is longer than the zip`);
    if (view.getUint16(entry + 10, true) !== 0)
      throw damaged(`${name} is compressed, and a bundle holds files as they are`);
    if (!same(partOf(source, at, dataAt - at), localHeader(name, crc, size)))
      throw damaged(`the header of ${name} was changed`);
    const length = CENTRAL_BYTES + nameLength;
    if (!same(directory.subarray(entry, entry + length), centralHeader(name, crc, size, at)))
      throw damaged('its directory was changed');
    members.push({ name, crc, size, at: dataAt });
    at = dataAt + size;
    entry += length;
  }
  if (at !== directoryAt || !same(last, endRecord(members.length, directory.length, at)))
    throw damaged('its directory was changed');
  return members;
}

/** The files of a zip. Each is read as often as it is asked for, and measured when it is read for the first time. */
class Archive {
  /** @type {Map<string, Member>} */
  #members;
  /** @type {Map<string, Digest>} */
  #digests = new Map();
  #source;
  #primitives;
  #onRead;

  /** @param {Source} source @param {Primitives} primitives @param {(bytes: number) => void} onRead */
  constructor(source, primitives, onRead) {
    this.#source = source;
    this.#primitives = primitives;
    this.#onRead = onRead;
    this.#members = new Map(readDirectory(source).map((member) => [member.name, member]));
  }

  /** In the order of the zip. */
  get names() {
    return [...this.#members.keys()];
  }

  /** @param {string} name */
  has(name) {
    return this.#members.has(name);
  }

  /** @param {string} name @returns {number} */
  sizeOf(name) {
    return this.#member(name).size;
  }

  /** @param {string} name @returns {Uint8Array} all of it, in memory */
  whole(name) {
    const all = new Uint8Array(this.sizeOf(name));
    let at = 0;
    this.stream(name, (chunk) => {
      all.set(chunk, at);
      at += chunk.length;
    });
    return all;
  }

  /** @param {string} name @param {(chunk: Uint8Array) => void} take may write to the chunk, and must not keep it */
  stream(name, take = () => undefined) {
    const { size, at } = this.#member(name);
    const hasher = this.#digests.has(name) ? undefined : this.#primitives.hasher('sha256');
    let crc = 0;
    const buffer = new Uint8Array(Math.min(size, CHUNK_BYTES));
    for (let done = 0; done < size; done += buffer.length) {
      const chunk = buffer.subarray(0, Math.min(buffer.length, size - done));
      this.#source.read(chunk, at + done);
      if (hasher) {
        hasher.update(chunk);
        crc = this.#primitives.crc32(chunk, crc);
        this.#onRead(chunk.length);
      }
      take(chunk);
    }
    if (hasher) this.#digests.set(name, { sha256: hex(hasher.digest()), crc });
  }

  /** @param {string} name @returns {string} hexadecimal SHA-256 of its content */
  sha256Of(name) {
    return this.#digest(name).sha256;
  }

  /** The zip's own checksums: when one of these fails alone, only the zip was touched. */
  checkChecksums() {
    for (const [name, { crc }] of this.#members) {
      if (this.#digest(name).crc !== crc)
        throw tampered('zip-checksum', `The zip checksum of ${name} does not fit it.`, { file: name });
    }
  }

  /** @param {string} name @returns {Member} */
  #member(name) {
    const member = this.#members.get(name);
    if (member === undefined)
      throw unusable('incomplete', `The bundle is incomplete: ${name} is missing.`, { file: name });
    return member;
  }

  /** @param {string} name @returns {Digest} */
  #digest(name) {
    if (!this.#digests.has(name)) this.stream(name);
    return /** @type {Digest} */ (this.#digests.get(name));
  }
}

/** @param {Source} source @param {number} at @param {number} length */
function partOf(source, at, length) {
  const part = new Uint8Array(length);
  source.read(part, at);
  return part;
}

/** @param {string} what */
const damaged = (what) =>
  unusable(
    'zip-damaged',
    `The zip file is not as it was written: ${what}. Check the file as you received it.`,
  );

/** From "version needed" to the lengths, as both kinds of header have it; the date is 1 January 1980. @param {string} name @param {number} crc @param {number} size */
const sharedFields = (name, crc, size) => [
  ...[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0],
  ...littleEndian(crc, 4),
  ...littleEndian(size, 4),
  ...littleEndian(size, 4),
  ...littleEndian(name.length, 2),
  ...[0, 0],
];

/** @param {string} name @param {number} crc @param {number} size */
const localHeader = (name, crc, size) =>
  Uint8Array.of(0x50, 0x4b, 3, 4, ...sharedFields(name, crc, size), ...codesOf(name));

/** @param {string} name @param {number} crc @param {number} size @param {number} at */
const centralHeader = (name, crc, size, at) =>
  Uint8Array.of(
    ...[0x50, 0x4b, 1, 2, 20, 0],
    ...sharedFields(name, crc, size),
    ...littleEndian(0, 10),
    ...littleEndian(at, 4),
    ...codesOf(name),
  );

/** @param {number} count @param {number} size @param {number} at */
const endRecord = (count, size, at) =>
  Uint8Array.of(
    ...[0x50, 0x4b, 5, 6, 0, 0, 0, 0],
    ...littleEndian(count, 2),
    ...littleEndian(count, 2),
    ...littleEndian(size, 4),
    ...littleEndian(at, 4),
    ...[0, 0],
  );

/** @param {number} value @param {number} bytes */
const littleEndian = (value, bytes) =>
  Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
/** @param {string} text */
const codesOf = (text) => Array.from(text, (character) => character.charCodeAt(0));

// -------- content/openpgp.mjs ---------------------------------------------------------------------------------

// OpenPGP (FORMAT.md, section 8): a detached version 4 Ed25519 signature, RFC 4880, RFC 9580, and EdDSA legacy.

/**
 * @typedef {{key: string, from: 'given' | 'bundle'}} Trust
 * @typedef {{algorithm: number, fingerprint: string, raw: Uint8Array}} PublicKey
 * @typedef {{algorithm: number, hash: HashName, suffix: Uint8Array, start: Uint8Array, value: Uint8Array}} Signature
 *   start: the first two bytes of the digest
 */

const EDDSA_LEGACY = 22;
const ED25519 = 27;
const LEGACY_CURVE = fromHex('092b06010401da470f01');
/** @type {Record<number, HashName>} */
const HASHES = { 8: 'sha256', 9: 'sha384', 10: 'sha512', 12: 'sha3-256', 14: 'sha3-512' };
/** Signature subpackets that may be marked critical: creation time, issuer, key flags, issuer fingerprint. */
const KNOWN_SUBPACKETS = new Set([2, 16, 27, 33]);

/**
 * @param {{manifest: Uint8Array, signature: Uint8Array, key: Uint8Array}} inside the files of the bundle
 * @param {string | undefined} givenKey armored
 * @param {Primitives} primitives
 * @returns {Trust}
 */
function checkManifestSignature(inside, givenKey, primitives) {
  const about = { file: 'manifest.json.asc' };
  const own = readPublicKey(textOf(inside.key), 'trust/server.asc', primitives);
  const key = givenKey === undefined ? own : readPublicKey(givenKey, 'the key that you gave', primitives);
  if (key.fingerprint !== own.fingerprint) {
    const message = `The bundle is by the server key ${spaced(own.fingerprint)}, and you gave ${spaced(key.fingerprint)}.`;
    throw tampered('server-key', message, { file: 'trust/server.asc' });
  }
  const signature = attempt(() => readSignature(textOf(inside.signature))).value;
  if (signature === undefined) {
    const message =
      'The file manifest.json.asc has been changed: it is not an OpenPGP signature of a file by Ed25519.';
    throw tampered('signature', message, about);
  }
  const hasher = primitives.hasher(signature.hash);
  hasher.update(inside.manifest);
  hasher.update(signature.suffix);
  const digest = hasher.digest();
  if (
    signature.algorithm !== key.algorithm ||
    !same(digest.subarray(0, 2), signature.start) ||
    !primitives.verifyEd25519(key.raw, digest, signature.value)
  ) {
    throw tampered(
      'signature',
      'The manifest has been changed, or its signature has: they do not fit the server key.',
      about,
    );
  }
  return { key: key.fingerprint, from: givenKey === undefined ? 'bundle' : 'given' };
}

/** @param {string} text @param {string} where @param {Primitives} primitives @returns {PublicKey} */
function readPublicKey(text, where, { hasher }) {
  const body = packetsOf(unarmor(text, 'PUBLIC KEY BLOCK')).find(({ tag }) => tag === 6)?.body;
  if (body?.[0] !== 4) throw unusable('server-key', `There is no OpenPGP key of version 4 in ${where}.`);
  const algorithm = body[5];
  const sha1 = hasher('sha1');
  sha1.update(concat(Uint8Array.of(0x99, body.length >> 8, body.length & 0xff), body));
  const fingerprint = hex(sha1.digest());
  const material = body.subarray(6);
  const legacy =
    same(material.subarray(0, 10), LEGACY_CURVE) && material[12] === 0x40 && material.length === 45;
  if (algorithm === EDDSA_LEGACY && legacy) return { algorithm, fingerprint, raw: material.subarray(13) };
  if (algorithm === ED25519 && material.length === 32) return { algorithm, fingerprint, raw: material };
  throw unusable('server-key', `The OpenPGP key in ${where} is not an Ed25519 key.`);
}

/**
 * Of the spellings that a signature can have, one is taken: as whatever is not signed could be changed unseen.
 *
 * @param {string} text @returns {Signature | undefined}
 */
function readSignature(text) {
  const bytes = unarmor(text, 'SIGNATURE');
  const packets = packetsOf(bytes);
  if (text !== armored(bytes, 'SIGNATURE')) return undefined;
  const [packet] = packets;
  if (packets.length !== 1 || packet.tag !== 2) return undefined;
  const { body } = packet;
  const view = viewOf(body);
  const [version, type, algorithm, hashId] = body;
  const hash = HASHES[hashId];
  if (version !== 4 || type !== 0x00 || hash === undefined) return undefined;
  const hashedEnd = 6 + view.getUint16(4);
  const hasUnhashed = view.getUint16(hashedEnd) !== 0;
  if (hasUnhashed || !subpacketsKnown(body.subarray(6, hashedEnd))) return undefined;
  const suffix = concat(body.subarray(0, hashedEnd), Uint8Array.of(4, 0xff), uint32(hashedEnd));
  const start = body.subarray(hashedEnd + 2, hashedEnd + 4);
  const rest = body.subarray(hashedEnd + 4);
  const value = algorithm === ED25519 ? rest : twoNumbers(rest);
  return value && { algorithm, hash, suffix, start, value };
}

/** @param {Uint8Array} area */
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

/** Two multiprecision integers, each put back to 32 bytes. @param {Uint8Array} bytes */
function twoNumbers(bytes) {
  const value = new Uint8Array(64);
  let at = 0;
  for (const end of [32, 64]) {
    const bits = viewOf(bytes).getUint16(at);
    const length = Math.ceil(bits / 8);
    if (length > 32 || at + 2 + length > bytes.length) return undefined;
    if (bits !== 8 * length - Math.clz32(bytes[at + 2]) + 24) return undefined;
    value.set(bytes.subarray(at + 2, at + 2 + length), end - length);
    at += 2 + length;
  }
  return at === bytes.length ? value : undefined;
}

/** @param {Uint8Array} bytes @returns {{tag: number, body: Uint8Array}[]} */
function packetsOf(bytes) {
  const packets = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    if ((first & 0x80) === 0) throw new Error('not an OpenPGP packet');
    const isNew = (first & 0x40) !== 0;
    const [length, header] = isNew ? lengthAt(bytes, at + 1) : oldLengthAt(bytes, at + 1, first & 3);
    const start = at + 1 + header;
    if (start + length > bytes.length) throw new Error('an OpenPGP packet breaks off');
    packets.push({
      tag: isNew ? first & 0x3f : (first >> 2) & 0x0f,
      body: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return packets;
}

/** @param {Uint8Array} bytes @param {number} at @returns {[length: number, bytesOfLength: number]} */
function lengthAt(bytes, at) {
  const view = viewOf(bytes);
  const first = view.getUint8(at);
  if (first < 192) return [first, 1];
  if (first < 224) return [((first - 192) << 8) + view.getUint8(at + 1) + 192, 2];
  if (first === 255) return [view.getUint32(at + 1), 5];
  throw new Error('an OpenPGP packet in parts');
}

/** @param {Uint8Array} bytes @param {number} at @param {number} kind @returns {[length: number, bytesOfLength: number]} */
function oldLengthAt(bytes, at, kind) {
  const view = viewOf(bytes);
  if (kind === 0) return [view.getUint8(at), 1];
  if (kind === 1) return [view.getUint16(at), 2];
  if (kind === 2) return [view.getUint32(at), 4];
  throw new Error('an OpenPGP packet without a length');
}

/** @param {string} text @param {string} kind @returns {Uint8Array} */
function unarmor(text, kind) {
  const pattern = new RegExp(
    `^\\s*-----BEGIN PGP ${kind}-----\\r?\\n(?:[A-Za-z]+: [^\\r\\n]*\\r?\\n)*\\r?\\n([A-Za-z0-9+/=\\r\\n]+?)(?:\\r?\\n=([A-Za-z0-9+/]{4}))?\\r?\\n-----END PGP ${kind}-----\\s*$`,
  );
  const parts = pattern.exec(text);
  const bytes = fromBase64(parts?.[1].replace(/[\r\n]/g, '') ?? '');
  if (parts === null || bytes === undefined) throw new Error(`no armored OpenPGP ${kind.toLowerCase()}`);
  if (parts[2] !== undefined && base64(crc24(bytes)) !== parts[2])
    throw new Error('the OpenPGP armor checksum');
  return bytes;
}

/** RFC 9580, section 6, as our servers write it: lines of 60, and a checksum. @param {Uint8Array} bytes @param {string} kind */
function armored(bytes, kind) {
  const lines = base64(bytes).replace(/.{60}(?=.)/g, '$&\n');
  return `-----BEGIN PGP ${kind}-----\n\n${lines}\n=${base64(crc24(bytes))}\n-----END PGP ${kind}-----\n`;
}

/** @param {Uint8Array} bytes */
function crc24(bytes) {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? ((crc << 1) ^ 0x1864cfb) & 0xffffff : crc << 1;
  }
  return Uint8Array.of(crc >> 16, (crc >> 8) & 0xff, crc & 0xff);
}

// -------- form/lines.mjs --------------------------------------------------------------------------------------

// Lines of a file that may be larger than memory.

/**
 * @typedef {(bytes: Uint8Array, from: number, to: number) => void} TakeLine the byte before `from` may be written to
 */

/**
 * Cuts what it is given into lines. Each line is handed on where it lies, with one byte free before it.
 *
 * @param {number} longest in bytes; of a longer line only `tooLong` is told
 * @param {TakeLine} take
 * @param {() => void} tooLong
 */
function lineCutter(longest, take, tooLong) {
  let kept = new Uint8Array(0);
  let skipping = false;
  let endsWithNewline = true;

  /** @param {Uint8Array} buffer @param {number} from @param {number} to @returns {number} where the rest begins */
  const cut = (buffer, from, to) => {
    let at = from;
    for (let end = buffer.indexOf(0x0a, at); end >= 0 && end < to; end = buffer.indexOf(0x0a, at)) {
      if (skipping || end - at > longest) tooLong();
      else take(buffer, at, end);
      skipping = false;
      at = end + 1;
    }
    return at;
  };

  return {
    /** @param {Uint8Array} chunk is not kept, and written to at most where a line ended */
    add(chunk) {
      if (chunk.length === 0) return;
      endsWithNewline = chunk[chunk.length - 1] === 0x0a;
      const first = chunk.indexOf(0x0a);
      const head = first < 0 ? chunk.length : first + 1;
      // What was kept and the head of this chunk make one line. A line at the very start of a chunk has no byte before it.
      const joined = new Uint8Array(1 + kept.length + head);
      joined.set(kept, 1);
      joined.set(chunk.subarray(0, head), 1 + kept.length);
      const rest = cut(joined, 1, joined.length);
      const left = first < 0 ? joined.subarray(rest) : chunk.subarray(cut(chunk, head, chunk.length));
      kept = left.slice(0, longest + 1);
      if (left.length > longest) skipping = true;
    },
    /** Hands on what stands after the last newline. @returns {boolean} whether the last byte was a newline */
    end() {
      if (skipping) tooLong();
      else if (kept.length > 0) take(concatFree(kept), 1, 1 + kept.length);
      return endsWithNewline;
    },
  };
}

/** @param {Uint8Array} bytes */
function concatFree(bytes) {
  const free = new Uint8Array(1 + bytes.length);
  free.set(bytes, 1);
  return free;
}

// -------- log/tree.mjs ----------------------------------------------------------------------------------------

// The tree of the log (FORMAT.md, section 4; RFC 6962, section 2.1), and what is proven by it.

const HASH_BYTES = 32;
/** A log of 2^53 entries has no more peaks than this. */
const MAX_PEAKS = 54;

/** @typedef {(bytes: Uint8Array, target: Uint8Array, at: number) => void} Sha256Into */

/** @param {Sha256Into} sha256Into @param {Uint8Array} bytes */
function sha256Of(sha256Into, bytes) {
  const digest = new Uint8Array(HASH_BYTES);
  sha256Into(bytes, digest, 0);
  return digest;
}

/** Grows a tree from left to right, leaf by leaf or complete subtree by complete subtree. */
class GrowingTree {
  size = 0;
  #peaks = new Uint8Array(HASH_BYTES * MAX_PEAKS);
  /** @type {number[]} */
  #widths = [];
  #pair = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);
  #sha256Into;

  /** @param {Sha256Into} sha256Into */
  constructor(sha256Into) {
    this.#sha256Into = sha256Into;
  }

  /** @param {Uint8Array} hashes @param {number} at where the hash begins @param {number} width a power of two that divides the size */
  add(hashes, at = 0, width = 1) {
    const peaks = this.#peaks;
    const widths = this.#widths;
    for (let i = 0, to = HASH_BYTES * widths.length; i < HASH_BYTES; i++) peaks[to + i] = hashes[at + i];
    widths.push(width);
    this.size += width;
    while (widths.length > 1 && widths[widths.length - 2] === widths[widths.length - 1]) {
      widths.pop();
      const last = widths.length - 1;
      for (let i = 0, from = HASH_BYTES * last; i < 2 * HASH_BYTES; i++) this.#pair[1 + i] = peaks[from + i];
      this.#sha256Into(this.#pair, peaks, HASH_BYTES * last);
      widths[last] *= 2;
    }
  }

  /** @returns {Uint8Array} */
  root() {
    const peak = (/** @type {number} */ i) => this.#peaks.slice(HASH_BYTES * i, HASH_BYTES * (i + 1));
    if (this.size === 0) return sha256Of(this.#sha256Into, new Uint8Array(0));
    let root = peak(this.#widths.length - 1);
    for (let i = this.#widths.length - 2; i >= 0; i--) root = join(this.#sha256Into, peak(i), root);
    return root;
  }
}

/** @param {Sha256Into} sha256Into @param {Uint8Array} left @param {Uint8Array} right */
function join(sha256Into, left, right) {
  const pair = new Uint8Array(1 + 2 * HASH_BYTES);
  pair[0] = 1;
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256Of(sha256Into, pair);
}

/** @param {Sha256Into} sha256Into @param {Uint8Array} entry */
function leafHash(sha256Into, entry) {
  const prefixed = new Uint8Array(1 + entry.length);
  prefixed.set(entry, 1);
  return sha256Of(sha256Into, prefixed);
}

/**
 * Adds complete subtrees, each the largest that starts where the last one ended and stays inside.
 *
 * @param {GrowingTree} tree
 * @param {number} end
 * @param {readonly Uint8Array[]} hashes
 * @param {(size: number) => void} [grown]
 * @returns {boolean} whether they reach from the size of the tree to `end`, with none left over
 */
function fillTo(tree, end, hashes, grown = () => undefined) {
  for (const hash of hashes) {
    let width = 1;
    while (tree.size % (width * 2) === 0 && tree.size + width * 2 <= end) width *= 2;
    if (tree.size + width > end) return false;
    tree.add(hash, 0, width);
    grown(tree.size);
  }
  return tree.size === end;
}

/**
 * RFC 9162, section 2.1.3.2.
 *
 * @param {Sha256Into} sha256Into
 * @param {{leaf: Uint8Array, index: number, size: number, root: Uint8Array, proof: readonly Uint8Array[]}} claim
 */
function isIncluded(sha256Into, { leaf, index, size, root, proof }) {
  if (index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = join(sha256Into, sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      hash = join(sha256Into, hash, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(hash, root);
}

/**
 * RFC 9162, section 2.1.4.2, and what C2SP tlog-witness says of size 0 and of equal sizes.
 *
 * @param {Sha256Into} sha256Into
 * @param {{size: number, root: Uint8Array}} older
 * @param {{size: number, root: Uint8Array}} newer
 * @param {readonly Uint8Array[]} proof
 */
function isConsistent(sha256Into, older, newer, proof) {
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && same(older.root, new GrowingTree(sha256Into).root());
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (proof.length === 0) return false;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  const isComplete = fn === 0;
  let [oldHash, newHash] = isComplete ? [older.root, older.root] : [proof[0], proof[0]];
  for (const hash of isComplete ? proof : proof.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = join(sha256Into, hash, oldHash);
      newHash = join(sha256Into, hash, newHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      newHash = join(sha256Into, newHash, hash);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(oldHash, older.root) && same(newHash, newer.root);
}

// -------- content/sealed.mjs ----------------------------------------------------------------------------------

// What was sealed and is shown in a bundle: openings of commitments, and messages (FORMAT.md, sections 3 and 10).

/**
 * @typedef {{entry: string, field: string, salt: string, value: unknown}} Opening
 * @typedef {{entry?: string, seq: number, at: string, author: {kind: string, id: string}, sealed: string, key: string, place: {tenant: string, owner: string, item: string, content: string}, text: string, redacted?: string, event?: string}} Message
 * @typedef {{openings: Opening[], messages: Message[]}} Sealed
 * @typedef {{opened: number, redacted: number, events: number}} Counted messages of a transcript
 */

const OPENINGS = 'openings.jsonl';
const MESSAGES = 'transcript/messages.jsonl';
const MAX_LINE_BYTES = 1 << 24;

/** Form of a sealed value: C5, version 1, suite 1, flags 0; key id 16, salt 32, commitment 32; ciphertext; tag 16. */
const SEAL_START = Uint8Array.of(0xc5, 1, 1, 0);
const SEAL_HEADER_BYTES = 84;
const SEAL_TAG_BYTES = 16;

/**
 * Reads both files, if they are there.
 *
 * @param {Archive} archive @param {Manifest} manifest
 * @returns {Sealed}
 */
function readSealed(archive, manifest) {
  return {
    openings: readJsonLines(archive, OPENINGS, manifest.openings, isOpening),
    messages: readJsonLines(archive, MESSAGES, manifest.messages, isMessage),
  };
}

/**
 * @param {Archive} archive @param {string} name @param {number | undefined} count @param {(value: any) => boolean} isForm
 * @returns {any[]}
 */
function readJsonLines(archive, name, count, isForm) {
  if (count === undefined && !archive.has(name)) return [];
  /** @type {any[]} */
  const values = [];
  const bad = () =>
    tampered('lines', `Line ${values.length + 1} of ${name} has been changed: it is not what it should be.`, {
      file: name,
    });
  const cutter = lineCutter(
    MAX_LINE_BYTES,
    (bytes, from, to) => {
      const value = attempt(() => parseCanonical(bytes.subarray(from, to))).value;
      if (!isForm(value)) throw bad();
      values.push(value);
    },
    () => {
      throw bad();
    },
  );
  archive.stream(name, (chunk) => cutter.add(chunk));
  if (!cutter.end() || values.length !== count)
    throw tampered('lines', `The file ${name} does not hold as many lines as the manifest says.`, {
      file: name,
    });
  return values;
}

/** @param {any} value */
const isOpening = (value) =>
  isText(value?.entry) &&
  isText(value.field) &&
  fromBase64(String(value.salt))?.length === 32 &&
  hasKeys(value, 'entry,field,salt,value');

/** @param {any} value */
function isMessage(value) {
  if (!isCount(value?.seq)) return false;
  if (value.redacted !== undefined)
    return isText(value.redacted) && isText(value.entry) && hasKeys(value, 'entry,redacted,seq');
  if (value.event !== undefined)
    return (
      isText(value.event) &&
      isText(value.at) &&
      (hasKeys(value, 'at,event,seq') || (isText(value.entry) && hasKeys(value, 'at,entry,event,seq')))
    );
  const { entry, at, author, sealed, key, place, text } = value;
  return (
    [entry, at, author?.kind, author?.id, place?.tenant, place?.owner, place?.item, place?.content].every(
      isText,
    ) &&
    [sealed, key, text].every((one) => typeof one === 'string') &&
    hasKeys(value, 'at,author,entry,key,place,sealed,seq,text') &&
    hasKeys(author, 'id,kind') &&
    hasKeys(place, 'content,item,owner,tenant')
  );
}

/** @param {object} value @param {string} keys */
const hasKeys = (value, keys) => Object.keys(value).join() === keys;

/** @param {Sealed} sealed @returns {Set<string>} ids of the entries that are needed to check them */
function entriesOf({ openings, messages }) {
  return new Set([...openings, ...messages].flatMap(({ entry }) => entry ?? []));
}

/** Each opening fits the commitment of its entry. @param {Sealed} sealed @param {Map<string, Shown>} shown @param {Primitives} primitives */
function checkOpenings({ openings }, shown, { sha256Into }) {
  const about = { file: OPENINGS };
  openings.forEach(({ entry: id, field, salt, value }, i) => {
    const found = shown.get(id);
    if (found === undefined)
      throw tampered('opening', `Line ${i + 1} of ${OPENINGS} opens an entry that is not shown.`, about);
    const salted = /** @type {Uint8Array} */ (fromBase64(salt));
    const digest = sha256Of(sha256Into, concat(`vestibule/commit/v1\0${field}\0`, salted, canonical(value)));
    const sealed = found.entry.sealed;
    if (
      typeof sealed !== 'object' ||
      !Object.hasOwn(sealed, field) ||
      sealed[field] !== `c1:${base64(digest)}`
    ) {
      const message = `The value of ${field} that is shown for ${nameOf(found.index, id)} is not the one that the entry commits to.`;
      throw tampered('opening', message, { ...about, index: found.index, id });
    }
  });
}

/** The act of whoever says something. An entry that stores a line of what happened has another. */
const POST_ACT = 'message.post';

/** The message that an entry says it stored. @param {any} entry @returns {string | undefined} */
const storedBy = ({ ctHash, refs }) =>
  typeof ctHash === 'string' && typeof refs?.message === 'string' ? refs.message : undefined;

/**
 * Which entries are needed to see that a transcript leaves none of its messages out.
 *
 * @param {Manifest} manifest
 * @returns {((intake: string | undefined) => boolean) | undefined} nothing: there is no transcript
 */
function intakesTold({ messages, scope }) {
  if (messages === undefined) return undefined;
  return (intake) => (scope.kind === 'intake' ? intake === scope.intake : intake !== undefined);
}

/**
 * Each message is what its entry recorded, opens with its key to its text, and none is left out, told twice or moved.
 *
 * @param {Sealed} sealed @param {Map<string, Shown>} shown @param {Manifest} manifest @param {Primitives} primitives
 * @returns {Counted}
 */
function checkMessages({ messages }, shown, manifest, primitives) {
  const counted = { opened: 0, redacted: 0, events: 0 };
  /** @type {Set<string>} */
  const told = new Set();
  let last = 0;
  let place = -1;
  let owner = manifest.scope.kind === 'intake' ? manifest.scope.intake : undefined;
  messages.forEach((message, i) => {
    const found = message.entry === undefined ? undefined : shown.get(message.entry);
    const about = { file: MESSAGES, ...(found && { index: found.index, id: message.entry }) };
    const say = (/** @type {string} */ what) =>
      tampered('message', `Message ${message.seq} of the transcript ${what}.`, about);
    if (message.seq !== last + 1) throw say(`stands after message ${last}: one is missing or out of order`);
    last = message.seq;
    if (message.entry !== undefined && found === undefined)
      throw say(`names an entry that is not shown (line ${i + 1} of ${MESSAGES})`);
    const intake = found?.entry.intake?.id;
    if (found !== undefined && (intake === undefined || intake !== (owner ??= intake)))
      throw say('is of another intake');
    if (message.redacted !== undefined) {
      if (typeof found?.entry.ctHash !== 'string')
        throw say('is said to be redacted, and its entry stored nothing');
      counted.redacted++;
    } else if (message.event !== undefined) {
      if (found?.entry.act === POST_ACT)
        throw say('is something that was said, and shown as something that happened');
      counted.events++;
    } else {
      checkMessage(message, /** @type {Shown} */ (found), manifest, primitives, say);
      counted.opened++;
    }
    if (found === undefined) return;
    if (message.at !== undefined && message.at !== found.entry.at)
      throw say('has another time than its entry');
    const stored = storedBy(found.entry) ?? found.entry.id;
    if (told.has(stored)) throw say('stands in it twice');
    told.add(stored);
    // What happened is recorded by the act that made it happen: several lines of one act may be recorded in any order.
    if (message.event !== undefined) return;
    if (found.index < place) throw say('stands after one that was said later');
    place = found.index;
  });
  for (const { index, entry } of shown.values()) {
    const stored = entry.intake?.id === owner ? storedBy(entry) : undefined;
    if (stored === undefined || told.has(stored)) continue;
    const message = `The transcript leaves out what ${nameOf(index, entry.id)} stored.`;
    throw tampered('message', message, { file: MESSAGES, index, id: entry.id });
  }
  return counted;
}

/**
 * @param {Message} message @param {Shown} found @param {Manifest} manifest @param {Primitives} primitives
 * @param {(what: string) => Error} say
 */
function checkMessage(message, { entry }, { tenant }, primitives, say) {
  const { place, text, author } = message;
  const blob = fromBase64(message.sealed);
  const key = fromBase64(message.key);
  if (blob === undefined || key?.length !== 32)
    throw say('has been changed: what was sealed, or its key, is not base64');
  if (base64(sha256Of(primitives.sha256Into, blob)) !== entry.ctHash)
    throw say('is not the one that its entry recorded');
  if (place.tenant !== tenant || place.owner !== entry.intake.id)
    throw say('is said to belong elsewhere than its entry');
  if (author.kind !== entry.actor?.kind || author.id !== entry.actor?.id)
    throw say('is said to be by somebody else than its entry');
  const opened = open(blob, key, place, primitives);
  if (opened === undefined) throw say('does not open with the key that comes with it');
  if ((storedBy(entry) ?? place.item) !== place.item) throw say('is not the one that its entry names');
  // Canonical JSON holds text in Unicode normal form C, whatever form was typed.
  const plain = attempt(() => strictTextOf(opened).normalize('NFC')).value;
  if (plain !== text) throw say('says something else than what was sealed');
}

/**
 * @param {Uint8Array} blob @param {Uint8Array} key @param {Message['place']} place @param {Primitives} primitives
 * @returns {Uint8Array | undefined}
 */
function open(blob, key, { tenant, owner, item, content }, { openAesGcm }) {
  if (blob.length < SEAL_HEADER_BYTES + SEAL_TAG_BYTES || !same(blob.subarray(0, 4), SEAL_START))
    return undefined;
  const parts = [tenant, owner, item, content].flatMap((part) => [uint32(utf8(part).length), part]);
  const aad = concat(blob.subarray(0, SEAL_HEADER_BYTES), ...parts);
  return openAesGcm(key, new Uint8Array(12), aad, blob.subarray(SEAL_HEADER_BYTES));
}

// -------- log/note.mjs ----------------------------------------------------------------------------------------

// Signed notes, checkpoints and cosignatures of C2SP (FORMAT.md, section 4).

/**
 * @typedef {{name: string, id: Uint8Array, type: number, raw: Uint8Array, vkey: string}} NoteKey
 * @typedef {{name: string, blob: Uint8Array}} SignatureLine
 * @typedef {{text: string, lines: SignatureLine[]}} Note
 * @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint
 */

/** Kinds of keys in a vkey: a log signs notes with the one, a witness cosigns with the other. */
const LOG_KEY = 1;
const WITNESS_KEY = 4;
/** C2SP asks for at least 16; more than this is an attempt to waste time. */
const MAX_SIGNATURES = 100;

/**
 * @param {string} line name, key id and typed key, with + between
 * @param {number} type
 * @param {Primitives} primitives
 * @returns {NoteKey | undefined}
 */
function readVkey(line, type, { sha256Into }) {
  const [name, id, ...rest] = line.split('+');
  const typed = fromBase64(rest.join('+'));
  if (!name || /[\s\p{Cc}]/u.test(name) || typed?.length !== 33 || typed[0] !== type) return undefined;
  const keyId = sha256Of(sha256Into, concat(`${name}\n`, typed)).slice(0, 4);
  return hex(keyId) === id ? { name, id: keyId, type, raw: typed.subarray(1), vkey: line } : undefined;
}

/** @param {string} text @param {Primitives} primitives @returns {NoteKey} */
function readLogKey(text, primitives) {
  const key = readVkey(text.trim(), LOG_KEY, primitives);
  if (key === undefined) throw unusable('vkey', 'The key of the log is not a C2SP Ed25519 verifier key.');
  return key;
}

/** @param {Uint8Array} bytes @returns {Note | undefined} nothing if it is malformed */
function readNote(bytes) {
  const note = attempt(() => strictTextOf(bytes)).value;
  const split = note?.lastIndexOf('\n\n') ?? -1;
  if (note === undefined || split < 0 || !note.endsWith('\n')) return undefined;
  const lines = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const parts = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
    const blob = fromBase64(parts?.[2] ?? '');
    if (parts === null || blob === undefined || blob.length <= 4) return undefined;
    lines.push({ name: parts[1], blob });
  }
  return lines.length > MAX_SIGNATURES ? undefined : { text: note.slice(0, split + 1), lines };
}

/** @param {SignatureLine} line @param {NoteKey} key */
const isBy = (line, key) => line.name === key.name && same(line.blob.subarray(0, 4), key.id);

/**
 * Whether the log signed the note. A line that says it is by the log and is not makes the note bad.
 *
 * @param {Note} note @param {NoteKey} key @param {Primitives} primitives
 * @returns {'signed' | 'unsigned' | 'bad'}
 */
function signatureOf(note, key, { verifyEd25519 }) {
  const lines = note.lines.filter((line) => isBy(line, key));
  if (lines.length === 0) return 'unsigned';
  return lines.every(({ blob }) => verifyEd25519(key.raw, utf8(note.text), blob.subarray(4)))
    ? 'signed'
    : 'bad';
}

/** @param {string} text @returns {Checkpoint | undefined} nothing unless it is three lines: origin, size, root */
function readCheckpoint(text) {
  const [origin, size, root] = text.split('\n');
  const hash = fromBase64(root ?? '');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash?.length !== 32) return undefined;
  return textOfCheckpoint({ origin, size: Number(size), root: hash }) === text
    ? { origin, size: Number(size), root: hash }
    : undefined;
}

/** @param {Checkpoint} checkpoint */
const textOfCheckpoint = ({ origin, size, root }) => `${origin}\n${size}\n${base64(root)}\n`;

/**
 * Which of the witnesses have cosigned (C2SP tlog-cosignature, Ed25519).
 *
 * @param {Note} note @param {readonly NoteKey[]} witnesses @param {Primitives} primitives
 * @returns {{key: NoteKey, time: number}[]} times in seconds since 1970
 * @throws {Problem} if a line says it is by one of them and is not
 */
function cosignaturesOf(note, witnesses, { verifyEd25519 }) {
  const found = [];
  for (const key of witnesses) {
    for (const { blob } of note.lines.filter((line) => isBy(line, key))) {
      const time = blob.length === 76 ? viewOf(blob).getBigUint64(4) : 0n;
      const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
      if (blob.length !== 76 || time >= 1n << 53n || !verifyEd25519(key.raw, message, blob.subarray(12))) {
        throw tampered(
          'cosignature',
          `The signature of the witness ${key.name} does not fit the checkpoint.`,
          {
            file: 'proof/checkpoint',
          },
        );
      }
      found.push({ key, time: Number(time) });
    }
  }
  return found;
}

// -------- log/policy.mjs --------------------------------------------------------------------------------------

// What a reader asks of a checkpoint: a C2SP tlog-policy.

/**
 * @typedef {{name: string, witness: NoteKey} | {name: string, atLeast: number, of: Rule[]}} Rule
 * @typedef {{logs: NoteKey[], witnesses: NoteKey[], quorum: Rule | undefined}} Policy the quorum is undefined for `none`
 */

/**
 * @param {string} text
 * @param {Primitives} primitives
 * @returns {Policy}
 * @throws {Problem} that names the line which cannot be read
 */
function readPolicy(text, primitives) {
  /** @type {Map<string, Rule>} */
  const rules = new Map();
  const used = new Set();
  const keys = new Set();
  /** @type {NoteKey[]} */
  const logs = [];
  /** @type {NoteKey[]} */
  const witnesses = [];
  /** @type {{rule: Rule | undefined} | undefined} */
  let quorum;

  text.split('\n').forEach((line, i) => {
    const [word, ...rest] = line.split(/[ \t]+/).filter((part) => part !== '');
    const wrong = (/** @type {string} */ what) =>
      unusable('policy', `Line ${i + 1} of the trust policy ${what}.`);
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw wrong('holds a control character');
    if (word === undefined || word.startsWith('#')) return;
    /** @param {string | undefined} vkey @param {number} type @returns {NoteKey} */
    const keyOf = (vkey, type) => {
      const key = readVkey(vkey ?? '', type, primitives);
      if (key === undefined) throw wrong('does not hold an Ed25519 key of the right kind');
      if (keys.has(key.raw.join())) throw wrong('names a key that was named before');
      keys.add(key.raw.join());
      return key;
    };
    /** @param {string} name @param {Rule} rule */
    const define = (name, rule) => {
      if (name === 'none' || rules.has(name)) throw wrong('defines a name that is taken');
      rules.set(name, rule);
    };
    if (word === 'log' && (rest.length === 1 || rest.length === 2)) {
      logs.push(keyOf(rest[0], LOG_KEY));
    } else if (word === 'witness' && (rest.length === 2 || rest.length === 3)) {
      const witness = keyOf(rest[1], WITNESS_KEY);
      witnesses.push(witness);
      define(rest[0], { name: rest[0], witness });
    } else if (word === 'group' && rest.length >= 3) {
      const [name, threshold, ...members] = rest;
      const of = members.map((member) => {
        const rule = rules.get(member);
        if (rule === undefined) throw wrong('names a member that is not defined above it');
        if (used.has(member)) throw wrong('names a member that is in a group already');
        used.add(member);
        return rule;
      });
      const atLeast = threshold === 'all' ? of.length : threshold === 'any' ? 1 : Number(threshold);
      if (!/^(all|any|[1-9]\d*)$/.test(threshold) || atLeast > of.length)
        throw wrong('asks for more members than the group has, or for none');
      define(name, { name, atLeast, of });
    } else if (word === 'quorum' && rest.length === 1) {
      if (quorum !== undefined) throw wrong('is a second quorum');
      if (rest[0] !== 'none' && !rules.has(rest[0]))
        throw wrong('names a quorum that is not defined above it');
      quorum = { rule: rules.get(rest[0]) };
    } else {
      throw wrong('is not one of log, witness, group and quorum with what belongs to it');
    }
  });
  if (quorum === undefined) throw unusable('policy', 'The trust policy does not say what its quorum is.');
  return { logs, witnesses, quorum: quorum.rule };
}

/** @param {Rule | undefined} rule @param {ReadonlySet<NoteKey>} signed @returns {boolean} */
function isMet(rule, signed) {
  if (rule === undefined) return true;
  if ('witness' in rule) return signed.has(rule.witness);
  return rule.of.filter((member) => isMet(member, signed)).length >= rule.atLeast;
}

/** @param {Rule} rule @returns {string} such as "2 of: w1, w2, (1 of: x, y)" */
function ruleInWords(rule) {
  if ('witness' in rule) return rule.witness.name;
  const members = rule.of.map((member) =>
    'witness' in member ? member.witness.name : `(${ruleInWords(member)})`,
  );
  return `${rule.atLeast} of: ${members.join(', ')}`;
}

// -------- log/checkpoint.mjs ----------------------------------------------------------------------------------

// The checkpoint of a bundle or of a proof: who signed it, and whether that is enough.

/**
 *
 * @typedef {{name: string, time: string, from: 'given' | 'bundle'}} Cosigned time: RFC 3339, UTC
 *
 * @typedef {object} SignedCheckpoint
 * @property {Checkpoint} checkpoint
 * @property {NoteKey} key
 * @property {Trust} trust
 * @property {Cosigned[]} witnesses who cosigned
 * @property {Finding[]} findings what the policy misses
 *
 * @typedef {{vkey?: string | undefined, policy?: string | undefined}} Given texts
 */

/**
 * @param {Uint8Array} bytes the note
 * @param {{vkey?: string | undefined, policy?: string | undefined}} inside what comes with it
 * @param {Given} given what the reader brings
 * @param {Primitives} primitives
 * @returns {SignedCheckpoint}
 * @throws {Problem} unless it is signed by the key of the log
 */
function checkCheckpoint(bytes, inside, given, primitives) {
  const about = { file: 'proof/checkpoint' };
  const policy = given.policy === undefined ? undefined : readPolicy(given.policy, primitives);
  const key = logKey(inside.vkey, given.vkey, policy, bytes, primitives);
  const note = readNote(bytes);
  const bad = () =>
    tampered('checkpoint', 'The checkpoint has been changed: the signature of the log does not fit.', about);
  if (note === undefined) throw bad();
  const signature = signatureOf(note, key, primitives);
  if (signature === 'unsigned')
    throw tampered('checkpoint', 'The checkpoint is not signed by the key of the log.', about);
  const checkpoint = readCheckpoint(note.text);
  if (signature === 'bad' || checkpoint === undefined) throw bad();
  if (checkpoint.origin !== key.name)
    throw tampered('checkpoint', 'The checkpoint is of another log than the key that signed it.', about);

  const fromGiven = given.vkey !== undefined || (policy !== undefined && policy.logs.length > 0);
  /** @type {Trust} */
  const trust = { key: key.vkey, from: fromGiven ? 'given' : 'bundle' };
  const asked = policy ?? (inside.policy === undefined ? undefined : readPolicy(inside.policy, primitives));
  const cosigned = cosignaturesOf(note, asked?.witnesses ?? [], primitives);
  const findings = [];
  if (policy !== undefined && !isMet(policy.quorum, new Set(cosigned.map((one) => one.key)))) {
    const who =
      cosigned.length === 0
        ? 'none of them has'
        : `only ${cosigned.map((one) => one.key.name).join(' and ')}`;
    const message = `Your policy asks for witnesses (${ruleInWords(/** @type {any} */ (policy.quorum))}), and ${who} signed this checkpoint.`;
    findings.push(below('quorum', message, about).finding);
  }
  const witnesses = cosigned.map((one) => ({
    name: one.key.name,
    time: instantOf(one.time),
    from: /** @type {'given' | 'bundle'} */ (policy === undefined ? 'bundle' : 'given'),
  }));
  return { checkpoint, key, trust, witnesses, findings };
}

/**
 * The key that counts: the one that was given, or one that the given policy names, or the one inside.
 *
 * @param {string | undefined} inside @param {string | undefined} given
 * @param {Policy | undefined} policy @param {Uint8Array} note @param {Primitives} primitives
 * @returns {NoteKey}
 */
function logKey(inside, given, policy, note, primitives) {
  const own = inside?.trim();
  if (given !== undefined) {
    const key = readLogKey(given, primitives);
    if (own !== undefined && own !== key.vkey) {
      const message = 'The bundle names another log key than the one that you gave.';
      throw tampered('vkey', message, { file: 'trust/log.vkey' });
    }
    return key;
  }
  if (policy !== undefined && policy.logs.length > 0) {
    const origin = textOf(note).split('\n')[0];
    const key = policy.logs.find((log) => (own === undefined ? log.name === origin : log.vkey === own));
    if (key !== undefined) return key;
    throw tampered('vkey', 'Your policy does not name the log that this is of.', { file: 'trust/log.vkey' });
  }
  return readLogKey(own ?? '', primitives);
}

/** @param {number} seconds since 1970 */
const instantOf = (seconds) => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s after 1970` : date.toISOString().replace('.000Z', 'Z');
};

// -------- log/earlier.mjs -------------------------------------------------------------------------------------

// Earlier checkpoints of the same log, and time stamps on them: what a log that was written anew would not fit.

/**
 *
 * @typedef {object} Stamp
 * @property {number} size the log had this many entries when it was stamped
 * @property {string} time RFC 3339: the entries below `size` were there before it
 * @property {'given' | 'bundle' | 'nobody'} trust where the authority's certificate came from
 * @property {string} token hexadecimal SHA-256 of the time stamp
 * @property {number} [recordedAt] index of the entry that records the stamp: what follows was written after it
 */

const STAMPED = /^proof\/anchors\/(0|[1-9]\d{0,15})\.(checkpoint|consistency|tsr)$/;

/** @param {string} text @returns {Uint8Array[] | undefined} */
function readHashes(text) {
  const hashes = text
    .split('\n')
    .slice(0, -1)
    .map((line) => fromBase64(line));
  return (text === '' || text.endsWith('\n')) && hashes.every((hash) => hash?.length === 32)
    ? /** @type {Uint8Array[]} */ (hashes)
    : undefined;
}

/**
 * @param {Archive} archive @param {string} name @param {Checkpoint} older @param {Checkpoint} now
 * @param {Primitives} primitives
 */
function checkGrown(archive, name, older, now, { sha256Into }) {
  const proof = readHashes(textOf(archive.whole(name)));
  if (proof === undefined || older.origin !== now.origin || !isConsistent(sha256Into, older, now, proof)) {
    const message = `The log did not grow from its earlier checkpoint of ${older.size} entries: one of the two shows another history.`;
    throw tampered('consistency', message, { file: name });
  }
}

/**
 * The checkpoint of the export before this one.
 *
 * @param {Archive} archive @param {Manifest} manifest @param {Checkpoint} now @param {NoteKey} key
 * @param {Primitives} primitives
 * @returns {Checkpoint | undefined}
 */
function checkPrevious(archive, { previous }, now, key, primitives) {
  if (previous === undefined) {
    if (!archive.has('proof/previous')) return undefined;
    throw tampered(
      'previous',
      'The manifest does not know of the earlier export that proof/previous is of.',
      {
        file: 'proof/previous',
      },
    );
  }
  const note = readNote(archive.whole('proof/previous'));
  const older = note && readCheckpoint(note.text);
  const about = { file: 'proof/previous' };
  if (note === undefined || older === undefined || signatureOf(note, key, primitives) !== 'signed')
    throw tampered('previous', 'The checkpoint of the export before this one has been changed.', about);
  if (older.size !== previous.size || textOf(utf8(note.text)).split('\n')[2] !== previous.root)
    throw tampered('previous', 'The manifest names another earlier export than proof/previous.', about);
  checkGrown(archive, 'proof/consistency', older, now, primitives);
  return older;
}

/**
 * The checkpoint that the reader kept. It counts even unsigned: whoever kept it knows where it came from.
 *
 * @param {string} text
 * @param {{now: Checkpoint, key: NoteKey, earlier: Checkpoint[], roots: Map<number, Uint8Array>, range: {from: number, to: number}}} known
 * @param {Primitives} primitives
 * @returns {Checkpoint}
 */
function checkAgainst(text, { now, key, earlier, roots, range }, primitives) {
  const older = readGiven(text, key, primitives);
  const sizes = `yours has ${older.size} entries, and the bundle's has ${now.size}`;
  if (older.origin !== now.origin)
    throw unusable('against', `The checkpoint that you gave is of another log (${older.origin}).`);
  if (older.size > now.size)
    throw unusable(
      'against',
      `The checkpoint that you gave is newer than the bundle, so it cannot be compared: ${sizes}.`,
    );
  const known =
    older.size === now.size
      ? now.root
      : (roots.get(older.size) ?? earlier.find(({ size }) => size === older.size)?.root);
  if (known === undefined) {
    const proven = [...new Set(earlier.map(({ size }) => size))].sort((a, b) => a - b);
    const can = `It can be compared with checkpoints of ${[`${range.from} to ${range.to}`, ...proven].join(', ')} entries`;
    throw unusable(
      'against',
      `The bundle holds no proof that reaches back to your checkpoint: ${sizes}. ${can}.`,
    );
  }
  if (!same(known, older.root)) {
    const message = `The log did not grow from the checkpoint that you gave: what it says about its first ${older.size} entries has changed.`;
    throw tampered('against', message, { file: 'proof/checkpoint' });
  }
  return older;
}

/** @param {string} text @param {NoteKey} key @param {Primitives} primitives @returns {Checkpoint} */
function readGiven(text, key, primitives) {
  const note = readNote(utf8(text));
  const checkpoint = readCheckpoint(note?.text ?? (text.endsWith('\n') ? text : `${text}\n`));
  if (checkpoint === undefined || (note !== undefined && signatureOf(note, key, primitives) === 'bad')) {
    throw unusable(
      'against',
      'The checkpoint that you gave is not one, or its signature does not fit the key of the log.',
    );
  }
  return checkpoint;
}

/**
 * Time stamps on checkpoints (RFC 3161), and the entries that record them.
 *
 * @param {Archive} archive @param {Checkpoint} now @param {Map<string, Shown>} shown
 * @param {{given: string | undefined, inside: string | undefined}} ca certificates of the authority, PEM
 * @param {CheckTimestamp} checkTimestamp @param {Primitives} primitives
 * @returns {{stamps: Stamp[], checkpoints: Checkpoint[], findings: Finding[]}}
 */
function checkStamps(archive, now, shown, ca, checkTimestamp, primitives) {
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Stamp[]} */
  const stamps = [];
  const checkpoints = [];
  const sizes = new Set(archive.names.flatMap((name) => STAMPED.exec(name)?.[1] ?? []));
  for (const size of [...sizes].sort((a, b) => Number(a) - Number(b))) {
    try {
      const { stamp, older } = checkStamp(archive, size, now, ca, checkTimestamp, primitives);
      checkpoints.push(older);
      const entry = [...shown.values()].find(({ entry: one }) => isRecordOf(one, stamp));
      stamps.push({ ...stamp, ...(entry && { recordedAt: entry.index }) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      findings.push(error.finding);
    }
  }
  const isBad = findings.some(({ kind }) => kind !== 'below');
  if (ca.given !== undefined && !isBad && !stamps.some(({ trust }) => trust === 'given')) {
    const message = 'You asked for a time stamp by an authority of yours, and the bundle holds none.';
    if (findings.length === 0) findings.push(below('anchor', message).finding);
  }
  return { stamps, checkpoints, findings };
}

/**
 * @param {Archive} archive @param {string} size @param {Checkpoint} now
 * @param {{given: string | undefined, inside: string | undefined}} ca
 * @param {CheckTimestamp} checkTimestamp @param {Primitives} primitives
 * @returns {{stamp: Stamp, older: Checkpoint}}
 */
function checkStamp(archive, size, now, ca, checkTimestamp, primitives) {
  const name = `proof/anchors/${size}`;
  const text = archive.whole(`${name}.checkpoint`);
  const older = readCheckpoint(textOf(text));
  if (older === undefined || older.size !== Number(size))
    throw tampered('anchor', `The stamped checkpoint of ${size} entries has been changed.`, {
      file: `${name}.checkpoint`,
    });
  checkGrown(archive, `${name}.consistency`, older, now, primitives);
  const token = archive.whole(`${name}.tsr`);
  const imprint = sha256Of(primitives.sha256Into, text);
  const caPem = ca.given ?? ca.inside;
  const about = { file: `${name}.tsr` };
  try {
    const { time } = checkTimestamp({ token, imprint, ...(caPem !== undefined && { caPem }) }, primitives);
    const trust = ca.given !== undefined ? 'given' : ca.inside !== undefined ? 'bundle' : 'nobody';
    const digest = hex(sha256Of(primitives.sha256Into, token));
    return { stamp: { size: older.size, time, trust, token: digest }, older };
  } catch (error) {
    const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
    if (code === 'untrusted' && ca.given !== undefined)
      throw below('anchor', `The time stamp on ${size} entries is not by an authority of yours.`, about);
    throw tampered(
      'anchor',
      `The time stamp on ${size} entries does not hold: ${message ?? 'it cannot be read'}.`,
      about,
    );
  }
}

/** Whether the entry says that this very stamp was received. @param {any} entry @param {Stamp} stamp */
function isRecordOf(entry, { size, token }) {
  return (
    entry.act === textOf(STAMP_ACT) &&
    entry.detail?.size === size &&
    Object.values({ ...entry.refs, ...entry.detail }).some((value) => value === token)
  );
}

/** The act of an entry that records a time stamp. */
const STAMP_ACT = utf8('anchor.stamped');

// -------- form/scan.mjs ---------------------------------------------------------------------------------------

// Reads an entry in one walk over its bytes, if it is plainly canonical: ASCII, no escapes, keys in order. That is what
// entries are. Whatever is not so plain is left to `parseCanonical`, which is slower and takes all that is canonical.

/**
 * Where the fields of an entry begin and end; -1 when they are not there. Strings without their quotes.
 *
 * @typedef {object} Scanned
 * @property {number} v
 * @property {Place} act
 * @property {Place} at
 * @property {Place} id
 * @property {Place} tenant
 * @property {boolean} hasIntake whether there is a field of that name at all
 * @property {Place} intakeId
 * @property {number} intakeN -1: no intake
 * @property {Place} intakePrev
 *
 * @typedef {{from: number, to: number}} Place
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** 1 for each byte that stands for itself in a string. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte <= 0x7e && byte !== QUOTE && byte !== BACKSLASH),
);
/** Fewer digits than 2^53 has: what is longer goes the slow way. */
const MAX_DIGITS = 15;

/** @returns {Scanned} */
const newScanned = () => ({
  v: -1,
  act: { from: -1, to: -1 },
  at: { from: -1, to: -1 },
  id: { from: -1, to: -1 },
  tenant: { from: -1, to: -1 },
  hasIntake: false,
  intakeId: { from: -1, to: -1 },
  intakeN: -1,
  intakePrev: { from: -1, to: -1 },
});

/** The line that is being read. One at a time, so that nothing is made anew for each of a million lines. */
/** @type {Uint8Array} */
let line = new Uint8Array(0);
let end = 0;

/**
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 * @param {Scanned} found is filled in
 * @returns {boolean} whether the bytes are an object in plainly canonical form
 */
function scanEntry(bytes, from, to, found) {
  line = bytes;
  end = to;
  found.v = -1;
  found.intakeN = -1;
  found.hasIntake = false;
  for (const place of [found.act, found.at, found.id, found.tenant, found.intakeId, found.intakePrev]) {
    place.from = -1;
  }
  return line[from] === 0x7b && object(from, 1, found, false) === to;
}

/** Each of these returns where the value that begins at `at` ends, or -1. @param {number} at @param {number} depth @returns {number} */
function value(at, depth) {
  switch (line[at]) {
    case QUOTE:
      return string(at);
    case 0x7b:
      return object(at, depth + 1, undefined, false);
    case 0x5b:
      return array(at, depth + 1);
    case 0x74:
      return word(at, 'true');
    case 0x66:
      return word(at, 'false');
    default:
      return number(at);
  }
}

/** @param {number} at @param {number} depth @param {Scanned | undefined} found @param {boolean} inIntake @returns {number} */
function object(at, depth, found, inIntake) {
  if (depth > MAX_DEPTH) return -1;
  if (line[at + 1] === 0x7d) return at + 2;
  let keyFrom = 0;
  let keyTo = 0;
  for (;;) {
    const keyEnd = string(at + 1);
    if (keyEnd < 0 || line[keyEnd] !== 0x3a) return -1;
    if (!isKeyAfter(keyFrom, keyTo, at + 2, keyEnd - 1)) return -1;
    keyFrom = at + 2;
    keyTo = keyEnd - 1;
    const from = keyEnd + 1;
    const isIntake =
      found !== undefined && !inIntake && line[from] === 0x7b && isWord(keyFrom, keyTo, 'intake');
    const to = isIntake ? object(from, depth + 1, found, true) : value(from, depth);
    if (to < 0) return -1;
    if (found !== undefined) note(found, inIntake, keyFrom, keyTo, from, to);
    if (line[to] === 0x7d) return to + 1;
    if (line[to] !== 0x2c) return -1;
    at = to;
  }
}

/** @param {number} at @param {number} depth @returns {number} */
function array(at, depth) {
  if (depth > MAX_DEPTH) return -1;
  if (line[at + 1] === 0x5d) return at + 2;
  for (;;) {
    const to = value(at + 1, depth);
    if (to < 0 || line[to] === 0x5d) return to < 0 ? -1 : to + 1;
    if (line[to] !== 0x2c) return -1;
    at = to;
  }
}

/** @param {number} at @returns {number} */
function string(at) {
  if (line[at] !== QUOTE) return -1;
  let i = at + 1;
  while (i < end && PLAIN[line[i]] === 1) i++;
  return i < end && line[i] === QUOTE ? i + 1 : -1;
}

/** @param {number} at @returns {number} */
function number(at) {
  const from = line[at] === 0x2d ? at + 1 : at;
  let to = from;
  while (line[to] >= 0x30 && line[to] <= 0x39 && to < end) to++;
  const digits = to - from;
  if (digits === 0 || digits > MAX_DIGITS || (line[from] === 0x30 && (digits > 1 || from > at))) return -1;
  return to;
}

/** @param {number} at @param {string} text @returns {number} */
function word(at, text) {
  return isWord(at, at + text.length, text) ? at + text.length : -1;
}

/** @param {number} from @param {number} to @param {string} text */
function isWord(from, to, text) {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (line[from + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Keys are not empty, hold no space, and grow. @param {number} from @param {number} to @param {number} nextFrom @param {number} nextTo */
function isKeyAfter(from, to, nextFrom, nextTo) {
  const length = to - from;
  const nextLength = nextTo - nextFrom;
  if (nextLength === 0) return false;
  for (let i = nextFrom; i < nextTo; i++) if (line[i] === 0x20) return false;
  for (let i = 0; i < length; i++) {
    if (i === nextLength || line[nextFrom + i] < line[from + i]) return false;
    if (line[nextFrom + i] > line[from + i]) return true;
  }
  return nextLength > length;
}

/** @param {Scanned} found @param {boolean} inIntake @param {number} keyFrom @param {number} keyTo @param {number} from @param {number} to */
function note(found, inIntake, keyFrom, keyTo, from, to) {
  if (inIntake) {
    if (isWord(keyFrom, keyTo, 'id')) text(found.intakeId, from, to);
    else if (isWord(keyFrom, keyTo, 'n')) found.intakeN = integer(from, to);
    else if (isWord(keyFrom, keyTo, 'prev') && !text(found.intakePrev, from, to)) found.intakeN = -1;
  } else if (isWord(keyFrom, keyTo, 'v')) found.v = integer(from, to);
  else if (isWord(keyFrom, keyTo, 'id')) text(found.id, from, to);
  else if (isWord(keyFrom, keyTo, 'at')) text(found.at, from, to);
  else if (isWord(keyFrom, keyTo, 'act')) text(found.act, from, to);
  else if (isWord(keyFrom, keyTo, 'tenant')) text(found.tenant, from, to);
  else if (isWord(keyFrom, keyTo, 'intake')) found.hasIntake = true;
}

/** @param {Place} place @param {number} from @param {number} to @returns {boolean} whether it is a string */
function text(place, from, to) {
  if (line[from] !== QUOTE) return false;
  place.from = from + 1;
  place.to = to - 1;
  return true;
}

/** @param {number} from @param {number} to @returns {number} -1 for what is not a number above zero */
function integer(from, to) {
  let sum = 0;
  for (let i = from; i < to; i++) {
    if (line[i] < 0x30 || line[i] > 0x39) return -1;
    sum = sum * 10 + line[i] - 0x30;
  }
  return sum;
}

// -------- log/numbers.mjs -------------------------------------------------------------------------------------

// What an entry must say, and the numbers of each intake (FORMAT.md, sections 2 and 11).

/**
 * @typedef {{n: number, index: number, i: number, whole: boolean}} Last
 */

/**
 * What the checks need of an entry. It looks into the bytes when it is asked, and makes text only of what is asked for:
 * of a million entries, that is little. There is one, and it is used again for the next entry.
 */
class Facts {
  /** @type {Uint8Array} */
  #bytes = new Uint8Array(0);
  #scanned = newScanned();
  #textOf = asciiAt;

  /**
   * @param {Uint8Array} bytes @param {number} from @param {number} to
   * @returns {boolean} whether it is an entry of version 1 in canonical form
   */
  read(bytes, from, to) {
    this.#bytes = bytes;
    this.#textOf = asciiAt;
    return scanEntry(bytes, from, to, this.#scanned)
      ? isEntry(this.#scanned)
      : this.#parse(bytes.subarray(from, to));
  }

  get id() {
    return this.#textOf(this.#bytes, this.#scanned.id);
  }
  get intakeId() {
    return this.#scanned.intakeId.from < 0 ? undefined : this.#textOf(this.#bytes, this.#scanned.intakeId);
  }
  get intakeN() {
    return this.#scanned.intakeN;
  }

  /** @param {Uint8Array} id */
  hasId(id) {
    return compareAt(this.#bytes, this.#scanned.id, id) === 0;
  }

  /** @param {Uint8Array} tenant */
  isOf(tenant) {
    return compareAt(this.#bytes, this.#scanned.tenant, tenant) === 0;
  }

  /** @param {Uint8Array} act */
  isAct(act) {
    return compareAt(this.#bytes, this.#scanned.act, act) === 0;
  }

  /** @param {Uint8Array} from @param {Uint8Array} to instants, which are ordered as their texts are */
  isWithin(from, to) {
    const { at } = this.#scanned;
    return compareAt(this.#bytes, at, from) >= 0 && compareAt(this.#bytes, at, to) < 0;
  }

  /** Whether it says that this is the leaf hash of the entry before it. @param {Uint8Array} hash */
  isAfter(hash) {
    const { from, to } = this.#scanned.intakePrev;
    return from >= 0 && isBase64Of(hash, this.#bytes, from, to);
  }

  /** The slow way: the texts are put one after the other, as if they had been found so. @param {Uint8Array} bytes */
  #parse(bytes) {
    const entry = attempt(() => parseCanonical(bytes)).value;
    const { v, id, at, act, tenant, intake } = entry ?? {};
    if (v !== 1 || !isText(id) || !isText(at) || !isText(act)) return false;
    if (intake !== undefined) {
      if (!isText(intake?.id) || !isCount(intake.n) || intake.n === 0) return false;
      if ((intake.n === 1) !== (intake.prev === undefined)) return false;
    }
    const texts = [id, at, act, tenant, intake?.id, intake?.prev].map((one) =>
      typeof one === 'string' ? utf8(one) : undefined,
    );
    this.#bytes = concat(...texts.filter((text) => text !== undefined));
    this.#textOf = utf8At;
    const { id: idAt, at: atAt, act: actAt, tenant: tenantAt, intakeId, intakePrev } = this.#scanned;
    let end = 0;
    [idAt, atAt, actAt, tenantAt, intakeId, intakePrev].forEach((place, i) => {
      place.from = texts[i] === undefined ? -1 : end;
      place.to = end += texts[i]?.length ?? 0;
    });
    this.#scanned.intakeN = intake?.n ?? -1;
    return true;
  }
}

/** @param {Scanned} scanned */
function isEntry({ v, id, at, act, hasIntake, intakeId, intakeN, intakePrev }) {
  const isThere = (/** @type {{from: number, to: number}} */ place) =>
    place.from >= 0 && place.to > place.from;
  if (v !== 1 || !isThere(id) || !isThere(at) || !isThere(act)) return false;
  return !hasIntake || (isThere(intakeId) && intakeN >= 1 && (intakeN === 1) === intakePrev.from < 0);
}

/** Short ASCII, which is what codes are. @param {Uint8Array} bytes @param {{from: number, to: number}} place @returns {string} */
function asciiAt(bytes, { from, to }) {
  return String.fromCharCode.apply(null, /** @type {any} */ (bytes.subarray(from, to)));
}

/** @param {Uint8Array} bytes @param {{from: number, to: number}} place @returns {string} */
function utf8At(bytes, { from, to }) {
  return textOf(bytes.subarray(from, to));
}

/** @param {Uint8Array} bytes @param {{from: number, to: number}} place @param {Uint8Array} text @returns {number} below, at or above 0 */
function compareAt(bytes, { from, to }, text) {
  if (from < 0) return -1;
  const length = Math.min(to - from, text.length);
  for (let i = 0; i < length; i++) {
    if (bytes[from + i] !== text[i]) return bytes[from + i] - text[i];
  }
  return to - from - text.length;
}

/**
 * The entries of an intake are numbered without holes, and each names the leaf hash of the one before. A hole is only
 * possible where entries are withheld or lie outside the range, and never wider than that.
 */
class Numbers {
  /** @type {Map<string, Last>} */
  #seen = new Map();
  #manifest;
  #leafOf;
  #shown = 0;
  #tenant;
  #period;

  /** @param {Manifest} manifest @param {(index: number) => Uint8Array} leafOf */
  constructor(manifest, leafOf) {
    this.#manifest = manifest;
    this.#leafOf = leafOf;
    this.#tenant = utf8(manifest.tenant);
    const { scope } = manifest;
    this.#period = scope.kind === 'period' ? { from: utf8(scope.from), to: utf8(scope.to) } : undefined;
  }

  /** @param {Facts} entry @param {number} index in the log @param {number} i among those shown */
  add(entry, index, i) {
    const { scope, exportEntry } = this.#manifest;
    const say = (/** @type {string} */ code, /** @type {string} */ what) =>
      tampered(code, `${capital(nameOf(index, entry.id))} ${what}.`, { index, id: entry.id });
    this.#shown = i + 1;
    if (!entry.isOf(this.#tenant)) throw say('tenant', 'belongs to another tenant');
    if (this.#period !== undefined && !entry.isWithin(this.#period.from, this.#period.to))
      throw say('period', 'is dated outside the period of the bundle');
    const id = entry.intakeId;
    const n = entry.intakeN;
    if (scope.kind === 'intake' && id !== scope.intake && index !== exportEntry.index)
      throw say('scope', 'is not of the intake that the bundle is about');
    if (index === exportEntry.index && entry.id !== exportEntry.id)
      throw say('export', 'is not the one that records this export');
    if (id === undefined) return;
    const before = this.#seen.get(id);
    const hidden = before === undefined ? index - i : index - i - (before.index - before.i);
    if (before === undefined) {
      if (n - 1 > hidden)
        throw say('intake-gap', `is number ${n} of its intake, and there is no room for those before it`);
    } else if (n <= before.n || n - 1 - before.n > hidden) {
      throw say(
        'intake-gap',
        `is number ${n} of its intake, and the one shown before it is number ${before.n}`,
      );
    } else if (n === before.n + 1 && !entry.isAfter(this.#leafOf(before.index))) {
      const message = `Entry ${before.index} is not the one that ${nameOf(index, entry.id)}, the next of its intake, was written after.`;
      throw tampered('intake-chain', message, { index: before.index });
    }
    const whole = before === undefined ? n === 1 : before.whole && n === before.n + 1;
    if (!whole && scope.kind === 'intake' && id === scope.intake)
      throw say(
        'intake-gap',
        `is number ${n} of its intake, and not all before it are shown, as they are in a bundle of one intake`,
      );
    if (before === undefined) this.#seen.set(id, { n, index, i, whole });
    else {
      before.n = n;
      before.index = index;
      before.i = i;
      before.whole = whole;
    }
  }

  /** @returns {number} how many intakes are shown from their first entry to their last */
  end() {
    const { heads, size, scope, exportEntry } = this.#manifest;
    let whole = 0;
    for (const [id, last] of this.#seen) {
      const head = Object.hasOwn(heads, id) ? heads[id] : 0;
      const hidden = size - 1 - last.index - (this.#shown - 1 - last.i);
      if (last.n > head || head - last.n > hidden) {
        const what = `Intake ${printable(id)} ends with number ${last.n} here, and the manifest says that it ends with ${head}.`;
        throw tampered('intake-head', what, { index: last.index });
      }
      if (last.whole && last.n === head) whole++;
    }
    if (Object.keys(heads).length !== this.#seen.size) {
      throw tampered('intake-head', 'The manifest names an intake of which no entry is shown.', {
        file: 'manifest.json',
      });
    }
    if (scope.kind === 'intake' && !this.#seen.has(scope.intake))
      throw tampered('scope', 'No entry is shown of the intake that the bundle is about.', {
        file: 'manifest.json',
      });
    if (exportEntry.index >= size)
      throw tampered('export', 'The checkpoint does not cover the entry of this export.');
    return whole;
  }
}

/** @param {Uint8Array} bytes @returns {string | undefined} the id that a line claims, even if the rest of it is broken */
function idOf(bytes) {
  return /,"id":"([\w.:/+=-]{1,128})",("intake"|"outcome")/.exec(latin1(bytes))?.[1];
}

// -------- log/entries.mjs -------------------------------------------------------------------------------------

// Each entry against its leaf hash, and the leaf hashes against the signed root (FORMAT.md, sections 6 and 11).

/**
 * @typedef {{left: Uint8Array[], right: Uint8Array[]}} RangeProof
 * @typedef {{i: number, index: number, id: string | undefined, hash: Uint8Array}} Differing
 * @typedef {{index: number, entry: any}} Shown
 *
 * @typedef {object} Wanted what the other checks want to know of the entries and of the tree
 * @property {(entry: Facts) => boolean} entry
 * @property {number[]} sizes of which the root is wanted
 *
 * @typedef {object} EntriesResult
 * @property {boolean} leavesFit
 * @property {number} wholeIntakes
 * @property {Finding[]} findings
 * @property {Map<string, Shown>} shown those that were wanted, by id
 * @property {Map<number, Uint8Array>} roots of the sizes that were wanted and can be known
 */

/** FORMAT.md, section 2. */
const MAX_ENTRY_BYTES = 16_384;
/** More differences than this are the same as this many. */
const MAX_DIFFERING = 10_000;

/**
 * @param {Archive} archive @param {Manifest} manifest @param {Uint8Array} root @param {Primitives} primitives
 * @param {Wanted} wanted @param {(leaves: number) => void} onLeaves
 * @returns {EntriesResult}
 */
function checkEntries(archive, manifest, root, primitives, wanted, onLeaves) {
  const { range } = manifest;
  const leaves = archive.whole('proof/leaves.bin');
  if (leaves.length !== HASH_BYTES * (range.to - range.from)) {
    const message = 'The file proof/leaves.bin does not hold one hash for each entry of the range.';
    throw tampered('leaves', message, { file: 'proof/leaves.bin' });
  }
  const proof = attempt(() => readRangeProof(textOf(archive.whole('proof/range'))));
  const grow = (/** @type {Uint8Array} */ hashes) =>
    proof.value && growRange(hashes, manifest, proof.value, primitives, wanted.sizes, onLeaves);
  const grown = grow(leaves);
  const leavesFit = grown !== undefined && grown.root !== undefined && same(grown.root, root);

  const read = readEntries(archive, manifest, leaves, primitives, wanted);
  const result = { leavesFit, wholeIntakes: 0, shown: read.shown, roots: grown?.roots ?? new Map() };
  const { findings, differing } = compared(read, manifest, leaves);
  if (!leavesFit && differing.length > 0) {
    // If the leaves would fit with the entries' own hashes in place, it is the leaf hash that was changed.
    const mended = leaves.slice();
    for (const { index, hash } of differing) mended.set(hash, HASH_BYTES * (index - range.from));
    const again = grow(mended);
    if (again?.root !== undefined && same(again.root, root)) {
      const { index, id } = differing[0];
      const message = `The leaf hash of ${nameOf(index, id)} in proof/leaves.bin has been changed; the entry itself is whole.`;
      return { ...result, findings: [tampered('leaf', message, { index, id }).finding] };
    }
  }
  if (findings.length === 0) {
    const numbers = attempt(read.endNumbers);
    findings.push(...numbers.findings);
    result.wholeIntakes = numbers.value ?? 0;
  }
  if (!leavesFit) {
    findings.push(...proof.findings);
    const message =
      'The leaf hashes of the range and its proof do not lead to the root that the log has signed.';
    if (proof.value !== undefined)
      findings.push(tampered('root', message, { file: 'proof/leaves.bin' }).finding);
  }
  return { ...result, findings };
}

/** @param {string} text @returns {RangeProof} */
function readRangeProof(text) {
  /** @type {Record<string, Uint8Array[]>} */
  const sides = { l: [], r: [] };
  for (const line of text.split('\n').slice(0, -1)) {
    const parts = /^([lr]) ([A-Za-z0-9+/]{43}=)$/.exec(line);
    const hash = fromBase64(parts?.[2] ?? '');
    if (parts === null || hash === undefined || (parts[1] === 'l' && sides.r.length > 0)) {
      throw tampered('range', 'The file proof/range has been changed.', { file: 'proof/range' });
    }
    sides[parts[1]].push(hash);
  }
  return { left: sides.l, right: sides.r };
}

/**
 * Puts the leaves between what stands left and right of them.
 *
 * @param {Uint8Array} leaves @param {Manifest} manifest @param {RangeProof} proof @param {Primitives} primitives
 * @param {number[]} sizes @param {(leaves: number) => void} onLeaves
 * @returns {{root: Uint8Array | undefined, roots: Map<number, Uint8Array>}} the root is undefined if there are more or
 * fewer hashes than the log has places for; of the sizes, those are known at which a subtree or a leaf ends
 */
function growRange(leaves, { range, size }, { left, right }, { sha256Into }, sizes, onLeaves) {
  const tree = new GrowingTree(sha256Into);
  /** @type {Map<number, Uint8Array>} */
  const roots = new Map();
  const asked = new Set(sizes);
  const grown = (/** @type {number} */ at) => void (asked.has(at) && roots.set(at, tree.root()));
  grown(0);
  if (!fillTo(tree, range.from, left, grown)) return { root: undefined, roots };
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    tree.add(leaves, at);
    if (asked.size > 0) grown(tree.size);
    if (tree.size % 16_384 === 0) onLeaves(16_384);
  }
  return { root: fillTo(tree, size, right, grown) ? tree.root() : undefined, roots };
}

/**
 * Reads every line once: its hash, what it says, the numbers of its intake.
 *
 * @param {Archive} archive @param {Manifest} manifest @param {Uint8Array} leaves @param {Primitives} primitives
 * @param {Wanted} wanted
 */
function readEntries(archive, manifest, leaves, { sha256Into }, wanted) {
  const { range, counts } = manifest;
  const placeOf = placesOf(manifest);
  const leafOf = (/** @type {number} */ index) =>
    leaves.subarray(HASH_BYTES * (index - range.from), HASH_BYTES * (index - range.from + 1));
  const numbers = new Numbers(manifest, leafOf);
  /** @type {Differing[]} */
  const differing = [];
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  const hash = new Uint8Array(HASH_BYTES);
  const facts = new Facts();
  let lines = 0;
  /** @type {unknown} */
  let numberProblem;

  /** @param {Uint8Array} bytes @param {number} from @param {number} to @param {boolean} isEntry */
  const take = (bytes, from, to, isEntry) => {
    const i = lines++;
    if (i >= counts.included) return;
    const index = placeOf();
    if (isEntry) {
      bytes[from - 1] = 0;
      sha256Into(bytes.subarray(from - 1, to), hash, 0);
    }
    if (!isEntry || !isAt(hash, leaves, HASH_BYTES * (index - range.from))) {
      if (differing.length < MAX_DIFFERING)
        differing.push({ i, index, id: idOf(bytes.subarray(from, to)), hash: hash.slice() });
      return;
    }
    if (numberProblem !== undefined || differing.length > 0) return;
    try {
      if (!facts.read(bytes, from, to)) {
        const message = `Entry ${index} is in the log, but it is not an entry of version 1.`;
        throw tampered('entry', message, { index });
      }
      numbers.add(facts, index, i);
      if (wanted.entry(facts))
        shown.set(facts.id, { index, entry: JSON.parse(textOf(bytes.subarray(from, to))) });
    } catch (error) {
      numberProblem = error;
    }
  };
  const cutter = lineCutter(
    MAX_ENTRY_BYTES,
    (bytes, from, to) => take(bytes, from, to, true),
    () => take(new Uint8Array(1), 1, 1, false),
  );
  archive.stream('entries.jsonl', (chunk) => cutter.add(chunk));
  const endsWithNewline = cutter.end();
  return {
    lines,
    differing,
    shown,
    endsWithNewline,
    endNumbers: () => {
      if (numberProblem !== undefined) throw numberProblem;
      return numbers.end();
    },
  };
}

/** @param {Manifest} manifest @returns {() => number} the log index of the next entry that is shown */
function placesOf({ range, withheld }) {
  let next = range.from;
  let span = 0;
  return () => {
    while (span < withheld.length && withheld[span].from === next) next = withheld[span++].to;
    return next++;
  };
}

/** @param {Uint8Array} hash @param {Uint8Array} leaves @param {number} at */
function isAt(hash, leaves, at) {
  for (let i = 0; i < HASH_BYTES; i++) if (hash[i] !== leaves[at + i]) return false;
  return true;
}

/**
 * Says what became of the entries that are not what the leaf hashes are of.
 *
 * @param {{lines: number, differing: Differing[], endsWithNewline: boolean}} read @param {Manifest} manifest
 * @param {Uint8Array} leaves
 * @returns {{findings: Finding[], differing: Differing[]}} differing: those that stand nowhere in the range
 */
function compared({ lines, differing, endsWithNewline }, manifest, leaves) {
  const { range, counts } = manifest;
  /** @type {Finding[]} */
  const findings = [];
  /** @param {string} code @param {string} message @param {number} [index] @param {string} [id] */
  const say = (code, message, index, id) =>
    findings.push(tampered(code, message, index === undefined ? {} : { index, id }).finding);
  // Only when the count is right: otherwise the comparison says which entry it is.
  if (!endsWithNewline && lines === counts.included) {
    const message = 'The file entries.jsonl does not end with a newline.';
    findings.push(tampered('entries', message, { file: 'entries.jsonl' }).finding);
  }
  const elsewhere = positionsOf(differing, leaves, range.from);
  /** @type {Differing[]} */
  const changed = [];
  for (const one of differing) {
    const { index, id } = one;
    const place = elsewhere.get(one);
    if (place === undefined) {
      say('entry-changed', `${capital(nameOf(index, id))} has been changed.`, index, id);
      changed.push(one);
    } else if (place > index && lines < counts.included) {
      say('entry-missing', `Entry ${index} is missing: entry ${place} stands in its place.`, index);
    } else {
      say('entry-moved', `${capital(nameOf(place, id))} stands where entry ${index} belongs.`, index, id);
    }
    // With lines too many or too few, all that follows has moved: the first difference is the one that means something.
    if (lines !== counts.included) return { findings, differing: changed };
  }
  const placeOf = placesOf(manifest);
  let place = range.from - 1;
  for (let i = 0; i < Math.min(lines, counts.included); i++) place = placeOf();
  if (lines < counts.included) {
    const missing = placeOf();
    say('entry-missing', `Entry ${missing} is missing.`, missing);
  } else if (lines > counts.included) {
    const after = counts.included > 0 ? place : 'none';
    say('entry-added', `An entry was added after entry ${after}: the log has no such entry.`);
  }
  return { findings, differing: changed };
}

/**
 * @param {readonly Differing[]} differing @param {Uint8Array} leaves @param {number} from
 * @returns {Map<Differing, number>} for each whose hash is another leaf of the range, the index of that leaf
 */
function positionsOf(differing, leaves, from) {
  const places = new Map();
  if (differing.length === 0) return places;
  /** @type {Map<string, Differing[]>} */
  const byHash = new Map();
  for (const one of differing) byHash.set(base64(one.hash), [...(byHash.get(base64(one.hash)) ?? []), one]);
  const starts = new Set(differing.map(({ hash }) => latin1(hash.subarray(0, 2))));
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    if (!starts.has(String.fromCharCode(leaves[at], leaves[at + 1]))) continue;
    const found = byHash.get(base64(leaves.subarray(at, at + HASH_BYTES))) ?? [];
    for (const one of found) places.set(one, from + at / HASH_BYTES);
  }
  return places;
}

// -------- bundle.mjs ------------------------------------------------------------------------------------------

// The whole check of a bundle (FORMAT.md, section 11).

/**
 *
 * @typedef {object} Given what the reader brings from outside the bundle, as texts
 * @property {string} [key] armored OpenPGP key of the server
 * @property {string} [vkey] key of the log
 * @property {string} [policy] C2SP tlog-policy
 * @property {string} [against] an older checkpoint
 * @property {string} [tsaCa] certificates of a time-stamping authority, PEM
 *
 * @typedef {(stamp: {token: Uint8Array, imprint: Uint8Array, caPem?: string}, primitives: Primitives) => {time: string}} CheckTimestamp
 *   throws unless the token (RFC 3161) is good; with the code `untrusted` if only the authority is another one
 *
 * @typedef {object} Shows what the bundle shows; to be believed only if the result is 'valid' or 'below'
 * @property {string} origin
 * @property {string} tenant
 * @property {Scope} scope
 * @property {{from: number, to: number}} range
 * @property {{included: number, withheld: number}} counts
 * @property {number} size
 * @property {string} root
 * @property {string} exportId
 * @property {string} requestedBy
 * @property {string} purpose
 * @property {string} createdAt
 * @property {string} software
 * @property {string} [policySet]
 * @property {{manifestSha256: string}} [source]
 * @property {number} intakes
 * @property {number} wholeIntakes
 * @property {number} openings
 * @property {Counted} [messages]
 * @property {{name: string, size: number}[]} files
 *
 * @typedef {object} Proven by whom, and since when
 * @property {Trust} [log]
 * @property {Trust} [server]
 * @property {Cosigned[]} witnesses
 * @property {Stamp[]} stamps
 * @property {number} [previous] size of the log at the export before
 * @property {number} [against] size of the log at the checkpoint that was given
 *
 * @typedef {object} Report
 * @property {'valid' | 'tampered' | 'unusable' | 'below'} result
 * @property {0 | 1 | 2 | 3} exitCode
 * @property {Finding[]} findings the first one is what to say
 * @property {Shows} [bundle]
 * @property {Proven} [trust]
 */

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
/** What joining a leaf into the tree counts for in the progress, in bytes that are read and hashed meanwhile. */
const LEAF_WEIGHT = 256;

/**
 * @param {Source} source
 * @param {Given} given
 * @param {{primitives: Primitives, checkTimestamp: CheckTimestamp}} tools
 * @param {(part: number) => void} [onProgress] is told how much is done, from 0 to 1
 * @returns {Report} never throws
 */
function verifyBundle(source, given, { primitives, checkTimestamp }, onProgress = () => undefined) {
  let done = 0;
  let total = source.size;
  const progress = (/** @type {number} */ weight) => {
    done += weight;
    onProgress(Math.min(1, done / total));
  };
  const opened = attempt(() => new Archive(source, primitives, progress));
  const archive = opened.value;
  if (archive === undefined) return report(opened.findings);
  const missing = NEEDED.filter((name) => !archive.has(name));
  if (missing.length > 0) {
    const message = `The bundle is incomplete: ${missing.join(', ')} is missing.`;
    return report([unusable('incomplete', message, { file: missing[0] }).finding]);
  }
  const textIfThere = (/** @type {string} */ name) =>
    archive.has(name) ? textOf(archive.whole(name)) : undefined;

  const server = attempt(() => {
    const [manifest, signature, key] = ['manifest.json', 'manifest.json.asc', 'trust/server.asc'].map(
      (name) => archive.whole(name),
    );
    return checkManifestSignature({ manifest, signature, key }, given.key, primitives);
  });
  const read = attempt(() => readManifest(archive.whole('manifest.json')));
  const manifest = read.value;
  if (manifest === undefined) return report([...server.findings, ...read.findings]);
  total += LEAF_WEIGHT * (manifest.range.to - manifest.range.from);

  const log = attempt(() => {
    const inside = { vkey: textOf(archive.whole('trust/log.vkey')), policy: textIfThere('trust/policy') };
    const signed = checkCheckpoint(archive.whole('proof/checkpoint'), inside, given, primitives);
    return sameAsManifest(signed, manifest);
  });
  const sealed = attempt(() => readSealed(archive, manifest));
  const needed = sealed.value ? entriesOf(sealed.value) : new Set();
  const exportId = utf8(manifest.exportEntry.id);
  const isTold = intakesTold(manifest);
  const wanted = {
    // Of a million entries each is asked this: what need not be made into text is not.
    entry: (/** @type {Facts} */ entry) =>
      entry.isAct(STAMP_ACT) ||
      entry.hasId(exportId) ||
      (needed.size > 0 && needed.has(entry.id)) ||
      (isTold !== undefined && isTold(entry.intakeId)),
    sizes: attempt(() => sizeOfGiven(given, log.value, primitives)).value ?? [],
  };
  const entries = attempt(() =>
    log.value
      ? checkEntries(archive, manifest, log.value.checkpoint.root, primitives, wanted, (n) =>
          progress(LEAF_WEIGHT * n),
        )
      : undefined,
  );
  const shown = entries.value?.shown ?? new Map();
  const entriesHold = entries.value !== undefined && entries.value.findings.length === 0;
  const asked = attempt(() => entriesHold && sameAsRequest(manifest, shown.get(manifest.exportEntry.id)));
  const openings = attempt(() =>
    sealed.value && entriesHold ? checkOpenings(sealed.value, shown, primitives) : undefined,
  );
  const messages = attempt(() =>
    sealed.value && entriesHold ? checkMessages(sealed.value, shown, manifest, primitives) : undefined,
  );

  const previous = attempt(
    () => log.value && checkPrevious(archive, manifest, log.value.checkpoint, log.value.key, primitives),
  );
  const stamps = attempt(() => {
    const ca = { given: given.tsaCa, inside: textIfThere('trust/tsa-ca.pem') };
    return log.value && checkStamps(archive, log.value.checkpoint, shown, ca, checkTimestamp, primitives);
  });
  const against = attempt(() => {
    if (given.against === undefined || log.value === undefined || entries.value?.leavesFit !== true)
      return undefined;
    const earlier = [...(previous.value ? [previous.value] : []), ...(stamps.value?.checkpoints ?? [])];
    const { checkpoint: now, key } = log.value;
    return checkAgainst(
      given.against,
      { now, key, earlier, roots: entries.value.roots, range: manifest.range },
      primitives,
    );
  });
  const files = attempt(() => checkFiles(archive, manifest));
  const checksums = attempt(() => archive.checkChecksums());

  const ofEntries = [...entries.findings, ...(entries.value?.findings ?? [])];
  const ofLog = [...log.findings, ...(log.value?.findings ?? [])];
  const rest = [
    ...[...asked.findings, ...openings.findings, ...messages.findings, ...sealed.findings],
    ...[...previous.findings, ...stamps.findings, ...(stamps.value?.findings ?? []), ...against.findings],
    ...[...files.findings, ...(files.value ?? []), ...checksums.findings],
  ];
  // While the leaves lead to the signed root, what is said of entries is certain, whatever else was changed with them.
  const certain = entries.value?.leavesFit === true;
  const findings = certain
    ? [...ofEntries, ...server.findings, ...ofLog, ...rest]
    : [...server.findings, ...ofLog, ...ofEntries, ...rest];
  const counted = {
    wholeIntakes: entries.value?.wholeIntakes ?? 0,
    openings: sealed.value?.openings.length ?? 0,
    ...(manifest.messages !== undefined && messages.value && { messages: messages.value }),
  };
  return report(findings, describe(manifest, counted), {
    ...(log.value && { log: log.value.trust }),
    ...(server.value && { server: server.value }),
    witnesses: log.value?.witnesses ?? [],
    stamps: stamps.value?.stamps ?? [],
    ...(previous.value && { previous: previous.value.size }),
    ...(against.value && { against: against.value.size }),
  });
}

/** @param {SignedCheckpoint} signed @param {Manifest} manifest */
function sameAsManifest(signed, { origin, size, root }) {
  const { checkpoint } = signed;
  if (checkpoint.origin !== origin || checkpoint.size !== size || base64(checkpoint.root) !== root) {
    const message = 'The checkpoint and the manifest are not about the same state of the same log.';
    throw tampered('checkpoint', message, { file: 'proof/checkpoint' });
  }
  return signed;
}

/** Who asked for it, what for, and for which export, if the entry is shown that says so. @param {Manifest} manifest @param {Shown | undefined} shown */
function sameAsRequest({ requestedBy, purpose, exportId }, shown) {
  if (shown === undefined) return;
  const { index, entry } = shown;
  const { actor, purpose: why = purpose, refs } = entry;
  if (actor?.id === requestedBy && why === purpose && (refs?.export ?? exportId) === exportId) return;
  const message = `The manifest says of this export something else than ${nameOf(index, entry.id)}, which records it.`;
  throw tampered('export', message, { file: 'manifest.json', index, id: entry.id });
}

/** @param {Given} given @param {SignedCheckpoint | undefined} log @param {Primitives} primitives */
function sizeOfGiven({ against }, log, primitives) {
  return against === undefined || log === undefined ? [] : [readGiven(against, log.key, primitives).size];
}

/** @param {Finding[]} findings @param {Shows} [bundle] @param {Proven} [trust] @returns {Report} */
function report(findings, bundle, trust) {
  const order = /** @type {const} */ (['tampered', 'unusable', 'below']);
  const worst = order.find((kind) => findings.some((finding) => finding.kind === kind)) ?? 'valid';
  return {
    result: worst,
    exitCode: /** @type {const} */ ({ valid: 0, tampered: 1, unusable: 2, below: 3 })[worst],
    findings: findings.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
    ...(bundle && { bundle }),
    ...(trust && { trust }),
  };
}

/** @param {Manifest} manifest @param {Pick<Shows, 'wholeIntakes' | 'openings' | 'messages'>} counted @returns {Shows} */
function describe(manifest, counted) {
  const {
    origin,
    tenant,
    scope,
    range,
    counts,
    size,
    root,
    exportId,
    requestedBy,
    purpose,
    createdAt,
    software,
  } = manifest;
  return {
    ...{
      origin,
      tenant,
      scope,
      range,
      counts,
      size,
      root,
      exportId,
      requestedBy,
      purpose,
      createdAt,
      software,
    },
    ...(manifest.policySet !== undefined && { policySet: manifest.policySet }),
    ...(manifest.source !== undefined && { source: manifest.source }),
    intakes: Object.keys(manifest.heads).length,
    ...counted,
    files: manifest.files.map(({ name, size: bytes }) => ({ name, size: bytes })),
  };
}

// -------- entry-proof.mjs -------------------------------------------------------------------------------------

// The proof of one entry: a C2SP tlog-proof (FORMAT.md, section 9).

/**
 * @typedef {{id: string, at: string, act: string, outcome?: string, actor?: {kind: string, id: string}, intake?: {id: string, n: number}, refs?: Record<string, string>, detail?: Record<string, string | number>}} ShownEntry
 * @typedef {{index: number, size: number, origin: string, entry: ShownEntry}} ProvenEntry
 * @typedef {Report & {entry?: ProvenEntry}} EntryReport
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1\n';
/** An entry of 16 KiB, 64 hashes and a note with a hundred signatures fit many times over. */
const MAX_BYTES = 1 << 20;

/** @param {Source} source @returns {boolean} */
function isEntryProof(source) {
  const start = new Uint8Array(Math.min(FIRST_LINE.length, source.size));
  source.read(start, 0);
  return textOf(start) === FIRST_LINE;
}

/**
 * @param {Source} source
 * @param {Given} given `key`, `against` and `tsaCa` have nothing to say here
 * @param {{primitives: Primitives}} tools
 * @returns {EntryReport} never throws
 */
function verifyEntryProof(source, given, { primitives }) {
  const read = attempt(() => readProof(source));
  if (read.value === undefined) return report(read.findings);
  const { entry, index, proof, note } = read.value;
  if (given.vkey === undefined && (given.policy === undefined || !/^[ \t]*log[ \t]/m.test(given.policy))) {
    const message =
      'A proof of one entry holds no key: give the key of the log with --vkey, or a policy that names it.';
    return report([unusable('vkey', message).finding]);
  }
  const log = attempt(() => checkCheckpoint(note, {}, given, primitives));
  const held = attempt(() => {
    if (log.value === undefined) return undefined;
    const { size, root, origin } = log.value.checkpoint;
    const leaf = leafHash(primitives.sha256Into, entry);
    if (!isIncluded(primitives.sha256Into, { leaf, index, size, root, proof })) {
      const message = `Entry ${index} is not in the log as it stands here: it has been changed, or the proof has.`;
      throw tampered('inclusion', message, { index });
    }
    return { index, size, origin, entry: entryIn(entry, index) };
  });
  const findings = [...log.findings, ...held.findings, ...(log.value?.findings ?? [])];
  return {
    ...report(findings, undefined, {
      ...(log.value && { log: log.value.trust }),
      witnesses: log.value?.witnesses ?? [],
      stamps: [],
    }),
    ...(held.value && { entry: held.value }),
  };
}

/** @param {Source} source */
function readProof(source) {
  const bad = () => unusable('proof', 'This is not a C2SP tlog-proof with an entry in its extra line.');
  if (source.size > MAX_BYTES) throw bad();
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0);
  const parts =
    /^c2sp\.org\/tlog-proof@v1\nextra ([^\n]+)\nindex (0|[1-9]\d{0,15})\n((?:[A-Za-z0-9+/]{43}=\n)*)\n/.exec(
      textOf(bytes),
    );
  const entry = fromBase64(parts?.[1] ?? '');
  const proof =
    parts?.[3]
      .split('\n')
      .slice(0, -1)
      .map((line) => fromBase64(line)) ?? [];
  if (parts === null || entry === undefined || !isCount(Number(parts[2])) || proof.includes(undefined))
    throw bad();
  return {
    entry,
    index: Number(parts[2]),
    proof: /** @type {Uint8Array[]} */ (proof),
    note: bytes.subarray(utf8(parts[0]).length),
  };
}

/** @param {Uint8Array} bytes @param {number} index @returns {ShownEntry} */
function entryIn(bytes, index) {
  const entry = attempt(() => parseCanonical(bytes)).value;
  if (entry?.v !== 1 || !isText(entry.id) || !isText(entry.at) || !isText(entry.act))
    throw tampered('entry', `Entry ${index} is in the log, but it is not an entry of version 1.`, { index });
  return entry;
}

// -------- primitives.mjs --------------------------------------------------------------------------------------

// What the checks are made of, and the only place that asks Node for cryptography. A browser brings its own set.

/**
 * @typedef {'sha1' | 'sha256' | 'sha384' | 'sha512' | 'sha3-256' | 'sha3-512'} HashName
 *
 * @typedef {object} Primitives
 * @property {(bytes: Uint8Array, target: Uint8Array, at: number) => void} sha256Into writes 32 bytes
 * @property {(name: HashName) => {update: (bytes: Uint8Array) => unknown, digest: () => Uint8Array}} hasher
 * @property {(bytes: Uint8Array, before: number) => number} crc32 of what `before` is the checksum of, and `bytes` after it
 * @property {(key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean} verifyEd25519 key of 32 bytes
 * @property {(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined} openAesGcm
 *   ciphertext and tag of 16 bytes; nothing if the tag does not fit
 * @property {(spki: Uint8Array, scheme: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa', hash: HashName, message: Uint8Array, signature: Uint8Array) => boolean} verifySignature
 *   of X.509: the public key as SubjectPublicKeyInfo (DER), an ECDSA signature as DER
 */

/** @type {Primitives} */
const nodePrimitives = {
  sha256Into(bytes, target, at) {
    const digest = hash('sha256', bytes, 'binary');
    for (let i = 0; i < 32; i++) target[at + i] = digest.charCodeAt(i);
  },
  hasher: (name) => createHash(name),
  crc32: (bytes, before) => crc32(bytes, before),
  verifyEd25519(key, message, signature) {
    const x = Buffer.from(key).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return signature.length === 64 && verify(null, message, publicKey, signature);
  },
  openAesGcm(key, nonce, aad, sealed) {
    if (sealed.length < 16) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    } catch {
      return undefined;
    }
  },
  verifySignature(spki, scheme, name, message, signature) {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const kinds = scheme === 'ecdsa' ? ['ec'] : ['rsa', 'rsa-pss'];
    if (!kinds.includes(key.asymmetricKeyType ?? '')) return false;
    const padding = scheme === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    return verify(name, message, scheme === 'ecdsa' ? key : { key, padding }, signature);
  },
};

// -------- stamp/der.mjs ---------------------------------------------------------------------------------------

// DER (X.690), as far as time stamps and certificates need it: short tags, definite and shortest lengths.

/**
 * @typedef {object} Der a value in DER
 * @property {number} tag
 * @property {Uint8Array} all with tag and length
 * @property {Uint8Array} body without
 */

const DER_SEQUENCE = 0x30;
const DER_SET = 0x31;
const DER_OCTETS = 0x04;
const DER_INTEGER = 0x02;
const DER_OID = 0x06;

/** @param {Uint8Array} bytes all of it one value @param {number} [tag] @returns {Der} */
function derOf(bytes, tag) {
  const { value, end } = derAt(bytes, 0);
  if (end !== bytes.length || (tag !== undefined && value.tag !== tag)) throw new Error('It is malformed');
  return value;
}

/** @param {Der | undefined} value @param {number} [count] @param {number} tag @returns {Der[]} */
function derChildren(value, count, tag = DER_SEQUENCE) {
  if (value?.tag !== tag) throw new Error('It is malformed');
  const found = [];
  for (let at = 0; at < value.body.length;) {
    const { value: child, end } = derAt(value.body, at);
    found.push(child);
    at = end;
  }
  if (count !== undefined && found.length !== count) throw new Error('It is malformed');
  return found;
}

/** @param {Uint8Array} bytes @param {number} at */
function derAt(bytes, at) {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  const width = first > 0x7f ? first & 0x7f : 0;
  let length = width === 0 ? first : 0;
  for (let i = 0; i < width; i++) length = length * 256 + bytes[at + 2 + i];
  // One length has one spelling; no value here is longer than what three bytes can say.
  const isShortest = width === 0 || (length > 0x7f && bytes[at + 2] !== 0);
  const from = at + 2 + width;
  const end = from + length;
  if (first === undefined || (tag & 0x1f) === 0x1f || first === 0x80 || width > 3 || !isShortest)
    throw new Error('It is malformed');
  if (!(end <= bytes.length)) throw new Error('It is malformed');
  return { value: { tag, all: bytes.subarray(at, end), body: bytes.subarray(from, end) }, end };
}

/** @param {Der} value @returns {string} with dots */
function derOid(value) {
  if (value?.tag !== DER_OID || value.body.length === 0) throw new Error('It is malformed');
  const numbers = [];
  let number = 0;
  for (const byte of value.body) {
    number = number * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    numbers.push(number);
    number = 0;
  }
  const [first = 0, ...rest] = numbers;
  return [
    Math.min(2, Math.floor(first / 40)),
    first - 40 * Math.min(2, Math.floor(first / 40)),
    ...rest,
  ].join('.');
}

/** @param {Der} value @returns {number} small, not negative */
function derNumber(value) {
  if (value?.tag !== DER_INTEGER || value.body.length !== 1 || value.body[0] > 0x7f)
    throw new Error('It is malformed');
  return value.body[0];
}

/** @param {Der} value @returns {Uint8Array} the bits, without the count of unused ones */
function derBits(value) {
  if (value?.tag !== 0x03 || value.body.length < 2 || value.body[0] > 7) throw new Error('It is malformed');
  return value.body.subarray(1);
}

/** @param {Der} value UTCTime or GeneralizedTime @param {number} [tag] @returns {string} RFC 3339 */
function derTime(value, tag) {
  const text = String.fromCharCode(...value.body);
  const isShort = value.tag === 0x17;
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(text) ?? [];
  const whole = isShort ? `${Number(year) < 50 ? '20' : '19'}${year}` : year;
  const time = `${whole}-${month}-${day}T${hour}:${minute}:${second}${fraction}Z`;
  const isWhole = year?.length === (isShort ? 2 : 4) && (isShort || value.tag === 0x18);
  if (!isWhole || Number.isNaN(Date.parse(time)) || (tag !== undefined && value.tag !== tag))
    throw new Error('A time in it is malformed');
  return time;
}

/** @param {Der} value */
function isNull({ tag, body }) {
  return tag === 0x05 && body.length === 0;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
function isSame(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** @param {Uint8Array} bytes */
function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// -------- stamp/certificate.mjs -------------------------------------------------------------------------------

// Certificates of X.509 (RFC 5280) as far as a time stamp needs them. Revocation is not looked up: that needs a network.

/**
 *
 * @typedef {object} SignatureScheme
 * @property {'rsa-pkcs1' | 'rsa-pss' | 'ecdsa'} scheme
 * @property {HashName} [hash] missing: said elsewhere
 *
 * @typedef {object} Certificate
 * @property {Uint8Array} der
 * @property {Uint8Array} signed what its issuer signed
 * @property {Der} algorithm
 * @property {Uint8Array} signature
 * @property {Uint8Array} serial @property {Uint8Array} issuer @property {Uint8Array} subject DER
 * @property {Uint8Array} spki
 * @property {string} from @property {string} to RFC 3339; not valid before and after
 * @property {Map<string, {isCritical: boolean, value: Der}>} extensions by object identifier
 */

const OID_TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const OID_ANY_PURPOSE = '2.5.29.37.0';
const OID_COMMON_NAME = '2.5.4.3';
const OID_PSS = '1.2.840.113549.1.1.10';
const EXTENSION_KEY_USAGE = '2.5.29.15';
const EXTENSION_BASIC_CONSTRAINTS = '2.5.29.19';
const EXTENSION_PURPOSES = '2.5.29.37';
/** What is understood, or says nothing about whether the certificate may sign: policies, key ids, where lists are. */
const EXTENSIONS_KNOWN = [EXTENSION_KEY_USAGE, EXTENSION_BASIC_CONSTRAINTS, EXTENSION_PURPOSES, '2.5.29.32'];

/** @type {Readonly<Record<string, HashName>>} */
const STAMP_HASHES = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
/** @type {Readonly<Record<string, SignatureScheme>>} */
const STAMP_SCHEMES = {
  '1.2.840.113549.1.1.1': { scheme: 'rsa-pkcs1' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa-pkcs1', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa-pkcs1', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa-pkcs1', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
};
/** Longest way from the authority to a certificate that is trusted. */
const MAX_CHAIN = 6;

/** @param {string} pem @returns {Certificate[]} @throws {Error} if there is none */
function certificatesInPem(pem) {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g)];
  if (found.length === 0) throw new Error('There is no certificate among those that were given');
  return found.map(([, base64]) =>
    readCertificate(Uint8Array.from(atob(base64.replace(/\s/g, '')), (letter) => letter.charCodeAt(0))),
  );
}

/** @param {Uint8Array} der @returns {Certificate} */
function readCertificate(der) {
  const [tbs, algorithm, signature] = derChildren(derOf(der, DER_SEQUENCE), 3);
  const parts = derChildren(tbs);
  const version = parts[0]?.tag === 0xa0 ? derNumber(derChildren(parts.shift(), 1, 0xa0)[0]) : 0;
  const [serial, inner, issuer, validity, subject, spki, ...rest] = parts;
  if (version > 2 || spki?.tag !== DER_SEQUENCE) throw new Error('A certificate is not one of X.509');
  if (!isSame(inner.all, algorithm.all))
    throw new Error('A certificate names two ways in which it is signed');
  if (signature.body[0] !== 0) throw new Error('A certificate has half a signature');
  const [from, to] = derChildren(validity, 2);
  const extensions = new Map();
  for (const { tag, body } of rest) {
    if (tag !== 0xa3) continue;
    for (const extension of derChildren(derOf(body, DER_SEQUENCE))) {
      const [oid, ...fields] = derChildren(extension);
      const value = fields.at(-1);
      if (value?.tag !== DER_OCTETS || extensions.has(derOid(oid)))
        throw new Error('A certificate is malformed');
      const isCritical = fields.length > 1 && fields[0].body[0] === 0xff;
      extensions.set(derOid(oid), { isCritical, value: derOf(value.body) });
    }
  }
  return {
    ...{ der, signed: tbs.all, algorithm, signature: derBits(signature), serial: serial.all },
    ...{ issuer: issuer.all, subject: subject.all, spki: spki.all, extensions },
    ...{ from: derTime(from), to: derTime(to) },
  };
}

/** @param {Certificate} certificate @param {Der} sid issuer and serial number, or a key identifier */
function isNamed(certificate, sid) {
  if (sid.tag === DER_SEQUENCE) {
    const [issuer, serial] = derChildren(sid, 2);
    return isSame(issuer.all, certificate.issuer) && isSame(serial.all, certificate.serial);
  }
  const own = certificate.extensions.get('2.5.29.14');
  return sid.tag === 0x80 && own !== undefined && isSame(own.value.body, sid.body);
}

/** RFC 3161, section 2.3: its one purpose is time stamping, and that is critical. @param {Certificate} own @param {string} at */
function checkIsStamper(own, at) {
  const purposes = own.extensions.get(EXTENSION_PURPOSES);
  const names = purposes === undefined ? [] : derChildren(purposes.value).map(derOid);
  if (purposes?.isCritical !== true || names.length !== 1 || names[0] !== OID_TIME_STAMPING)
    throw new Error('The certificate that signed it is not one for time stamps');
  const usage = own.extensions.get(EXTENSION_KEY_USAGE);
  // digitalSignature or nonRepudiation: the first two bits.
  if (usage !== undefined && (derBits(usage.value)[0] & 0xc0) === 0)
    throw new Error('The certificate that signed it is not one for signatures');
  if (!isValidAt(own, at)) throw new Error('The certificate that signed it was not valid at that time');
}

/**
 * Whether a way leads from a certificate to one that is trusted, all of it valid at that time. Each is looked at once, where
 * the way to it is shortest: certificates that all sign each other would have more ways than anybody can try.
 *
 * @param {Certificate} own @param {readonly Certificate[]} trusted @param {readonly Certificate[]} others
 * @param {string} at @param {Primitives} primitives
 * @returns {boolean}
 */
function leadsTo(own, trusted, others, at, primitives) {
  let reached = [own];
  let left = [...trusted, ...others];
  for (let depth = 0; reached.length > 0; depth++) {
    if (reached.some((one) => trusted.some(({ der }) => isSame(der, one.der)))) return true;
    if (depth >= MAX_CHAIN) return false;
    const issuers = left.filter(
      (issuer) =>
        isIssuer(issuer, depth) &&
        isValidAt(issuer, at) &&
        reached.some(
          (one) =>
            isSame(issuer.subject, one.issuer) &&
            isSignedBy(issuer, one.signed, one.algorithm, one.signature, primitives),
        ),
    );
    left = left.filter((one) => !issuers.includes(one));
    reached = issuers;
  }
  return false;
}

/** @param {Certificate} certificate @param {number} below how many authorities stand between it and the one that signed */
function isIssuer({ extensions }, below) {
  const constraints = extensions.get(EXTENSION_BASIC_CONSTRAINTS);
  const [isAuthority, longest] = constraints === undefined ? [] : derChildren(constraints.value);
  if (isAuthority?.tag !== 0x01 || isAuthority.body[0] !== 0xff) return false;
  if (longest !== undefined && derNumber(longest) < below) return false;
  const usage = extensions.get(EXTENSION_KEY_USAGE);
  if (usage !== undefined && (derBits(usage.value)[0] & 0x04) === 0) return false; // keyCertSign
  const purposes = extensions.get(EXTENSION_PURPOSES);
  const names = purposes === undefined ? [OID_ANY_PURPOSE] : derChildren(purposes.value).map(derOid);
  return names.includes(OID_TIME_STAMPING) || names.includes(OID_ANY_PURPOSE);
}

/** @param {Certificate} certificate @param {string} at */
function isValidAt({ from, to, extensions }, at) {
  const isUnderstood = [...extensions].every(
    ([oid, one]) => !one.isCritical || EXTENSIONS_KNOWN.includes(oid),
  );
  return isUnderstood && Date.parse(from) <= Date.parse(at) && Date.parse(at) <= Date.parse(to);
}

/**
 * @param {Certificate} certificate @param {Uint8Array} message @param {Der} algorithm @param {Uint8Array} signature
 * @param {Primitives} primitives @param {HashName} [hash] that it must be made with
 */
function isSignedBy({ spki }, message, algorithm, signature, primitives, hash) {
  const named = schemeNamed(algorithm);
  const used = named?.hash ?? hash;
  if (named === undefined || used === undefined || (hash !== undefined && used !== hash)) return false;
  try {
    return primitives.verifySignature(spki, named.scheme, used, message, signature);
  } catch {
    return false; // a key that cannot be read
  }
}

/** @param {Der} algorithm @returns {SignatureScheme | undefined} nothing, if it is unknown or too weak */
function schemeNamed(algorithm) {
  const [oid, parameters, ...more] = derChildren(algorithm);
  const isPlain = more.length === 0 && (parameters === undefined || isNull(parameters));
  if (derOid(oid) !== OID_PSS) return isPlain ? STAMP_SCHEMES[derOid(oid)] : undefined;
  // RSASSA-PSS-params: the hash is [0], and SHA-1 if it is not said.
  const named =
    parameters === undefined ? undefined : derChildren(parameters).find(({ tag }) => tag === 0xa0);
  const hash = named === undefined ? 'sha1' : hashNamed(derChildren(named, 1, 0xa0)[0]);
  return hash === 'sha1' ? undefined : { scheme: 'rsa-pss', hash };
}

/** @param {Certificate} certificate @returns {string} */
function commonName({ subject }) {
  for (const set of derChildren(derOf(subject, DER_SEQUENCE)))
    for (const pair of derChildren(set, undefined, DER_SET)) {
      const [oid, value] = derChildren(pair, 2);
      if (derOid(oid) === OID_COMMON_NAME) return new TextDecoder().decode(value.body);
    }
  return '';
}

/** @param {Der} algorithm @returns {HashName} */
function hashNamed(algorithm) {
  const [oid, parameters, ...more] = derChildren(algorithm);
  const hash = STAMP_HASHES[derOid(oid)];
  if (hash === undefined || more.length > 0 || (parameters !== undefined && !isNull(parameters)))
    throw new Error('It uses a hash that is not known');
  return hash;
}

/** @param {HashName} hash @param {Uint8Array} bytes @param {Primitives} primitives */
function digestOf(hash, bytes, primitives) {
  const hasher = primitives.hasher(hash);
  hasher.update(bytes);
  return hasher.digest();
}

// -------- timestamp.mjs ---------------------------------------------------------------------------------------

// Time stamps of RFC 3161 and the CMS (RFC 5652) that they are made of. Pure: it asks for hashes and signatures.

/**
 *
 * @typedef {object} TimestampInfo
 * @property {string} time RFC 3339, UTC
 * @property {string} authority common name of the certificate that signed, or ''
 * @property {string} policy object identifier
 * @property {string} serial hexadecimal
 * @property {string} [nonce] hexadecimal
 */

/** Explicit or implicit [0]. */
const TAG_0 = 0xa0;
const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';
const OID_TST_INFO = '1.2.840.113549.1.9.16.1.4';
const OID_CONTENT_TYPE = '1.2.840.113549.1.9.3';
const OID_MESSAGE_DIGEST = '1.2.840.113549.1.9.4';
const OID_SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const OID_SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/**
 * Checks a TimeStampResp whose status is granted and nothing else.
 *
 * @param {{token: Uint8Array, imprint: Uint8Array, caPem?: string}} stamp `imprint`: the SHA-256 that it must be about;
 * `caPem`: the certificates that are trusted. Without them it is not asked who the authority is.
 * @param {Primitives} primitives
 * @returns {TimestampInfo}
 * @throws {Error} with a sentence without a full stop; with the `code` `'untrusted'` if all of it holds and only the
 * authority is another one.
 */
function checkTimestamp({ token, imprint, caPem }, primitives) {
  const { content, certificates, signer } = readSignedData(readResponse(token));
  const { issued, ...info } = readTstInfo(content, imprint);
  const own = certificates.find((one) => isNamed(one, signer.sid));
  if (own === undefined) throw new Error('The certificate of the authority is not in it');
  checkSignedAttributes(signer, content, own, primitives);
  if (!isSignedBy(own, signer.signed, signer.algorithm, signer.signature, primitives, signer.hash))
    throw new Error('The signature of the authority does not fit');
  checkIsStamper(own, issued);
  const trusted = caPem === undefined ? undefined : certificatesInPem(caPem);
  if (trusted !== undefined && !leadsTo(own, trusted, certificates, issued, primitives))
    throw Object.assign(new Error('The authority is not one of those that were given'), {
      code: 'untrusted',
    });
  return { ...info, authority: commonName(own) };
}

/** @param {Uint8Array} bytes @returns {Der} the token, a ContentInfo */
function readResponse(bytes) {
  const [status, token] = derChildren(derOf(bytes, DER_SEQUENCE), 2);
  const [code] = derChildren(status, 1);
  if (code.tag !== DER_INTEGER || code.body.length !== 1 || code.body[0] !== 0)
    throw new Error('It is not the answer to a request that was granted');
  return token;
}

/** @param {Der} token */
function readSignedData(token) {
  const [type, wrapped] = derChildren(token, 2);
  if (derOid(type) !== OID_SIGNED_DATA) throw new Error('It is not signed data');
  const parts = derChildren(derChildren(wrapped, 1, TAG_0)[0]);
  const [version, digests, encapsulated] = parts;
  const rest = parts.slice(3);
  const certificates = rest[0]?.tag === TAG_0 ? derChildren(rest.shift(), undefined, TAG_0) : [];
  const [signers, ...more] = rest;
  if (derNumber(version) !== 3 || more.length > 0)
    throw new Error('The signed data are not those of a time stamp');
  const [contentType, content] = derChildren(encapsulated, 2);
  if (derOid(contentType) !== OID_TST_INFO) throw new Error('It is not a time stamp');
  const [octets] = derChildren(content, 1, TAG_0);
  if (octets.tag !== DER_OCTETS) throw new Error('It is not a time stamp');
  const signer = readSigner(derChildren(signers, 1, DER_SET)[0]);
  if (!derChildren(digests, undefined, DER_SET).every((one) => hashNamed(one) === signer.hash))
    throw new Error('Its hashes are not those of its signature');
  return { content: octets.body, certificates: certificates.map((one) => readCertificate(one.all)), signer };
}

/** @param {Der} info */
function readSigner(info) {
  const [version, sid, digest, attributes, algorithm, signature, ...more] = derChildren(info);
  if (attributes?.tag !== TAG_0 || signature?.tag !== DER_OCTETS || more.length > 0)
    throw new Error('The signature of the authority is not one of a time stamp');
  if (derNumber(version) !== (sid.tag === DER_SEQUENCE ? 1 : 3))
    throw new Error('The signature of the authority has an unknown version');
  // What is signed is the set of attributes as a SET, and not with the tag that it has here (RFC 5652, section 5.4).
  const signed = Uint8Array.from(attributes.all);
  signed[0] = DER_SET;
  return { sid, hash: hashNamed(digest), attributes, algorithm, signature: signature.body, signed };
}

/** @param {Uint8Array} bytes @param {Uint8Array} wanted imprint */
function readTstInfo(bytes, wanted) {
  const [version, policy, imprint, serial, time, ...rest] = derChildren(derOf(bytes, DER_SEQUENCE));
  if (derNumber(version) !== 1) throw new Error('It has an unknown version');
  const [algorithm, hash] = derChildren(imprint, 2);
  if (hashNamed(algorithm) !== 'sha256' || hash.tag !== DER_OCTETS || !isSame(hash.body, wanted))
    throw new Error('It is about something else');
  if (serial.tag !== DER_INTEGER) throw new Error('It has no serial number');
  // accuracy, ordering, nonce, tsa and extensions, all optional, in this order
  const nonce = rest.find(({ tag }) => tag === DER_INTEGER);
  if (rest.some(({ tag }) => tag === 0xa1)) throw new Error('It has extensions that are not understood');
  const issued = derTime(time, 0x18);
  return {
    issued,
    time: issued,
    policy: derOid(policy),
    serial: hexOf(serial.body),
    ...(nonce && { nonce: hexOf(nonce.body) }),
  };
}

/**
 * @param {ReturnType<typeof readSigner>} signer @param {Uint8Array} content @param {Certificate} own
 * @param {Primitives} primitives
 */
function checkSignedAttributes(signer, content, own, primitives) {
  /** @type {Map<string, Der>} */
  const values = new Map();
  for (const attribute of derChildren(signer.attributes, undefined, TAG_0)) {
    const [type, set] = derChildren(attribute, 2);
    const name = derOid(type);
    if (values.has(name)) throw new Error('A signed attribute is malformed');
    values.set(name, derChildren(set, 1, DER_SET)[0]);
  }
  const [type, digest] = [values.get(OID_CONTENT_TYPE), values.get(OID_MESSAGE_DIGEST)];
  if (type === undefined || derOid(type) !== OID_TST_INFO)
    throw new Error('What was signed is not a time stamp');
  if (digest?.tag !== DER_OCTETS || !isSame(digest.body, digestOf(signer.hash, content, primitives)))
    throw new Error('What was signed is not this time stamp');
  const v2 = values.get(OID_SIGNING_CERTIFICATE_V2);
  const named = v2 ?? values.get(OID_SIGNING_CERTIFICATE);
  if (named === undefined) throw new Error('It does not say which certificate signed it');
  const parts = derChildren(derChildren(derChildren(named)[0])[0]);
  // RFC 5035: without a name the hash is SHA-256; the older attribute always has SHA-1.
  const hasName = v2 !== undefined && parts[0].tag === DER_SEQUENCE;
  const hash = v2 === undefined ? 'sha1' : hasName ? hashNamed(parts[0]) : 'sha256';
  const value = parts[hasName ? 1 : 0];
  if (value?.tag !== DER_OCTETS || !isSame(value.body, digestOf(hash, own.der, primitives)))
    throw new Error('It was signed with another certificate than it says');
}

// -------- words.mjs -------------------------------------------------------------------------------------------

// A report in words, for people.

/**
 */

const MOST_FINDINGS = 20;
const ANSWERS = {
  tampered: 'NOT VALID: this has been changed.',
  unusable: 'CANNOT BE CHECKED.',
  below: 'VALID, BUT BELOW WHAT YOU ASKED FOR.',
};

/** @param {EntryReport} report @returns {string[]} sentences, the answer first */
function inWords(report) {
  const { result, findings, bundle, entry, trust } = report;
  const found = findings.slice(0, MOST_FINDINGS).map(({ message }) => message);
  if (findings.length > MOST_FINDINGS) found.push(`And ${findings.length - MOST_FINDINGS} more.`);
  const shown = bundle ? ofBundle(bundle) : entry ? ofEntry(entry) : [];
  const all = [...shown, ...(trust ? ofTrust(trust, bundle !== undefined) : [])];
  if (result === 'valid') {
    const first = bundle
      ? 'VALID: nothing was changed, and nothing is missing from the range.'
      : 'VALID: the log holds this entry.';
    return [first, ...all].map(printable);
  }
  return [ANSWERS[result], ...found, ...(result === 'below' ? all : [])].map(printable);
}

/** @param {Shows} shows */
function ofBundle({
  counts,
  range,
  size,
  origin,
  tenant,
  scope,
  intakes,
  wholeIntakes,
  openings,
  messages,
  source,
}) {
  const about =
    scope.kind === 'intake' ? `intake ${scope.intake}` : `from ${scope.from} to before ${scope.to}`;
  return [
    `It shows ${counts.included} of the ${range.to - range.from} entries from ${range.from} to before ${range.to} of the log ${origin}, which had ${size} entries.`,
    ...(counts.withheld > 0
      ? [`${counts.withheld} entries are withheld: their places are proven, their content is not shown.`]
      : []),
    `Tenant ${tenant}, ${about}. Intakes shown from their first entry to their last: ${wholeIntakes} of ${intakes}.`,
    ...(openings > 0
      ? [`Sealed values opened: ${openings}. Each is the one that its entry commits to.`]
      : []),
    ...(messages
      ? [
          `The transcript: ${messages.opened} messages shown, each as it was stored; ${messages.redacted} redacted; ${messages.events} lines of what happened. None is left out that the entries shown say was stored.`,
        ]
      : []),
    ...(source ? [`It was redacted from the export with the manifest ${source.manifestSha256}.`] : []),
  ];
}

/** @param {NonNullable<EntryReport['entry']>} shown */
function ofEntry({ index, size, origin, entry }) {
  const fields = { ...entry.refs, ...entry.detail };
  const named = Object.entries(fields).map(([name, value]) => `${name} ${value}`);
  return [
    `It is entry ${index} of the log ${origin}, which had ${size} entries.`,
    `${entry.at}: ${entry.act}, ${entry.outcome}, by ${entry.actor?.kind} ${entry.actor?.id}. Id ${entry.id}.`,
    ...(entry.intake ? [`It is number ${entry.intake.n} of intake ${entry.intake.id}.`] : []),
    ...(named.length > 0 ? [`It names ${named.join(', ')}.`] : []),
  ];
}

/** @param {Proven} trust @param {boolean} isBundle */
function ofTrust({ log, server, witnesses, stamps, previous, against }, isBundle) {
  return [
    ...(log ? [`The log signed with ${log.key}`] : []),
    ...(server ? [`The server signed with OpenPGP ${spaced(server.key)}`] : []),
    ...witnesses.map(
      ({ name, time, from }) =>
        `The witness ${name} saw this checkpoint at ${time}${from === 'bundle' ? ' (its key came from inside the bundle)' : ''}.`,
    ),
    ...stamps.map(stampInWords),
    ...(previous === undefined
      ? []
      : [`The log has only grown since the export before, when it had ${previous} entries.`]),
    ...(against === undefined
      ? []
      : [`The log has only grown since the checkpoint that you gave, of ${against} entries.`]),
    ...(isBundle && log && server ? [keysInWords(log, server)] : []),
  ];
}

/** @param {Stamp} stamp */
function stampInWords({ size, time, trust, recordedAt }) {
  const authority = {
    given: 'an authority of yours',
    bundle: 'an authority whose certificate came from inside the bundle',
    nobody: 'an authority that nobody vouches for here',
  }[trust];
  const after =
    recordedAt === undefined ? '' : ` Entry ${recordedAt} records it, so what follows was written after it.`;
  return `The first ${size} entries were there before ${time}, says ${authority}.${after}`;
}

/** @param {Trust} log @param {Trust} server */
function keysInWords(log, server) {
  if (log.from === 'given' && server.from === 'given') return 'You gave both keys.';
  if (server.from === 'given') return 'You gave the server key, and it vouches for the log key.';
  if (log.from === 'given') return 'You gave the log key; the server key came from inside the bundle.';
  return 'Both keys came from inside the bundle: compare them with what you were told, or give them with --key and --vkey.';
}

// -------- main.mjs --------------------------------------------------------------------------------------------

// The program: node verify.mjs BUNDLE.zip [options]. Ends with 0 valid, 1 changed, 2 cannot be checked, 3 below what was asked.

const FILES = /** @type {Record<string, 'key' | 'vkey' | 'policy' | 'against' | 'tsaCa'>} */ ({
  '--key': 'key',
  '--vkey': 'vkey',
  '--policy': 'policy',
  '--against': 'against',
  '--tsa-ca': 'tsaCa',
});
const USAGE =
  'Use: node verify.mjs BUNDLE.zip [--key server.asc] [--vkey log.vkey] [--policy trust.policy] [--against old.checkpoint] [--tsa-ca ca.pem] [--json]';

/** @param {string} path @returns {Source & {close: () => void}} */
function openSource(path) {
  const file = openSync(path, 'r');
  const stat = fstatSync(file);
  if (!stat.isFile()) {
    closeSync(file);
    throw new Error(`${path} is not a file`);
  }
  return {
    size: stat.size,
    read: (target, position) => {
      for (let done = 0; done < target.length;) {
        const read = readSync(file, target, done, target.length - done, position + done);
        if (read === 0) throw new Error('the file became shorter while it was read');
        done += read;
      }
    },
    close: () => closeSync(file),
  };
}

/** @param {string[]} args @returns {number} the exit code */
function main(args) {
  let isJson = false;
  /** @type {string | undefined} */
  let bundle;
  /** @type {Given} */
  const given = {};
  /** @type {ReturnType<typeof openSource>} */
  let source;
  try {
    for (let i = 0; i < args.length; i++) {
      const file = FILES[args[i]];
      if (args[i] === '--json') isJson = true;
      else if (file !== undefined) given[file] = readFileSync(args[++i] ?? '', 'utf8');
      else if (args[i].startsWith('-') || bundle !== undefined) return fail(USAGE);
      else bundle = args[i];
    }
    if (bundle === undefined) return fail(USAGE);
    source = openSource(bundle);
  } catch (error) {
    return fail(`A file cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  const tools = { primitives: nodePrimitives, checkTimestamp };
  const result = isEntryProof(source)
    ? verifyEntryProof(source, given, tools)
    : verifyBundle(source, given, tools, process.stderr.isTTY ? showProgress() : undefined);
  source.close();
  console.log(isJson ? JSON.stringify(result) : inWords(result).join('\n'));
  return result.exitCode;
}

/** A line on the terminal that says how far it is, and goes away at the end. */
function showProgress() {
  let last = -1;
  return (/** @type {number} */ part) => {
    const percent = Math.floor(100 * part);
    if (percent === last) return;
    last = percent;
    process.stderr.write(percent === 100 ? '\r\u001b[K' : `\rChecking … ${percent} %`);
  };
}

/** @param {string} message */
function fail(message) {
  console.error(printable(message));
  return 2;
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2));
}
