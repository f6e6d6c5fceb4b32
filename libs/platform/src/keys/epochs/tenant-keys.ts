import { AppError, type Clock, DAY, type EntryId, later } from '@app/kernel';
import type { Act, Recorder } from '../../auditing/recording/recorder';
import type { Tx } from '../../database/database';
import type { KeyConfig } from '../../config/config';
import { type Keys, ringOf } from '../keys';
import { KekGone, type KekRef } from '../kms/kms-provider';
import { type NewVersion, tenantKeyContext } from '../tenant-key-ring';
import { epochEnd } from './epoch-end';
import { rewrapBatch } from './rewrap';

/** Keys that are re-wrapped in one transaction. */
const BATCH = 200;
/** Versions that a KMS has destroyed and a database that was set back has never heard of. */
const MAX_SKIPPED = 100;
const CLOCK_ACTOR: Act['actor'] = { kind: 'system', id: 'key-clock' };

/** Who or what a change is done for, as it stands in the entry. */
export type By = Pick<Act, 'actor' | 'decision'>;

/** What one batch has moved, and whether keys are left under older versions. */
export interface Rewrapped {
  readonly dataKeys: number;
  readonly secrets: number;
  readonly more: boolean;
}

/** The epochs of a tenant's key: a new version, what is under the old one moved to it, the old one destroyed. */
export class TenantKeys {
  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
    private readonly limits: KeyConfig,
  ) {}

  /**
   * Makes a new version the active one, and records it. What is wrapped from the commit on is wrapped under it; what is
   * under the old one is moved by `rewrapSome`.
   *
   * @throws AppError `STEP_NOT_ALLOWED` while keys are still being moved to the last one.
   */
  async rotate(tx: Tx, by: By): Promise<{ readonly version: number; readonly entryId: EntryId }> {
    const ring = ringOf(this.keys);
    const old = await ring.active(tx);
    // One at a time for a tenant; the second finds the first one's version and stops below.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 7301006))', [tx.tenantId]);
    const [last] = await tx.query<{ version: number; waiting: boolean }>(
      `SELECT max(version) AS version, EXISTS (SELECT 1 FROM data_key WHERE tenant_id = $1 AND key_version <> $2)
         OR EXISTS (SELECT 1 FROM secret WHERE tenant_id = $1 AND key_version <> $2) AS waiting
       FROM tenant_key WHERE tenant_id = $1`,
      [tx.tenantId, old.version],
    );
    if (last === undefined || last.waiting || last.version !== old.version)
      throw new AppError('STEP_NOT_ALLOWED', 'The key is being changed already. Wait until that is done.');
    const prepared = await this.prepareAfter(tx, last.version);
    await tx.query(
      "UPDATE tenant_key SET state = 'decrypt-only', replaced_at = $2 WHERE tenant_id = $1 AND state = 'active'",
      [tx.tenantId, this.clock.now()],
    );
    const added = await ring.add(tx, prepared);
    if (added === undefined) throw new Error('The new version of the key stands already.');
    const entryId = await this.recorder.record(tx, {
      act: 'key.rotated',
      ...by,
      detail: { from: old.version, to: added.version },
    });
    await this.keys.tell(tx, { tenantId: tx.tenantId });
    return { version: added.version, entryId };
  }

  /**
   * Moves some keys from older versions to the active one, and records how many. Where it stands is in the rows: whoever
   * comes next, also after a crash, goes on.
   */
  async rewrapSome(tx: Tx, limit = BATCH): Promise<Rewrapped> {
    const moved = await rewrapBatch(tx, ringOf(this.keys), limit);
    if (moved.dataKeys + moved.secrets > 0)
      await this.recorder.record(tx, {
        act: 'key.rewrapped',
        actor: CLOCK_ACTOR,
        detail: { to: moved.to, dataKeys: moved.dataKeys, secrets: moved.secrets, left: moved.left },
      });
    // Backups made until now need the old version, and the last of them is gone after so many days.
    await tx.query(
      `UPDATE tenant_key t SET retire_after = $2 WHERE t.tenant_id = $1 AND t.state = 'decrypt-only'
         AND (t.retire_after IS NULL OR t.version = ANY ($3))
         AND NOT EXISTS (SELECT 1 FROM data_key d WHERE d.tenant_id = $1 AND d.key_version = t.version)
         AND NOT EXISTS (SELECT 1 FROM secret s WHERE s.tenant_id = $1 AND s.key_version = t.version)`,
      [tx.tenantId, later(this.clock.now(), this.limits.backupDays * DAY), moved.from],
    );
    return { dataKeys: moved.dataKeys, secrets: moved.secrets, more: moved.left > 0 };
  }

  /**
   * Destroys the oldest version that is due, here and in the KMS, and records it.
   *
   * @param except - versions that were found to be still in use.
   * @returns which it was and what came of it; nothing when none is due.
   */
  async destroyDue(
    tx: Tx,
    except: readonly number[] = [],
  ): Promise<{ readonly version: number; readonly outcome: 'destroyed' | 'in use' | 'later' } | undefined> {
    const now = this.clock.now();
    const [row] = await tx.query<{ version: number; kek: string; retire_after: Date }>(
      `SELECT version, kek, retire_after FROM tenant_key
       WHERE tenant_id = $1 AND state = 'decrypt-only' AND retire_after <= $2 AND version <> ALL ($3)
       ORDER BY version LIMIT 1 FOR UPDATE`,
      [tx.tenantId, now, except],
    );
    if (row === undefined) return undefined;
    const { version } = row;
    // Looked at under the lock of the row: nobody wraps anything under it from here on.
    if (await this.isUsed(tx, version)) return { version, outcome: 'in use' };
    const { kms } = ringOf(this.keys);
    const kek: KekRef = { tenantId: tx.tenantId, version, kek: row.kek };
    if (kms.destroyDelayDays > 0 && (await kms.status(kek)) === 'usable') {
      const goneAt = await kms.destroy(kek, row.retire_after, now);
      await tx.query('UPDATE tenant_key SET retire_after = $3 WHERE tenant_id = $1 AND version = $2', [
        tx.tenantId,
        version,
        goneAt,
      ]);
      return { version, outcome: 'later' };
    }
    // The database first: its fences (what is held, what is in use) speak before anything is lost.
    await tx.query(
      `UPDATE tenant_key SET state = 'destroyed', wrapped = '', destroyed_at = $3 WHERE tenant_id = $1 AND version = $2`,
      [tx.tenantId, version, now],
    );
    await this.recorder.record(tx, { act: 'key.destroyed', actor: CLOCK_ACTOR, detail: { version } });
    await this.keys.tell(tx, { tenantId: tx.tenantId });
    await kms.destroy(kek, row.retire_after, now);
    if ((await kms.status(kek)) !== 'destroyed') throw new Error('The KMS has not destroyed the key yet.');
    return { version, outcome: 'destroyed' };
  }

  /**
   * Returns when a version is expected to be destroyed, and with it all copies of what it wrapped: in any backup. Nothing
   * for one that is destroyed already or never was.
   */
  async destructionOf(tx: Tx, version: number): Promise<Date | undefined> {
    const [row] = await tx.query<{ state: string; created_at: Date; retire_after: Date | null }>(
      'SELECT state, created_at, retire_after FROM tenant_key WHERE tenant_id = $1 AND version = $2',
      [tx.tenantId, version],
    );
    if (row === undefined || row.state === 'destroyed') return undefined;
    const now = this.clock.now();
    const end = epochEnd(row.created_at, this.limits.epochDays);
    const replaced = row.state === 'active' && end > now ? end : now;
    const retired = row.retire_after ?? later(replaced, this.limits.backupDays * DAY);
    return later(retired, this.keys.destroyDelayDays * DAY);
  }

  /** Gives versions from before there were epochs, which stand under the shared root key, a key of their own in the KMS. */
  async adopt(tx: Tx): Promise<void> {
    const { kms } = ringOf(this.keys);
    const rows = await tx.query<{ version: number; wrapped: Buffer }>(
      `SELECT version, wrapped FROM tenant_key WHERE tenant_id = $1 AND kms = $2 AND kek = 'root' AND state <> 'destroyed'
       FOR UPDATE`,
      [tx.tenantId, kms.kind],
    );
    for (const { version, wrapped } of rows) {
      const from: KekRef = { tenantId: tx.tenantId, version, kek: 'root' };
      const to = await kms.createKek(tx.tenantId, version);
      await tx.query('UPDATE tenant_key SET kek = $3, wrapped = $4 WHERE tenant_id = $1 AND version = $2', [
        tx.tenantId,
        version,
        to.kek,
        await kms.rewrap(from, to, wrapped, tenantKeyContext(tx.tenantId, version)),
      ]);
    }
  }

  private async prepareAfter(tx: Tx, version: number): Promise<NewVersion> {
    for (let next = version + 1; ; next += 1) {
      try {
        return await ringOf(this.keys).prepare(tx, next);
      } catch (error) {
        if (!(error instanceof KekGone) || next > version + MAX_SKIPPED) throw error;
      }
    }
  }

  private async isUsed(tx: Tx, version: number): Promise<boolean> {
    const [found] = await tx.query(
      `SELECT 1 FROM data_key WHERE tenant_id = $1 AND key_version = $2
       UNION ALL SELECT 1 FROM secret WHERE tenant_id = $1 AND key_version = $2 LIMIT 1`,
      [tx.tenantId, version],
    );
    return found !== undefined;
  }
}
