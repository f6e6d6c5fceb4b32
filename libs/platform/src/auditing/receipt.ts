import type { EntryId, TenantId } from '@app/kernel';

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

  /** Whether the entry names this owner's values as what is read. */
  covers(tenantId: TenantId, owner: string): boolean {
    return made.has(this) && tenantId === this.tenantId && this.#owners.has(owner);
  }
}

/** For the recorder alone. @param owners - whose values the entry says are read. */
export function issueReceipt(tenantId: TenantId, entryId: EntryId, owners: readonly string[]): ReadReceipt {
  const receipt = new ReadReceipt(tenantId, entryId, owners);
  made.add(receipt);
  return receipt;
}
