import { AppError, type Clock, type ExportId, newId } from '@app/kernel';
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
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { ExportBody } from '../messages';
import { ExportRunner } from '../making/export-runner.service';
import { type Export, findExports, ownerOf, placeOf } from './export.store';

/** A bundle on its way out. */
export interface Download {
  readonly fileName: string;
  readonly bytes: number;
  /** To be read once, in order. It throws if a part is missing or was changed. */
  readonly parts: AsyncIterable<Buffer>;
}

/** Exports of a tenant's log: asking for one, looking how far it is, taking it away. */
@Injectable()
export class Exports {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly runner: ExportRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records the request and puts it in line. It answers when a signed checkpoint covers the record of it: an export is an
   * act that nobody may take back by setting the database back.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `AUDIT_UNAVAILABLE`, and nothing was asked for; `AUDIT_BACKLOG` if
   * no checkpoint came in time: if it was recorded, it is in the list and goes on.
   */
  async request(principal: StaffPrincipal, { from, to, purpose }: ExportBody): Promise<ExportId> {
    const { tenantId, staffId } = principal;
    const exportId = newId<ExportId>();
    const entryId = await this.database.transaction(tenantId, async (tx) => {
      const resource = { kind: 'tenant', id: tenantId } as const;
      const decision = this.gate.pass(tx, { principal, action: 'export.create', resource, purpose });
      const entry = await this.recorder.record(tx, {
        act: 'export.requested',
        actor: actorOf(principal),
        decision,
        purpose,
        refs: { export: exportId },
        detail: { from, to },
      });
      const now = this.clock.now();
      await tx.query(
        `INSERT INTO export (tenant_id, export_id, period_from, period_to, purpose, requested_by, requested_at,
           entry_id, state, touched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', $7)`,
        [tenantId, exportId, from, to, purpose, staffId, now, entry],
      );
      return entry;
    });
    await this.signer.covers(tenantId, entryId);
    this.runner.wake();
    return exportId;
  }

  /** Returns the tenant's exports, the newest first. Nothing in them is personal but who asked. @throws AppError `ACCESS_DENIED`. */
  async list(principal: StaffPrincipal): Promise<Export[]> {
    return this.database.transaction(principal.tenantId, (tx) => {
      this.gate.pass(tx, reading(principal));
      return findExports(tx);
    });
  }

  /** @throws AppError `ACCESS_DENIED`, `NOT_FOUND`. */
  async get(principal: StaffPrincipal, exportId: ExportId): Promise<Export> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      this.gate.pass(tx, reading(principal));
      const [found] = await findExports(tx, exportId);
      if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such export.');
      return found;
    });
  }

  /**
   * Records that the bundle is taken away, and returns it.
   *
   * @throws AppError `ACCESS_DENIED`, `NOT_FOUND`; `STEP_NOT_ALLOWED` while it is not ready; `AUDIT_UNAVAILABLE` or
   * `AUDIT_BACKLOG`, and nothing is opened; `SEAL_BROKEN` if the first part was changed.
   */
  async download(principal: StaffPrincipal, exportId: ExportId): Promise<Download> {
    const { tenantId } = principal;
    const attempt = reading(principal);
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const { state, purpose, bytes, fileName } = await this.get(principal, exportId);
    if (state !== 'ready' || bytes === undefined || fileName === undefined)
      throw new AppError('STEP_NOT_ALLOWED', 'This export is not ready.');
    const receipt = await this.recorder.recordRead(
      tenantId,
      { act: 'export.downloaded', actor: actorOf(principal), decision, purpose, refs: { export: exportId } },
      [ownerOf(exportId)],
    );
    // The first part before anything is sent: what cannot be opened is an error, not a file that breaks off.
    const first = await this.open(receipt, exportId, 0);
    return { fileName, bytes, parts: this.parts(receipt, exportId, first, bytes) };
  }

  private async *parts(
    receipt: ReadReceipt,
    exportId: ExportId,
    first: Buffer,
    bytes: number,
  ): AsyncGenerator<Buffer> {
    let sent = first.length;
    yield first;
    for (let part = 1; sent < bytes; part++) {
      const content = await this.open(receipt, exportId, part);
      sent += content.length;
      yield content;
    }
  }

  private open(receipt: ReadReceipt, exportId: ExportId, part: number): Promise<Buffer> {
    return this.database.transaction(receipt.tenantId, async (tx) => {
      const [row] = await tx.query<{ sealed: Buffer }>(
        'SELECT sealed FROM export_part WHERE tenant_id = $1 AND export_id = $2 AND part = $3',
        [tx.tenantId, exportId, part],
      );
      if (row === undefined) throw new AppError('SEAL_BROKEN', 'A part of this export is missing.');
      return this.keys.open(tx, receipt, ownerOf(exportId), placeOf(exportId, part), row.sealed);
    });
  }
}

function reading(principal: StaffPrincipal): Attempt {
  return { principal, action: 'export.read', resource: { kind: 'tenant', id: principal.tenantId } };
}
