import { createMessage, encrypt, type PublicKey, readKeys } from 'openpgp';
import { ReadableStream } from 'node:stream/web';

/** Why a key cannot be encrypted to. */
export type PgpKeyFault = 'not-a-key' | 'private' | 'several' | 'version' | 'no-encryption';

/** A key that cannot be encrypted to. */
export class PgpKeyRefused extends Error {
  override readonly name = 'PgpKeyRefused';

  constructor(readonly fault: PgpKeyFault) {
    super(`the key cannot be used: ${fault}`);
  }
}

/** An OpenPGP public key that can be encrypted to. */
export interface PgpRecipient {
  /** Forty hexadecimal digits, upper case. */
  readonly fingerprint: string;
  /** Whose it says that it is. Anybody can write anything there. */
  readonly userIds: readonly string[];
  /** The public key alone, armoured. */
  readonly publicKey: string;
}

/**
 * Returns what stands in an armoured public key, if something can be encrypted to it now.
 *
 * @throws PgpKeyRefused if it is no key, a private one, several, of version 6 (RFC 9580), which GnuPG does not read, or if
 * it is expired, revoked, or only for signing.
 */
export async function readRecipient(armored: string, now: Date): Promise<PgpRecipient> {
  const key = await usable(armored, now);
  return {
    fingerprint: key.getFingerprint().toUpperCase(),
    userIds: key.getUserIDs(),
    publicKey: key.toPublic().armor(),
  };
}

/**
 * Returns the bytes encrypted to all of the keys, as one binary OpenPGP message. It is SEIPD version 1 unless every key
 * says that it reads version 2. It streams: some chunks are in memory, never all.
 *
 * @throws PgpKeyRefused before the first byte if one of the keys cannot be used any more.
 */
export async function encryptTo(
  armored: readonly string[],
  content: AsyncIterable<Uint8Array>,
  fileName: string,
  now: Date,
): Promise<AsyncIterable<Uint8Array>> {
  const encryptionKeys = await Promise.all(armored.map((key) => usable(key, now)));
  const chunks = content[Symbol.asyncIterator]();
  const binary = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await chunks.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
  const encrypted: unknown = await encrypt({
    message: await createMessage({ binary, filename: fileName } as never),
    encryptionKeys,
    format: 'binary',
    date: now,
    // A bundle is stored, not compressed, and holds much that does not compress: hashes and ciphertext.
    config: { preferredCompressionAlgorithm: 0 },
  } as never);
  return encrypted as AsyncIterable<Uint8Array>;
}

async function usable(armored: string, now: Date): Promise<PublicKey> {
  const key = await parse(armored);
  try {
    await key.getEncryptionKey(undefined, now);
  } catch {
    throw new PgpKeyRefused('no-encryption');
  }
  return key;
}

async function parse(armored: string): Promise<PublicKey> {
  // Of two armoured blocks the library reads the first and says nothing of the second.
  if (armored.split('-----BEGIN PGP').length > 2) throw new PgpKeyRefused('several');
  const [key, second] = await readKeys({ armoredKeys: armored }).catch(() => []);
  if (key === undefined) throw new PgpKeyRefused('not-a-key');
  if (second !== undefined) throw new PgpKeyRefused('several');
  if (key.isPrivate()) throw new PgpKeyRefused('private');
  if ((key.keyPacket as unknown as { version: number }).version !== 4) throw new PgpKeyRefused('version');
  return key;
}
