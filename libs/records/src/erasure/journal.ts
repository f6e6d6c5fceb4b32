import { type ErasureId, type HoldId, type IntakeId, type StaffId, type TenantId } from '@app/kernel';
import type { Tx } from '@app/platform';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const id = <T extends string>() => z.uuid() as unknown as z.ZodType<T>;
const Instant = z.iso.datetime({ precision: 3 });

/** What a database that was set back must be told: what was erased, what was put under a hold, which holds are over. */
const Act = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('erased'),
    id: id<ErasureId>(),
    intakeId: id<IntakeId>(),
    purpose: z.string(),
    requestedBy: id<StaffId>(),
    requestedAt: Instant,
    unreadableBy: Instant,
    requestEntry: id<string>(),
  }),
  z.strictObject({
    kind: z.literal('hold-placed'),
    id: id<HoldId>(),
    intakeId: id<IntakeId>(),
    sealedReason: z.base64(),
    placedBy: id<StaffId>(),
    placedAt: Instant,
  }),
  z.strictObject({
    kind: z.literal('hold-released'),
    id: id<HoldId>(),
    askedBy: id<StaffId>(),
    askedAt: Instant,
    releasedBy: id<StaffId>(),
    releasedAt: Instant,
  }),
]);
export type JournalAct = z.infer<typeof Act>;

/** `begun` before the transaction commits, `done` when it has, `void` when a later start found that it has not. */
const Line = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('begun'), act: Act }),
  z.strictObject({ phase: z.literal('done'), kind: z.string(), id: z.string() }),
  z.strictObject({ phase: z.literal('void'), kind: z.string(), id: z.string() }),
]);
type Line = z.infer<typeof Line>;

/** An act with what became of it; `begun` if the program ended before it could say so. */
export interface Journaled {
  readonly act: JournalAct;
  readonly phase: 'begun' | 'done';
}

/**
 * What must outlive the database: kept in files outside PostgreSQL, one a tenant, only ever added to, and written through
 * to the disk before the transaction commits. It holds ids and instants, and reasons of holds as they are sealed.
 */
export class ErasureJournal {
  private readonly settling = new Map<TenantId, Promise<void>>();

  constructor(
    /** Where the files are. */
    private readonly folder: string,
  ) {}

  /**
   * Writes an act down that the caller's transaction is about to commit. Call it last: what comes after it may not fail for
   * a reason that could have been seen before.
   *
   * @throws Error if it is not on the disk: the act does not happen then.
   */
  async keep(tx: Tx, act: JournalAct): Promise<void> {
    const { tenantId } = tx;
    await this.add(tenantId, { phase: 'begun', act });
    // After a rollback it stays begun: a commit whose answer was lost looks the same. The next start sees which it was.
    tx.afterCommit(() => {
      const last = this.settling.get(tenantId) ?? Promise.resolve();
      this.settling.set(
        tenantId,
        last.then(() => this.settle(tenantId, act, 'done')),
      );
    });
  }

  /** Waits until what was committed is written down as done. @throws Error if that could not be written. */
  async settled(tenantId: TenantId): Promise<void> {
    const settling = this.settling.get(tenantId);
    this.settling.delete(tenantId);
    await settling;
  }

  /** Says what became of an act. */
  settle(tenantId: TenantId, { kind, id: actId }: JournalAct, phase: 'done' | 'void'): Promise<void> {
    return this.add(tenantId, { phase, kind, id: actId });
  }

  /** Returns the tenants that have a journal. */
  async tenants(): Promise<TenantId[]> {
    try {
      const names = await readdir(this.folder);
      return names.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -6) as TenantId);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /**
   * Returns a tenant's acts in the order in which they happened, without those that did not.
   *
   * @throws Error if a line says something that is not understood: nothing may be served on half of what is known. A line
   * that a crash has cut off was never an act, because the transaction waited for it.
   */
  async read(tenantId: TenantId): Promise<Journaled[]> {
    const acts = new Map<string, { act: JournalAct; phase: Line['phase'] }>();
    for (const text of (await readFile(this.pathOf(tenantId), 'utf8')).split('\n')) {
      const written = parsed(text);
      if (written === undefined) continue;
      const line = Line.parse(written);
      if (line.phase === 'begun') {
        const name = `${line.act.kind}/${line.act.id}`;
        if (!acts.has(name)) acts.set(name, { act: line.act, phase: 'begun' });
        continue;
      }
      // Whoever committed it knows better than a process that started meanwhile and did not see it yet.
      const known = acts.get(`${line.kind}/${line.id}`);
      if (known !== undefined && known.phase !== 'done') known.phase = line.phase;
    }
    return [...acts.values()].flatMap(({ act, phase }) => (phase === 'void' ? [] : [{ act, phase }]));
  }

  private async add(tenantId: TenantId, line: Line): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = await open(this.pathOf(tenantId), 'a', 0o600);
    try {
      // The line feed first, too: what a crash has cut off before does not swallow this line.
      await file.write(`\n${JSON.stringify(line)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    const folder = await open(this.folder, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }

  private pathOf(tenantId: TenantId): string {
    return join(this.folder, `${tenantId}.jsonl`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
