import { type BundleInput, writeBundle } from '@app/audit';
import { signDetached } from '@app/crypto';
import { AppError, type Clock, type EntryId, SECOND } from '@app/kernel';
import { CheckpointSigner, CLOCK, Keys, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { type Asked, ownerOf, placeOf, type Taken } from '../export/export.store';
import { type Gathered, Transcripts } from '../transcript/transcripts.service';
import { viewsOf } from '../views';
import { failureOf, NotCheckpointed } from './failure';
import type { Lease } from './lease';
import { type Dated, IncludedEntries, type Read, type Survey, survey } from './log-pages';
import { Parts } from './parts';
import { ServerKey } from './server-key.service';
import { type Ground, Standing } from './standing.service';

/** Injection token: the bytes of `audit/cli/verify.mjs`. */
export const VERIFIER = Symbol('VERIFIER');
/** What made a bundle. */
export const SOFTWARE = 'vestibule 0.1.0';

const EXPORTER = { kind: 'system', id: 'exporter' } as const;
/** How long an export waits for the checkpoint that covers its own request. Signing is once a second. */
const CHECKPOINT_SECONDS = 10;
/** `writeBundle` reads the entries to measure, for the lines, for the table, and once more for each other view. */
const READINGS = 3;

/** A bundle that was written, and what it was made of. */
interface Made {
  readonly bytes: number;
  readonly sha256: string;
  readonly manifestSha256: string;
  readonly ground: Ground;
  readonly found: Survey;
  readonly transcript: Gathered | undefined;
}

/** Makes one bundle: gathers, writes sealed parts, and says that it is ready, or why not. */
@Injectable()
export class BundleJob {
  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly signer: CheckpointSigner,
    private readonly serverKey: ServerKey,
    private readonly transcripts: Transcripts,
    private readonly standing: Standing,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(VERIFIER) private readonly verifier: Buffer,
  ) {}

  /** Makes the bundle of an export and makes it `ready`. @throws whatever kept it from being made. */
  async make(taken: Taken, lease: Lease): Promise<void> {
    const { tenantId, exportId } = lease;
    const { asked } = taken;
    const read: Read = (act) => lease.read(act);
    const index = await this.checkpointed(lease, taken.entryId);
    // What was said is read by this export: the reading is on record, and in the bundle itself, before anything is opened.
    const receipt =
      asked.kind === 'intake' ? await this.transcripts.announce(taken, tenantId, asked) : undefined;
    const last = receipt === undefined ? index : await this.checkpointed(lease, receipt.entryId);
    const ground = await this.standing.find(tenantId, last + 1);
    const { checkpoint } = ground;
    const expected = await read((tx) => expectedIn(tx, asked, checkpoint.size));

    // Progress is told in entries of the bundle; looking through the whole log is a part of the way to each of them.
    const readings = READINGS + taken.views.length;
    let total = expected;
    let looked = 0;
    let reread = 0;
    const tell = () => {
      const part = (looked + reread) / (checkpoint.size + readings * total);
      lease.tell(Math.min(total, Math.floor(total * part)), total);
    };
    const found = await survey(read, checkpoint, belongsTo(asked), (count) => {
      looked = count;
      tell();
    });
    total = found.included;
    const entries = new IncludedEntries(read, found);
    // The key before the time: a key that is made now signs nothing that is older than itself.
    const { privateKey, publicKey } = await this.serverKey.of(tenantId);
    const createdAt = this.clock.now();
    const head = { size: checkpoint.size, createdAt: createdAt.toISOString() };
    const transcript =
      receipt && asked.kind === 'intake'
        ? await this.transcripts.gather(read, receipt, taken, asked, entries, head)
        : undefined;
    const around = await read((tx) => this.standing.around(tx, ground, found.range, index));
    const parts = new Parts((part, content) => lease.hold((tx) => this.keep(tx, taken, part, content)));
    const written = await writeBundle(
      {
        exportId,
        tenant: tenantId,
        scope: scopeOf(asked),
        range: found.range,
        withheld: found.withheld,
        leaves: found.leaves,
        heads: found.heads,
        entries: () =>
          entries.read((count) => {
            reread += count;
            tell();
          }),
        checkpoint: ground.note,
        vkey: ground.vkey,
        exportEntry: { id: taken.entryId, index },
        requestedBy: taken.requestedBy,
        purpose: taken.purpose,
        createdAt: head.createdAt,
        software: SOFTWARE,
        serverKey: publicKey,
        sign: (manifest) => signDetached(privateKey, manifest, createdAt),
        verifier: this.verifier,
        views: viewsOf(taken.views),
        ...around,
        ...transcript?.parts,
      },
      (chunk) => parts.add(chunk),
    );
    await parts.end();
    lease.tell(total, total);
    await lease.hold((tx) => this.ready(tx, taken, { ...written, ground, found, transcript }));
  }

  private async ready(tx: Tx, { exportId, purpose }: Taken, made: Made): Promise<void> {
    const { bytes, sha256, manifestSha256, ground, found, transcript } = made;
    const { size } = ground.checkpoint;
    await tx.query(
      `UPDATE export SET state = 'ready', bytes = $3, sha256 = $4, manifest_sha256 = $5, checkpoint = $6, size = $7,
         messages = $8, failure = NULL WHERE tenant_id = $1 AND export_id = $2`,
      [
        tx.tenantId,
        exportId,
        bytes,
        Buffer.from(sha256, 'hex'),
        Buffer.from(manifestSha256, 'hex'),
        ground.note,
        size,
        transcript?.count,
      ],
    );
    await this.recorder.record(tx, {
      act: 'export.ready',
      actor: EXPORTER,
      purpose,
      refs: { export: exportId, sha256 },
      detail: {
        ...{ from: found.range.from, to: found.range.to, included: found.included, size, bytes },
        ...(transcript && { messages: transcript.count, redacted: transcript.redacted }),
      },
    });
  }

  /** Makes an export `failed`, records why, and throws away what was written of it. */
  async fail(taken: Taken, lease: Lease, cause: unknown): Promise<void> {
    const failure = failureOf(cause);
    await lease.hold(async (tx) => {
      await tx.query(
        "UPDATE export SET state = 'failed', failure = $3 WHERE tenant_id = $1 AND export_id = $2",
        [tx.tenantId, taken.exportId, JSON.stringify(failure)],
      );
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
        detail: { ...failure },
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

function belongsTo(asked: Asked): (entry: Dated) => boolean {
  return asked.kind === 'period'
    ? ({ at }) => at >= asked.from && at < asked.to
    : ({ intake }) => intake === asked.intakeId;
}

function scopeOf(asked: Asked): BundleInput['scope'] {
  return asked.kind === 'period'
    ? { kind: 'period', from: asked.from, to: asked.to }
    : { kind: 'intake', intake: asked.intakeId };
}

/** How many entries the columns promise. */
async function expectedIn(tx: Tx, asked: Asked, size: number): Promise<number> {
  const [where, values] =
    asked.kind === 'period'
      ? ['at >= $3 AND at < $4', [asked.from, asked.to]]
      : ['intake_id = $3', [asked.intakeId]];
  const [row] = await tx.query<{ n: string }>(
    `SELECT count(*) AS n FROM audit_entry WHERE tenant_id = $1 AND idx < $2 AND ${where}`,
    [tx.tenantId, size, ...values],
  );
  return Number(row?.n ?? 0);
}
