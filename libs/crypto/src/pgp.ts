import { createMessage, decryptKey, generateKey, readKey, readPrivateKey, sign } from 'openpgp';

/** An OpenPGP key pair, both halves in ASCII armour. */
export interface PgpKeyPair {
  readonly privateKey: string;
  readonly publicKey: string;
  /** Forty hexadecimal digits, upper case. */
  readonly fingerprint: string;
}

/** Makes a version 4 Ed25519 signing key: GnuPG 2.2 refuses version 6 (seen: "unknown version 6"). */
export async function generatePgpKey(name: string, now: Date): Promise<PgpKeyPair> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name }],
    date: now,
    format: 'armored',
    config: { v6Keys: false },
  });
  const key = await readKey({ armoredKey: publicKey });
  return { privateKey, publicKey, fingerprint: key.getFingerprint().toUpperCase() };
}

/** Returns an armoured detached signature over the bytes (RFC 9580, type 0x00, version 4). */
export async function signDetached(privateKey: string, bytes: Buffer, now: Date): Promise<string> {
  const key = await readPrivateKey({ armoredKey: privateKey });
  const signingKeys = key.isDecrypted() ? key : await decryptKey({ privateKey: key });
  const signature: unknown = await sign({
    message: await createMessage({ binary: bytes }),
    signingKeys,
    detached: true,
    date: now,
    format: 'armored',
  });
  if (typeof signature !== 'string') throw new TypeError('an armoured signature is text');
  return signature;
}
