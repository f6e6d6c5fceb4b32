import type { Entry } from '@app/audit';
import { type IntakeId, newId, type QueueId, type SearchId, type StaffId, type TenantId } from '@app/kernel';
import type { Role, StaffPrincipal } from '@app/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { ContextService } from '../src/search/found/context.service';
import type { SearchBody } from '../src/search/messages';
import { SearchRunner } from '../src/search/running/search-runner.service';
import { MySearches } from '../src/search/found/my-searches.service';
import { SearchService } from '../src/search/search.service';
import type { KnownHead } from '../src';
import { Room } from './room';

export const ALWAYS = { from: '2020-01-01T00:00:00.000Z', to: '2029-01-01T00:00:00.000Z' } as const;

/** The room with its searches running, two queues, and people who may look through them or may not. */
export class SearchHouse {
  private readonly heads = new Map<IntakeId, KnownHead>();

  private constructor(
    readonly room: Room,
    readonly other: QueueId,
  ) {}

  static async open(): Promise<SearchHouse> {
    const room = await Room.open();
    const house = new SearchHouse(room, await addQueue(room, room.tenantId, 'Billing'));
    await room.db.owner(
      "INSERT INTO address (kind, slug, belongs_to) VALUES ('organisation', 'a-clinic', $1)",
      [room.tenantId],
    );
    await room.module.init();
    return house;
  }

  get searches(): SearchService {
    return this.room.module.get(SearchService);
  }
  get mine(): MySearches {
    return this.room.module.get(MySearches);
  }
  get contexts(): ContextService {
    return this.room.module.get(ContextService);
  }
  get runner(): SearchRunner {
    return this.room.module.get(SearchRunner);
  }

  /** Adds somebody who is signed in. */
  async principal(
    role: Role,
    queues: readonly QueueId[] = [this.room.site.queueId],
  ): Promise<StaffPrincipal> {
    const { id, name } = await this.room.staff(`A ${role}`);
    const { tenantId } = this.room;
    return { kind: 'staff', tenantId, staffId: id, sessionId: newId(), name, roles: [role], queues };
  }

  /** Adds a conversation in which a client says these things, one message each. */
  async said(texts: readonly string[], queueId?: QueueId, createdAt?: Date): Promise<IntakeId> {
    const head = await this.room.intake(queueId, createdAt);
    this.heads.set(head.intakeId, head);
    for (const text of texts) await this.say(head.intakeId, text);
    return head.intakeId;
  }

  async say(
    intakeId: IntakeId,
    text: string,
    by?: { readonly id: StaffId; readonly name: string },
  ): Promise<void> {
    const head = this.heads.get(intakeId);
    if (head === undefined) throw new Error('there is no such conversation in the test');
    const author = by ? { kind: 'staff' as const, ...by } : { kind: 'client' as const, id: intakeId };
    const { kind, id } = author;
    const appended = await this.room.transcript.append(
      head,
      { clientMsgId: newId(), author, text },
      { act: 'message.post', actor: { kind, id } },
    );
    if (appended.outcome !== 'appended') throw new Error(appended.outcome);
    this.heads.set(intakeId, appended.head);
  }

  /** Forgets where a conversation stands, after something else has written in it. */
  async reread(intakeId: IntakeId): Promise<void> {
    const head = this.heads.get(intakeId);
    const [row] = await this.room.db.owner<{ audit_n: number; audit_prev: Buffer; last_seq: number }>(
      'SELECT audit_n, audit_prev, last_seq FROM intake_head WHERE intake_id = $1',
      [intakeId],
    );
    if (head === undefined || row === undefined) throw new Error('there is no such conversation in the test');
    const chain = { n: row.audit_n, prev: row.audit_prev };
    this.heads.set(intakeId, { ...head, lastSeq: row.last_seq, chain });
  }

  /** Asks, waits for the end, and returns what was found. */
  async search(who: StaffPrincipal, words: string, more: Partial<SearchBody> = {}) {
    const searchId = await this.searches.request(who, { words, match: 'phrase', ...ALWAYS, ...more });
    const search = await this.ended(who, searchId);
    const hits = await this.mine.hits(who, searchId);
    return { searchId, search, hits, intakes: hits.map(({ intakeId }) => intakeId) };
  }

  async ended(who: StaffPrincipal, searchId: SearchId) {
    for (let tries = 0; tries < 1_000; tries++) {
      const search = await this.mine.get(who, searchId);
      if (search.state !== 'waiting' && search.state !== 'running') return search;
      await sleep(20);
    }
    throw new Error('the search does not end');
  }

  /** What is on record, in the order in which it was written. */
  async entries(...acts: string[]): Promise<Entry[]> {
    const rows = await this.room.db.owner<{ entry: Buffer }>(
      'SELECT entry FROM (SELECT entry, entry_id FROM audit_pending UNION ALL SELECT entry, entry_id FROM audit_entry) e ORDER BY entry_id',
    );
    const all = rows.map(({ entry }) => JSON.parse(entry.toString('utf8')) as Entry);
    return all.filter(({ act }) => acts.length === 0 || acts.includes(act));
  }

  /** Takes the application's right to write the log away while something runs. */
  async withoutLog(act: () => Promise<void>): Promise<void> {
    await this.room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
    try {
      await act();
    } finally {
      await this.room.db.owner('GRANT INSERT ON audit_pending TO vestibule_app');
    }
  }

  close(): Promise<void> {
    return this.room.close();
  }
}

/** Adds a queue. */
export async function addQueue(room: Room, tenantId: TenantId, name: string): Promise<QueueId> {
  const queueId = newId<QueueId>();
  await room.db.owner('INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, $3)', [
    tenantId,
    queueId,
    name,
  ]);
  return queueId;
}
