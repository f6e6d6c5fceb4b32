// Bytes and their spellings, without Node's Buffer: a browser runs the same code.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);
/** Broken bytes become U+FFFD: whoever needs the very bytes compares. @param {Uint8Array} bytes */
export const textOf = (bytes) => decoder.decode(bytes);
/** @param {Uint8Array} bytes @throws {TypeError} unless the bytes are UTF-8 */
export const strictTextOf = (bytes) => strictDecoder.decode(bytes);

/** @param {Uint8Array} bytes @returns {string} one character a byte */
export function latin1(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** @param {Uint8Array} bytes */
export const base64 = (bytes) => btoa(latin1(bytes));

/** @param {string} text @returns {Uint8Array | undefined} nothing unless it is the one spelling of these bytes (RFC 4648, section 4) */
export function fromBase64(text) {
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
export function isBase64Of(hash, bytes, from, to) {
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
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {string} text an even number of hexadecimal digits */
export const fromHex = (text) =>
  Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));

/** @param {Uint8Array} a @param {Uint8Array} b */
export const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

/** @param {...(Uint8Array | string)} parts text is written as UTF-8 */
export function concat(...parts) {
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
export const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
/** @param {number} value */
export const uint32 = (value) => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
