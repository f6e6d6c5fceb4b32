import { AppError, type Clock, type ErasureId, type IntakeId, newId } from '@app/kernel';
import {
  actorOf,
  type Attempt,
  CheckpointSigner,
  CLOCK,
  type Config,
  CONFIG,
  Database,
  describe,
  Gate,
  Keys,
  Recorder,
  type StaffPrincipal,
} from '@app/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { findStaff } from '../log/log.store';
import { decideErasure, type ErasureOutcome, unreadableBy } from './erasure';
import { type ErasureRow, eraseIntake, findErasures, insertErasure, lockForErasure } from './erasure.store';
import { ErasureJournal } from './journal';

/** An erasure as the officer sees it. */
export interface Erasure {
  readonly erasureId: ErasureId;
  readonly intakeId: IntakeId;
  readonly purpose: string;
  readonly requestedBy: { readonly id: string; readonly name: string };
  /** Since then the running system cannot read it. */
  readonly erasedAt: string;
  /** By then no copy in a backup can be read. */
  readonly unreadableBy: string;
  /** Since when that is so. Absent until then. */
  readonly effectiveAt?: string;
}

/** Why somebody may ask for a conversation to be erased. The policies name the same. */
export type ErasurePurpose = 'DSAR' | 'RETENTION';

const REFUSALS: Record<Exclude<ErasureOutcome, 'erase'>, () => AppError> = {
  'not-found': () => new AppError('NOT_FOUND', 'There is no such conversation.'),
  'erased-already': () => new AppError('STEP_NOT_ALLOWED', 'This conversation has been erased already.'),
  held: () =>
    new AppError('HELD', 'A legal hold keeps this conversation. Two people have to release the hold first.'),
};

/** Erasing a conversation, and what was erased. */
@Injectable()
export class Erasures {
  private readonly logger = new Logger('erasure');

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly journal: ErasureJournal,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Makes a conversation unreadable: for the running system at once, for every copy by the date that is returned. It answers
   * when a signed checkpoint covers the record of it, and cannot be undone.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND`, `STEP_NOT_ALLOWED` if it was erased already, `HELD`,
   * which are recorded; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`.
   */
  async request(principal: StaffPrincipal, intakeId: IntakeId, purpose: ErasurePurpose): Promise<Erasure> {
    const { tenantId, staffId } = principal;
    const erasureId = newId<ErasureId>();
    const erased = await this.database.transaction(tenantId, async (tx) => {
      const decision = this.gate.pass(tx, { ...attemptOf(principal, 'erase.request'), purpose });
      const act = { actor: actorOf(principal), decision, purpose, refs: { erasure: erasureId } };
      const facts = await lockForErasure(tx, intakeId);
      const outcome = decideErasure(facts);
      if (outcome !== 'erase') {
        const refused = {
          ...act,
          act: 'erase.requested',
          ...(facts === undefined ? { refs: { sought: intakeId } } : { intakeId }),
          detail: { reason: outcome },
        };
        tx.afterRollback(() => this.recorder.recordRefusal(tenantId, refused));
        throw REFUSALS[outcome]();
      }
      const now = this.clock.now();
      const by = unreadableBy(now, {
        ...this.config.keys,
        destroyDelayDays: this.keys.destroyDelayDays,
      });
      const entry = await this.recorder.record(tx, {
        ...act,
        act: 'erase.requested',
        intakeId,
        detail: { erasedAt: now.toISOString(), unreadableBy: by.toISOString() },
      });
      const erasure = {
        erasure_id: erasureId,
        intake_id: intakeId,
        purpose,
        requested_by: staffId,
        requested_at: now,
        unreadable_by: by,
        key_version: await eraseIntake(tx, this.keys, intakeId, now),
        request_entry: entry,
      };
      await insertErasure(tx, erasure);
      await this.journal.keep(tx, {
        kind: 'erased',
        id: erasureId,
        intakeId,
        purpose,
        requestedBy: staffId,
        requestedAt: now.toISOString(),
        unreadableBy: by.toISOString(),
        requestEntry: entry,
      });
      return { ...erasure, effective_at: null, effective_entry: null };
    });
    await this.journal.settled(tenantId);
    await this.clearAway();
    await this.signer.covers(tenantId, erased.request_entry);
    return viewOf(erased, new Map([[staffId, principal.name]]));
  }

  /**
   * Records the reading, and returns what was erased: the newest first.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`.
   */
  async list(principal: StaffPrincipal): Promise<Erasure[]> {
    const { tenantId } = principal;
    const attempt = attemptOf(principal, 'erase.read');
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    await this.recorder.recordRead(tenantId, { act: 'erase.read', actor: actorOf(principal), decision }, []);
    return this.database.transaction(tenantId, async (tx) => {
      const names = new Map((await findStaff(tx)).map(({ id, name }) => [id, name]));
      return (await findErasures(tx)).map((row) => viewOf(row, names));
    });
  }

  /** The rows are gone already; this takes their remains out of the tables. */
  private async clearAway(): Promise<void> {
    try {
      await this.database.vacuum('data_key');
      await this.database.vacuum('audit_opening');
    } catch (error) {
      this.logger.warn(`the remains of an erasure are left to autovacuum: ${describe(error)}`);
    }
  }
}

export function attemptOf(principal: StaffPrincipal, action: 'erase.read' | 'erase.request'): Attempt {
  return { principal, action, resource: { kind: 'tenant', id: principal.tenantId } };
}

function viewOf(row: ErasureRow, names: ReadonlyMap<string, string>): Erasure {
  return {
    erasureId: row.erasure_id,
    intakeId: row.intake_id,
    purpose: row.purpose,
    requestedBy: { id: row.requested_by, name: names.get(row.requested_by) ?? '' },
    erasedAt: row.requested_at.toISOString(),
    unreadableBy: row.unreadable_by.toISOString(),
    ...(row.effective_at !== null && { effectiveAt: row.effective_at.toISOString() }),
  };
}
