import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { formatVkey, keyId, type NoteKey, NoteRefused, parseVkey } from './note';

// C2SP tlog-cosignature, Ed25519: https://c2sp.org/tlog-cosignature.
const COSIGNER = 0x04;
const TIME_AT = 4;
const SIGNATURE_AT = 12;
const BLOB_BYTES = 76;
const LINE = /^\u2014 (\S+) ([A-Za-z0-9+/]{100}[A-Za-z0-9+/=]{0,4})$/u;

/** That a witness has seen a checkpoint, and none that contradicts it. */
export interface Cosignature {
  /** Name of the witness. */
  readonly name: string;
  /** Seconds since 1970, as the witness says. */
  readonly seconds: number;
  /** The signature line, without its newline. */
  readonly line: string;
}

/** Returns a witness's public key as one line. */
export function formatCosignerVkey(key: NoteKey): string {
  return formatVkey(key, COSIGNER);
}

/** @throws NoteRefused if the line is not the key of a witness that signs with Ed25519. */
export function parseCosignerVkey(line: string): NoteKey {
  return parseVkey(line, COSIGNER);
}

/**
 * Returns a signature line, with its newline: what a witness adds to a note.
 *
 * @param checkpoint - the text that the log signed, without signatures.
 * @param seconds - since 1970.
 */
export function cosign(checkpoint: string, name: string, privateKey: KeyObject, seconds: number): string {
  const time = Buffer.alloc(SIGNATURE_AT - TIME_AT);
  time.writeBigUInt64BE(BigInt(seconds));
  const id = keyId({ name, publicKey: createPublicKey(privateKey) }, COSIGNER);
  const blob = Buffer.concat([id, time, sign(null, signedText(checkpoint, BigInt(seconds)), privateKey)]);
  return `\u2014 ${name} ${blob.toString('base64')}\n`;
}

/**
 * Returns the cosignatures that known witnesses made of a checkpoint. Lines of others are ignored.
 *
 * @param lines - signature lines, each ended by a newline: an answer of a witness, or the last part of a note.
 * @throws NoteRefused if a line says it is by one of the keys and is not.
 */
export function cosignaturesIn(lines: string, checkpoint: string, keys: readonly NoteKey[]): Cosignature[] {
  return lines.split('\n').flatMap((line) => {
    const [, name, base64 = ''] = LINE.exec(line) ?? [];
    const blob = Buffer.from(base64, 'base64');
    const key = keys.find(
      (one) => one.name === name && keyId(one, COSIGNER).equals(blob.subarray(0, TIME_AT)),
    );
    if (key === undefined) return [];
    const time = blob.length === BLOB_BYTES ? blob.readBigUInt64BE(TIME_AT) : undefined;
    const fits =
      time !== undefined &&
      time <= BigInt(Number.MAX_SAFE_INTEGER) &&
      blob.toString('base64') === base64 &&
      verify(null, signedText(checkpoint, time), key.publicKey, blob.subarray(SIGNATURE_AT));
    if (!fits) throw new NoteRefused(`the cosignature of ${key.name} does not fit`);
    return [{ name: key.name, seconds: Number(time), line }];
  });
}

function signedText(checkpoint: string, seconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seconds}\n${checkpoint}`);
}
