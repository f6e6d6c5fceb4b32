// What the checks are made of, and the only place that asks Node for cryptography. A browser brings its own set.

import { constants, createDecipheriv, createHash, createPublicKey, hash, verify } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * @typedef {'sha1' | 'sha256' | 'sha384' | 'sha512' | 'sha3-256' | 'sha3-512'} HashName
 *
 * @typedef {object} Primitives
 * @property {(bytes: Uint8Array, target: Uint8Array, at: number) => void} sha256Into writes 32 bytes
 * @property {(name: HashName) => {update: (bytes: Uint8Array) => unknown, digest: () => Uint8Array}} hasher
 * @property {(bytes: Uint8Array, before: number) => number} crc32 of what `before` is the checksum of, and `bytes` after it
 * @property {(key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean} verifyEd25519 key of 32 bytes
 * @property {(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array) => Uint8Array | undefined} openAesGcm
 *   ciphertext and tag of 16 bytes; nothing if the tag does not fit
 * @property {(spki: Uint8Array, scheme: 'rsa-pkcs1' | 'rsa-pss' | 'ecdsa', hash: HashName, message: Uint8Array, signature: Uint8Array) => boolean} verifySignature
 *   of X.509: the public key as SubjectPublicKeyInfo (DER), an ECDSA signature as DER
 */

/** @type {Primitives} */
export const nodePrimitives = {
  sha256Into(bytes, target, at) {
    const digest = hash('sha256', bytes, 'binary');
    for (let i = 0; i < 32; i++) target[at + i] = digest.charCodeAt(i);
  },
  hasher: (name) => createHash(name),
  crc32: (bytes, before) => crc32(bytes, before),
  verifyEd25519(key, message, signature) {
    const x = Buffer.from(key).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    return signature.length === 64 && verify(null, message, publicKey, signature);
  },
  openAesGcm(key, nonce, aad, sealed) {
    if (sealed.length < 16) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
    decipher.setAAD(aad).setAuthTag(sealed.subarray(-16));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
    } catch {
      return undefined;
    }
  },
  verifySignature(spki, scheme, name, message, signature) {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const kinds = scheme === 'ecdsa' ? ['ec'] : ['rsa', 'rsa-pss'];
    if (!kinds.includes(key.asymmetricKeyType ?? '')) return false;
    const padding = scheme === 'rsa-pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING;
    return verify(name, message, scheme === 'ecdsa' ? key : { key, padding }, signature);
  },
};
