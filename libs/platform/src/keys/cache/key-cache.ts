import type { DataKey } from '@app/crypto';
import { type Clock, MINUTE, type TenantId } from '@app/kernel';

/** How long an opened key stays in memory after it was fetched. */
export const KEY_LIFE_MS = 5 * MINUTE;
const MAX_OWNERS = 1_000;

/** The data keys of one owner: one seals, all open. */
export interface OwnerKeys {
  readonly byId: ReadonlyMap<string, DataKey>;
  /** The one that seals. Nothing where all of the owner's keys are decrypt-only. */
  readonly active?: ActiveKey;
}

export interface ActiveKey {
  readonly key: DataKey;
  readonly createdAt: Date;
  /** Values sealed under it, as far as the database has been told. */
  counted: number;
  /** Values sealed since, by this process. */
  uncounted: number;
}

/** Opened data keys in memory: a thousand owners at most, five minutes at most, and none that was told to be gone. */
export class KeyCache {
  private readonly owners = new Map<string, { readonly keys: OwnerKeys; readonly until: number }>();
  private forgotten = 0;
  private deaf = false;

  constructor(private readonly clock: Clock) {}

  get(tenantId: TenantId, owner: string): OwnerKeys | undefined {
    const name = `${tenantId}/${owner}`;
    const held = this.owners.get(name);
    if (held === undefined) return undefined;
    if (held.until > this.clock.now().getTime()) return held.keys;
    this.owners.delete(name);
    return undefined;
  }

  /** Take it before the database is read, and give it to `put`: what was forgotten in between is not remembered again. */
  moment(): number {
    return this.forgotten;
  }

  put(tenantId: TenantId, owner: string, keys: OwnerKeys, moment: number): void {
    if (this.deaf || moment !== this.forgotten) return;
    const name = `${tenantId}/${owner}`;
    const oldest = this.owners.keys().next().value;
    if (this.owners.size >= MAX_OWNERS && oldest !== undefined && !this.owners.has(name))
      this.owners.delete(oldest);
    this.owners.delete(name);
    this.owners.set(name, { keys, until: this.clock.now().getTime() + KEY_LIFE_MS });
  }

  /** @param gone - the keys become useless at once, also to whoever holds them. */
  forget(tenantId: TenantId, owner: string, gone: boolean): void {
    this.forgotten += 1;
    const name = `${tenantId}/${owner}`;
    if (gone) for (const key of this.owners.get(name)?.keys.byId.values() ?? []) key.forget();
    this.owners.delete(name);
  }

  /** Keeps nothing any more: nothing is wrong with the keys, but what others know of them may be newer. */
  clear(): void {
    this.forgotten += 1;
    this.owners.clear();
  }

  /** While nobody would tell us that a key is gone, none is kept. */
  setDeaf(deaf: boolean): void {
    this.deaf = deaf;
    this.clear();
  }
}
