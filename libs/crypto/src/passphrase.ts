import { argon2id, hash, verify } from 'argon2';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const COST = { type: argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** For a passphrase that guards the root key: paid once at each start, so it may cost more. RFC 9106, section 4, second choice. */
const ROOT_COST = { type: argon2id, memoryCost: 65_536, timeCost: 3, parallelism: 4 } as const;

/** Returns the argon2id hash of a password in PHC form, with a salt of its own. */
export function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), COST);
}

/** Whether the password is the one that was hashed. A hash that cannot be read is a no. */
export async function isPassword(hashed: string, password: string): Promise<boolean> {
  try {
    return await verify(hashed, password.normalize('NFKC'));
  } catch {
    return false;
  }
}

/** Returns a 32-byte key from a passphrase and a salt (argon2id, RFC 9106). */
export async function keyFromPassphrase(passphrase: string, salt: Buffer): Promise<Buffer> {
  return hash(passphrase.normalize('NFKC'), { ...ROOT_COST, salt, raw: true, hashLength: 32 });
}
