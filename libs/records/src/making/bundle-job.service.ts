import {
  BundleRefused,
  NoteRefused,
  parseCheckpoint,
  parseVkey,
  rangeProof,
  type RangeProof,
  type Span,
  verifyNote,
  writeBundle,
} from '@app/audit';
import { signDetached } from '@app/crypto';
import { AppError, type Clock, type EntryId, SECOND } from '@app/kernel';
import { CheckpointSigner, CLOCK, Keys, nodesOf, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { lastCheckpoint } from '../log/log.store';
import { ownerOf, placeOf, type Taken } from '../export/export.store';
import type { Lease } from './lease';
import { includedEntries, LogAltered, type Read, survey } from './log-pages';
import { Parts } from './parts';
import { ServerKey } from './server-key.service';

/** Injection token: the bytes of `audit/cli/verify.mjs`. */
export const VERIFIER = Symbol('VERIFIER');
/** What made a bundle. */
export const SOFTWARE = 'vestibule 0.1.0';

const EXPORTER = { kind: 'system', id: 'exporter' } as const;
/** How long an export waits for the checkpoint that covers its own request. Signing is once a second. */
const CHECKPOINT_SECONDS = 10;
/** `writeBundle` reads the entries three times: to measure, for the lines, for the table. */
const READINGS = 3;

/** Makes one bundle: gathers, writes sealed parts, and says that it is ready, or why not. */
@Injectable()
export class BundleJob {
  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly serverKey: ServerKey,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(VERIFIER) private readonly verifier: Buffer,
  ) {}

  /** Makes the bundle of an export and makes it `ready`. @throws whatever kept it from being made. */
  async make(taken: Taken, lease: Lease): Promise<void> {
    const { tenantId, exportId } = lease;
    const period = { from: taken.from, to: taken.to };
    const read: Read = (act) => lease.hold(act);
    const index = await this.checkpointed(lease, taken.entryId);
    const vkey = await this.signer.vkey(tenantId);
    const { note, expected } = await read((tx) => startOf(tx, period));
    const checkpoint = parseCheckpoint(verifyNote(note, [parseVkey(vkey)]).text);

    // Progress is told in entries of the bundle; looking through the whole log is a part of the way to each of them.
    let total = expected;
    let looked = 0;
    let written = 0;
    const tell = () => {
      const part = (looked + written) / (checkpoint.size + READINGS * total);
      lease.tell(Math.min(total, Math.floor(total * part)), total);
    };
    const found = await survey(read, checkpoint, period, (count) => {
      looked = count;
      tell();
    });
    total = found.included;
    const proof = await read((tx) => proofOf(tx, found.range, checkpoint.size));
    const { privateKey, publicKey } = await this.serverKey.of(tenantId);
    const createdAt = this.clock.now();
    const parts = new Parts((part, content) => read((tx) => this.keep(tx, taken, part, content)));
    const { bytes, sha256 } = await writeBundle(
      {
        exportId,
        tenant: tenantId,
        scope: { kind: 'period', ...period },
        range: found.range,
        withheld: found.withheld,
        leaves: found.leaves,
        heads: found.heads,
        proof,
        entries: () =>
          includedEntries(read, found, (count) => {
            written += count;
            tell();
          }),
        checkpoint: note,
        vkey,
        exportEntry: { id: taken.entryId, index },
        requestedBy: taken.requestedBy,
        purpose: taken.purpose,
        createdAt: createdAt.toISOString(),
        software: SOFTWARE,
        serverKey: publicKey,
        sign: (manifest) => signDetached(privateKey, manifest, createdAt),
        verifier: this.verifier,
      },
      (chunk) => parts.add(chunk),
    );
    await parts.end();
    lease.tell(total, total);
    await read(async (tx) => {
      await tx.query(
        "UPDATE export SET state = 'ready', bytes = $3, sha256 = $4 WHERE tenant_id = $1 AND export_id = $2",
        [tenantId, exportId, bytes, Buffer.from(sha256, 'hex')],
      );
      await this.recorder.record(tx, {
        act: 'export.ready',
        actor: EXPORTER,
        purpose: taken.purpose,
        refs: { export: exportId, sha256 },
        detail: { from: found.range.from, to: found.range.to, included: total, size: checkpoint.size, bytes },
      });
    });
  }

  /** Makes an export `failed`, records why, and throws away what was written of it. */
  async fail(taken: Taken, lease: Lease, cause: unknown): Promise<void> {
    await lease.hold(async (tx) => {
      await tx.query("UPDATE export SET state = 'failed' WHERE tenant_id = $1 AND export_id = $2", [
        tx.tenantId,
        taken.exportId,
      ]);
      await tx.query('DELETE FROM export_part WHERE tenant_id = $1 AND export_id = $2', [
        tx.tenantId,
        taken.exportId,
      ]);
      await this.recorder.record(tx, {
        act: 'export.failed',
        actor: EXPORTER,
        outcome: 'refused',
        purpose: taken.purpose,
        refs: { export: taken.exportId },
        detail: reasonOf(cause),
      });
    });
  }

  /** Waits in short steps, so that the export is seen to be alive and the program can end. @returns the entry's index. */
  private async checkpointed(lease: Lease, entryId: EntryId): Promise<number> {
    for (let waited = 0; waited < CHECKPOINT_SECONDS; waited++) {
      await lease.hold(() => Promise.resolve());
      try {
        return await this.signer.covers(lease.tenantId, entryId, SECOND);
      } catch (error) {
        if (!(error instanceof AppError && error.code === 'AUDIT_BACKLOG')) throw error;
      }
    }
    throw new NotCheckpointed();
  }

  private async keep(tx: Tx, { exportId }: Taken, part: number, content: Buffer): Promise<void> {
    const sealed = await this.keys.seal(tx, ownerOf(exportId), placeOf(exportId, part), content);
    await tx.query('INSERT INTO export_part (tenant_id, export_id, part, sealed) VALUES ($1, $2, $3, $4)', [
      tx.tenantId,
      exportId,
      part,
      sealed,
    ]);
  }
}

class NotCheckpointed extends Error {
  override readonly name = 'NotCheckpointed';
}

/** The checkpoint that the bundle will stand on, and how many entries the columns promise. */
async function startOf(tx: Tx, period: Span<string>): Promise<{ note: string; expected: number }> {
  const checkpoint = await lastCheckpoint(tx);
  if (checkpoint === undefined) throw new NotCheckpointed();
  const [row] = await tx.query<{ n: string }>(
    'SELECT count(*) AS n FROM audit_entry WHERE tenant_id = $1 AND at >= $2 AND at < $3 AND idx < $4',
    [tx.tenantId, period.from, period.to, checkpoint.size],
  );
  return { note: checkpoint.note, expected: Number(row?.n ?? 0) };
}

/** One query after the other: they share the transaction's connection. */
function proofOf(tx: Tx, { from, to }: Span<number>, size: number): Promise<RangeProof> {
  let before: Promise<unknown> = Promise.resolve();
  const node = nodesOf((sql, values) => {
    const answer = before.then(() => tx.query<never>(sql, values));
    before = answer.catch(() => undefined);
    return answer;
  }, tx.tenantId);
  return rangeProof(node, from, to, size);
}

function reasonOf(cause: unknown): Readonly<Record<string, string | number>> {
  if (cause instanceof LogAltered)
    return { reason: 'log-altered', ...(cause.index !== undefined && { entry: cause.index }) };
  if (cause instanceof BundleRefused || cause instanceof NoteRefused) return { reason: 'log-altered' };
  if (cause instanceof NotCheckpointed) return { reason: 'not-checkpointed' };
  if (cause instanceof RangeError) return { reason: 'too-large' };
  return { reason: 'unexpected' };
}
