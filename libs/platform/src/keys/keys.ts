import { DataKey, deriveKey, seal, type SealContext, unwrap, wrap } from '@app/crypto';
import { open } from '@app/crypto/open';
import { AppError, type Clock, MINUTE, type TenantId } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import type { ReadReceipt } from '../auditing/receipt';
import type { Tx } from '../database/database';
import type { KmsProvider } from './kms-provider';

/** How long an opened key stays in memory after it was fetched. */
const KEY_LIFE_MS = 5 * MINUTE;
const MAX_KEYS = 1_000;

/** Whose data key it is: an intake's id, or a directory of the tenant such as `records`. */
export type KeyOwner = string;

/** Names one value: where it stands and what it is. With the owner it is bound to the ciphertext. */
export type Place = Pick<SealContext, 'item' | 'content'>;

interface TenantKey {
  readonly version: number;
  readonly bytes: Buffer;
}

/** The keys of every tenant: root (in the KMS) → tenant key → data key of an intake or a directory. */
export class Keys {
  private readonly tenantKeys = new Map<TenantId, TenantKey>();
  private readonly dataKeys = new Map<string, { readonly key: DataKey; readonly until: number }>();
  /** Keys that a transaction made or read: they are nobody else's before it commits, and gone if it does not. */
  private readonly unsettled = new WeakMap<Tx, { tenantKey?: TenantKey; dataKeys: Map<KeyOwner, DataKey> }>();

  constructor(
    private readonly kms: KmsProvider,
    private readonly clock: Clock,
  ) {}

  /** Seals a value under its owner's key, which is made at first use, in this transaction. */
  async seal(tx: Tx, owner: KeyOwner, place: Place, plaintext: string | Buffer): Promise<Buffer> {
    const key = (await this.held(tx, owner)) ?? (await this.make(tx, owner));
    return seal(key, plaintext, { tenant: tx.tenantId, owner, ...place });
  }

  /** The same without a transaction, if the key is in memory already; nothing otherwise. */
  sealAtOnce(tenant: TenantId, owner: KeyOwner, place: Place, plaintext: string): Buffer | undefined {
    const key = this.remembered(tenant, owner);
    return key && seal(key, plaintext, { tenant, owner, ...place });
  }

  /**
   * Opens a value. The receipt says that the reading of this owner's values is on record; without one there is no way
   * to plaintext in the house.
   *
   * @throws AppError `SEAL_BROKEN` if the value is not what was sealed at this place, or `ACCESS_DENIED` if the receipt
   * was given for something else.
   */
  async open(tx: Tx, receipt: ReadReceipt, owner: KeyOwner, place: Place, sealed: Buffer): Promise<Buffer> {
    if (!receipt.covers(tx.tenantId, owner))
      throw new AppError('ACCESS_DENIED', 'This reading was not recorded, so it does not happen.');
    const key = await this.held(tx, owner);
    if (key === undefined) throw new AppError('SEAL_BROKEN', 'This cannot be opened.');
    return open(key, sealed, { tenant: tx.tenantId, owner, ...place });
  }

  /** Returns a key for blind tokens of one purpose. It comes from a secret that does not change with the tenant's key. */
  async tokenKey(tx: Tx, purpose: string): Promise<Buffer> {
    const name = 'token-root';
    const root = (await this.readSecret(tx, name)) ?? (await this.keepSecret(tx, name, randomBytes(32)));
    return deriveKey(root, purpose);
  }

  /** Keeps a secret of the house (a signing key, a second factor): wrapped under the tenant's key. Returns what is kept now. */
  async keepSecret(tx: Tx, name: string, value: Buffer): Promise<Buffer> {
    const tenantKey = await this.tenantKey(tx);
    const inserted = await tx.query(
      `INSERT INTO secret (tenant_id, name, key_version, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING name`,
      [
        tx.tenantId,
        name,
        tenantKey.version,
        wrap(tenantKey.bytes, value, secretContext(tx, name)),
        this.clock.now(),
      ],
    );
    return inserted.length > 0 ? value : ((await this.readSecret(tx, name)) ?? value);
  }

  /** Returns a secret of the house, or nothing. It is nobody's personal data, so it needs no receipt. */
  async readSecret(tx: Tx, name: string): Promise<Buffer | undefined> {
    const [row] = await tx.query<{ wrapped: Buffer; key_version: number }>(
      'SELECT wrapped, key_version FROM secret WHERE tenant_id = $1 AND name = $2',
      [tx.tenantId, name],
    );
    if (row === undefined) return undefined;
    const tenantKey = await this.tenantKey(tx);
    return unwrap(tenantKey.bytes, row.wrapped, secretContext(tx, name));
  }

  private remembered(tenant: TenantId, owner: KeyOwner): DataKey | undefined {
    const name = `${tenant}/${owner}`;
    const held = this.dataKeys.get(name);
    if (held === undefined) return undefined;
    if (held.until > this.clock.now().getTime()) return held.key;
    this.dataKeys.delete(name);
    return undefined;
  }

  private remember(tenant: TenantId, owner: KeyOwner, key: DataKey): void {
    const oldest = this.dataKeys.keys().next().value;
    if (this.dataKeys.size >= MAX_KEYS && oldest !== undefined) this.dataKeys.delete(oldest);
    this.dataKeys.set(`${tenant}/${owner}`, { key, until: this.clock.now().getTime() + KEY_LIFE_MS });
  }

  private async held(tx: Tx, owner: KeyOwner): Promise<DataKey | undefined> {
    return (
      this.remembered(tx.tenantId, owner) ??
      this.unsettled.get(tx)?.dataKeys.get(owner) ??
      (await this.fetch(tx, owner))
    );
  }

  private unsettledOf(tx: Tx): { tenantKey?: TenantKey; dataKeys: Map<KeyOwner, DataKey> } {
    const own = this.unsettled.get(tx) ?? { dataKeys: new Map<KeyOwner, DataKey>() };
    this.unsettled.set(tx, own);
    return own;
  }

  private keepDataKey(tx: Tx, owner: KeyOwner, key: DataKey): DataKey {
    this.unsettledOf(tx).dataKeys.set(owner, key);
    tx.afterCommit(() => this.remember(tx.tenantId, owner, key));
    return key;
  }

  private keepTenantKey(tx: Tx, key: TenantKey): TenantKey {
    this.unsettledOf(tx).tenantKey = key;
    tx.afterCommit(() => this.tenantKeys.set(tx.tenantId, key));
    return key;
  }

  private async fetch(tx: Tx, owner: KeyOwner): Promise<DataKey | undefined> {
    const [row] = await tx.query<{ data_key_id: Buffer; wrapped: Buffer }>(
      'SELECT data_key_id, wrapped FROM data_key WHERE tenant_id = $1 AND owner = $2',
      [tx.tenantId, owner],
    );
    if (row === undefined) return undefined;
    const tenantKey = await this.tenantKey(tx);
    const bytes = unwrap(tenantKey.bytes, row.wrapped, dataKeyContext(tx, owner, row.data_key_id));
    return this.keepDataKey(tx, owner, new DataKey(row.data_key_id, bytes));
  }

  private async make(tx: Tx, owner: KeyOwner): Promise<DataKey> {
    const tenantKey = await this.tenantKey(tx);
    const key = DataKey.generate();
    const wrapped = wrap(tenantKey.bytes, key.bytes, dataKeyContext(tx, owner, key.id));
    const inserted = await tx.query(
      `INSERT INTO data_key (tenant_id, owner, data_key_id, key_version, wrapped, created_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING owner`,
      [tx.tenantId, owner, key.id, tenantKey.version, wrapped, this.clock.now()],
    );
    if (inserted.length === 0) {
      const first = await this.fetch(tx, owner);
      if (first !== undefined) return first;
    }
    // Not remembered before the row is there for everybody: a rollback would leave a key in memory that nothing holds.
    return this.keepDataKey(tx, owner, key);
  }

  private async tenantKey(tx: Tx): Promise<TenantKey> {
    const held = this.tenantKeys.get(tx.tenantId) ?? this.unsettled.get(tx)?.tenantKey;
    if (held !== undefined) return held;
    const [row] = await tx.query<{ version: number; wrapped: Buffer }>(
      'SELECT version, wrapped FROM tenant_key WHERE tenant_id = $1 ORDER BY version DESC LIMIT 1',
      [tx.tenantId],
    );
    if (row === undefined) return this.makeTenantKey(tx);
    const key = {
      version: row.version,
      bytes: await this.kms.unwrap(row.wrapped, tenantKeyContext(tx, row.version)),
    };
    return this.keepTenantKey(tx, key);
  }

  private async makeTenantKey(tx: Tx): Promise<TenantKey> {
    const key = { version: 1, bytes: randomBytes(32) };
    const inserted = await tx.query(
      `INSERT INTO tenant_key (tenant_id, version, wrapped, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING version`,
      [
        tx.tenantId,
        key.version,
        await this.kms.wrap(key.bytes, tenantKeyContext(tx, key.version)),
        this.clock.now(),
      ],
    );
    if (inserted.length === 0) return this.tenantKey(tx);
    return this.keepTenantKey(tx, key);
  }
}

function tenantKeyContext(tx: Tx, version: number): string {
  return `vestibule/tenant-key/v1|${tx.tenantId}|${version}`;
}

function dataKeyContext(tx: Tx, owner: KeyOwner, id: Buffer): string {
  return `vestibule/data-key/v1|${tx.tenantId}|${owner}|${id.toString('hex')}`;
}

function secretContext(tx: Tx, name: string): string {
  return `vestibule/secret/v1|${tx.tenantId}|${name}`;
}
