import { encryptTo, PgpKeyRefused, readRecipient } from '@app/crypto';
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
import { pinnedKeys } from '../officer-key/officer-key.store';
import { type Export, findExports, insertExport, ownerOf, placeOf } from './export.store';

/** A bundle on its way out: as it is, or encrypted to the keys that are pinned for whoever asked for it or takes it away. */
export interface Download {
  readonly fileName: string;
  /** Known only of one that is not encrypted. */
  readonly bytes?: number;
  readonly mediaType: 'application/zip' | 'application/pgp-encrypted';
  /** To be read once, in order. It throws if a part is missing or was changed. */
  readonly parts: AsyncIterable<Uint8Array>;
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
  async request(
    principal: StaffPrincipal,
    { from, to, purpose, views = [] }: Omit<ExportBody, 'views'> & Partial<ExportBody>,
  ): Promise<ExportId> {
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
      await insertExport(tx, {
        ...{ exportId, entryId: entry, asked: { kind: 'period', from, to }, views, purpose },
        requestedBy: staffId,
        takenAt: this.clock.now(),
      });
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
      return findExports(tx, { viewer: principal.staffId });
    });
  }

  /** @throws AppError `ACCESS_DENIED`, `NOT_FOUND`. */
  async get(principal: StaffPrincipal, exportId: ExportId): Promise<Export> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      this.gate.pass(tx, reading(principal));
      const [found] = await findExports(tx, { exportId, viewer: principal.staffId });
      if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such export.');
      return found;
    });
  }

  /**
   * Records that the bundle is taken away, and returns it.
   *
   * @throws AppError `ACCESS_DENIED`, `NOT_FOUND`; `STEP_NOT_ALLOWED` while it is not ready; `AUDIT_UNAVAILABLE` or
   * `AUDIT_BACKLOG`, and nothing is opened; `KEY_REFUSED` if it must be encrypted and the key has expired; `SEAL_BROKEN` if the first part was changed.
   */
  async download(principal: StaffPrincipal, exportId: ExportId): Promise<Download> {
    const { tenantId } = principal;
    const attempt = reading(principal);
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const { state, purpose, bytes, fileName, requestedBy } = await this.get(principal, exportId);
    if (state !== 'ready' || bytes === undefined || fileName === undefined)
      throw new AppError('STEP_NOT_ALLOWED', 'This export is not ready.');
    const keys = await this.database.transaction(tenantId, (tx) =>
      pinnedKeys(tx, [principal.staffId, requestedBy.id]),
    );
    for (const { public_key } of keys) await this.assertUsable(public_key ?? '');
    const fingerprints = keys.map(({ fingerprint }, i) => [`to${i}`, fingerprint ?? '']);
    const receipt = await this.recorder.recordRead(
      tenantId,
      {
        act: 'export.downloaded',
        actor: actorOf(principal),
        decision,
        purpose,
        refs: { export: exportId, ...(Object.fromEntries(fingerprints) as Record<string, string>) },
      },
      [ownerOf(exportId)],
    );
    // The first part before anything is sent: what cannot be opened is an error, not a file that breaks off.
    const first = await this.open(receipt, exportId, 0);
    const parts = this.parts(receipt, exportId, first, bytes);
    const plainName = fileName.replace(/\.pgp$/, '');
    if (keys.length === 0) return { fileName: plainName, bytes, mediaType: 'application/zip', parts };
    return {
      fileName: `${plainName}.pgp`,
      mediaType: 'application/pgp-encrypted',
      parts: await encryptTo(
        keys.map(({ public_key }) => public_key ?? ''),
        parts,
        plainName,
        this.clock.now(),
      ),
    };
  }

  private async assertUsable(publicKey: string): Promise<void> {
    try {
      await readRecipient(publicKey, this.clock.now());
    } catch (error) {
      if (!(error instanceof PgpKeyRefused)) throw error;
      throw new AppError(
        'KEY_REFUSED',
        'The pinned key cannot be used any more. Ask two administrators to pin a new one.',
        { extra: { reason: error.fault } },
      );
    }
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
