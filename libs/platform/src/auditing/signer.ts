import { CompactRange, formatCheckpoint, formatVkey, signNote } from '@app/audit';
import { AppError, type Clock, type EntryId, SECOND, type TenantId } from '@app/kernel';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, EntityManager } from 'typeorm';
import type { Database } from '../database/database';
import type { Keys } from '../keys/keys';
import { rootAt } from './log-tree';
import { hashesIn } from './sequencer';
import { type SignedState, SignedStates } from './signed-states';

const LOG_KEY = 'log-key';
/** How often it is looked whether an entry is covered. */
const COVER_POLL_MS = 50;
const SIGNER_LOCK = 7_301_005;

/** Why a log is not signed any more: it is not a continuation of what was signed before. */
export class LogRewound extends Error {
  override readonly name = 'LogRewound';

  /** @param signed - how many entries the last signature is over, where that is known. */
  constructor(
    readonly what: 'set-back' | 'changed' | 'state-unreadable',
    message: string,
    readonly signed = 0,
  ) {
    super(message);
  }
}

/**
 * Signs checkpoints: *sequenced* entries become *checkpointed*.
 *
 * What was signed last is kept in a file outside PostgreSQL. A database that was set back to an earlier state, or whose
 * past was changed, does not continue it and is not signed (C2SP tlog-checkpoint: a log must not sign what is
 * inconsistent with what it signed before).
 */
export class CheckpointSigner {
  private readonly keyPairs = new Map<TenantId, KeyObject>();
  private readonly states: SignedStates;
  private waiting = 0;
  private hasLooked = false;

  constructor(
    /** A pool of the role `vestibule_sequencer`. */
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly clock: Clock,
    /** Where the states are kept. */
    folder: string,
  ) {
    this.states = new SignedStates(folder);
  }

  /**
   * Returns the name by which a tenant's log is known.
   *
   * @param generation - more than 1 after losses that were accepted (`LogGenerations`).
   */
  static origin(tenantId: TenantId, generation = 1): string {
    return `vestibule/log/${tenantId}${generation === 1 ? '' : `/${generation}`}`;
  }

  /**
   * Signs every log that has grown since its last checkpoint. The first time it looks at the others as well: one that was
   * set back while nobody ran has not grown.
   *
   * @returns what went wrong, by tenant: one log that may not be signed does not keep the others from it.
   */
  async pass(): Promise<ReadonlyMap<TenantId, Error>> {
    const faults = new Map<TenantId, Error>();
    await this.source.transaction(async (db) => {
      // One signer at a time in all processes: a second one would take an older head for a log that was set back.
      const [lock]: { held: boolean }[] = await db.query('SELECT pg_try_advisory_xact_lock($1) AS held', [
        SIGNER_LOCK,
      ]);
      if (lock?.held !== true) return;
      const heads: { tenant_id: TenantId; size: string; compact: Buffer; grown: boolean }[] = await db.query(
        `SELECT h.tenant_id, h.size, h.compact, h.size <> coalesce(c.size, 0) AS grown FROM audit_head h
         LEFT JOIN LATERAL (SELECT max(c.size) AS size FROM audit_checkpoint c WHERE c.tenant_id = h.tenant_id) c ON true
         WHERE $1 OR h.size <> coalesce(c.size, 0)`,
        [!this.hasLooked],
      );
      this.hasLooked = true;
      for (const head of heads) {
        const size = Number(head.size);
        const tree = CompactRange.of(size, hashesIn(head.compact));
        try {
          await this.assertContinues(db, head.tenant_id, size, tree.root());
          if (head.grown) await this.sign(db, head.tenant_id, size, tree.root());
        } catch (error) {
          faults.set(head.tenant_id, error instanceof Error ? error : new Error('unknown'));
        }
      }
    });
    return faults;
  }

  /** Returns the public key of a tenant's log as a C2SP vkey line. */
  async vkey(tenantId: TenantId): Promise<string> {
    const vkeys = await this.vkeys(tenantId);
    return vkeys.at(-1) ?? '';
  }

  /** Returns it under each name that the log has had, the one that it has now last. */
  async vkeys(tenantId: TenantId): Promise<string[]> {
    const publicKey = createPublicKey(await this.privateKey(tenantId));
    const generations = (await this.readState(tenantId))?.generation ?? 1;
    return Array.from({ length: generations }, (_, i) =>
      formatVkey({ name: CheckpointSigner.origin(tenantId, i + 1), publicKey }),
    );
  }

  /** Returns how many entries a log has that is not the continuation of what was signed; nothing if it is. */
  async sizeIfRewound(tenantId: TenantId): Promise<number | undefined> {
    return this.source.transaction(async (db) => {
      const [head]: { size: string; compact: Buffer }[] = await db.query(
        'SELECT size, compact FROM audit_head WHERE tenant_id = $1',
        [tenantId],
      );
      const size = Number(head?.size ?? 0);
      const tree = CompactRange.of(size, hashesIn(head?.compact ?? Buffer.alloc(0)));
      try {
        await this.assertContinues(db, tenantId, size, tree.root());
        return undefined;
      } catch (error) {
        if (error instanceof LogRewound) return size;
        throw error;
      }
    });
  }

  /**
   * Waits until a signed checkpoint covers an entry: what a privileged act does after its transaction, before it answers.
   *
   * @returns the entry's index.
   * @throws AppError `AUDIT_BACKLOG` if that takes longer than `timeoutMs`. The act has been done then, and is recorded; what
   * is missing is the signature. `extra.entry` names the entry, and sets this apart from an act that was refused.
   */
  async covers(tenantId: TenantId, entryId: EntryId, timeoutMs = 15 * SECOND): Promise<number> {
    this.waiting += 1;
    try {
      const until = performance.now() + timeoutMs;
      for (;;) {
        const index = await this.coveredIndex(tenantId, entryId);
        if (index !== undefined) return index;
        if (performance.now() > until)
          throw new AppError(
            'AUDIT_BACKLOG',
            'This was probably done, but its record is not signed yet. Look before you do it again.',
            { extra: { entry: entryId } },
          );
        await sleep(COVER_POLL_MS);
      }
    } finally {
      this.waiting -= 1;
    }
  }

  /** Whether somebody waits for a signature: the log's clock does not let them wait for its second to be over. */
  get isAwaited(): boolean {
    return this.waiting > 0;
  }

  private async coveredIndex(tenantId: TenantId, entryId: EntryId): Promise<number | undefined> {
    const [found] = await this.database.transaction(tenantId, (tx) =>
      tx.query<{ idx: string }>(
        `SELECT e.idx FROM audit_entry e WHERE e.tenant_id = $1 AND e.entry_id = $2
         AND e.idx < (SELECT max(size) FROM audit_checkpoint WHERE tenant_id = $1)`,
        [tenantId, entryId],
      ),
    );
    return found && Number(found.idx);
  }

  private async sign(db: EntityManager, tenantId: TenantId, size: number, root: Buffer): Promise<void> {
    const generation = (await this.readState(tenantId))?.generation ?? 1;
    const origin = CheckpointSigner.origin(tenantId, generation);
    const note = signNote(formatCheckpoint({ origin, size, root }), origin, await this.privateKey(tenantId));
    // The file first: after a crash in between it knows of a signature that was never shown, which harms nobody.
    await this.states.write(tenantId, { size, root: root.toString('base64'), generation });
    await db.query(
      `INSERT INTO audit_checkpoint (tenant_id, size, root, note, signed_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING`,
      [tenantId, size, root, note, this.clock.now()],
    );
  }

  private async assertContinues(
    db: EntityManager,
    tenantId: TenantId,
    size: number,
    root: Buffer,
  ): Promise<void> {
    const last = await this.readState(tenantId);
    if (last === undefined || last.size === 0) return;
    if (size < last.size)
      throw new LogRewound(
        'set-back',
        `the log has ${size} entries, and ${last.size} were signed: it was set back`,
        last.size,
      );
    const then =
      size === last.size
        ? root
        : await rootAt((sql, values) => db.query(sql, [...values]), tenantId, last.size);
    if (then.toString('base64') !== last.root)
      throw new LogRewound(
        'changed',
        `the first ${last.size} entries are not the ones that were signed: they were changed`,
        last.size,
      );
  }

  private async privateKey(tenantId: TenantId): Promise<KeyObject> {
    const held = this.keyPairs.get(tenantId);
    if (held !== undefined) return held;
    const pkcs8 = await this.database.transaction(tenantId, async (tx) => {
      const fresh = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' });
      return (await this.keys.readSecret(tx, LOG_KEY)) ?? (await this.keys.keepSecret(tx, LOG_KEY, fresh()));
    });
    const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
    this.keyPairs.set(tenantId, key);
    return key;
  }

  private async readState(tenantId: TenantId): Promise<SignedState | undefined> {
    try {
      return await this.states.read(tenantId);
    } catch {
      throw new LogRewound('state-unreadable', 'the file of what was signed last cannot be read');
    }
  }
}
