import { type DataKey, deriveKey, keyIdOf, seal, type SealContext } from '@app/crypto';
import { disclose, open } from '@app/crypto/open';
import { AppError, type Clock, type TenantId } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import type { ReadReceipt } from '../auditing/recording/receipt';
import type { Tx } from '../database/database';
import { KeyCache } from './cache/key-cache';
import { DataKeys } from './data-keys';
import type { KmsProvider } from './kms/kms-provider';
import { Secrets } from './secrets';
import { TenantKeyRing } from './tenant-key-ring';

/** The channel on which processes tell each other what to forget. */
export const KEYS_CHANNEL = 'vestibule_keys';

/** What is told: an owner's keys are gone; or have changed; or (without an owner) the versions of the tenant's key have. */
export interface KeyNews {
  readonly tenantId: TenantId;
  readonly owner?: KeyOwner;
  readonly gone?: boolean;
}

/** Whose data key it is: an intake's id, or a directory of the tenant such as `records`. */
export type KeyOwner = string;

/** Names one value: where it stands and what it is. With the owner it is bound to the ciphertext. */
export type Place = Pick<SealContext, 'item' | 'content'>;

const rings = new WeakMap<Keys, TenantKeyRing>();

/** The keys of every tenant: KMS → tenant key, in versions → data keys of an intake or a directory. */
export class Keys {
  /** Days that the KMS takes to destroy a key once it is asked. */
  readonly destroyDelayDays: number;
  private readonly ring: TenantKeyRing;
  private readonly cache: KeyCache;
  private readonly dataKeys: DataKeys;
  private readonly secrets: Secrets;
  private readonly onGone = new Set<(news: KeyNews) => void>();

  constructor(kms: KmsProvider, clock: Clock) {
    this.ring = new TenantKeyRing(kms, clock);
    rings.set(this, this.ring);
    this.destroyDelayDays = kms.destroyDelayDays;
    this.cache = new KeyCache(clock);
    this.dataKeys = new DataKeys(this.ring, this.cache, clock);
    this.secrets = new Secrets(this.ring, clock);
  }

  /** Seals a value under its owner's key, which is made at first use, in this transaction. */
  async seal(tx: Tx, owner: KeyOwner, place: Place, plaintext: string | Buffer): Promise<Buffer> {
    const key = await this.dataKeys.toSeal(tx, owner);
    return seal(key, plaintext, { tenant: tx.tenantId, owner, ...place });
  }

  /** The same without a transaction, if the key is in memory already; nothing otherwise. */
  sealAtOnce(tenant: TenantId, owner: KeyOwner, place: Place, plaintext: string): Buffer | undefined {
    const key = this.dataKeys.atOnce(tenant, owner);
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
    return open(await this.keyOf(tx, receipt, owner, place, sealed), sealed, {
      tenant: tx.tenantId,
      owner,
      ...place,
    });
  }

  /**
   * Opens a value and gives its one-time key away with it, so that whoever has the sealed bytes can check for themselves
   * what they say. The key opens this value and no other.
   *
   * @throws AppError as `open`.
   */
  async disclose(
    tx: Tx,
    receipt: ReadReceipt,
    owner: KeyOwner,
    place: Place,
    sealed: Buffer,
  ): Promise<{ readonly plaintext: Buffer; readonly key: Buffer }> {
    return disclose(await this.keyOf(tx, receipt, owner, place, sealed), sealed, {
      tenant: tx.tenantId,
      owner,
      ...place,
    });
  }

  /**
   * Returns the data keys of many owners, for opening many values elsewhere (`bulk/`). Owners without keys are left out.
   *
   * @throws AppError `ACCESS_DENIED` if the receipt does not name every one of them.
   */
  async dataKeysOf(
    tx: Tx,
    receipt: ReadReceipt,
    owners: readonly KeyOwner[],
  ): Promise<ReadonlyMap<KeyOwner, readonly DataKey[]>> {
    for (const owner of owners) assertCovered(tx, receipt, owner);
    return this.dataKeys.ofMany(tx, owners);
  }

  /** Returns whose key a sealed value names; nothing if that key is not there (any more). */
  async ownerOf(tx: Tx, sealed: Buffer): Promise<KeyOwner | undefined> {
    const [row] = await tx.query<{ owner: string }>(
      'SELECT owner FROM data_key WHERE tenant_id = $1 AND data_key_id = $2',
      [tx.tenantId, keyIdOf(sealed) ?? Buffer.alloc(0)],
    );
    return row?.owner;
  }

  /** Lets what is sealed for this owner from now on be sealed under a new key. Old values stay readable. */
  async renew(tx: Tx, owner: KeyOwner): Promise<void> {
    await this.dataKeys.renew(tx, owner);
    await this.tell(tx, { tenantId: tx.tenantId, owner });
  }

  /**
   * Takes an owner's keys away: when this transaction commits, nothing of theirs can be opened any more, in any process.
   * Copies in backups die with the tenant key versions that wrapped them.
   *
   * @returns those versions; none if the owner had no keys.
   * @throws AppError `HELD` if a legal hold protects the owner.
   */
  async destroy(tx: Tx, owner: KeyOwner): Promise<{ readonly keyVersions: number[] }> {
    const keyVersions = await this.dataKeys.destroy(tx, owner);
    await this.tell(tx, { tenantId: tx.tenantId, owner, gone: true });
    return { keyVersions };
  }

  /** Tells every process, this one too, when the transaction commits. */
  async tell(tx: Tx, news: KeyNews): Promise<void> {
    await tx.query('SELECT pg_notify($1, $2)', [KEYS_CHANNEL, JSON.stringify(news)]);
    tx.afterCommit(() => this.heed(news));
  }

  /** Forgets what is not so any more. */
  heed({ tenantId, owner, gone = false }: KeyNews): void {
    if (owner === undefined) this.ring.forget(tenantId);
    else this.cache.forget(tenantId, owner, gone);
    if (owner !== undefined && gone) for (const tell of this.onGone) tell({ tenantId, owner });
  }

  /** Tells, in this process, of each owner whose keys were taken away, by whichever process: perhaps twice. */
  listenGone(tell: (news: KeyNews) => void): void {
    this.onGone.add(tell);
  }

  /** While nobody would tell this process what to forget, it remembers nothing. */
  setDeaf(deaf: boolean): void {
    this.cache.setDeaf(deaf);
    this.ring.forgetAll();
  }

  /** Returns a key for blind tokens of one purpose. It comes from a secret that does not change with the tenant's key. */
  async tokenKey(tx: Tx, purpose: string): Promise<Buffer> {
    const name = 'token-root';
    const root = (await this.readSecret(tx, name)) ?? (await this.keepSecret(tx, name, randomBytes(32)));
    return deriveKey(root, purpose);
  }

  /** Keeps a secret of the house (a signing key, a second factor): wrapped under the tenant's key. Returns what is kept now. */
  keepSecret(tx: Tx, name: string, value: Buffer): Promise<Buffer> {
    return this.secrets.keep(tx, name, value);
  }

  /** Returns a secret of the house, or nothing. It is nobody's personal data, so it needs no receipt. */
  readSecret(tx: Tx, name: string): Promise<Buffer | undefined> {
    return this.secrets.read(tx, name);
  }

  private async keyOf(
    tx: Tx,
    receipt: ReadReceipt,
    owner: KeyOwner,
    { item }: Place,
    sealed: Buffer,
  ): Promise<DataKey> {
    assertCovered(tx, receipt, owner, item);
    const id = keyIdOf(sealed);
    const key = id && (await this.dataKeys.toOpen(tx, owner, id));
    if (key === undefined) throw new AppError('SEAL_BROKEN', 'This cannot be opened.');
    return key;
  }
}

/** For the epochs alone, which move keys without opening anything: it is not in this room's front door. */
export function ringOf(keys: Keys): TenantKeyRing {
  const ring = rings.get(keys);
  if (ring === undefined) throw new TypeError('these are not the keys');
  return ring;
}

function assertCovered(tx: Tx, receipt: ReadReceipt, owner: KeyOwner, item?: string): void {
  if (!receipt.covers(tx.tenantId, owner, item))
    throw new AppError('ACCESS_DENIED', 'This reading was not recorded, so it does not happen.');
}
