import { inclusionProof, writeEntryProof } from '@app/audit';
import { AppError, type EntryId, type ErasureId } from '@app/kernel';
import { actorOf, Database, Gate, nodesOf, Recorder, type StaffPrincipal, type Tx } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { attemptOf } from './erasure.service';
import { findErasures } from './erasure.store';

/** A file that shows offline that, and when, a conversation was erased. */
export interface Certificate {
  readonly fileName: string;
  readonly text: string;
}

/** Certificates of erasure: the entry that says it, and the proof that the log holds that entry. */
@Injectable()
export class Certificates {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Records that the certificate is taken, and returns it: of the entry `erase.effective` once there is one, before that of the
   * entry that the erasure was asked for. Both state both dates.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND`; `STEP_NOT_ALLOWED` while no checkpoint covers the entry;
   * `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`.
   */
  async of(principal: StaffPrincipal, erasureId: ErasureId): Promise<Certificate> {
    const { tenantId } = principal;
    const attempt = attemptOf(principal, 'erase.read');
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    return this.database.transaction(tenantId, async (tx) => {
      const [row] = await findErasures(tx, erasureId);
      if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such erasure.');
      await this.recorder.record(tx, {
        act: 'erase.certificate',
        actor: actorOf(principal),
        decision,
        refs: { erasure: erasureId },
      });
      const text = await proofOf(tx, row.effective_entry ?? row.request_entry);
      const state = row.effective_entry === null ? 'requested' : 'effective';
      return { fileName: `erasure-${row.intake_id}-${state}.tlog-proof`, text };
    });
  }
}

async function proofOf(tx: Tx, entryId: EntryId): Promise<string> {
  const [found] = await tx.query<{ idx: string; entry: Buffer }>(
    'SELECT idx, entry FROM audit_entry WHERE tenant_id = $1 AND entry_id = $2',
    [tx.tenantId, entryId],
  );
  const [checkpoint] = await tx.query<{ size: string; note: string }>(
    'SELECT size, note FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tx.tenantId],
  );
  const [index, size] = [Number(found?.idx), Number(checkpoint?.size ?? 0)];
  if (found === undefined || checkpoint === undefined || index >= size)
    throw new AppError('STEP_NOT_ALLOWED', 'The record of this is not signed yet. Try again in a moment.');
  const nodes = nodesOf((sql, values) => tx.query(sql, values), tx.tenantId);
  const proof = await inclusionProof(nodes, index, size);
  return writeEntryProof({ entry: found.entry, index, size, proof, checkpoint: checkpoint.note });
}
