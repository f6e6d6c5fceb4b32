import { type Clock, type TenantId } from '@app/kernel';
import { CLOCK, type Config, CONFIG, Database, Keys, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { lockHold } from '../holds/hold.store';
import { eraseIntake, insertErasure, lockForErasure } from './erasure.store';
import { ErasureJournal, type JournalAct } from './journal';

/** Left in the home by `npm run restore`. */
const Restored = z.object({ madeAt: z.iso.datetime(), restoredAt: z.iso.datetime() });
type Restored = z.infer<typeof Restored>;

const ACTOR = { kind: 'system', id: 'restore' } as const;

/**
 * Tells a database that was set back what it must not forget, before anything is served: what was erased since is erased
 * again, holds placed since stand again, holds released since are over. A database that knows it all is left alone.
 */
@Injectable()
export class Replay {
  private readonly logger = new Logger('restore');

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly journal: ErasureJournal,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Runs at every start, before the program listens.
   *
   * @throws Error if something that was erased cannot be erased again: the program must not serve it.
   */
  async run(): Promise<void> {
    const path = join(this.config.home, 'restored.json');
    const restored = await readRestored(path);
    if (restored !== undefined) await this.endSessions(restored);
    for (const tenantId of await this.journal.tenants()) await this.tell(tenantId, restored !== undefined);
    if (restored !== undefined) await rm(path);
  }

  /** @param isRestored - whether what is missing in the database may have been there before it was set back. */
  private async tell(tenantId: TenantId, isRestored: boolean): Promise<void> {
    for (const { act, phase } of await this.journal.read(tenantId)) {
      if (phase === 'begun') {
        const happened = await this.database.transaction(tenantId, async (tx) => {
          await waitFor(tx, act);
          return isThere(tx, act);
        });
        if (!happened && isRestored)
          this.logger.warn(
            `${act.kind} ${act.id} had begun when the program ended, and is not counted as done`,
          );
        if (happened || !isRestored) await this.journal.settle(tenantId, act, happened ? 'done' : 'void');
        continue;
      }
      const told = await this.database.transaction(tenantId, (tx) => this.again(tx, act));
      if (told) this.logger.warn(`${act.kind} ${act.id} was missing in the database, and was done again`);
    }
  }

  /** @returns whether there was something to do. */
  private async again(tx: Tx, act: JournalAct): Promise<boolean> {
    if (await isThere(tx, act)) return false;
    switch (act.kind) {
      case 'erased':
        return this.eraseAgain(tx, act);
      case 'hold-placed':
        return this.holdAgain(tx, act);
      case 'hold-released':
        return this.releaseAgain(tx, act);
    }
  }

  private async eraseAgain(tx: Tx, act: Extract<JournalAct, { kind: 'erased' }>): Promise<boolean> {
    const facts = await lockForErasure(tx, act.intakeId);
    if (facts === undefined || facts.erasedAt !== undefined) return false;
    const entry = await this.recorder.record(tx, {
      act: 'erase.replayed',
      actor: ACTOR,
      intakeId: act.intakeId,
      purpose: act.purpose,
      refs: { erasure: act.id, requestEntry: act.requestEntry },
      detail: { erasedAt: act.requestedAt, unreadableBy: act.unreadableBy },
    });
    await insertErasure(tx, {
      erasure_id: act.id,
      intake_id: act.intakeId,
      purpose: act.purpose,
      requested_by: act.requestedBy,
      requested_at: act.requestedAt,
      unreadable_by: act.unreadableBy,
      key_version: await eraseIntake(tx, this.keys, act.intakeId, this.clock.now()),
      // The entry of the request was lost with the database; the one that says so stands in its place.
      request_entry: entry,
    });
    return true;
  }

  private async holdAgain(tx: Tx, act: Extract<JournalAct, { kind: 'hold-placed' }>): Promise<boolean> {
    const facts = await lockForErasure(tx, act.intakeId);
    if (facts === undefined) return false;
    await tx.query(
      `INSERT INTO hold (tenant_id, hold_id, intake_id, sealed_reason, placed_by, placed_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [
        tx.tenantId,
        act.id,
        act.intakeId,
        Buffer.from(act.sealedReason, 'base64'),
        act.placedBy,
        act.placedAt,
      ],
    );
    await this.recorder.record(tx, {
      act: 'hold.replayed',
      actor: ACTOR,
      intakeId: act.intakeId,
      refs: { hold: act.id },
    });
    return true;
  }

  private async releaseAgain(tx: Tx, act: Extract<JournalAct, { kind: 'hold-released' }>): Promise<boolean> {
    const [row] = await tx.query<{ intake_id: string }>(
      `UPDATE hold SET release_asked_by = $3, release_asked_at = $4, released_by = $5, released_at = $6
       WHERE tenant_id = $1 AND hold_id = $2 RETURNING intake_id`,
      [tx.tenantId, act.id, act.askedBy, act.askedAt, act.releasedBy, act.releasedAt],
    );
    if (row === undefined) return false;
    await this.recorder.record(tx, {
      act: 'hold.replayed',
      actor: ACTOR,
      intakeId: row.intake_id,
      refs: { hold: act.id },
      detail: { released: act.releasedAt },
    });
    return true;
  }

  /** Whoever was signed in when the backup was made is not now; who was disabled since may be active again, so nobody is. */
  private async endSessions({ madeAt, restoredAt }: Restored): Promise<void> {
    const tenants = await this.database.directory<{ tenant_id: TenantId }>(
      'SELECT DISTINCT belongs_to AS tenant_id FROM address',
      [],
    );
    for (const { tenant_id: tenantId } of tenants)
      await this.database.transaction(tenantId, async (tx) => {
        const now = this.clock.now();
        for (const table of ['staff_session', 'client_session'])
          await tx.query(`UPDATE ${table} SET ended_at = $2 WHERE tenant_id = $1 AND ended_at IS NULL`, [
            tenantId,
            now,
          ]);
        for (const table of ['socket_ticket', 'sign_in_challenge'])
          await tx.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenantId]);
        await this.recorder.record(tx, {
          act: 'backup.restored',
          actor: ACTOR,
          detail: { madeAt, restoredAt },
        });
      });
  }
}

/** Another process may be about to commit it: whoever acts holds one of these locks from before it is in the journal. */
async function waitFor(tx: Tx, act: JournalAct): Promise<void> {
  if (act.kind === 'hold-released') await lockHold(tx, act.id);
  else await lockForErasure(tx, act.intakeId);
}

/** Whether the database knows of an act: by its own row, whatever has come after. */
async function isThere(tx: Tx, act: JournalAct): Promise<boolean> {
  const where = {
    erased: 'erasure WHERE tenant_id = $1 AND erasure_id = $2',
    'hold-placed': 'hold WHERE tenant_id = $1 AND hold_id = $2',
    'hold-released': 'hold WHERE tenant_id = $1 AND hold_id = $2 AND released_at IS NOT NULL',
  }[act.kind];
  return (await tx.query(`SELECT 1 FROM ${where}`, [tx.tenantId, act.id])).length > 0;
}

async function readRestored(path: string): Promise<Restored | undefined> {
  try {
    return Restored.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
