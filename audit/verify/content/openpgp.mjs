// OpenPGP (FORMAT.md, section 8): a detached version 4 Ed25519 signature, RFC 4880, RFC 9580, and EdDSA legacy.

import { base64, concat, fromBase64, fromHex, hex, same, textOf, uint32, viewOf } from '../form/bytes.mjs';
import { attempt, spaced, tampered, unusable } from '../form/problem.mjs';

/**
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {import('../primitives.mjs').HashName} HashName
 * @typedef {{key: string, from: 'given' | 'bundle'}} Trust
 * @typedef {{algorithm: number, fingerprint: string, raw: Uint8Array}} PublicKey
 * @typedef {{algorithm: number, hash: HashName, suffix: Uint8Array, start: Uint8Array, value: Uint8Array}} Signature
 *   start: the first two bytes of the digest
 */

const EDDSA_LEGACY = 22;
const ED25519 = 27;
const LEGACY_CURVE = fromHex('092b06010401da470f01');
/** @type {Record<number, HashName>} */
const HASHES = { 8: 'sha256', 9: 'sha384', 10: 'sha512', 12: 'sha3-256', 14: 'sha3-512' };
/** Signature subpackets that may be marked critical: creation time, issuer, key flags, issuer fingerprint. */
const KNOWN_SUBPACKETS = new Set([2, 16, 27, 33]);

/**
 * @param {{manifest: Uint8Array, signature: Uint8Array, key: Uint8Array}} inside the files of the bundle
 * @param {string | undefined} givenKey armored
 * @param {Primitives} primitives
 * @returns {Trust}
 */
export function checkManifestSignature(inside, givenKey, primitives) {
  const about = { file: 'manifest.json.asc' };
  const own = readPublicKey(textOf(inside.key), 'trust/server.asc', primitives);
  const key = givenKey === undefined ? own : readPublicKey(givenKey, 'the key that you gave', primitives);
  if (key.fingerprint !== own.fingerprint) {
    const message = `The bundle is by the server key ${spaced(own.fingerprint)}, and you gave ${spaced(key.fingerprint)}.`;
    throw tampered('server-key', message, { file: 'trust/server.asc' });
  }
  const signature = attempt(() => readSignature(textOf(inside.signature))).value;
  if (signature === undefined) {
    const message =
      'The file manifest.json.asc has been changed: it is not an OpenPGP signature of a file by Ed25519.';
    throw tampered('signature', message, about);
  }
  const hasher = primitives.hasher(signature.hash);
  hasher.update(inside.manifest);
  hasher.update(signature.suffix);
  const digest = hasher.digest();
  if (
    signature.algorithm !== key.algorithm ||
    !same(digest.subarray(0, 2), signature.start) ||
    !primitives.verifyEd25519(key.raw, digest, signature.value)
  ) {
    throw tampered(
      'signature',
      'The manifest has been changed, or its signature has: they do not fit the server key.',
      about,
    );
  }
  return { key: key.fingerprint, from: givenKey === undefined ? 'bundle' : 'given' };
}

/** @param {string} text @param {string} where @param {Primitives} primitives @returns {PublicKey} */
function readPublicKey(text, where, { hasher }) {
  const body = packetsOf(unarmor(text, 'PUBLIC KEY BLOCK')).find(({ tag }) => tag === 6)?.body;
  if (body?.[0] !== 4) throw unusable('server-key', `There is no OpenPGP key of version 4 in ${where}.`);
  const algorithm = body[5];
  const sha1 = hasher('sha1');
  sha1.update(concat(Uint8Array.of(0x99, body.length >> 8, body.length & 0xff), body));
  const fingerprint = hex(sha1.digest());
  const material = body.subarray(6);
  const legacy =
    same(material.subarray(0, 10), LEGACY_CURVE) && material[12] === 0x40 && material.length === 45;
  if (algorithm === EDDSA_LEGACY && legacy) return { algorithm, fingerprint, raw: material.subarray(13) };
  if (algorithm === ED25519 && material.length === 32) return { algorithm, fingerprint, raw: material };
  throw unusable('server-key', `The OpenPGP key in ${where} is not an Ed25519 key.`);
}

/**
 * Of the spellings that a signature can have, one is taken: as whatever is not signed could be changed unseen.
 *
 * @param {string} text @returns {Signature | undefined}
 */
function readSignature(text) {
  const bytes = unarmor(text, 'SIGNATURE');
  const packets = packetsOf(bytes);
  if (text !== armored(bytes, 'SIGNATURE')) return undefined;
  const [packet] = packets;
  if (packets.length !== 1 || packet.tag !== 2) return undefined;
  const { body } = packet;
  const view = viewOf(body);
  const [version, type, algorithm, hashId] = body;
  const hash = HASHES[hashId];
  if (version !== 4 || type !== 0x00 || hash === undefined) return undefined;
  const hashedEnd = 6 + view.getUint16(4);
  const hasUnhashed = view.getUint16(hashedEnd) !== 0;
  if (hasUnhashed || !subpacketsKnown(body.subarray(6, hashedEnd))) return undefined;
  const suffix = concat(body.subarray(0, hashedEnd), Uint8Array.of(4, 0xff), uint32(hashedEnd));
  const start = body.subarray(hashedEnd + 2, hashedEnd + 4);
  const rest = body.subarray(hashedEnd + 4);
  const value = algorithm === ED25519 ? rest : twoNumbers(rest);
  return value && { algorithm, hash, suffix, start, value };
}

/** @param {Uint8Array} area */
function subpacketsKnown(area) {
  for (let at = 0; at < area.length;) {
    const [length, header] = lengthAt(area, at);
    const type = area[at + header];
    if (length === 0 || at + header + length > area.length) return false;
    if (type & 0x80 && !KNOWN_SUBPACKETS.has(type & 0x7f)) return false;
    at += header + length;
  }
  return true;
}

/** Two multiprecision integers, each put back to 32 bytes. @param {Uint8Array} bytes */
function twoNumbers(bytes) {
  const value = new Uint8Array(64);
  let at = 0;
  for (const end of [32, 64]) {
    const bits = viewOf(bytes).getUint16(at);
    const length = Math.ceil(bits / 8);
    if (length > 32 || at + 2 + length > bytes.length) return undefined;
    if (bits !== 8 * length - Math.clz32(bytes[at + 2]) + 24) return undefined;
    value.set(bytes.subarray(at + 2, at + 2 + length), end - length);
    at += 2 + length;
  }
  return at === bytes.length ? value : undefined;
}

/** @param {Uint8Array} bytes @returns {{tag: number, body: Uint8Array}[]} */
function packetsOf(bytes) {
  const packets = [];
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at];
    if ((first & 0x80) === 0) throw new Error('not an OpenPGP packet');
    const isNew = (first & 0x40) !== 0;
    const [length, header] = isNew ? lengthAt(bytes, at + 1) : oldLengthAt(bytes, at + 1, first & 3);
    const start = at + 1 + header;
    if (start + length > bytes.length) throw new Error('an OpenPGP packet breaks off');
    packets.push({
      tag: isNew ? first & 0x3f : (first >> 2) & 0x0f,
      body: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return packets;
}

/** @param {Uint8Array} bytes @param {number} at @returns {[length: number, bytesOfLength: number]} */
function lengthAt(bytes, at) {
  const view = viewOf(bytes);
  const first = view.getUint8(at);
  if (first < 192) return [first, 1];
  if (first < 224) return [((first - 192) << 8) + view.getUint8(at + 1) + 192, 2];
  if (first === 255) return [view.getUint32(at + 1), 5];
  throw new Error('an OpenPGP packet in parts');
}

/** @param {Uint8Array} bytes @param {number} at @param {number} kind @returns {[length: number, bytesOfLength: number]} */
function oldLengthAt(bytes, at, kind) {
  const view = viewOf(bytes);
  if (kind === 0) return [view.getUint8(at), 1];
  if (kind === 1) return [view.getUint16(at), 2];
  if (kind === 2) return [view.getUint32(at), 4];
  throw new Error('an OpenPGP packet without a length');
}

/** @param {string} text @param {string} kind @returns {Uint8Array} */
function unarmor(text, kind) {
  const pattern = new RegExp(
    `^\\s*-----BEGIN PGP ${kind}-----\\r?\\n(?:[A-Za-z]+: [^\\r\\n]*\\r?\\n)*\\r?\\n([A-Za-z0-9+/=\\r\\n]+?)(?:\\r?\\n=([A-Za-z0-9+/]{4}))?\\r?\\n-----END PGP ${kind}-----\\s*$`,
  );
  const parts = pattern.exec(text);
  const bytes = fromBase64(parts?.[1].replace(/[\r\n]/g, '') ?? '');
  if (parts === null || bytes === undefined) throw new Error(`no armored OpenPGP ${kind.toLowerCase()}`);
  if (parts[2] !== undefined && base64(crc24(bytes)) !== parts[2])
    throw new Error('the OpenPGP armor checksum');
  return bytes;
}

/** RFC 9580, section 6, as our servers write it: lines of 60, and a checksum. @param {Uint8Array} bytes @param {string} kind */
function armored(bytes, kind) {
  const lines = base64(bytes).replace(/.{60}(?=.)/g, '$&\n');
  return `-----BEGIN PGP ${kind}-----\n\n${lines}\n=${base64(crc24(bytes))}\n-----END PGP ${kind}-----\n`;
}

/** @param {Uint8Array} bytes */
function crc24(bytes) {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x800000 ? ((crc << 1) ^ 0x1864cfb) & 0xffffff : crc << 1;
  }
  return Uint8Array.of(crc >> 16, (crc >> 8) & 0xff, crc & 0xff);
}
