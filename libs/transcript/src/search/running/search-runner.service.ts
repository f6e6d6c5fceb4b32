import { type Clock, SECOND, type SearchId, type TenantId } from '@app/kernel';
import { CLOCK, Database, describe, Keys, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { deleteOld, failStale, ownerOf, touchWaiting } from '../search.store';
import { LeaseLost } from './lease';
import { type Asked, recordEnd, SearchJob } from './search-job.service';

/** How often it says that what waits here is alive, and clears away what is not, or was kept long enough. */
const TIDY_EVERY_MS = 20 * SECOND;
const KEEPER = { kind: 'system', id: 'searcher' } as const;

/**
 * Runs the searches that were asked for in this process, one after the other. A search that was recorded opens by a receipt,
 * and a receipt does not outlive its process: one whose process is gone has failed, and is asked for again.
 */
@Injectable()
export class SearchRunner {
  private readonly logger = new Logger('search');
  private readonly waiting: Asked[] = [];
  private ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private isBusy = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly job: SearchJob,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  start(): void {
    this.ending = new AbortController();
    void this.tidy();
    this.timer = setInterval(() => void this.tidy(), TIDY_EVERY_MS);
  }

  add(asked: Asked): void {
    this.waiting.push(asked);
    if (!this.isBusy) this.running = this.run();
  }

  /** Ends after the page that is being looked through. What was not done has failed. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.ending.abort();
    await this.running;
  }

  /** Clears away once. */
  async tidy(): Promise<void> {
    try {
      for (const tenantId of await this.tenants())
        await this.database.transaction(tenantId, (tx) => this.tidyIn(tx));
    } catch (error) {
      this.logger.error(`searches are not cleared away: ${describe(error)}`);
    }
  }

  private async run(): Promise<void> {
    this.isBusy = true;
    for (let asked = this.waiting.shift(); asked !== undefined; asked = this.waiting.shift()) {
      try {
        await this.job.run(asked, this.ending.signal);
      } catch (error) {
        // What was asked is nobody's business here: a search is named by its id, its words never are.
        if (!(error instanceof LeaseLost))
          this.logger.error(`search ${asked.searchId} failed: ${describe(error)}`);
      }
    }
    this.isBusy = false;
  }

  private async tidyIn(tx: Tx): Promise<void> {
    const now = this.clock.now();
    const mine = this.waiting.filter(({ tenantId }) => tenantId === tx.tenantId);
    await touchWaiting(
      tx,
      mine.map(({ searchId }) => searchId),
      now,
    );
    for (const { searchId, purpose, progress, ...counts } of await failStale(tx, now))
      await recordEnd(this.recorder, tx, searchId, purpose, 'failed', { ...counts, done: progress.done });
    for (const searchId of await deleteOld(tx, now)) await this.forget(tx, searchId);
  }

  private async forget(tx: Tx, searchId: SearchId): Promise<void> {
    await this.keys.destroy(tx, ownerOf(searchId));
    await this.recorder.record(tx, {
      act: 'transcript.search-deleted',
      actor: KEEPER,
      refs: { search: searchId },
    });
  }

  /** Tenants that have an address. Searches stand behind each tenant's fence, so each is asked. */
  private async tenants(): Promise<TenantId[]> {
    const rows = await this.database.directory<{ id: TenantId }>(
      'SELECT DISTINCT belongs_to AS id FROM address ORDER BY 1',
      [],
    );
    return rows.map(({ id }) => id);
  }
}
