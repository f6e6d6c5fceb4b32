import { AppError } from '@app/kernel';
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts one key under another with AES-256-GCM and a random 96-bit nonce. NIST SP 800-38D, section 8.3, allows 2^32
 * of these under one key; a wrapping key here wraps one key per intake.
 *
 * @param context - names what is wrapped; the same text must be given to `unwrap`.
 * @returns nonce (12 bytes), ciphertext, tag (16 bytes), in that order.
 */
export function wrap(wrappingKey: Buffer | KeyObject, key: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', wrappingKey, nonce).setAAD(Buffer.from(context, 'utf8'));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

/** Reverses `wrap`. @throws AppError `SEAL_BROKEN` if anything about it is not what was wrapped. */
export function unwrap(wrappingKey: Buffer | KeyObject, wrapped: Buffer, context: string): Buffer {
  if (wrapped.length < NONCE_BYTES + TAG_BYTES)
    throw new AppError('SEAL_BROKEN', 'This key cannot be unwrapped.');
  try {
    const decipher = createDecipheriv('aes-256-gcm', wrappingKey, wrapped.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context, 'utf8'))
      .setAuthTag(wrapped.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(wrapped.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new AppError('SEAL_BROKEN', 'This key cannot be unwrapped.', { cause });
  }
}
