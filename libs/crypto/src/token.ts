import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** Returns a new secret for a cookie, a ticket or a link: 256 bits, base64url. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** Returns what is stored instead of a 256-bit secret: its SHA-256. Never use it for a secret that a person chose. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret, 'utf8').digest();
}

/** Returns a key for one purpose from another key (HKDF-SHA-256, RFC 5869). 32 bytes. */
export function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), Buffer.from(purpose, 'utf8'), 32));
}

/** Returns a keyed token by which an equal value is found again without being stored. 32 bytes. */
export function blindToken(key: Buffer, value: string): Buffer {
  return createHmac('sha256', key).update(value, 'utf8').digest();
}
