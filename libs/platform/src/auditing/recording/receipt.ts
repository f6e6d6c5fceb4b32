import type { EntryId, TenantId } from '@app/kernel';
import { createHash } from 'node:crypto';

const made = new WeakSet<ReadReceipt>();

/**
 * Proof that a reading stands in the log: it exists only after the entry's transaction has committed, and only the
 * recorder makes one (`issueReceipt` is not in this room's front door).
 */
export class ReadReceipt {
  /** Keeps any other object of the same shape from passing for one. */
  readonly #owners: ReadonlySet<string>;

  constructor(
    readonly tenantId: TenantId,
    readonly entryId: EntryId,
    owners: readonly string[],
  ) {
    this.#owners = new Set(owners);
  }

  /** Whether the entry names this owner's values as what is read; with an item, whether it names at least that one. */
  covers(tenantId: TenantId, owner: string, item?: string): boolean {
    if (!made.has(this) || tenantId !== this.tenantId) return false;
    return this.#owners.has(owner) || (item !== undefined && this.#owners.has(oneOf(owner, item)));
  }
}

/** Names one item of an owner that holds many people's, such as one record: a receipt for it opens that item and no other. */
export function oneOf(owner: string, item: string): string {
  return `${owner}/${item}`;
}

/** Returns the digest by which an entry names several owners: SHA-256 of their names, sorted, one a line. Hexadecimal. */
export function scopeOf(owners: readonly string[]): string {
  const lines = [...new Set(owners)].map((owner) => `${owner}\n`).sort();
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** For the recorder alone. @param owners - whose values the entry says are read. */
export function issueReceipt(tenantId: TenantId, entryId: EntryId, owners: readonly string[]): ReadReceipt {
  const receipt = new ReadReceipt(tenantId, entryId, owners);
  made.add(receipt);
  return receipt;
}
