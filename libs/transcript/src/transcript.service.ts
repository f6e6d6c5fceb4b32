import { AppError, type Clock, type IntakeId, type MessageId, newId, type TenantId } from '@app/kernel';
import {
  type Act,
  type Chain,
  CLOCK,
  Database,
  Keys,
  type ReadReceipt,
  Recorder,
  type Tx,
  unlessUnavailable,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { AppendQueue } from './append-queue';
import { APPEND, type AppendCall, type AppendRow, appendValues } from './append-statement';
import { type Author, type Message, PAGE, type SystemEvent } from './message';

/** What the writer knows of the conversation. Under its lock the database compares all of it. */
export interface KnownHead {
  readonly tenantId: TenantId;
  readonly intakeId: IntakeId;
  /** Grows when a fact that a policy reads has changed. */
  readonly version: number;
  readonly lastSeq: number;
  readonly chain: Chain;
}

export interface NewMessage {
  /** Made by the sender's page: the same one again is the same message. */
  readonly clientMsgId: string;
  readonly author: Author;
  readonly text: string;
  /** Keyed tokens of what the text says, 32 bytes each, while none of them may be a value of a record. */
  readonly guard?: Buffer;
}

export type Appended =
  | { readonly outcome: 'appended'; readonly head: KnownHead; readonly posted: Posted }
  | { readonly outcome: 'repeated'; readonly posted: Posted }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'guarded' };

/** What the sender hears: the message is kept, at this place. */
export interface Posted {
  readonly seq: number;
  readonly messageId: MessageId;
  readonly sentAt: string;
}

/** A line that was added, and what the entry of its act says of it. */
export interface EventLine {
  readonly line: Message;
  readonly kept: { readonly refs: { readonly message: string }; readonly ciphertext: Buffer };
}

/** The sealed messages of every conversation: written once, read with a receipt, never changed. */
@Injectable()
export class TranscriptService {
  private readonly appends = new AppendQueue<AppendCall, AppendRow>((calls) => this.appendAll(calls));

  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Seals one message, stores it and records it, in one statement that is a whole transaction, beside others' messages when
   * there are. It happens only if the conversation is as `head` says; the caller has decided on those facts, and appends to
   * one conversation at a time.
   *
   * @param act - what is recorded; this adds the message and its ciphertext's digest.
   * @throws AppError `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`; nothing is stored then.
   */
  async append(head: KnownHead, message: NewMessage, act: Act): Promise<Appended> {
    const { tenantId, intakeId } = head;
    const messageId = newId<MessageId>();
    const place = { item: messageId, content: 'message' };
    const sealed =
      this.keys.sealAtOnce(tenantId, intakeId, place, message.text) ??
      (await this.database.transaction(tenantId, (tx) => this.keys.seal(tx, intakeId, place, message.text)));
    const seq = head.lastSeq + 1;
    const entry = this.recorder.prepare(
      tenantId,
      { ...act, intakeId, refs: { ...act.refs, message: messageId }, ciphertext: sealed },
      head.chain,
    );
    const sentAt = this.clock.now();
    let row: AppendRow;
    try {
      row = await unlessUnavailable(() =>
        this.appends.add({
          tenantId,
          intakeId,
          version: head.version,
          seq,
          auditN: head.chain.n + 1,
          messageId,
          clientMsgId: message.clientMsgId,
          authorKind: message.author.kind,
          authorId: message.author.id,
          sentAt,
          sealed,
          entryId: entry.id,
          entry: entry.bytes,
          leafHash: entry.leafHash,
          guard: message.guard,
        }),
      );
    } catch (error) {
      this.recorder.voidEntry(tenantId, entry, error);
      throw error;
    }
    if (row.outcome !== 'appended') this.recorder.voidEntry(tenantId, entry);
    if (row.outcome === 'stale' || row.outcome === 'missing' || row.outcome === 'guarded')
      return { outcome: row.outcome };
    const posted = { seq: row.seq, messageId: row.message_id, sentAt: row.sent_at.toISOString() };
    if (row.outcome === 'repeated') return { outcome: 'repeated', posted };
    const chain = { n: head.chain.n + 1, prev: entry.leafHash };
    return { outcome: 'appended', head: { ...head, lastSeq: seq, chain }, posted };
  }

  /** Returns where a message is kept that this author has posted under this id, or nothing. */
  async find(
    tx: Tx,
    intakeId: IntakeId,
    author: Pick<Author, 'kind' | 'id'>,
    clientMsgId: string,
  ): Promise<Posted | undefined> {
    const [row] = await tx.query<{ seq: number; message_id: MessageId; sent_at: Date }>(
      `SELECT seq, message_id, sent_at FROM message
       WHERE tenant_id = $1 AND intake_id = $2 AND client_msg_id = $3 AND author_kind = $4 AND author_id = $5`,
      [tx.tenantId, intakeId, clientMsgId, author.kind, author.id],
    );
    return row && { seq: row.seq, messageId: row.message_id, sentAt: row.sent_at.toISOString() };
  }

  /** Sorted, so that two statements never wait for each other's conversations. Answers come back in the calls' order. */
  private async appendAll(calls: readonly AppendCall[]): Promise<AppendRow[]> {
    const sorted = [...calls].sort((a, b) => (a.intakeId < b.intakeId ? -1 : 1));
    const rows = await this.database.statement<AppendRow>('append_messages', APPEND, appendValues(sorted));
    const answers = new Map(sorted.map((call, i) => [call, rows[i]]));
    return calls.flatMap((call) => answers.get(call) ?? []);
  }

  /**
   * Adds a line that says what happened, in the transaction of the act that made it happen. The caller holds the lock
   * on the conversation and records the act, with what is `kept`: so the line is on record as every message is.
   */
  async appendEvent(tx: Tx, intakeId: IntakeId, event: SystemEvent, by?: Author): Promise<EventLine> {
    const [head] = await tx.query<{ last_seq: number }>(
      'UPDATE intake_head SET last_seq = last_seq + 1 WHERE tenant_id = $1 AND intake_id = $2 RETURNING last_seq',
      [tx.tenantId, intakeId],
    );
    if (head === undefined) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    const messageId = newId<MessageId>();
    const sentAt = this.clock.now();
    const text = by?.kind === 'staff' ? by.name : '';
    const sealed = await this.keys.seal(tx, intakeId, { item: messageId, content: 'message' }, text);
    await tx.query(
      `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, event, sealed, sent_at)
       VALUES ($1, $2, $3, $4, $4, 'system', 'vestibule', $5, $6, $7)`,
      [tx.tenantId, intakeId, head.last_seq, messageId, event, sealed, sentAt],
    );
    return {
      line: {
        seq: head.last_seq,
        messageId,
        author: { kind: 'system', id: 'vestibule' },
        text,
        event,
        sentAt: sentAt.toISOString(),
      },
      kept: { refs: { message: messageId }, ciphertext: sealed },
    };
  }

  /**
   * Returns the messages after `after`, in their order, `PAGE` at most.
   *
   * @param receipt - says that this reading is on record.
   * @param reader - whose own messages come back with the id that their page gave them.
   */
  async read(
    tx: Tx,
    receipt: ReadReceipt,
    intakeId: IntakeId,
    after: number,
    reader: { readonly kind: 'client' | 'staff'; readonly id: string },
  ): Promise<Message[]> {
    const rows = await tx.query<{
      seq: number;
      message_id: MessageId;
      client_msg_id: string;
      author_kind: Author['kind'];
      author_id: string;
      author_name: string | null;
      event: SystemEvent | null;
      sealed: Buffer;
      sent_at: Date;
    }>(
      `SELECT m.seq, m.message_id, m.client_msg_id, m.author_kind, m.author_id, s.name AS author_name, m.event, m.sealed, m.sent_at
       FROM message m
       LEFT JOIN staff_member s ON s.tenant_id = m.tenant_id AND m.author_kind = 'staff' AND s.staff_id::text = m.author_id
       WHERE m.tenant_id = $1 AND m.intake_id = $2 AND m.seq > $3 ORDER BY m.seq LIMIT ${PAGE}`,
      [tx.tenantId, intakeId, after],
    );
    const messages: Message[] = [];
    for (const row of rows) {
      const place = { item: row.message_id, content: 'message' };
      const text = (await this.keys.open(tx, receipt, intakeId, place, row.sealed)).toString('utf8');
      const own = row.author_kind === reader.kind && row.author_id === reader.id;
      messages.push({
        seq: row.seq,
        messageId: row.message_id,
        ...(own && { clientMsgId: row.client_msg_id }),
        author: {
          kind: row.author_kind,
          id: row.author_id,
          ...(row.author_name !== null && { name: row.author_name }),
        },
        text,
        ...(row.event !== null && { event: row.event }),
        sentAt: row.sent_at.toISOString(),
      });
    }
    return messages;
  }
}
