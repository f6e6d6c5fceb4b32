import { AppError, type IntakeId, type MessageId, type SearchId } from '@app/kernel';
import {
  actorOf,
  type Attempt,
  Database,
  Gate,
  Keys,
  type ReadReceipt,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { Author, SystemEvent } from '../../message';
import { mySearches, searching } from '../attempts';
import { findNow, type FoundNow, openHits } from './hits.store';
import { type Query, type Span, spansOf } from '../matching/matcher';
import { factsAbout } from '../scope';
import { findSearches, ownerOf, type Search, wordsPlace } from '../search.store';

/** Messages that are shown before and after each in which the words stand. */
const NEIGHBOURS = 2;
/** Most messages with the words that are shown of one conversation. */
const MAX_SHOWN = 50;

/** A message of a conversation that was found, with the places of the words in it. */
export interface MarkedMessage {
  readonly seq: number;
  readonly author: { readonly kind: Author['kind']; readonly name?: string };
  readonly text: string;
  readonly event?: SystemEvent;
  readonly sentAt: string;
  readonly marks: readonly Span[];
}

export interface Context {
  readonly intakeId: IntakeId;
  /** Messages in which the words stand, and how many of them are shown here. */
  readonly hits: number;
  readonly shown: number;
  /** In their order; a number that is missing in between is a message that is not shown. */
  readonly messages: readonly MarkedMessage[];
}

/** What was found, in its context: each conversation is a reading of its own. */
@Injectable()
export class ContextService {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Decides about this conversation as it stands now, records the reading, and returns where the words stand in it.
   *
   * @throws AppError `ACCESS_DENIED`, which is recorded; `NOT_FOUND` if it is no search of mine, the search has not found
   * this conversation, or it was erased; `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`, and nothing is opened.
   */
  async read(principal: StaffPrincipal, searchId: SearchId, intakeId: IntakeId): Promise<Context> {
    const { tenantId } = principal;
    const { search, sealedWords, now } = await this.database.transaction(tenantId, async (tx) => {
      this.gate.pass(tx, mySearches(principal));
      const [mine] = await findSearches(tx, principal.staffId, searchId);
      const [found] = await findNow(tx, [intakeId]);
      if (mine === undefined || found === undefined) throw notFound();
      return { ...mine, now: found };
    });
    const attempt = reading(principal, search, now);
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    if (now.erased) throw new AppError('NOT_FOUND', 'This conversation was erased.');
    const receipt = await this.recorder.recordRead(
      tenantId,
      {
        act: 'transcript.read',
        actor: actorOf(principal),
        decision,
        intakeId,
        ...(search.purpose !== undefined && { purpose: search.purpose }),
        refs: { search: searchId },
      },
      [intakeId, ownerOf(searchId)],
    );
    return this.database.transaction(tenantId, async (tx) => {
      const hits = await openHits(tx, this.keys, receipt, searchId);
      const hit = hits.find((one) => one.intakeId === intakeId);
      if (hit === undefined) throw notFound();
      const place = wordsPlace(searchId);
      const words = await this.keys.open(tx, receipt, ownerOf(searchId), place, sealedWords);
      const shown = hit.messages.slice(0, MAX_SHOWN).map(({ seq }) => seq);
      const query: Query = { words: words.toString('utf8'), match: search.match };
      const messages = await this.around(tx, receipt, intakeId, shown, query);
      return { intakeId, hits: hit.messages.length, shown: shown.length, messages };
    });
  }

  private async around(
    tx: Tx,
    receipt: ReadReceipt,
    intakeId: IntakeId,
    seqs: readonly number[],
    query: Query,
  ): Promise<MarkedMessage[]> {
    const rows = await tx.query<Row>(
      `SELECT m.seq, m.message_id, m.author_kind, s.name AS author_name, m.event, m.sealed, m.sent_at
       FROM message m
       LEFT JOIN staff_member s ON s.tenant_id = m.tenant_id AND m.author_kind = 'staff' AND s.staff_id::text = m.author_id
       WHERE m.tenant_id = $1 AND m.intake_id = $2
         AND EXISTS (SELECT 1 FROM unnest($3::int[]) AS hit WHERE m.seq BETWEEN hit - ${NEIGHBOURS} AND hit + ${NEIGHBOURS})
       ORDER BY m.seq`,
      [tx.tenantId, intakeId, seqs],
    );
    const matched = new Set(seqs);
    const messages: MarkedMessage[] = [];
    for (const row of rows) {
      const place = { item: row.message_id, content: 'message' };
      const text = (await this.keys.open(tx, receipt, intakeId, place, row.sealed)).toString('utf8');
      messages.push({
        seq: row.seq,
        author: { kind: row.author_kind, ...(row.author_name !== null && { name: row.author_name }) },
        text,
        ...(row.event !== null && { event: row.event }),
        sentAt: row.sent_at.toISOString(),
        marks: matched.has(row.seq) ? spansOf(query, text) : [],
      });
    }
    return messages;
  }
}

interface Row {
  readonly seq: number;
  readonly message_id: MessageId;
  readonly author_kind: Author['kind'];
  readonly author_name: string | null;
  readonly event: SystemEvent | null;
  readonly sealed: Buffer;
  readonly sent_at: Date;
}

/** With the purpose of the search if it has one; as any other reading of a conversation if it has none. */
function reading(principal: StaffPrincipal, { purpose }: Search, now: FoundNow): Attempt {
  const facts = factsAbout(principal.tenantId, now);
  if (purpose !== undefined) return searching(principal, facts, purpose);
  return { principal, action: 'transcript.read', resource: facts };
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'This search has not found such a conversation.');
}
