import { newSecret, secretHash } from '@app/crypto';
import { isId, type TenantId } from '@app/kernel';

/** A secret that says which tenant to look in: `<tenant id>.<256 bits, base64url>`. Only its hash is stored. */
export interface Token {
  readonly tenantId: TenantId;
  /** SHA-256 of the secret part. */
  readonly hash: Buffer;
}

/** Returns a new token as its holder gets it, and the hash to store. */
export function newToken(tenantId: TenantId): { readonly text: string; readonly hash: Buffer } {
  const secret = newSecret();
  return { text: `${tenantId}.${secret}`, hash: secretHash(secret) };
}

/** Returns where to look a token up, or nothing if the text cannot be one. */
export function readToken(text: string): Token | undefined {
  const [tenantId, secret, ...more] = text.split('.');
  if (tenantId === undefined || secret === undefined || more.length > 0) return undefined;
  if (!isId(tenantId) || secret === '') return undefined;
  return { tenantId: tenantId as TenantId, hash: secretHash(secret) };
}
