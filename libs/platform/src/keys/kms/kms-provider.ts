/** Names one key-encryption key of the KMS. Each version of each tenant's key has one of its own, so that it can be destroyed alone. */
export interface KekRef {
  readonly tenantId: string;
  readonly version: number;
  /** What the provider called it when it was made. */
  readonly kek: string;
}

/** `destroying`: asked for and not to be used any more, but the provider keeps it for some time yet. */
export type KekState = 'usable' | 'destroying' | 'destroyed';

/** A key-encryption key is asked for again that was destroyed under its name: it does not come back. */
export class KekGone extends Error {
  override readonly name = 'KekGone';

  constructor() {
    super('A key of this version was destroyed, and does not come back.');
  }
}

/**
 * What holds the keys above all others, outside the database. They never leave it, unless a method says so; tenant keys go
 * in and come out wrapped. Each implementation passes `conformance.test.ts`.
 */
export interface KmsProvider {
  readonly kind: 'file' | 'memory' | 'pkcs11' | 'vault' | 'aws';
  /** Days between asking for destruction and the key being gone, where the provider insists on some. */
  readonly destroyDelayDays: number;
  /**
   * Makes the key-encryption key of a version, or returns the one that was made before: asking twice is one key.
   *
   * @throws KekGone if that version's key was destroyed.
   */
  createKek(tenantId: string, version: number): Promise<KekRef>;
  /** Wraps a 32-byte key. `context` is bound to it. */
  wrap(kek: KekRef, key: Buffer, context: string): Promise<Buffer>;
  /**
   * Reverses `wrap`. The caller clears what it gets.
   *
   * @throws AppError `SEAL_BROKEN` if the key, the bytes or the context are not the ones that were wrapped, or the
   * key-encryption key is gone.
   */
  unwrap(kek: KekRef, wrapped: Buffer, context: string): Promise<Buffer>;
  /** Puts what is wrapped under another key-encryption key. It stays inside a provider that can do so. */
  rewrap(from: KekRef, to: KekRef, wrapped: Buffer, context: string): Promise<Buffer>;
  /**
   * Destroys a key-encryption key, and with it all that was wrapped under it, wherever copies of that are.
   *
   * Asking again is no fault.
   *
   * @returns when it is gone: now, or later where the provider waits. `status` says whether it is.
   * @throws RangeError before `notBefore`: somebody was promised that it stands until then.
   */
  destroy(kek: KekRef, notBefore: Date, now: Date): Promise<Date>;
  status(kek: KekRef): Promise<KekState>;
  /** @throws Error that says what is wrong, if it cannot be used now. */
  health(): Promise<void>;
  close(): Promise<void>;
}
