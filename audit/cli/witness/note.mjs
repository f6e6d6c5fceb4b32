// @ts-check
// Signed notes, checkpoints and cosignatures: https://c2sp.org/signed-note, /tlog-checkpoint, /tlog-cosignature.
import { createHash, createPublicKey, sign, verify } from 'node:crypto';

const LOG_KEY = 0x01;
const COSIGNER_KEY = 0x04;
const MAX_SIGNATURES = 100;
const NAME = /^[^\s+\p{White_Space}\p{Cc}]+$/u;

/**
 * @typedef {import('node:crypto').KeyObject} KeyObject
 * @typedef {{ name: string, publicKey: KeyObject }} LogKey
 * @typedef {{ text: string, origin: string, size: number, root: Buffer }} Checkpoint `text`: what is signed
 * @typedef {{ name: string, id: Buffer, signature: Buffer }} SignatureLine
 */

/** What does not parse. The message is for whoever sent it. */
export class Malformed extends Error {}

/**
 * Takes a note apart. Nothing is verified here.
 * @param {string} note
 * @returns {{ checkpoint: Checkpoint, signatures: SignatureLine[] }}
 * @throws {Malformed}
 */
export function parseNote(note) {
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n') || /[^\n\P{Cc}]|\ufffd/u.test(note))
    throw new Malformed('not a signed note');
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw new Malformed('too many signatures');
  const signatures = lines.map((line) => {
    const [, name, base64] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
    const blob = Buffer.from(base64 ?? '', 'base64');
    if (name === undefined || blob.length < 5 || blob.toString('base64') !== base64)
      throw new Malformed('a signature line is malformed');
    return { name, id: blob.subarray(0, 4), signature: blob.subarray(4) };
  });
  return { checkpoint: parseCheckpoint(note.slice(0, end + 1)), signatures };
}

/** @param {string} text @returns {Checkpoint} @throws {Malformed} */
function parseCheckpoint(text) {
  // Other logs may add lines of their own, none of them empty; they are cosigned and mean nothing to us.
  const [origin, size, root, ...more] = text.slice(0, -1).split('\n');
  if (!origin || !size || !root || more.includes(''))
    throw new Malformed('a checkpoint has origin, size and root');
  if (!/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)))
    throw new Malformed('the size is not a decimal number');
  return { text, origin, size: Number(size), root: hashOf(root) };
}

/** @param {string} base64 @returns {Buffer} 32 bytes @throws {Malformed} */
export function hashOf(base64) {
  const hash = Buffer.from(base64, 'base64');
  if (hash.length !== 32 || hash.toString('base64') !== base64) throw new Malformed('not base64 of 32 bytes');
  return hash;
}

/**
 * Whether one of the keys signed the checkpoint. Lines of other keys are ignored; a line that names one of these keys
 * and does not fit makes the whole note bad.
 * @param {Checkpoint} checkpoint @param {readonly SignatureLine[]} signatures @param {readonly LogKey[]} keys
 */
export function isSigned(checkpoint, signatures, keys) {
  const text = Buffer.from(checkpoint.text);
  let signed = false;
  for (const { name, id, signature } of signatures) {
    const key = keys.find((one) => one.name === name && keyId(LOG_KEY, one).equals(id));
    if (key === undefined) continue;
    if (signature.length !== 64 || !verify(null, text, key.publicKey, signature)) return false;
    signed = true;
  }
  return signed;
}

/**
 * Returns a cosignature line, with its newline.
 * @param {Checkpoint} checkpoint @param {string} name of the witness @param {KeyObject} privateKey
 * @param {number} seconds since 1970
 */
export function cosign(checkpoint, name, privateKey, seconds) {
  const signature = sign(
    null,
    Buffer.from(`cosignature/v1\ntime ${seconds}\n${checkpoint.text}`),
    privateKey,
  );
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const id = keyId(COSIGNER_KEY, { name, publicKey: createPublicKey(privateKey) });
  return `\u2014 ${name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`;
}

/** Returns the witness's public key as one line. @param {LogKey} key */
export function cosignerVkey(key) {
  const typed = typedKey(COSIGNER_KEY, key.publicKey).toString('base64');
  return `${key.name}+${keyId(COSIGNER_KEY, key).toString('hex')}+${typed}`;
}

/** Reads the vkey line of a log. @param {string} line @returns {LogKey} @throws {Malformed} */
export function parseLogVkey(line) {
  const [name, id, ...rest] = line.split('+');
  const typed = Buffer.from(rest.join('+'), 'base64');
  if (!isName(name) || typed.length !== 33 || typed[0] !== LOG_KEY)
    throw new Malformed('not the vkey of a log');
  const x = typed.subarray(1).toString('base64url');
  const key = { name, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }) };
  if (keyId(LOG_KEY, key).toString('hex') !== id)
    throw new Malformed('the key id is not the one of name and key');
  return key;
}

/** @param {string | undefined} name @returns {name is string} */
export function isName(name) {
  return name !== undefined && NAME.test(name);
}

/** @param {number} type @param {LogKey} key */
function keyId(type, { name, publicKey }) {
  return createHash('sha256').update(`${name}\n`).update(typedKey(type, publicKey)).digest().subarray(0, 4);
}

/** @param {number} type @param {KeyObject} publicKey */
function typedKey(type, publicKey) {
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return Buffer.concat([Buffer.from([type]), raw]);
}
