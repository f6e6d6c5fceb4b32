import { AppError, type Clock, type HoldId, type IntakeId, newId } from '@app/kernel';
import type { Decision } from '@app/policies';
import {
  actorOf,
  type Attempt,
  CheckpointSigner,
  CLOCK,
  Database,
  Gate,
  Keys,
  type ReadReceipt,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { lockForErasure } from '../erasure/erasure.store';
import { ErasureJournal } from '../erasure/journal';
import { findStaff } from '../log/log.store';
import { decideHold, type HoldStep } from './hold';
import { factsOfHold, findHolds, type HoldRow, lockHold, saveHold } from './hold.store';

interface Person {
  readonly id: string;
  readonly name: string;
}

/** A hold as whoever may release it sees it. */
export interface Hold {
  readonly holdId: HoldId;
  readonly intakeId: IntakeId;
  /** Absent once the conversation has been erased: the reason went with it. */
  readonly reason?: string;
  readonly placedBy: Person;
  readonly placedAt: string;
  readonly releaseAskedBy?: Person;
  readonly releaseAskedAt?: string;
  readonly releasedBy?: Person;
  readonly releasedAt?: string;
}

const RECORDED_AS = {
  ask: 'hold.release-asked',
  confirm: 'hold.released',
  decline: 'hold.release-declined',
} as const satisfies Record<HoldStep, string>;

const REFUSALS = {
  released: 'This hold has been released already.',
  'asked-already': 'Somebody has asked for the release already. A second person confirms it.',
  'not-asked': 'Nobody has asked for the release of this hold. Ask for it first.',
  'same-person': 'You asked for this release yourself. Another officer or an administrator must confirm it.',
} as const;

/** Legal holds: placing one, seeing them, ending one by two people. While one stands the database destroys nothing of it. */
@Injectable()
export class Holds {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly journal: ErasureJournal,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Places a hold. Several may stand on one conversation: each ends for itself.
   *
   * @param reason - sealed under the conversation's own key; the entry commits to it.
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND`; `ERASED` if the conversation was erased;
   * `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`, and no hold is placed.
   */
  async place(principal: StaffPrincipal, intakeId: IntakeId, reason: string): Promise<HoldId> {
    const holdId = newId<HoldId>();
    await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attemptOf(principal, 'hold.place'));
      // Locked: an erasure of it comes before the hold or after it, never in between.
      const facts = await lockForErasure(tx, intakeId);
      if (facts === undefined) throw new AppError('NOT_FOUND', 'There is no such conversation.');
      if (facts.erasedAt !== undefined)
        throw new AppError('ERASED', 'This conversation was erased: there is nothing left to keep.');
      await this.recorder.record(tx, {
        act: 'hold.placed',
        actor: actorOf(principal),
        decision,
        intakeId,
        refs: { hold: holdId },
        personal: { reason },
      });
      const now = this.clock.now();
      const sealed = await this.keys.seal(tx, intakeId, placeOf(holdId), reason);
      await tx.query(
        `INSERT INTO hold (tenant_id, hold_id, intake_id, sealed_reason, placed_by, placed_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [tx.tenantId, holdId, intakeId, sealed, principal.staffId, now],
      );
      await this.journal.keep(tx, {
        kind: 'hold-placed',
        id: holdId,
        intakeId,
        sealedReason: sealed.toString('base64'),
        placedBy: principal.staffId,
        placedAt: now.toISOString(),
      });
    });
    await this.journal.settled(principal.tenantId);
    return holdId;
  }

  /**
   * Takes a step towards the end of a hold. The last one, and only that, answers when a signed checkpoint covers its entry.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND`; `STEP_NOT_ALLOWED` if the hold is not where the step
   * begins, or one person would be both; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`.
   */
  async step(principal: StaffPrincipal, holdId: HoldId, step: HoldStep): Promise<void> {
    const entryId = await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, attemptOf(principal, 'hold.release'));
      const row = await lockHold(tx, holdId);
      if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such hold.');
      const outcome = decideHold(factsOfHold(row), step, principal.staffId);
      if (outcome.kind === 'refused') {
        tx.afterRollback(() => this.refused(principal, decision, row, step, outcome.because));
        throw new AppError('STEP_NOT_ALLOWED', REFUSALS[outcome.because]);
      }
      const now = this.clock.now();
      await saveHold(tx, row, outcome.facts, now);
      const entry = await this.recorder.record(tx, acted(principal, decision, row, RECORDED_AS[step]));
      if (row.release_asked_by !== null && row.release_asked_at !== null && step === 'confirm')
        await this.journal.keep(tx, {
          kind: 'hold-released',
          id: holdId,
          askedBy: row.release_asked_by,
          askedAt: row.release_asked_at.toISOString(),
          releasedBy: principal.staffId,
          releasedAt: now.toISOString(),
        });
      return entry;
    });
    if (step !== 'confirm') return;
    await this.journal.settled(principal.tenantId);
    await this.signer.covers(principal.tenantId, entryId);
  }

  /**
   * Records the reading, and returns the holds: those that stand first.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`, and nothing is read.
   */
  async list(principal: StaffPrincipal): Promise<Hold[]> {
    const { tenantId } = principal;
    const attempt = attemptOf(principal, 'hold.read');
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const rows = await this.database.transaction(tenantId, findHolds);
    const receipt = await this.recorder.recordRead(
      tenantId,
      {
        act: 'hold.read',
        actor: actorOf(principal),
        decision,
        refs: Object.fromEntries(rows.map(({ hold_id }, i) => [`hold${i}`, hold_id])),
      },
      rows.map(({ intake_id }) => intake_id),
    );
    return this.database.transaction(tenantId, async (tx) => {
      const names = new Map((await findStaff(tx)).map(({ id, name }) => [id, name]));
      const holds: Hold[] = [];
      for (const row of rows) holds.push(await this.view(tx, receipt, row, names));
      return holds;
    });
  }

  private async view(
    tx: Tx,
    receipt: ReadReceipt,
    row: HoldRow,
    names: ReadonlyMap<string, string>,
  ): Promise<Hold> {
    const person = (id: string): Person => ({ id, name: names.get(id) ?? '' });
    const reason = await this.reason(tx, receipt, row);
    return {
      holdId: row.hold_id,
      intakeId: row.intake_id,
      ...(reason !== undefined && { reason }),
      placedBy: person(row.placed_by),
      placedAt: row.placed_at.toISOString(),
      ...(row.release_asked_by !== null && { releaseAskedBy: person(row.release_asked_by) }),
      ...(row.release_asked_at !== null && { releaseAskedAt: row.release_asked_at.toISOString() }),
      ...(row.released_by !== null && { releasedBy: person(row.released_by) }),
      ...(row.released_at !== null && { releasedAt: row.released_at.toISOString() }),
    };
  }

  private async reason(tx: Tx, receipt: ReadReceipt, row: HoldRow): Promise<string | undefined> {
    const [key] = await tx.query('SELECT 1 FROM data_key WHERE tenant_id = $1 AND owner = $2', [
      tx.tenantId,
      row.intake_id,
    ]);
    if (key === undefined) return undefined;
    const place = placeOf(row.hold_id);
    return (await this.keys.open(tx, receipt, row.intake_id, place, row.sealed_reason)).toString('utf8');
  }

  private async refused(
    principal: StaffPrincipal,
    decision: Decision,
    row: HoldRow,
    step: HoldStep,
    reason: string,
  ): Promise<void> {
    await this.recorder.recordRefusal(principal.tenantId, {
      ...acted(principal, decision, row, RECORDED_AS[step]),
      detail: { reason },
    });
  }
}

function acted(principal: StaffPrincipal, decision: Decision, row: HoldRow, act: string) {
  return {
    act,
    actor: actorOf(principal),
    decision,
    intakeId: row.intake_id,
    refs: { hold: row.hold_id },
  };
}

function attemptOf(principal: StaffPrincipal, action: 'hold.read' | 'hold.place' | 'hold.release'): Attempt {
  return { principal, action, resource: { kind: 'tenant', id: principal.tenantId } };
}

function placeOf(holdId: HoldId) {
  return { item: holdId, content: 'hold-reason' };
}
