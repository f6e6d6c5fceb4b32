import { AppError, type Clock, SECOND, type TenantId } from '@app/kernel';
import { CLOCK, Database, describe } from '@app/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { BundleJob } from './bundle-job.service';
import { takeNext } from '../export/export.store';
import { Interrupted, Lease, LeaseLost } from './lease';

/** How often it looks for exports that nobody told it of: another process's, or those of one that is gone. */
const LOOK_EVERY_MS = 20 * SECOND;

/** Makes the bundles that were asked for, one after the other, in the background of any process of the house. */
@Injectable()
export class ExportRunner {
  private readonly logger = new Logger('exports');
  private ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private asked = false;
  private wakeUp: () => void = () => undefined;

  constructor(
    private readonly database: Database,
    private readonly job: BundleJob,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  start(): void {
    this.ending = new AbortController();
    this.running = this.run(this.ending.signal);
  }

  /** Looks at once. */
  wake(): void {
    this.asked = true;
    this.wakeUp();
  }

  /** Ends after the page that is being read; an unfinished export goes back to those that wait. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.wakeUp();
    await this.running;
  }

  private async run(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      this.asked = false;
      const worked = await this.round(ending);
      if (!worked && !this.asked) await this.pause(ending);
    }
  }

  /** Makes each tenant's longest waiting export: nobody waits for all of somebody else's. @returns whether there was one. */
  private async round(ending: AbortSignal): Promise<boolean> {
    let worked = false;
    try {
      for (const tenantId of await this.tenants()) {
        if (ending.aborted) break;
        if (await this.runNext(tenantId, ending)) worked = true;
      }
    } catch (error) {
      this.logger.error(`exports: ${describe(error)}`);
    }
    return worked;
  }

  private async runNext(tenantId: TenantId, ending: AbortSignal): Promise<boolean> {
    const taken = await this.database.transaction(tenantId, (tx) => takeNext(tx, this.clock.now()));
    if (taken === undefined) return false;
    const lease = new Lease(this.database, this.clock, tenantId, taken.exportId, taken.takenAt, ending);
    try {
      await this.job.make(taken, lease);
    } catch (error) {
      if (error instanceof Interrupted) await lease.giveBack();
      // What cannot be recorded did not happen, neither well nor badly: it is taken up again when it is stale.
      else if (error instanceof LeaseLost || isUnrecorded(error))
        this.logger.warn(`left: ${describe(error)}`);
      else {
        this.logger.error(`export ${taken.exportId} failed: ${describe(error)}`);
        await this.job.fail(taken, lease, error);
      }
    }
    return true;
  }

  /** Tenants that have an address. Exports stand behind each tenant's fence, so each is asked. */
  private async tenants(): Promise<TenantId[]> {
    const rows = await this.database.directory<{ id: TenantId }>(
      'SELECT DISTINCT belongs_to AS id FROM address ORDER BY 1',
      [],
    );
    return rows.map(({ id }) => id);
  }

  private pause(ending: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
      if (ending.aborted || this.asked) this.wakeUp();
    });
  }
}

function isUnrecorded(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'AUDIT_UNAVAILABLE' || error.code === 'AUDIT_BACKLOG');
}
