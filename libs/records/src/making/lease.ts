import { type Clock, type ExportId, SECOND, type TenantId } from '@app/kernel';
import type { Database, Tx } from '@app/platform';

/** The export is somebody else's now, or nobody's: whoever finds out stops and touches nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** The program is ending. The export goes back to those that wait. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * A runner's hold on one export. Every transaction of the work goes through it: what writes says that the runner is
 * alive, tells how far it is, and fails if another one has taken the export up meanwhile, so that a bundle has one writer.
 * What only reads says so once a second.
 */
export class Lease {
  private progress = { done: 0, total: 0 };
  /** The hold that is being taken: the next one names its instant. */
  private holding: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    readonly tenantId: TenantId,
    readonly exportId: ExportId,
    private touchedAt: Date,
    private readonly ending: AbortSignal,
  ) {}

  /** Says how far the work is. It is written with the next transaction. */
  tell(done: number, total: number): void {
    this.progress = { done, total };
  }

  /** Does one piece of the work in one transaction. @throws LeaseLost @throws Interrupted */
  hold<T>(act: (tx: Tx) => Promise<T>): Promise<T> {
    const held = this.holding.then(() => this.holdNow(act));
    this.holding = held.catch(() => undefined);
    return held;
  }

  private async holdNow<T>(act: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.ending.aborted) throw new Interrupted();
    const now = this.clock.now();
    const result = await this.database.transaction(this.tenantId, async (tx) => {
      await this.keep(tx, 'running', now);
      return act(tx);
    });
    this.touchedAt = now;
    return result;
  }

  /** Reads one piece in one transaction. @throws LeaseLost @throws Interrupted */
  async read<T>(act: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.clock.now().getTime() - this.touchedAt.getTime() >= SECOND) await this.hold(async () => {});
    if (this.ending.aborted) throw new Interrupted();
    return this.database.transaction(this.tenantId, act);
  }

  /** Lets the export wait for whoever comes next. */
  async giveBack(): Promise<void> {
    await this.database.transaction(this.tenantId, (tx) => this.keep(tx, 'waiting', this.clock.now()));
  }

  private async keep(tx: Tx, state: 'running' | 'waiting', now: Date): Promise<void> {
    const kept = await tx.query(
      `UPDATE export SET state = $4, touched_at = $5, done = $6, total = $7
       WHERE tenant_id = $1 AND export_id = $2 AND state = 'running' AND touched_at = $3 RETURNING export_id`,
      [tx.tenantId, this.exportId, this.touchedAt, state, now, this.progress.done, this.progress.total],
    );
    if (kept.length === 0) throw new LeaseLost();
  }
}
