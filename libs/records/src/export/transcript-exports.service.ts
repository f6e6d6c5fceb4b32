import { AppError, type Clock, type ExportId, newId } from '@app/kernel';
import {
  actorOf,
  CheckpointSigner,
  CLOCK,
  Database,
  Gate,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { ExportRunner } from '../making/export-runner.service';
import type { RedactBody, TranscriptBody } from '../messages';
import { type Asked, type Export, findExports, insertExport } from './export.store';

interface What {
  readonly asked: Extract<Asked, { kind: 'intake' }>;
  readonly purpose: string;
  readonly views: Export['views'];
  /** @throws AppError if it cannot be had, although they may. */
  readonly check?: () => void;
}

/** Exports of one conversation, with what was said in it, and redacted variants of them. */
@Injectable()
export class TranscriptExports {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly runner: ExportRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Asks for one conversation. The request is an entry of that conversation; nothing is opened by it.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND`; `AUDIT_UNAVAILABLE`, and nothing was asked for;
   * `AUDIT_BACKLOG` if no checkpoint came in time: if it was recorded, it is in the list and goes on.
   */
  request(
    principal: StaffPrincipal,
    { intakeId, purpose, views = [] }: Omit<TranscriptBody, 'views'> & Partial<TranscriptBody>,
  ): Promise<ExportId> {
    const what = { purpose, views, asked: { kind: 'intake', intakeId } } as const;
    return this.ask(principal, () => Promise.resolve(what));
  }

  /**
   * Asks for a variant of an export of a conversation that is ready, in which some messages are kept back. It is for the
   * same purpose, and a new export: what it is made from stays as it was.
   *
   * @throws AppError as `request`; `STEP_NOT_ALLOWED` if that export is not ready, or is a redacted one itself;
   * `INPUT_MALFORMED` if it has no message of such a number.
   */
  redact(principal: StaffPrincipal, source: ExportId, { redactions }: RedactBody): Promise<ExportId> {
    return this.ask(principal, async (tx) => {
      const [original] = await findExports(tx, { exportId: source });
      if (original?.asked.kind !== 'intake') return undefined;
      const { purpose, views } = original;
      const { intakeId } = original.asked;
      return {
        ...{ purpose, views, asked: { kind: 'intake', intakeId, redacted: { source, redactions } } },
        check: () => assertRedactable(original, redactions),
      };
    });
  }

  /** @param what - is asked for, found in the same transaction; nothing if there is no such thing. */
  private async ask(
    principal: StaffPrincipal,
    what: (tx: Tx) => Promise<What | undefined>,
  ): Promise<ExportId> {
    const { tenantId } = principal;
    const exportId = newId<ExportId>();
    const entryId = await this.database.transaction(tenantId, async (tx) => {
      const found = await what(tx);
      // Who may not, hears that, whether there is such a thing or not.
      const purpose = found?.purpose ?? 'LEGAL';
      const resource = { kind: 'tenant', id: tenantId } as const;
      const decision = this.gate.pass(tx, { principal, action: 'transcript.export', resource, purpose });
      if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such export.');
      found.check?.();
      const { asked, views } = found;
      const entry = await this.recorder.record(tx, {
        act: 'transcript.export',
        actor: actorOf(principal),
        decision,
        purpose,
        intakeId: asked.intakeId,
        refs: { export: exportId, ...(asked.redacted && { source: asked.redacted.source }) },
        ...(asked.redacted && { detail: { redacted: asked.redacted.redactions.length } }),
      });
      await insertExport(tx, {
        ...{ exportId, entryId: entry, asked, views, purpose },
        requestedBy: principal.staffId,
        takenAt: this.clock.now(),
      });
      return entry;
    });
    await this.signer.covers(tenantId, entryId);
    this.runner.wake();
    return exportId;
  }
}

function assertRedactable(
  { state, asked, messages = 0 }: Export,
  redactions: RedactBody['redactions'],
): void {
  if (state !== 'ready') throw new AppError('STEP_NOT_ALLOWED', 'This export is not ready.');
  if (asked.kind === 'intake' && asked.redacted)
    throw new AppError(
      'STEP_NOT_ALLOWED',
      'This export is a redacted one. Start from the one that it was made from.',
    );
  const missing = redactions.find(({ seq }) => seq > messages);
  if (missing)
    throw new AppError('INPUT_MALFORMED', `This conversation has no message ${missing.seq}.`, {
      extra: { fields: ['redactions'] },
    });
}
