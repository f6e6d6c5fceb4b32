import { createHash } from 'node:crypto';

import { type Canonical, canonicalize, parseCanonical } from './canonical';

/** Longest entry, in bytes. C2SP tlog-tiles stops at 65,535; a quarter of it holds every act there is. */
export const MAX_ENTRY_BYTES = 16_384;

/**
 * One thing that was done or refused (audit/FORMAT.md, section 2). It holds no personal data: ids are pseudonyms, every
 * free value is a code or a count, and what is personal stands as a commitment in `sealed`.
 */
export interface Entry {
  readonly v: 1;
  readonly id: string;
  readonly tenant: string;
  /** RFC 3339, UTC, milliseconds: `2026-11-22T06:41:00.000Z`. */
  readonly at: string;
  /** What was done, such as `transcript.read`. */
  readonly act: string;
  readonly actor: Actor;
  readonly outcome: 'ok' | 'refused';
  readonly authz?: Authz;
  /** Why, as a code: `TREAT`, `LEGAL`, `DSAR`. */
  readonly purpose?: string;
  readonly intake?: IntakeLink;
  /** Other things that were acted on, by kind: `{ message: '<id>' }`. */
  readonly refs?: Readonly<Record<string, string>>;
  readonly detail?: Readonly<Record<string, string | number>>;
  /** Base64 of SHA-256 of the stored ciphertext, for an entry that writes one. */
  readonly ctHash?: string;
  /** Commitments to personal values, by field: see `commit`. */
  readonly sealed?: Readonly<Record<string, string>>;
  /** The process that wrote the entry, and how many it had written with this one. */
  readonly writer: { readonly id: string; readonly n: number };
}

export interface Actor {
  readonly kind: 'staff' | 'client' | 'system' | 'anonymous';
  readonly id: string;
  readonly roles?: readonly string[];
  readonly session?: string;
}

export interface Authz {
  readonly decision: 'allow' | 'deny';
  /** The policies that decided. None: nothing allowed it. */
  readonly policies: readonly string[];
  /** Digest of the policy set that was in force. */
  readonly policySet: string;
}

/** The place of an entry among those of its intake: 1, 2, 3 … without holes, each naming the one before. */
export interface IntakeLink {
  readonly id: string;
  readonly n: number;
  /** Base64 leaf hash of the intake's entry `n - 1`. Absent when `n` is 1. */
  readonly prev?: string;
}

/** Bytes or a value that is not an entry. `message` names the field and never holds its value. */
export class NotAnEntry extends Error {
  override readonly name = 'NotAnEntry';
}

/**
 * Returns the bytes that are stored and hashed into the log.
 *
 * @throws NotAnEntry if a field is missing, unknown or malformed, or if the bytes are more than `MAX_ENTRY_BYTES`.
 */
export function encodeEntry(entry: Entry): Buffer {
  checkEntry(entry);
  const bytes = canonicalize(entry as unknown as Canonical);
  if (bytes.length > MAX_ENTRY_BYTES)
    throw new NotAnEntry(`${bytes.length} bytes: more than ${MAX_ENTRY_BYTES}`);
  return bytes;
}

/**
 * Reverses `encodeEntry`.
 *
 * @throws NotAnEntry as `encodeEntry` does. @throws NotCanonical if the bytes are not canonical JSON.
 */
export function parseEntry(bytes: Uint8Array): Entry {
  if (bytes.length > MAX_ENTRY_BYTES)
    throw new NotAnEntry(`${bytes.length} bytes: more than ${MAX_ENTRY_BYTES}`);
  const value = parseCanonical(bytes);
  checkEntry(value);
  return value;
}

/**
 * Returns the commitment to one personal value: `c1:` and base64 of SHA-256 over a fixed label, the field's name, a
 * 256-bit salt and the canonical value (audit/FORMAT.md, section 3). Without the salt it says nothing about the value,
 * so erasing the salt erases the value.
 *
 * @param salt - 32 random bytes, used for this field of this entry only.
 * @throws NotAnEntry if the salt has another length. @throws NotCanonical if the value has no canonical form.
 */
export function commit(field: string, salt: Uint8Array, value: Canonical): string {
  if (salt.length !== 32) throw new NotAnEntry('a salt has 32 bytes');
  const digest = createHash('sha256')
    .update(`vestibule/commit/v1\0${field}\0`)
    .update(salt)
    .update(canonicalize(value))
    .digest('base64');
  return `c1:${digest}`;
}

// A code has no space and no @, so that neither a sentence, a name nor an e-mail address passes for one.
const CODE = /^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/;
const INSTANT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;
const ACT = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;
const HASH = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
const COMMITMENT = /^c1:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

type Check = (value: unknown, where: string) => void;

const code = matches(CODE, 'a code of 128 characters at most');
const hash = matches(HASH, 'base64 of 32 bytes');
const count: Check = (value, where) => {
  if (!Number.isSafeInteger(value) || (value as number) < 1) refuse(where, 'a number from 1 up');
};

const checkLink = object({ id: code, n: count, prev: hash }, ['id', 'n']);

const FIELDS: Record<keyof Entry, Check> = {
  v: oneOf(1),
  id: code,
  tenant: code,
  at: matches(INSTANT, 'an instant such as 2026-11-22T06:41:00.000Z'),
  act: matches(ACT, 'an act such as transcript.read'),
  actor: object(
    { kind: oneOf('staff', 'client', 'system', 'anonymous'), id: code, roles: list(code), session: code },
    ['kind', 'id'],
  ),
  outcome: oneOf('ok', 'refused'),
  authz: object({ decision: oneOf('allow', 'deny'), policies: list(code), policySet: code }, [
    'decision',
    'policies',
    'policySet',
  ]),
  purpose: code,
  intake: intakeLink,
  refs: map(code),
  detail: map((value, where) => {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) refuse(where, 'a whole number');
    } else {
      code(value, where);
    }
  }),
  ctHash: hash,
  sealed: map(matches(COMMITMENT, 'a commitment')),
  writer: object({ id: code, n: count }, ['id', 'n']),
};

const checkFields = object(FIELDS, ['v', 'id', 'tenant', 'at', 'act', 'actor', 'outcome', 'writer']);

function checkEntry(value: unknown): asserts value is Entry {
  checkFields(value, '');
}

function intakeLink(value: unknown, where: string): void {
  checkLink(value, where);
  const link = value as IntakeLink;
  if ((link.n === 1) !== (link.prev === undefined))
    refuse(`${where}.prev`, 'there from number 2 on, and not before');
}

function matches(pattern: RegExp, what: string): Check {
  return (value, where) => {
    if (typeof value !== 'string' || !pattern.test(value)) refuse(where, what);
  };
}

function oneOf(...allowed: readonly (string | number)[]): Check {
  return (value, where) => {
    if (!allowed.some((one) => one === value)) refuse(where, allowed.join(' or '));
  };
}

function list(item: Check): Check {
  return (value, where) => {
    if (!Array.isArray(value)) refuse(where, 'a list');
    else value.forEach((one, i) => item(one, `${where}[${i}]`));
  };
}

function map(item: Check): Check {
  return (value, where) => {
    for (const [key, one] of fieldsOf(value, where)) {
      code(key, `a key of ${where}`);
      item(one, `${where}.${key}`);
    }
  };
}

function object(checks: Readonly<Record<string, Check>>, required: readonly string[]): Check {
  return (value, where) => {
    let found = 0;
    for (const [key, one] of fieldsOf(value, where)) {
      const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
      if (check === undefined) refuse(where || 'the entry', 'without a field of a name not in the format');
      else check(one, where === '' ? key : `${where}.${key}`);
      if (required.includes(key)) found++;
    }
    if (found !== required.length) refuse(where || 'the entry', `with each of ${required.join(', ')}`);
  };
}

function fieldsOf(value: unknown, where: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(where || 'the entry', 'an object');
  return Object.entries(value as object);
}

function refuse(where: string, wanted: string): never {
  throw new NotAnEntry(`${where} must be ${wanted}`);
}
