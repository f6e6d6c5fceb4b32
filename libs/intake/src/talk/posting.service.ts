import { AppError, type IntakeId } from '@app/kernel';
import { actorOf, Database, Gate, type Principal, Recorder } from '@app/platform';
import { RecordTable } from '@app/identity';
import { type Author, type Message, type Posted, TranscriptService } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import { type Conversation, factsAbout, find, isPartOf, notFound } from '../conversation/conversation';
import { KnownConversations } from '../conversation/known-conversations.service';
import { Turns } from './turns';

/** How often a message is tried again when the conversation has changed under it. */
const MAX_TRIES = 8;

export interface PostedMessage {
  readonly posted: Posted;
  readonly message: Message;
  readonly conversation: Conversation;
  /** False for a message that was kept already: nobody needs to be told again. */
  readonly isNew: boolean;
}

/** Posts messages: the path that is walked most. One decision, one statement. */
@Injectable()
export class PostingService {
  private readonly turns = new Turns();

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly transcript: TranscriptService,
    private readonly records: RecordTable,
    private readonly known: KnownConversations,
  ) {}

  /**
   * Posts one message. When it returns, the message is committed; the same `clientMsgId` again returns the same place.
   *
   * @throws AppError `ACCESS_DENIED`, `INTAKE_CLOSED`, `NOT_FOUND`, `AUDIT_UNAVAILABLE`, or `DISCLOSURE_REFUSED` if staff
   * say a value of a record before the client's identity is confirmed; the refusal is recorded, the text is not kept.
   */
  post(
    principal: Principal,
    input: { readonly intakeId: IntakeId; readonly clientMsgId: string; readonly text: string },
  ): Promise<PostedMessage> {
    // One after the other within a conversation, so that its messages do not make each other try again.
    return this.turns.take(input.intakeId, () => this.postInTurn(principal, input));
  }

  private async postInTurn(
    principal: Principal,
    {
      intakeId,
      clientMsgId,
      text,
    }: { readonly intakeId: IntakeId; readonly clientMsgId: string; readonly text: string },
  ): Promise<PostedMessage> {
    const author = authorOf(principal);
    let conversation = this.known.get(principal.tenantId, intakeId);
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const fresh = conversation === undefined;
      conversation ??= await this.load(principal, intakeId);
      const attempt = { principal, action: 'message.post' as const, resource: factsAbout(conversation) };
      const decision = this.gate.ask(attempt);
      if (!decision.allowed) {
        if (!fresh) {
          conversation = undefined;
          continue;
        }
        if (conversation.state === 'closed' && isPartOf(principal, conversation)) {
          // Kept before it was closed, and not acknowledged: the same answer, as always.
          const posted = await this.database.transaction(principal.tenantId, (tx) =>
            this.transcript.find(tx, intakeId, author, clientMsgId),
          );
          if (posted === undefined) throw new AppError('INTAKE_CLOSED', 'This conversation is closed.');
          return {
            posted,
            message: toMessage(posted, author, clientMsgId, text),
            conversation,
            isNew: false,
          };
        }
        throw await this.gate.refuse(attempt, decision);
      }
      const guard =
        principal.kind === 'staff' && conversation.level < 1
          ? await this.guardTokens(principal, text)
          : undefined;
      const result = await this.transcript.append(
        conversation.head,
        { clientMsgId, author, text, ...(guard !== undefined && { guard }) },
        { act: 'message.post', actor: actorOf(principal), decision },
      );
      if (result.outcome === 'guarded') throw await this.disclosureRefused(principal, intakeId, text);
      if (result.outcome === 'missing') throw notFound();
      if (result.outcome === 'stale') {
        conversation = undefined;
        continue;
      }
      const isNew = result.outcome === 'appended';
      if (isNew) {
        this.known.advance(conversation, result.head);
        if (author.kind === 'staff' && conversation.firstResponseAt === undefined)
          await this.markFirstResponse(conversation);
      }
      return {
        posted: result.posted,
        message: toMessage(result.posted, author, clientMsgId, text),
        conversation,
        isNew,
      };
    }
    throw new AppError('TOO_MANY', 'This conversation is very busy. Please send that again.');
  }

  private async guardTokens({ tenantId }: Principal, text: string): Promise<Buffer> {
    return (
      this.records.guardTokensAtOnce(tenantId, text) ??
      (await this.database.transaction(tenantId, (tx) => this.records.guardTokens(tx, text)))
    );
  }

  private async load(principal: Principal, intakeId: IntakeId): Promise<Conversation> {
    const conversation = await this.database.transaction(principal.tenantId, (tx) => find(tx, intakeId));
    if (conversation !== undefined) {
      this.known.remember(conversation);
      return conversation;
    }
    await this.recorder.recordRefusal(principal.tenantId, {
      act: 'message.post',
      actor: actorOf(principal),
      refs: { asked: intakeId },
      detail: { reason: 'not-found' },
    });
    throw notFound();
  }

  private async disclosureRefused(principal: Principal, intakeId: IntakeId, text: string): Promise<AppError> {
    const fields = await this.database.transaction(principal.tenantId, (tx) =>
      this.records.guardedFieldsIn(tx, text),
    );
    this.known.forget(principal.tenantId, intakeId);
    await this.recorder.recordRefusal(principal.tenantId, {
      act: 'record.disclose',
      actor: actorOf(principal),
      intakeId,
      detail: { reason: 'below-V1', fields: fields.length },
    });
    return new AppError(
      'DISCLOSURE_REFUSED',
      "Not sent: it holds a value of a client's record, and this client's identity is not confirmed yet.",
      { extra: { fields } },
    );
  }

  private async markFirstResponse(conversation: Conversation): Promise<void> {
    const { tenantId, intakeId } = conversation;
    const [row] = await this.database.transaction(tenantId, (tx) =>
      tx.query<{ first_response_at: Date }>(
        `UPDATE intake SET first_response_at = coalesce(first_response_at,
           (SELECT min(sent_at) FROM message WHERE tenant_id = $1 AND intake_id = $2 AND author_kind = 'staff'))
         WHERE tenant_id = $1 AND intake_id = $2 RETURNING first_response_at`,
        [tenantId, intakeId],
      ),
    );
    const known = this.known.get(tenantId, intakeId);
    if (known !== undefined && row !== undefined)
      this.known.remember({ ...known, firstResponseAt: row.first_response_at });
  }
}

/** Returns who a message is by. */
export function authorOf(principal: Principal): Author {
  return principal.kind === 'staff'
    ? { kind: 'staff', id: principal.staffId, name: principal.name }
    : { kind: 'client', id: principal.intakeId };
}

function toMessage(posted: Posted, author: Author, clientMsgId: string, text: string): Message {
  const { kind, id } = author;
  return {
    ...posted,
    clientMsgId,
    author: { kind, id, ...(kind === 'staff' && { name: author.name }) },
    text,
  };
}
