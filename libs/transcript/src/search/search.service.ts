import {
  AppError,
  type Clock,
  HOUR,
  instantAt,
  type IntakeId,
  newId,
  type QueueId,
  type SearchId,
} from '@app/kernel';
import {
  actorOf,
  type Attempt,
  CLOCK,
  Database,
  Gate,
  Keys,
  RateLimit,
  type ReadReceipt,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import type { Decision } from '@app/policies';
import { Inject, Injectable } from '@nestjs/common';
import { findNow, type FoundNow, type Hit, openHits } from './hits.store';
import type { SearchBody } from './messages';
import { SearchRunner } from './running/search-runner.service';
import { type Decided, decideEach, factsAbout, findScope, MAX_CONVERSATIONS } from './scope';
import { cancelSearch, findSearches, insertSearch, ownerOf, type Search, wordsPlace } from './search.store';

/** A search is work for the whole house; whoever has this many under way waits for them. */
const MAX_UNFINISHED = 3;
const PER_STAFF = { times: 60, withinMs: HOUR };

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

/** Searches over sealed transcripts: asking for one, looking how far it is, what it found. */
@Injectable()
export class SearchService {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly limits: RateLimit,
    private readonly runner: SearchRunner,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Decides which conversations the search opens, records it, and starts it. The words are in the entry as a commitment.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND` for a conversation that the tenant does not have, recorded
   * as well; `TOO_MANY`; `INPUT_TOO_LARGE` for more conversations than one search opens; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`,
   * and nothing was asked for.
   */
  async request(principal: StaffPrincipal, body: SearchBody): Promise<SearchId> {
    const { tenantId, staffId } = principal;
    const { words, match, purpose, ...scope } = body;
    await this.limits.take('search', staffId, PER_STAFF);
    const asking = searching(principal, { kind: 'tenant', id: tenantId }, purpose);
    const mayAsk = this.gate.ask(asking);
    if (!mayAsk.allowed) throw await this.gate.refuse(asking, mayAsk);
    const found = await this.database.transaction(tenantId, async (tx) => {
      await this.assertNotBusy(tx, principal);
      return findScope(tx, scope);
    });
    if (found.length > MAX_CONVERSATIONS)
      throw new AppError('INPUT_TOO_LARGE', 'That is too much for one search. Choose a shorter period.');
    const decided = decideEach(tenantId, found, (facts) =>
      this.gate.ask(searching(principal, facts, purpose)),
    );
    await this.refuseNamed(principal, body, decided);
    const searchId = newId<SearchId>();
    const conversations = decided.allowed;
    const decision: Decision = {
      ...mayAsk,
      policies: [...new Set([...mayAsk.policies, ...decided.policies])].sort(),
    };
    const receipt = await this.recorder.recordRead(
      tenantId,
      {
        act: 'transcript.searched',
        actor: actorOf(principal),
        decision,
        ...(purpose !== undefined && { purpose }),
        ...(scope.intakeId !== undefined && conversations.length > 0 && { intakeId: scope.intakeId }),
        refs: {
          search: searchId,
          ...(scope.queueId !== undefined && { queue: scope.queueId }),
        },
        detail: { from: scope.from, to: scope.to, match, conversations: conversations.length },
        personal: { words },
      },
      [ownerOf(searchId), ...conversations.map(({ intakeId }) => intakeId)],
      async (tx, entryId) => {
        const sealedWords = await this.keys.seal(tx, ownerOf(searchId), wordsPlace(searchId), words);
        const total = conversations.reduce((sum, { lastSeq }) => sum + lastSeq, 0);
        const asked = { ...scope, match, purpose, sealedWords, conversations: conversations.length, total };
        await insertSearch(tx, searchId, staffId, this.clock.now(), entryId, asked);
      },
    );
    const period = { from: scope.from, to: scope.to };
    this.runner.add({ tenantId, searchId, receipt, query: { words, match }, purpose, period, conversations });
    return searchId;
  }

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

  private async assertNotBusy(tx: Tx, principal: StaffPrincipal): Promise<void> {
    const mine = await findSearches(tx, principal.staffId);
    const unfinished = mine.filter(({ search: { state } }) => state === 'waiting' || state === 'running');
    if (unfinished.length >= MAX_UNFINISHED)
      throw new AppError(
        'TOO_MANY',
        'Your other searches are not finished yet. Wait for them, or cancel one.',
        {
          extra: { retryAfterS: 30 },
        },
      );
  }

  /** A conversation or a queue that somebody names and may not search is refused, and not silently left out. */
  private async refuseNamed(
    principal: StaffPrincipal,
    { queueId, intakeId, purpose }: SearchBody,
    { allowed, refused }: Decided,
  ): Promise<void> {
    if (allowed.length > 0 || (queueId === undefined && intakeId === undefined)) return;
    if (refused !== undefined) {
      const { facts, decision } = refused;
      if (intakeId !== undefined)
        throw await this.gate.refuse(searching(principal, facts, purpose), decision);
      await this.recorder.recordRefusal(principal.tenantId, {
        act: 'transcript.search',
        actor: actorOf(principal),
        decision,
        ...(purpose !== undefined && { purpose }),
        refs: { queue: queueId ?? '' },
      });
      throw new AppError('ACCESS_DENIED', 'You do not have access to this.');
    }
    if (intakeId === undefined) return;
    await this.recorder.recordRefusal(principal.tenantId, {
      act: 'transcript.search',
      actor: actorOf(principal),
      refs: { asked: intakeId },
      detail: { reason: 'not-found' },
    });
    throw new AppError('NOT_FOUND', 'There is no such conversation in this period.');
  }
}

/** What is asked of the gate before a conversation is looked through, or before anybody asks for that. */
export function searching(
  principal: StaffPrincipal,
  resource: Attempt['resource'],
  purpose: string | undefined,
): Attempt {
  return { principal, action: 'transcript.search', resource, ...(purpose !== undefined && { purpose }) };
}

export function mySearches(principal: StaffPrincipal): Attempt {
  return { principal, action: 'search.read', resource: { kind: 'tenant', id: principal.tenantId } };
}

function isoOf(ms: number): string {
  return instantAt(ms).toISOString();
}
