// The one form of zip that a bundle has (FORMAT.md, section 7).

import { hex, same, viewOf } from './bytes.mjs';
import { tampered, unusable } from './problem.mjs';

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
export function readDirectory(source) {
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
export class Archive {
  /** @type {Map<string, Member>} */
  #members;
  /** @type {Map<string, Digest>} */
  #digests = new Map();
  #source;
  #primitives;
  #onRead;

  /** @param {Source} source @param {import('../primitives.mjs').Primitives} primitives @param {(bytes: number) => void} onRead */
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
