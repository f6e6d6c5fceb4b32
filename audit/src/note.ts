import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

// C2SP signed-note and tlog-checkpoint, https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.
const ED25519 = 0x01;
const KEY_ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const KEY_NAME = /^[^\s+\p{White_Space}\p{Cc}]+$/u;
const SIGNATURE_LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u;
/** C2SP asks for at least 16; more than this is an attempt to waste time. */
const MAX_SIGNATURES = 100;

export interface Checkpoint {
  /** Names the log. */
  readonly origin: string;
  /** Leaves in the log. */
  readonly size: number;
  readonly root: Buffer;
}

/** Who may sign a note: what a `vkey` says. */
export interface NoteKey {
  readonly name: string;
  readonly publicKey: KeyObject;
}

/** A note, checkpoint or key that does not parse, or a signature that does not fit. */
export class NoteRefused extends Error {
  override readonly name = 'NoteRefused';
}

/** Returns the text that is signed: origin, size and root, one to a line, each ended by a newline. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** @throws NoteRefused if the text is anything but those three lines: extension lines have no place in our logs. */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin, size, root, end, ...more] = text.split('\n');
  if (!origin || !size || !root || end !== '' || more.length > 0) {
    throw new NoteRefused('a checkpoint has three lines: origin, size, root');
  }
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) {
    throw new NoteRefused('the size is not a decimal number');
  }
  const checkpoint = { origin, size: Number(size), root: Buffer.from(root, 'base64') };
  if (checkpoint.root.length !== 32 || formatCheckpoint(checkpoint) !== text) {
    throw new NoteRefused('the root is not base64 of 32 bytes');
  }
  return checkpoint;
}

/**
 * Returns the note: the text, an empty line, and one signature line.
 *
 * @param name - of the key; for a log, its origin.
 * @throws NoteRefused if the text does not end with a newline or holds a control character, or the name holds a space
 * or a plus sign.
 */
export function signNote(text: string, name: string, privateKey: KeyObject): string {
  checkText(text);
  const id = keyId({ name, publicKey: createPublicKey(privateKey) });
  const signature = Buffer.concat([id, sign(null, Buffer.from(text, 'utf8'), privateKey)]);
  return `${text}\n\u2014 ${name} ${signature.toString('base64')}\n`;
}

/**
 * Returns the text of a note that at least one of the keys has signed, and the names of those keys. Lines of unknown
 * keys are ignored, as the format wants it.
 *
 * @throws NoteRefused if the note is malformed, if none of the keys signed it, or if a line says it is by one of the
 * keys and is not.
 */
export function verifyNote(note: string, keys: readonly NoteKey[]): { text: string; signedBy: string[] } {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) throw new NoteRefused('not a signed note');
  const text = note.slice(0, end + 1);
  checkText(text);
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new NoteRefused('too many signatures');
  const signedBy = new Set<string>();
  for (const line of lines) {
    const [, name, base64] = SIGNATURE_LINE.exec(line) ?? [];
    const blob = Buffer.from(base64 ?? '', 'base64');
    if (name === undefined || blob.length <= KEY_ID_BYTES || blob.toString('base64') !== base64) {
      throw new NoteRefused('a signature line is malformed');
    }
    const key = keys.find((one) => one.name === name && keyId(one).equals(blob.subarray(0, KEY_ID_BYTES)));
    if (key === undefined) continue;
    const signature = blob.subarray(KEY_ID_BYTES);
    const fits =
      signature.length === SIGNATURE_BYTES && verify(null, Buffer.from(text), key.publicKey, signature);
    if (!fits) throw new NoteRefused(`the signature of ${name} does not fit`);
    signedBy.add(name);
  }
  if (signedBy.size === 0) throw new NoteRefused('no known key signed this');
  return { text, signedBy: [...signedBy] };
}

/**
 * Returns the four bytes that stand before a signature: the start of SHA-256 of the name, a newline and the key.
 *
 * @param type - of the signature: a note's, if nothing is said (C2SP signed-note, "signature types").
 */
export function keyId({ name, publicKey }: NoteKey, type: number = ED25519): Buffer {
  if (!KEY_NAME.test(name))
    throw new NoteRefused('a key name has no space, no control character and no plus sign');
  return createHash('sha256')
    .update(`${name}\n`)
    .update(typedKey(publicKey, type))
    .digest()
    .subarray(0, KEY_ID_BYTES);
}

/** Returns the public key as one line: name, key id in hexadecimal, and the typed key in base64, with `+` between. */
export function formatVkey(key: NoteKey, type: number = ED25519): string {
  return `${key.name}+${keyId(key, type).toString('hex')}+${typedKey(key.publicKey, type).toString('base64')}`;
}

/** @throws NoteRefused if the line is not an Ed25519 key, or its key id is not the one of its name and key. */
export function parseVkey(line: string, type: number = ED25519): NoteKey {
  const [name, , ...rest] = line.split('+');
  const typed = Buffer.from(rest.join('+'), 'base64');
  if (name === undefined || typed.length !== 33 || typed[0] !== type)
    throw new NoteRefused('not an Ed25519 vkey');
  const x = typed.subarray(1).toString('base64url');
  const key = { name, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
  if (formatVkey(key, type) !== line) throw new NoteRefused('the key id is not the one of this name and key');
  return key;
}

function typedKey(publicKey: KeyObject, type: number): Buffer {
  if (publicKey.asymmetricKeyType !== 'ed25519') throw new NoteRefused('not an Ed25519 key');
  return Buffer.concat([
    Buffer.from([type]),
    Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
  ]);
}

function checkText(text: string): void {
  if (!text.endsWith('\n') || /[^\n\P{Cc}]|\ufffd/u.test(text) || /\p{Surrogate}/u.test(text)) {
    throw new NoteRefused('a note is text that ends with a newline and has no control characters');
  }
}
