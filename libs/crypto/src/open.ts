import { AppError } from '@app/kernel';
import { createDecipheriv, type KeyObject, timingSafeEqual } from 'node:crypto';
import {
  associatedData,
  DEK_ID_BYTES,
  derive,
  HEADER_BYTES,
  MAGIC,
  type OpeningKey,
  OVERHEAD_BYTES,
  SALT_BYTES,
  type SealContext,
  SUITE_HKDF_SHA512_AES256GCM,
  TAG_BYTES,
  VERSION,
  ZERO_NONCE,
} from './seal';

/**
 * Reverses `seal`. This is the only way to plaintext in the house, and it is not in this room's front door:
 * `libs/platform/src/keys` alone may import it, and asks for a receipt first.
 *
 * The order of the checks is fixed: form, suite, key id, commitment (constant time), then the cipher.
 *
 * @throws AppError `SEAL_BROKEN` if the bytes, the key or the context are not the ones that were sealed. It does not say
 * which, and returns no partial plaintext.
 */
export function open(dek: OpeningKey, sealed: Buffer, context: SealContext): Buffer {
  return openWith(dek, sealed, context).plaintext;
}

/**
 * The same, with the one-time key that sealed this value and no other. Whoever is given the key can open these bytes, and
 * nothing else, with AES-256-GCM alone.
 */
export function disclose(
  dek: OpeningKey,
  sealed: Buffer,
  context: SealContext,
): { readonly plaintext: Buffer; readonly key: Buffer } {
  const { plaintext, key } = openWith(dek, sealed, context);
  return { plaintext, key: key.export() };
}

function openWith(
  dek: OpeningKey,
  sealed: Buffer,
  context: SealContext,
): { plaintext: Buffer; key: KeyObject } {
  if (
    sealed.length < OVERHEAD_BYTES ||
    sealed[0] !== MAGIC ||
    sealed[1] !== VERSION ||
    sealed[2] !== SUITE_HKDF_SHA512_AES256GCM ||
    sealed[3] !== 0
  )
    throw broken();
  if (!sealed.subarray(4, 4 + DEK_ID_BYTES).equals(dek.id)) throw broken();
  const header = sealed.subarray(0, HEADER_BYTES);
  const saltAt = 4 + DEK_ID_BYTES;
  const { key, commitment } = derive(dek, sealed.subarray(saltAt, saltAt + SALT_BYTES));
  if (!timingSafeEqual(commitment, sealed.subarray(saltAt + SALT_BYTES, HEADER_BYTES))) throw broken();
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, ZERO_NONCE, { authTagLength: TAG_BYTES })
      .setAAD(associatedData(header, context))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const plaintext = Buffer.concat([
      decipher.update(sealed.subarray(HEADER_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
    return { plaintext, key };
  } catch (cause) {
    throw broken(cause);
  }
}

function broken(cause?: unknown): AppError {
  return new AppError('SEAL_BROKEN', 'This cannot be opened.', { cause });
}
