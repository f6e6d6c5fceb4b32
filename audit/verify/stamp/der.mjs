// DER (X.690), as far as time stamps and certificates need it: short tags, definite and shortest lengths.

/**
 * @typedef {object} Der a value in DER
 * @property {number} tag
 * @property {Uint8Array} all with tag and length
 * @property {Uint8Array} body without
 */

export const DER_SEQUENCE = 0x30;
export const DER_SET = 0x31;
export const DER_OCTETS = 0x04;
export const DER_INTEGER = 0x02;
const DER_OID = 0x06;

/** @param {Uint8Array} bytes all of it one value @param {number} [tag] @returns {Der} */
export function derOf(bytes, tag) {
  const { value, end } = derAt(bytes, 0);
  if (end !== bytes.length || (tag !== undefined && value.tag !== tag)) throw new Error('It is malformed');
  return value;
}

/** @param {Der | undefined} value @param {number} [count] @param {number} tag @returns {Der[]} */
export function derChildren(value, count, tag = DER_SEQUENCE) {
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
export function derAt(bytes, at) {
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
export function derOid(value) {
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
export function derNumber(value) {
  if (value?.tag !== DER_INTEGER || value.body.length !== 1 || value.body[0] > 0x7f)
    throw new Error('It is malformed');
  return value.body[0];
}

/** @param {Der} value @returns {Uint8Array} the bits, without the count of unused ones */
export function derBits(value) {
  if (value?.tag !== 0x03 || value.body.length < 2 || value.body[0] > 7) throw new Error('It is malformed');
  return value.body.subarray(1);
}

/** @param {Der} value UTCTime or GeneralizedTime @param {number} [tag] @returns {string} RFC 3339 */
export function derTime(value, tag) {
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
export function isNull({ tag, body }) {
  return tag === 0x05 && body.length === 0;
}

/** @param {Uint8Array} a @param {Uint8Array} b */
export function isSame(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** @param {Uint8Array} bytes */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
