import { AppError, type Clock, instantAt, type IntakeId, type QueueId, type SearchId } from '@app/kernel';
import {
  actorOf,
  CLOCK,
  Database,
  Gate,
  Keys,
  type ReadReceipt,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { findNow, type FoundNow, type Hit, openHits } from './hits.store';
import { mySearches, searching } from '../attempts';
import { factsAbout } from '../scope';
import { cancelSearch, findSearches, ownerOf, type Search, wordsPlace } from '../search.store';

/** A conversation that was found, without a word of it. Of one that is not for the reader now, nothing but that. */
export type HitRow =
  | { readonly intakeId: IntakeId; readonly access: 'denied' }
  | {
      readonly intakeId: IntakeId;
      readonly access: 'allowed' | 'erased';
      readonly messages: number;
      readonly firstAt: string;
      readonly lastAt: string;
      readonly queue: { readonly id: QueueId; readonly name: string };
      readonly topic: FoundNow['topic'];
    };

/** My own searches: their words, how far they are, what they found. */
@Injectable()
export class MySearches {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Returns the queues that I may name: all of them for whoever searches with a purpose, else my own. */
  async queues(principal: StaffPrincipal): Promise<{ readonly id: QueueId; readonly name: string }[]> {
    const all = await this.database.transaction(principal.tenantId, (tx) =>
      tx.query<{ id: QueueId; name: string }>(
        'SELECT queue_id AS id, name FROM queue WHERE tenant_id = $1 ORDER BY name',
        [tx.tenantId],
      ),
    );
    const mine = new Set(principal.queues);
    return principal.roles.includes('compliance-officer') ? all : all.filter(({ id }) => mine.has(id));
  }

  /** Returns my searches with their words, the newest first. @throws AppError `ACCESS_DENIED`. */
  async list(principal: StaffPrincipal): Promise<(Search & { readonly words: string })[]> {
    const { tenantId } = principal;
    const mine = await this.database.transaction(tenantId, (tx) => {
      this.gate.pass(tx, mySearches(principal));
      return findSearches(tx, principal.staffId);
    });
    if (mine.length === 0) return [];
    const ids = mine.map(({ search }) => search.searchId);
    const receipt = await this.recordLook(principal, ids, { detail: { searches: ids.length } });
    return this.database.transaction(tenantId, async (tx) => {
      const searches: (Search & { readonly words: string })[] = [];
      for (const { search, sealedWords } of mine) {
        const { searchId } = search;
        const words = await this.keys.open(tx, receipt, ownerOf(searchId), wordsPlace(searchId), sealedWords);
        searches.push({ ...search, words: words.toString('utf8') });
      }
      return searches;
    });
  }

  /** Returns how far one of my searches is, without its words. @throws AppError `ACCESS_DENIED`, `NOT_FOUND`. */
  async get(principal: StaffPrincipal, searchId: SearchId): Promise<Search> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      this.gate.pass(tx, mySearches(principal));
      return (await this.mine(tx, principal, searchId)).search;
    });
  }

  /** Ends one of my searches; what it has found stays. @throws AppError `STEP_NOT_ALLOWED` if it has ended already; as `get`. */
  async cancel(principal: StaffPrincipal, searchId: SearchId): Promise<void> {
    await this.database.transaction(principal.tenantId, async (tx) => {
      const decision = this.gate.pass(tx, mySearches(principal));
      await this.mine(tx, principal, searchId);
      const cancelled = await cancelSearch(tx, principal.staffId, searchId, this.clock.now());
      if (cancelled === undefined) throw new AppError('STEP_NOT_ALLOWED', 'This search has ended already.');
      const { progress, hits, found, erased, unreadable, purpose } = cancelled;
      await this.recorder.record(tx, {
        act: 'transcript.search-ended',
        actor: actorOf(principal),
        decision,
        ...(purpose !== undefined && { purpose }),
        refs: { search: searchId },
        detail: {
          ...{ state: 'cancelled', looked: progress.done, messages: hits, conversations: found },
          ...{ erased, unreadable, capped: 'false' },
        },
      });
    });
  }

  /**
   * Returns the conversations that one of my searches has found, in the order in which they were found, each as the policies
   * stand now.
   *
   * @throws AppError as `get`, and `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`.
   */
  async hits(principal: StaffPrincipal, searchId: SearchId): Promise<HitRow[]> {
    const { purpose } = await this.get(principal, searchId);
    const receipt = await this.recordLook(principal, [searchId], { refs: { search: searchId } });
    return this.database.transaction(principal.tenantId, async (tx) => {
      const hits = await openHits(tx, this.keys, receipt, searchId);
      const found = await findNow(
        tx,
        hits.map(({ intakeId }) => intakeId),
      );
      const now = new Map(found.map((one) => [one.intakeId, one]));
      return hits.map((hit) => this.row(principal, hit, now.get(hit.intakeId), purpose));
    });
  }

  private row(
    principal: StaffPrincipal,
    hit: Hit,
    now: FoundNow | undefined,
    purpose: string | undefined,
  ): HitRow {
    const { intakeId, messages } = hit;
    const facts = now && factsAbout(principal.tenantId, now);
    if (
      now === undefined ||
      facts === undefined ||
      !this.gate.ask(searching(principal, facts, purpose)).allowed
    )
      return { intakeId, access: 'denied' };
    const times = messages.map(({ atMs }) => atMs);
    return {
      intakeId,
      access: now.erased ? 'erased' : 'allowed',
      messages: messages.length,
      firstAt: isoOf(Math.min(...times)),
      lastAt: isoOf(Math.max(...times)),
      queue: { id: now.queueId, name: now.queueName },
      topic: now.topic,
    };
  }

  /** @throws AppError `NOT_FOUND` if it is somebody else's, or nobody's. */
  private async mine(tx: Tx, principal: StaffPrincipal, searchId: SearchId) {
    const [found] = await findSearches(tx, principal.staffId, searchId);
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such search of yours.');
    return found;
  }

  private recordLook(
    principal: StaffPrincipal,
    ids: readonly SearchId[],
    more: { readonly refs?: Record<string, string>; readonly detail?: Record<string, number> },
  ): Promise<ReadReceipt> {
    const decision = this.gate.ask(mySearches(principal));
    return this.recorder.recordRead(
      principal.tenantId,
      { act: 'search.read', actor: actorOf(principal), decision, ...more },
      ids.map(ownerOf),
    );
  }
}

function isoOf(ms: number): string {
  return instantAt(ms).toISOString();
}
