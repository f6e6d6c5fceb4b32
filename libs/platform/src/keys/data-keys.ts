import { DataKey } from '@app/crypto';
import { type Clock, DAY, type TenantId } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import type { Tx } from '../database/database';
import type { ActiveKey, KeyCache, OwnerKeys } from './cache/key-cache';
import { dataKeyContext, type TenantKeyRing, unwrapUnder, wrapUnder } from './tenant-key-ring';

/** After so long, or so many values, an owner's next value is sealed under a new data key. */
const KEY_AGE_MS = 90 * DAY;
const KEY_VALUES = 1_000_000;
/** Values sealed by a process before it writes down how many: what a process that forgets or ends leaves uncounted is less than that. */
const COUNT_EVERY = 256;

interface Row {
  readonly owner: string;
  readonly data_key_id: Buffer;
  readonly key_version: number;
  readonly wrapped: Buffer;
  readonly state: string;
  readonly sealed: string;
  readonly created_at: Date;
}

/** The data keys of the owners: fetched, made, counted, renewed. */
export class DataKeys {
  /** Keys that a transaction made or read: they are nobody else's before it commits, and gone if it does not. */
  private readonly unsettled = new WeakMap<Tx, Map<string, OwnerKeys>>();

  constructor(
    private readonly ring: TenantKeyRing,
    private readonly cache: KeyCache,
    private readonly clock: Clock,
  ) {}

  /** Returns the key to seal with, if it is in memory and not to be looked after first. */
  atOnce(tenantId: TenantId, owner: string): DataKey | undefined {
    const active = this.cache.get(tenantId, owner)?.active;
    if (active === undefined || this.isDue(active) || active.uncounted >= COUNT_EVERY) return undefined;
    active.uncounted += 1;
    return active.key;
  }

  /** Returns the key to seal with; the owner's first one, or its next one, is made in this transaction. */
  async toSeal(tx: Tx, owner: string): Promise<DataKey> {
    const { active } = await this.of(tx, owner);
    if (active === undefined) return this.make(tx, owner);
    active.uncounted += 1;
    if (active.uncounted >= COUNT_EVERY) await this.count(tx, active);
    return this.isDue(active) ? this.renew(tx, owner) : active.key;
  }

  /** Returns the key that a sealed value names, or nothing if its owner has no such key. */
  async toOpen(tx: Tx, owner: string, id: Buffer): Promise<DataKey | undefined> {
    const name = id.toString('hex');
    const held = (await this.of(tx, owner)).byId.get(name);
    // Perhaps made by another process since we looked.
    return held ?? (await this.fetch(tx, owner)).byId.get(name);
  }

  /** Returns all keys of an owner: from memory, or else from the database. */
  async of(tx: Tx, owner: string): Promise<OwnerKeys> {
    return (
      this.unsettled.get(tx)?.get(owner) ??
      this.cache.get(tx.tenantId, owner) ??
      (await this.fetch(tx, owner))
    );
  }

  /** Returns all keys of many owners. They are not kept in memory: they would drive out everybody else's. */
  async ofMany(tx: Tx, owners: readonly string[]): Promise<Map<string, DataKey[]>> {
    const found = new Map<string, DataKey[]>();
    for (const row of await this.rows(tx, owners)) {
      const key = await this.unwrapped(tx, row);
      const others = found.get(row.owner);
      if (others === undefined) found.set(row.owner, [key]);
      else others.push(key);
    }
    return found;
  }

  /**
   * Makes what is sealed from now on be sealed under a new key. Values under the old ones stay readable.
   *
   * @returns the key that seals now. It is the old one while another transaction holds that row: nobody waits for this.
   */
  async renew(tx: Tx, owner: string): Promise<DataKey> {
    const { active } = await this.fetch(tx, owner);
    if (active === undefined) return this.make(tx, owner);
    const retired = await tx.query(
      `UPDATE data_key SET state = 'decrypt-only' WHERE tenant_id = $1 AND data_key_id =
         (SELECT data_key_id FROM data_key WHERE tenant_id = $1 AND data_key_id = $2 AND state = 'active' FOR UPDATE SKIP LOCKED)
       RETURNING data_key_id`,
      [tx.tenantId, active.key.id],
    );
    return retired.length === 0 ? active.key : this.make(tx, owner);
  }

  /** Deletes an owner's keys, with what this transaction knows of them. @returns the tenant key versions that wrapped them. */
  async destroy(tx: Tx, owner: string): Promise<number[]> {
    const gone = await tx.query<{ key_version: number }>(
      'DELETE FROM data_key WHERE tenant_id = $1 AND owner = $2 RETURNING key_version',
      [tx.tenantId, owner],
    );
    this.settleLater(tx).set(owner, { byId: new Map() });
    return [...new Set(gone.map(({ key_version }) => key_version))].sort((a, b) => a - b);
  }

  private isDue({ createdAt, counted, uncounted }: ActiveKey): boolean {
    return (
      counted + uncounted >= KEY_VALUES || this.clock.now().getTime() - createdAt.getTime() >= KEY_AGE_MS
    );
  }

  /** Skips a row that somebody holds: a seal waits for no other transaction, and counts with the next one. */
  private async count(tx: Tx, active: ActiveKey): Promise<void> {
    const told = active.uncounted;
    const [row] = await tx.query(
      `UPDATE data_key SET sealed = sealed + $3 WHERE tenant_id = $1 AND data_key_id =
         (SELECT data_key_id FROM data_key WHERE tenant_id = $1 AND data_key_id = $2 FOR UPDATE SKIP LOCKED)
       RETURNING sealed`,
      [tx.tenantId, active.key.id, told],
    );
    if (row === undefined) return;
    active.counted += told;
    active.uncounted -= told;
  }

  private async fetch(tx: Tx, owner: string): Promise<OwnerKeys> {
    const moment = this.cache.moment();
    const byId = new Map<string, DataKey>();
    let active: ActiveKey | undefined;
    for (const row of await this.rows(tx, [owner])) {
      const key = await this.unwrapped(tx, row);
      byId.set(key.id.toString('hex'), key);
      if (row.state === 'active')
        active = { key, createdAt: row.created_at, counted: Number(row.sealed), uncounted: 0 };
    }
    return this.keep(tx, owner, { byId, ...(active && { active }) }, moment);
  }

  private rows(tx: Tx, owners: readonly string[]): Promise<Row[]> {
    return tx.query<Row>(
      `SELECT owner, data_key_id, key_version, wrapped, state, sealed, created_at FROM data_key
       WHERE tenant_id = $1 AND owner = ANY ($2)`,
      [tx.tenantId, owners],
    );
  }

  private async unwrapped(tx: Tx, row: Row): Promise<DataKey> {
    const tenantKey = await this.ring.version(tx, row.key_version);
    const bytes = unwrapUnder(tenantKey, row.wrapped, dataKeyContext(tx, row.owner, row.data_key_id));
    const key = new DataKey(row.data_key_id, bytes);
    bytes.fill(0);
    return key;
  }

  private async make(tx: Tx, owner: string): Promise<DataKey> {
    const moment = this.cache.moment();
    const others = await this.of(tx, owner);
    const tenantKey = await this.ring.active(tx);
    const id = randomBytes(16);
    const bytes = randomBytes(32);
    const key = new DataKey(id, bytes);
    const wrapped = wrapUnder(tenantKey, bytes, dataKeyContext(tx, owner, id));
    bytes.fill(0);
    const createdAt = this.clock.now();
    const inserted = await tx.query(
      `INSERT INTO data_key (tenant_id, owner, data_key_id, key_version, wrapped, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING owner`,
      [tx.tenantId, owner, id, tenantKey.version, wrapped, createdAt],
    );
    if (inserted.length === 0) {
      const first = (await this.fetch(tx, owner)).active;
      if (first === undefined) throw new Error('A data key was made and taken away at the same moment.');
      return first.key;
    }
    const byId = new Map([...others.byId, [id.toString('hex'), key]]);
    this.keep(tx, owner, { byId, active: { key, createdAt, counted: 0, uncounted: 1 } }, moment);
    return key;
  }

  private settleLater(tx: Tx): Map<string, OwnerKeys> {
    const own = this.unsettled.get(tx) ?? new Map<string, OwnerKeys>();
    this.unsettled.set(tx, own);
    return own;
  }

  /** Not in everybody's memory before the rows are there for everybody: a rollback would leave a key that nothing holds. */
  private keep(tx: Tx, owner: string, keys: OwnerKeys, moment: number): OwnerKeys {
    const own = this.settleLater(tx).set(owner, keys);
    if (keys.byId.size > 0)
      tx.afterCommit(() => {
        // What this transaction destroyed after all is not kept either.
        if (own.get(owner) === keys) this.cache.put(tx.tenantId, owner, keys, moment);
      });
    return keys;
  }
}
