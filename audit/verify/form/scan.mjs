// Reads an entry in one walk over its bytes, if it is plainly canonical: ASCII, no escapes, keys in order. That is what
// entries are. Whatever is not so plain is left to `parseCanonical`, which is slower and takes all that is canonical.

import { MAX_DEPTH } from './canonical.mjs';

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
export const newScanned = () => ({
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
export function scanEntry(bytes, from, to, found) {
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
