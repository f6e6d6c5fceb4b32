/** What canonical JSON can hold here: a subset of JSON that has one spelling (audit/FORMAT.md, section 1). */
export type Canonical =
  string | number | boolean | readonly Canonical[] | { readonly [key: string]: Canonical | undefined };

/** Deep enough for any entry or manifest; a bound, so that hostile input cannot exhaust the stack. */
const MAX_DEPTH = 16;

/** Characters that JSON writes as themselves. Most strings of an entry are nothing else, and take the short way. */
const PLAIN = /^[ !#-[\]-~]*$/;
const KEY = /^[!#-[\]-~]+$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A value that has no canonical form, or bytes that are not the canonical form. `message` says where. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

/**
 * Returns the canonical bytes of a value: RFC 8785 (JCS), restricted to ASCII keys, strings, booleans, arrays, objects
 * and integers within ±(2^53-1). Strings are put into Unicode normal form C first, so that one text has one hash.
 *
 * @throws NotCanonical for a float, null, undefined, a lone surrogate, a key that is not printable ASCII, or
 * anything nested deeper than 16.
 */
export function canonicalize(value: Canonical): Buffer {
  return Buffer.from(write(value, 0), 'utf8');
}

/**
 * Reads canonical bytes.
 *
 * @throws NotCanonical if the bytes are not exactly what `canonicalize` makes of what they say. That refuses duplicate
 * keys, other spellings of a number or a string, white space and broken UTF-8 in one comparison.
 */
export function parseCanonical(bytes: Uint8Array): Canonical {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let value: Canonical;
  try {
    value = JSON.parse(buffer.toString('utf8')) as Canonical;
  } catch (cause) {
    throw new NotCanonical('not JSON', { cause });
  }
  if (!canonicalize(value).equals(buffer)) throw new NotCanonical('JSON, but not in its canonical spelling');
  return value;
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isSafeInteger(value)) throw new NotCanonical(`${value}: not an integer`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) throw new NotCanonical('null has no place here: leave the field out');
      if (depth >= MAX_DEPTH) throw new NotCanonical(`nested deeper than ${MAX_DEPTH}`);
      return Array.isArray(value) ? writeArray(value, depth + 1) : writeObject(value, depth + 1);
    default:
      throw new NotCanonical(`${typeof value}: not a JSON value`);
  }
}

function writeString(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  if (LONE_SURROGATE.test(text)) throw new NotCanonical('a string with a lone surrogate');
  return JSON.stringify(text.normalize('NFC'));
}

function writeArray(items: readonly unknown[], depth: number): string {
  let out = '[';
  for (let i = 0; i < items.length; i++) {
    out += i === 0 ? at(i, items[i], depth) : `,${at(i, items[i], depth)}`;
  }
  return `${out}]`;
}

function writeObject(object: object, depth: number): string {
  const fields = object as Record<string, unknown>;
  const keys = Object.keys(fields).sort();
  let out = '{';
  for (const key of keys) {
    if (!KEY.test(key)) throw new NotCanonical(`the key ${JSON.stringify(key)}: not printable ASCII`);
    if (out.length > 1) out += ',';
    out += `"${key}":${at(key, fields[key], depth)}`;
  }
  return `${out}}`;
}

/** Writes what stands at a key or an index, and adds that to the error if it cannot be written. */
function at(place: string | number, value: unknown, depth: number): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  try {
    return write(value, depth);
  } catch (error) {
    if (error instanceof NotCanonical) error.message = `${place}: ${error.message}`;
    throw error;
  }
}
