import type { Clock, SearchId, TenantId } from '@app/kernel';
import type { Database, Tx } from '@app/platform';
import type { Counts } from '../search.store';

/** The search was cancelled, or somebody has given it up: whoever finds out stops and touches nothing more. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/** A runner's hold on one search: each of its transactions says that it is alive, and fails if the search is not its own any more. */
export class SearchLease {
  private constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly tenantId: TenantId,
    private readonly searchId: SearchId,
    private touchedAt: Date,
  ) {}

  /** Returns nothing if the search does not wait any more. */
  static async take(
    database: Database,
    clock: Clock,
    tenantId: TenantId,
    searchId: SearchId,
  ): Promise<SearchLease | undefined> {
    const now = clock.now();
    const taken = await database.transaction(tenantId, (tx) =>
      tx.query(
        `UPDATE transcript_search SET state = 'running', touched_at = $3
         WHERE tenant_id = $1 AND search_id = $2 AND state = 'waiting' RETURNING search_id`,
        [tenantId, searchId, now],
      ),
    );
    return taken.length === 0 ? undefined : new SearchLease(database, clock, tenantId, searchId, now);
  }

  /** Writes how far it is, and does one piece of the work, in one transaction. @throws LeaseLost */
  async hold(
    state: 'running' | 'done' | 'failed',
    counts: Counts,
    act: (tx: Tx) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(this.tenantId, async (tx) => {
      const kept = await tx.query(
        `UPDATE transcript_search SET state = $4, touched_at = $5, done = $6, hits = $7, found = $8, erased = $9,
           unreadable = $10, capped = $11
         WHERE tenant_id = $1 AND search_id = $2 AND state = 'running' AND touched_at = $3 RETURNING search_id`,
        [
          this.tenantId,
          this.searchId,
          this.touchedAt,
          state,
          now,
          counts.done,
          counts.hits,
          counts.found,
          counts.erased,
          counts.unreadable,
          counts.capped,
        ],
      );
      if (kept.length === 0) throw new LeaseLost();
      await act(tx);
    });
    this.touchedAt = now;
  }
}
