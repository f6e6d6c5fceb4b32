// Canonical JSON (FORMAT.md, section 1).

import { same, textOf, utf8 } from './bytes.mjs';

export const MAX_DEPTH = 16;
const KEY = /^[!#-[\]-~]+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** @param {Uint8Array} bytes @returns {any} @throws {Error} unless the bytes are canonical */
export function parseCanonical(bytes) {
  const value = JSON.parse(textOf(bytes));
  if (!same(utf8(canonical(value)), bytes)) throw new Error('not canonical JSON');
  return value;
}

/** @param {unknown} value @returns {string} @throws {Error} for what canonical JSON does not have */
export function canonical(value, depth = 0) {
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
