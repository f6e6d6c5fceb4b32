import { AppError, type Clock, HOUR, newId, type SearchId } from '@app/kernel';
import {
  actorOf,
  CLOCK,
  Database,
  Gate,
  Keys,
  RateLimit,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import type { Decision } from '@app/policies';
import { Inject, Injectable } from '@nestjs/common';
import { searching } from './attempts';
import type { SearchBody } from './messages';
import { SearchRunner } from './running/search-runner.service';
import { type Decided, decideEach, findScope, MAX_CONVERSATIONS } from './scope';
import { findSearches, insertSearch, ownerOf, wordsPlace } from './search.store';

/** A search is work for the whole house; whoever has this many under way waits for them. */
const MAX_UNFINISHED = 3;
const PER_STAFF = { times: 60, withinMs: HOUR };

/** Asking for a search over sealed transcripts. */
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
