import { AppError, type IntakeId } from '@app/kernel';
import {
  actorOf,
  type ClientPrincipal,
  Database,
  Gate,
  Keys,
  type Principal,
  type ReadReceipt,
  Recorder,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { type Message, type Note, NoteService, ReceiptsService, TranscriptService } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import { Live } from '../live/live.service';
import { ViewService } from '../live/view.service';
import {
  assuranceOf,
  type ClientIntake,
  type QueueItem,
  type SealedForm,
  type StaffIntake,
} from '../live/views';
import { Acts } from './acts.service';
import { type Conversation, listFor } from './conversation';

/** Reads: each recorded before it happens. */
@Injectable()
export class ReadingService {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly keys: Keys,
    private readonly acts: Acts,
    private readonly transcript: TranscriptService,
    private readonly notes: NoteService,
    private readonly receipts: ReceiptsService,
    private readonly views: ViewService,
    private readonly live: Live,
  ) {}

  forClient(client: ClientPrincipal): Promise<ClientIntake> {
    return this.acts.read(client, client.intakeId, 'intake.read', (tx, _receipt, conversation) =>
      this.views.forClient(tx, conversation),
    );
  }

  forStaff(staff: StaffPrincipal, intakeId: IntakeId): Promise<StaffIntake> {
    return this.acts.read(staff, intakeId, 'intake.read', (tx, receipt, conversation) =>
      this.staffIntake(tx, receipt, conversation),
    );
  }

  messages(
    principal: Principal,
    intakeId: IntakeId,
    after: number,
  ): Promise<{ readonly messages: Message[]; readonly lastSeq: number }> {
    const reader =
      principal.kind === 'staff'
        ? { kind: 'staff' as const, id: principal.staffId }
        : { kind: 'client' as const, id: principal.intakeId };
    return this.acts.read(
      principal,
      intakeId,
      'transcript.read',
      async (tx, receipt, { head }) => {
        const messages = await this.transcript.read(tx, receipt, intakeId, after, reader);
        return { messages, lastSeq: Math.max(head.lastSeq, messages.at(-1)?.seq ?? 0) };
      },
      { detail: { after } },
    );
  }

  notesOf(
    staff: StaffPrincipal,
    intakeId: IntakeId,
    after: number,
  ): Promise<{ readonly notes: Note[]; readonly lastSeq: number }> {
    return this.acts.read(staff, intakeId, 'note.read', async (tx, receipt, { lastNoteSeq }) => {
      const notes = await this.notes.read(tx, receipt, intakeId, after);
      return { notes, lastSeq: Math.max(lastNoteSeq, notes.at(-1)?.seq ?? 0) };
    });
  }

  /** Returns what waits in my queues and what I have taken: initials and topic, one entry for the whole list. */
  async queue(staff: StaffPrincipal): Promise<QueueItem[]> {
    const { tenantId } = staff;
    const attempt = {
      principal: staff,
      action: 'queue.list' as const,
      resource: { kind: 'tenant' as const, id: tenantId },
    };
    const decision = this.gate.ask(attempt);
    if (!decision.allowed) throw await this.gate.refuse(attempt, decision);
    const list = await this.database.transaction(tenantId, (tx) => listFor(tx, staff.queues, staff.staffId));
    const receipt = await this.recorder.recordRead(
      tenantId,
      { act: 'queue.list', actor: actorOf(staff), decision, detail: { conversations: list.length } },
      list.map(({ intakeId }) => intakeId),
    );
    return this.database.transaction(tenantId, async (tx) => {
      const items: QueueItem[] = [];
      for (const conversation of list) items.push(await this.item(tx, receipt, conversation));
      return items;
    });
  }

  /** Opens what the client's form held. */
  async form(tx: Tx, receipt: ReadReceipt, intakeId: IntakeId): Promise<SealedForm> {
    const [row] = await tx.query<{ sealed_form: Buffer }>(
      'SELECT sealed_form FROM intake WHERE tenant_id = $1 AND intake_id = $2',
      [tx.tenantId, intakeId],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    const place = { item: intakeId, content: 'form' };
    return JSON.parse(
      (await this.keys.open(tx, receipt, intakeId, place, row.sealed_form)).toString('utf8'),
    ) as SealedForm;
  }

  private async item(tx: Tx, receipt: ReadReceipt, conversation: Conversation): Promise<QueueItem> {
    const { initials } = await this.form(tx, receipt, conversation.intakeId);
    const consult = await this.views.consultOf(tx, conversation);
    const { staffRead } = await this.receipts.read(tx, conversation.intakeId);
    const { intakeId, queueId, locale, state, outOfHours, assignee } = conversation;
    return {
      intakeId,
      initials,
      topic: await this.views.topicOf(tx, conversation),
      queueId,
      locale,
      state,
      waitingSince: conversation.queuedAt.toISOString(),
      outOfHours,
      ...(assignee !== undefined && { assignee }),
      assurance: assuranceOf(conversation.level),
      ...(consult !== undefined && { consult }),
      unread: Math.max(0, conversation.head.lastSeq - staffRead),
    };
  }

  private async staffIntake(tx: Tx, receipt: ReadReceipt, conversation: Conversation): Promise<StaffIntake> {
    const { intakeId, assignee, claimedAt, closedAt, outcome } = conversation;
    const form = await this.form(tx, receipt, intakeId);
    const consult = await this.views.consultOf(tx, conversation);
    const [rating] = await tx.query<{ score: number }>(
      'SELECT score FROM rating WHERE tenant_id = $1 AND intake_id = $2',
      [tx.tenantId, intakeId],
    );
    return {
      intakeId,
      state: conversation.state,
      locale: conversation.locale,
      topic: await this.views.topicOf(tx, conversation),
      queue: { id: conversation.queueId, name: conversation.queueName },
      client: { name: form.name, initials: form.initials, contact: form.contact },
      answers: form.answers,
      context: {
        ...(form.page?.url !== undefined && { page: form.page.url }),
        ...(form.page?.referrer !== undefined && { referrer: form.page.referrer }),
      },
      createdAt: conversation.createdAt.toISOString(),
      ...(claimedAt !== undefined && { claimedAt: claimedAt.toISOString() }),
      ...(closedAt !== undefined && { closedAt: closedAt.toISOString() }),
      ...(outcome !== undefined && { outcome }),
      ...(assignee !== undefined && { assignee }),
      assurance: assuranceOf(conversation.level),
      verification: { state: conversation.verification },
      ...(consult !== undefined && { consult }),
      clientOnline: this.live.isClientOnline(intakeId),
      lastSeq: conversation.head.lastSeq,
      lastNoteSeq: conversation.lastNoteSeq,
      receipts: await this.receipts.read(tx, intakeId),
      ...(rating !== undefined && { rating: { score: rating.score } }),
    };
  }
}
