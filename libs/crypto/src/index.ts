export { hashPassword, isPassword, keyFromPassphrase } from './passphrase';
export { generatePgpKey, type PgpKeyPair, signDetached } from './pgp';
export { encryptTo, type PgpKeyFault, PgpKeyRefused, type PgpRecipient, readRecipient } from './pgp-encrypt';
export { DataKey, keyIdOf, OVERHEAD_BYTES, seal, type SealContext } from './seal';
export { blindToken, deriveKey, newSecret, secretHash } from './token';
export { unwrap, wrap } from './wrap';
