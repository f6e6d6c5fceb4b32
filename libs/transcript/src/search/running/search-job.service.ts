import { type Clock, type IntakeId, type SearchId, SECOND, type TenantId } from '@app/kernel';
import {
  BulkOpener,
  CLOCK,
  Database,
  Keys,
  type LookedThrough,
  type ReadReceipt,
  Recorder,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { type Hit, keepHits } from '../found/hits.store';
import type { Query } from '../matching/matcher';
import { type Counts, deleteHits } from '../search.store';
import { LeaseLost, SearchLease } from './lease';
import { type Long, sealedPages } from './pages';

/** Most messages that a search finds. Whoever has more narrows it: nobody reads so many. */
export const MAX_HITS = 1_000;
/** How often progress is written when nothing is found. */
const TELL_EVERY_MS = SECOND / 4;
const SEARCHER = { kind: 'system', id: 'searcher' } as const;
const MATCHER_FILE = require.resolve('../matching/matcher');
const NOTHING_YET: Counts = { done: 0, hits: 0, found: 0, erased: 0, unreadable: 0, capped: false };

/** A search that was recorded: its receipt opens these conversations and no others. It is in memory and nowhere else. */
export interface Asked {
  readonly tenantId: TenantId;
  readonly searchId: SearchId;
  readonly receipt: ReadReceipt;
  readonly query: Query;
  readonly purpose?: string | undefined;
  readonly period: { readonly from: string; readonly to: string };
  readonly conversations: readonly Long[];
}

/** Does one search, from the first page to its end. */
@Injectable()
export class SearchJob {
  constructor(
    private readonly database: Database,
    private readonly bulk: BulkOpener,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Looks through what was asked for and keeps what it finds. A search that does not wait any more is left alone.
   *
   * @throws LeaseLost when it was cancelled, and whatever kept it from being done.
   */
  async run(asked: Asked, ending: AbortSignal): Promise<void> {
    const { tenantId, searchId } = asked;
    const lease = await SearchLease.take(this.database, this.clock, tenantId, searchId);
    if (lease === undefined) return;
    const tally = new Tally();
    try {
      await this.look(asked, lease, tally, ending);
      await lease.hold('done', tally.counts, (tx) => this.recordEnd(tx, asked, 'done', tally.counts));
    } catch (error) {
      if (!(error instanceof LeaseLost)) await this.fail(asked, lease, tally);
      throw error;
    }
  }

  private async look(asked: Asked, lease: SearchLease, tally: Tally, ending: AbortSignal): Promise<void> {
    const { tenantId, receipt, query, period } = asked;
    const sizes: number[] = [];
    const pages = sealedPages(this.database, tenantId, asked.conversations, period, (size) =>
      sizes.push(size),
    );
    const looking = { content: 'message', matcherFile: MATCHER_FILE, input: query };
    let told = 0;
    for await (const page of this.bulk.look(receipt, pages, looking)) {
      if (ending.aborted) throw new Error('the program is ending');
      const hits = tally.add(page, sizes.shift() ?? 0);
      const now = this.clock.now().getTime();
      if (hits.length === 0 && now - told < TELL_EVERY_MS) continue;
      told = now;
      const part = tally.nextPart(hits.length > 0);
      await lease.hold('running', tally.counts, async (tx) => {
        if (hits.length > 0) await keepHits(tx, this.keys, asked.searchId, part, hits);
      });
      if (tally.counts.capped) return;
    }
  }

  /** What was found until then is no answer: it is thrown away. */
  private async fail(asked: Asked, lease: SearchLease, tally: Tally): Promise<void> {
    const counts = { ...tally.counts, hits: 0, found: 0 };
    await lease.hold('failed', counts, async (tx) => {
      await deleteHits(tx, [asked.searchId]);
      await this.recordEnd(tx, asked, 'failed', counts);
    });
  }

  private async recordEnd(tx: Tx, asked: Asked, state: 'done' | 'failed', counts: Counts): Promise<void> {
    await recordEnd(this.recorder, tx, asked.searchId, asked.purpose, state, counts);
  }
}

/** Records that a search has ended, how, and what it has counted. */
export async function recordEnd(
  recorder: Recorder,
  tx: Tx,
  searchId: SearchId,
  purpose: string | undefined,
  state: 'done' | 'failed',
  { done, hits, found, erased, unreadable, capped }: Counts,
): Promise<void> {
  await recorder.record(tx, {
    act: 'transcript.search-ended',
    actor: SEARCHER,
    ...(purpose !== undefined && { purpose }),
    refs: { search: searchId },
    detail: {
      state,
      looked: done,
      messages: hits,
      conversations: found,
      erased,
      unreadable,
      capped: String(capped),
    },
  });
}

/** What a search has counted so far. */
class Tally {
  counts = NOTHING_YET;
  private parts = 0;
  private readonly found = new Set<string>();
  private readonly erased = new Set<string>();

  /** Adds a page, and returns what it has found that there is still room for. */
  add(page: LookedThrough, messages: number): Hit[] {
    const { counts } = this;
    const room = MAX_HITS - counts.hits;
    const taken = page.found.slice(0, room);
    for (const owner of page.erased) this.erased.add(owner);
    for (const { owner } of taken) this.found.add(owner);
    this.counts = {
      done: counts.done + messages,
      hits: counts.hits + taken.length,
      found: this.found.size,
      erased: this.erased.size,
      unreadable: counts.unreadable + page.unreadable,
      capped: page.found.length > room,
    };
    const byIntake = new Map<string, { seq: number; atMs: number }[]>();
    for (const { owner, n, at } of taken)
      byIntake.set(owner, [...(byIntake.get(owner) ?? []), { seq: n, atMs: at.getTime() }]);
    return [...byIntake].map(([intakeId, messagesOf]) => ({
      intakeId: intakeId as IntakeId,
      messages: messagesOf,
    }));
  }

  nextPart(isUsed: boolean): number {
    return isUsed ? this.parts++ : this.parts;
  }
}
