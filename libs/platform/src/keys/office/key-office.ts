import type { Clock } from '@app/kernel';
import type { Gate } from '../../access/gate';
import { actorOf, type StaffPrincipal } from '../../access/principal';
import type { CheckpointSigner } from '../../auditing/signer';
import type { KeyConfig } from '../../config/config';
import type { Database } from '../../database/database';
import { epochEnd } from '../epochs/epoch-end';
import type { KeyClock } from '../epochs/key-clock';
import type { TenantKeys } from '../epochs/tenant-keys';
import type { KmsProvider } from '../kms/kms-provider';

/** One version of a tenant's key, as an administrator sees it. Instants are ISO 8601; what is not known (yet) is absent. */
export interface VersionView {
  readonly version: number;
  readonly state: 'active' | 'decrypt-only' | 'destroyed';
  readonly since: string;
  readonly replacedAt?: string;
  /** When it is expected to be destroyed. */
  readonly destroyAt?: string;
  readonly destroyedAt?: string;
  /** What stands under it: keys of conversations and directories, and secrets of the house. */
  readonly dataKeys: number;
  readonly secrets: number;
}

export interface KeysView {
  readonly kms: KmsProvider['kind'];
  /** Newest first. */
  readonly versions: readonly VersionView[];
  readonly epochDays: number;
  readonly backupDays: number;
  /** Days that the KMS takes to destroy a key once it is asked. */
  readonly destroyDelayDays: number;
  /** Keys that are still to be moved to the active version. */
  readonly toMove: number;
  /** When the next version comes by itself; absent before the first. */
  readonly nextChangeAt?: string;
}

interface Row {
  readonly version: number;
  readonly state: VersionView['state'];
  readonly created_at: Date;
  readonly replaced_at: Date | null;
  readonly retire_after: Date | null;
  readonly destroyed_at: Date | null;
  readonly data_keys: string;
  readonly secrets: string;
}

/** What an administrator sees of the tenant's keys, and can do: change the key now. */
export class KeyOffice {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly tenantKeys: TenantKeys,
    private readonly keyClock: KeyClock,
    private readonly signer: CheckpointSigner,
    private readonly kms: KmsProvider,
    private readonly clock: Clock,
    private readonly limits: KeyConfig,
  ) {}

  /** @throws AppError `ACCESS_DENIED`. */
  view(principal: StaffPrincipal): Promise<KeysView> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      this.gate.pass(tx, attempt(principal, 'key.read'));
      const rows = await tx.query<Row>(
        `SELECT version, state, created_at, replaced_at, retire_after, destroyed_at,
           (SELECT count(*) FROM data_key d WHERE d.tenant_id = t.tenant_id AND d.key_version = t.version) AS data_keys,
           (SELECT count(*) FROM secret s WHERE s.tenant_id = t.tenant_id AND s.key_version = t.version) AS secrets
         FROM tenant_key t WHERE tenant_id = $1 ORDER BY version DESC`,
        [tx.tenantId],
      );
      const versions: VersionView[] = [];
      for (const row of rows)
        versions.push(viewOf(row, await this.tenantKeys.destructionOf(tx, row.version)));
      const active = rows.find(({ state }) => state === 'active');
      return {
        kms: this.kms.kind,
        versions,
        epochDays: this.limits.epochDays,
        backupDays: this.limits.backupDays,
        destroyDelayDays: this.kms.destroyDelayDays,
        toMove: versions
          .filter(({ state }) => state !== 'active')
          .reduce((sum, { dataKeys, secrets }) => sum + dataKeys + secrets, 0),
        ...(active && { nextChangeAt: this.nextChange(active.created_at).toISOString() }),
      };
    });
  }

  /**
   * Makes a new version of the tenant's key, from now on, and lets what stands under the old one be moved. Answers when a
   * signed checkpoint covers the entry that says so.
   *
   * @throws AppError `ACCESS_DENIED`; `STEP_NOT_ALLOWED` while the last change is not finished; `AUDIT_UNAVAILABLE` or
   * `AUDIT_BACKLOG`.
   */
  async change(principal: StaffPrincipal): Promise<{ readonly version: number }> {
    const { version, entryId } = await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attempt(principal, 'key.rotate'));
      return this.tenantKeys.rotate(tx, { actor: actorOf(principal), decision });
    });
    this.keyClock.wake();
    await this.signer.covers(principal.tenantId, entryId);
    return { version };
  }

  private nextChange(since: Date): Date {
    const due = epochEnd(since, this.limits.epochDays);
    const now = this.clock.now();
    return due < now ? now : due;
  }
}

function attempt(principal: StaffPrincipal, action: 'key.read' | 'key.rotate') {
  return { principal, action, resource: { kind: 'tenant', id: principal.tenantId } } as const;
}

function viewOf(row: Row, destroyAt: Date | undefined): VersionView {
  return {
    version: row.version,
    state: row.state,
    since: row.created_at.toISOString(),
    ...(row.replaced_at && { replacedAt: row.replaced_at.toISOString() }),
    ...(destroyAt && { destroyAt: destroyAt.toISOString() }),
    ...(row.destroyed_at && { destroyedAt: row.destroyed_at.toISOString() }),
    dataKeys: Number(row.data_keys),
    secrets: Number(row.secrets),
  };
}
