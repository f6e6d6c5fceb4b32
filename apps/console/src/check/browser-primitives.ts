import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384, p521 } from '@noble/curves/nist.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { sha3_256, sha3_512 } from '@noble/hashes/sha3.js';
import type { HashName, Primitives } from '../../../../audit/verify/primitives.mjs';
import { openAesGcm } from './aes-gcm';
import { isPkcs1Signed, isPssSigned, type RsaKey, toNumber } from './rsa';

const HASHES = { sha1, sha256, sha384, sha512, 'sha3-256': sha3_256, 'sha3-512': sha3_512 };

/** Named curves of RFC 5480, by the bytes of their object identifiers. */
const CURVES: Record<string, typeof p256> = {
  '2a8648ce3d030107': p256,
  '2b81040022': p384,
  '2b81040023': p521,
};

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
  return n;
});

/** What the checks of `audit/verify` are made of, in a browser. */
export const browserPrimitives: Primitives = {
  sha256Into: (bytes, target, at) => target.set(sha256(bytes), at),
  hasher: (name) => HASHES[name].create(),
  crc32(bytes, before) {
    let crc = ~before;
    for (let i = 0; i < bytes.length; i++)
      crc = (CRC_TABLE[(crc ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
    return ~crc >>> 0;
  },
  // As RFC 8032 has it and Node does: points of small order and other spellings are refused.
  verifyEd25519: (key, message, signature) =>
    attempt(() => ed25519.verify(signature, message, key, { zip215: false })),
  openAesGcm,
  verifySignature: (spki, scheme, name, message, signature) =>
    attempt(() => isSigned(spki, scheme, name, message, signature)),
};

/** Bytes that are no key or no signature make a library throw: that is a no. */
function attempt(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

function isSigned(
  spki: Uint8Array,
  scheme: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa',
  name: HashName,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  // RFC 5280, section 4.1: SEQUENCE { SEQUENCE { algorithm, parameters }, BIT STRING }.
  const [algorithm, key] = partsOf(contentOf(spki));
  const bits = contentOf(key ?? spki).subarray(1);
  const hash = HASHES[name];
  if (scheme === 'ecdsa') {
    const [, curve] = partsOf(contentOf(algorithm ?? spki));
    const known = CURVES[hexOf(contentOf(curve ?? spki))];
    if (known === undefined) return false;
    const options = { prehash: false, format: 'der', lowS: false } as const;
    return known.verify(signature, hash(message), bits, options);
  }
  const [n, e] = partsOf(contentOf(bits)).map((part) => toNumber(contentOf(part)));
  if (n === undefined || e === undefined) return false;
  const rsa: RsaKey = { n, e };
  const digest = (bytes: Uint8Array) => hash(bytes);
  return scheme === 'rsa-pss'
    ? isPssSigned(rsa, digest, message, signature)
    : isPkcs1Signed(rsa, name, digest, message, signature);
}

/** What is inside one DER value. */
function contentOf(der: Uint8Array): Uint8Array {
  const { start, end } = boundsOf(der, 0);
  return der.subarray(start, end);
}

/** The values that stand one after another. */
function partsOf(der: Uint8Array): Uint8Array[] {
  const parts = [];
  for (let at = 0; at < der.length;) {
    const { end } = boundsOf(der, at);
    parts.push(der.subarray(at, end));
    at = end;
  }
  return parts;
}

function boundsOf(der: Uint8Array, at: number): { start: number; end: number } {
  const first = der[at + 1] ?? 0;
  const count = first < 0x80 ? 0 : first & 0x7f;
  const length = count === 0 ? first : Number(toNumber(der.subarray(at + 2, at + 2 + count)));
  const start = at + 2 + count;
  if (count > 4 || start + length > der.length) throw new RangeError('DER breaks off');
  return { start, end: start + length };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
