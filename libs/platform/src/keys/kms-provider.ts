/** What holds the root key. The key itself never leaves it; tenant keys go in and come out wrapped. */
export interface KmsProvider {
  readonly kind: 'file';
  /** Wraps a tenant's key. `context` is bound to it. */
  wrap(key: Buffer, context: string): Promise<Buffer>;
  /** @throws AppError `SEAL_BROKEN` if the key, the bytes or the context are not the ones that were wrapped. */
  unwrap(wrapped: Buffer, context: string): Promise<Buffer>;
}
