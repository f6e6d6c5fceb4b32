import { AppError, type IntakeId } from '@app/kernel';
import { Database, Gate, type Principal } from '@app/platform';
import { ReceiptsService } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import { Live } from '../live/live.service';
import { type Conversation, factsAbout, find, notFound } from '../conversation/conversation';
import { KnownConversations } from '../conversation/known-conversations.service';

/** What passes between two people who are both there: received, read, typing. Nothing of it is an act on what was said. */
@Injectable()
export class SignalService {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly known: KnownConversations,
    private readonly receipts: ReceiptsService,
    private readonly live: Live,
  ) {}

  /** Raises how far this side has received and read, and tells both sides. */
  async receipt(
    principal: Principal,
    body: {
      readonly intakeId: IntakeId;
      readonly delivered?: number | undefined;
      readonly read?: number | undefined;
    },
  ): Promise<void> {
    const conversation = await this.admit(principal, body.intakeId);
    const marks = { delivered: body.delivered ?? 0, read: body.read ?? 0 };
    this.live.receipts(
      conversation,
      await this.receipts.raise(principal.tenantId, body.intakeId, principal.kind, marks),
    );
  }

  /** Tells the other side. Nothing is stored. */
  async typing(
    principal: Principal,
    { intakeId, on }: { readonly intakeId: IntakeId; readonly on: boolean },
  ): Promise<void> {
    this.live.typing(await this.admit(principal, intakeId), principal.kind, on);
  }

  /** A refusal of a signal is not recorded: it is no act, and a page sends many. */
  private async admit(principal: Principal, intakeId: IntakeId): Promise<Conversation> {
    const { tenantId } = principal;
    const known = this.known.get(tenantId, intakeId);
    if (known !== undefined && this.isAllowed(principal, known)) return known;
    const conversation = await this.database.transaction(tenantId, (tx) => find(tx, intakeId));
    if (conversation === undefined) throw notFound();
    if (!this.isAllowed(principal, conversation))
      throw new AppError('ACCESS_DENIED', 'You do not have access to this.');
    this.known.remember(conversation);
    return conversation;
  }

  private isAllowed(principal: Principal, conversation: Conversation): boolean {
    return this.gate.ask({ principal, action: 'intake.signal', resource: factsAbout(conversation) }).allowed;
  }
}
