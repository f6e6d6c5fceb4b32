import { unwrap, wrap } from '@app/crypto';
import { AppError, type Clock, type TenantId } from '@app/kernel';
import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Tx } from '../database/database';
import { KEY_LIFE_MS } from './cache/key-cache';
import type { KekRef, KmsProvider } from './kms/kms-provider';

/** A version of a tenant's key, opened. */
export interface TenantKey {
  readonly version: number;
  readonly secret: KeyObject;
}

/** A version that the KMS knows already, and the database does not. */
export interface NewVersion {
  readonly key: TenantKey;
  readonly kek: KekRef;
  readonly wrapped: Buffer;
}

interface Row {
  readonly version: number;
  readonly state: string;
  readonly kms: string;
  readonly kek: string;
  readonly wrapped: Buffer;
}

interface Held {
  readonly versions: Map<number, { readonly key: TenantKey; readonly until: number }>;
  active?: number;
}

/** The versions of every tenant's key: what is new is wrapped by the active one, what is old is read by the one that wrapped it. */
export class TenantKeyRing {
  private readonly tenants = new Map<TenantId, Held>();
  /** What a transaction made or read is nobody else's before it commits, and gone if it does not. */
  private readonly unsettled = new WeakMap<Tx, Held>();
  private forgotten = 0;

  constructor(
    readonly kms: KmsProvider,
    private readonly clock: Clock,
  ) {}

  /** Returns the version that wraps what is new. The tenant's first is made here. */
  async active(tx: Tx): Promise<TenantKey> {
    const known = this.tenants.get(tx.tenantId)?.active ?? this.unsettled.get(tx)?.active;
    const held = known === undefined ? undefined : this.remembered(tx, known);
    if (held !== undefined) return held;
    const moment = this.forgotten;
    const found = await this.activeRow(tx);
    const made = found === undefined ? await this.add(tx, await this.prepare(tx, 1)) : undefined;
    if (made !== undefined) return this.keep(tx, made, moment, true);
    // Another transaction made the first one meanwhile.
    const row = found ?? (await this.activeRow(tx));
    if (row === undefined) throw new Error('This tenant has no active key.');
    return this.keep(tx, await this.openRow(tx, row), moment, true);
  }

  /**
   * Returns the version that wrapped something.
   *
   * @throws AppError `SEAL_BROKEN` if there is none, or it was destroyed.
   */
  async version(tx: Tx, version: number): Promise<TenantKey> {
    const held = this.remembered(tx, version);
    if (held !== undefined) return held;
    const moment = this.forgotten;
    const [row] = await tx.query<Row>(
      'SELECT version, state, kms, kek, wrapped FROM tenant_key WHERE tenant_id = $1 AND version = $2',
      [tx.tenantId, version],
    );
    if (row === undefined || row.state === 'destroyed')
      throw new AppError('SEAL_BROKEN', 'This cannot be opened.');
    return this.keep(tx, await this.openRow(tx, row), moment, row.state === 'active');
  }

  /** Prepares a version: its key-encryption key is made in the KMS, nothing stands in the database yet. */
  async prepare(tx: Tx, version: number): Promise<NewVersion> {
    const kek = await this.kms.createKek(tx.tenantId, version);
    const bytes = randomBytes(32);
    try {
      const wrapped = await this.kms.wrap(kek, bytes, tenantKeyContext(tx.tenantId, version));
      return { key: { version, secret: createSecretKey(bytes) }, kek, wrapped };
    } finally {
      bytes.fill(0);
    }
  }

  /**
   * Adds a prepared version as the active one. The caller has made the one before it decrypt-only.
   *
   * @returns nothing if another transaction was first.
   */
  async add(tx: Tx, { key, kek, wrapped }: NewVersion): Promise<TenantKey | undefined> {
    const inserted = await tx.query(
      `INSERT INTO tenant_key (tenant_id, version, wrapped, created_at, kms, kek) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING version`,
      [tx.tenantId, key.version, wrapped, this.clock.now(), this.kms.kind, kek.kek],
    );
    return inserted.length === 0 ? undefined : key;
  }

  /** Keeps no version of this tenant's key in memory any more. */
  forget(tenantId: TenantId): void {
    this.forgotten += 1;
    this.tenants.delete(tenantId);
  }

  forgetAll(): void {
    this.forgotten += 1;
    this.tenants.clear();
  }

  private async activeRow(tx: Tx): Promise<Row | undefined> {
    const [row] = await tx.query<Row>(
      `SELECT version, state, kms, kek, wrapped FROM tenant_key WHERE tenant_id = $1 AND state = 'active'`,
      [tx.tenantId],
    );
    return row;
  }

  private async openRow(tx: Tx, row: Row): Promise<TenantKey> {
    if (row.kms !== this.kms.kind)
      throw new Error(
        `version ${row.version} of a tenant's key is kept by "${row.kms}": VESTIBULE_KMS names "${this.kms.kind}"`,
      );
    const kek: KekRef = { tenantId: tx.tenantId, version: row.version, kek: row.kek };
    const bytes = await this.kms.unwrap(kek, row.wrapped, tenantKeyContext(tx.tenantId, row.version));
    const secret = createSecretKey(bytes);
    bytes.fill(0);
    return { version: row.version, secret };
  }

  private remembered(tx: Tx, version: number): TenantKey | undefined {
    const held = this.tenants.get(tx.tenantId)?.versions.get(version);
    if (held !== undefined && held.until > this.clock.now().getTime()) return held.key;
    return this.unsettled.get(tx)?.versions.get(version)?.key;
  }

  private keep(tx: Tx, key: TenantKey, moment: number, isActive: boolean): TenantKey {
    const add = (held: Held): Held => {
      held.versions.set(key.version, { key, until: this.clock.now().getTime() + KEY_LIFE_MS });
      if (isActive) held.active = key.version;
      return held;
    };
    this.unsettled.set(tx, add(this.unsettled.get(tx) ?? { versions: new Map() }));
    tx.afterCommit(() => {
      if (moment !== this.forgotten) return;
      this.tenants.set(tx.tenantId, add(this.tenants.get(tx.tenantId) ?? { versions: new Map() }));
    });
    return key;
  }
}

export function wrapUnder(key: TenantKey, bytes: Buffer, context: string): Buffer {
  return wrap(key.secret, bytes, context);
}

export function unwrapUnder(key: TenantKey, wrapped: Buffer, context: string): Buffer {
  return unwrap(key.secret, wrapped, context);
}

/** What is bound to a wrapped tenant key. */
export function tenantKeyContext(tenantId: TenantId, version: number): string {
  return `vestibule/tenant-key/v1|${tenantId}|${version}`;
}

/** What is bound to a wrapped data key. */
export function dataKeyContext(tx: Tx, owner: string, id: Buffer): string {
  return `vestibule/data-key/v1|${tx.tenantId}|${owner}|${id.toString('hex')}`;
}

/** What is bound to a wrapped secret. */
export function secretContext(tx: Tx, name: string): string {
  return `vestibule/secret/v1|${tx.tenantId}|${name}`;
}
