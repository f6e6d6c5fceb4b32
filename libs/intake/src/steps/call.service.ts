import { type Checks, type ConsultEvent, ConsultService, type ConsultView } from '@app/consult';
import { AppError, type IntakeId, type TenantId } from '@app/kernel';
import { type ClientPrincipal, Database, type Principal, Recorder, type StaffPrincipal } from '@app/platform';
import { type SystemEvent, TranscriptService } from '@app/transcript';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Announcer } from '../live/announcer.service';
import { Acts, type Admitted } from '../conversation/acts.service';
import { authorOf } from '../talk/posting.service';
import { change, lock } from '../conversation/conversation';
import { KnownConversations } from '../conversation/known-conversations.service';

const ACTION = {
  accept: 'consult.answer',
  decline: 'consult.answer',
  ready: 'consult.answer',
  leave: 'consult.end',
  withdraw: 'consult.end',
  admit: 'consult.admit',
  end: 'consult.end',
} as const satisfies Record<ConsultEvent, string>;

/** The line that an end state leaves in the transcript, by the event that led to it. */
const LINE: Partial<Record<ConsultEvent, SystemEvent>> = {
  decline: 'consult-declined',
  leave: 'consult-ended',
  withdraw: 'consult-ended',
  admit: 'consult-started',
  end: 'consult-ended',
};

/** Takes a conversation to a video call and back. */
@Injectable()
export class CallService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    private readonly acts: Acts,
    private readonly consults: ConsultService,
    private readonly transcript: TranscriptService,
    private readonly announcer: Announcer,
    private readonly known: KnownConversations,
  ) {}

  /** A call that everybody has left, or whose media is gone for good, ends by itself. */
  onModuleInit(): void {
    this.consults.onAbandoned(({ tenantId, intakeId }) => this.endAbandoned(tenantId, intakeId));
  }

  /** Offers the client a call. @throws AppError `STEP_NOT_ALLOWED` if one is open. */
  offer(staff: StaffPrincipal, intakeId: IntakeId): Promise<ConsultView> {
    return this.acts.change(staff, intakeId, 'consult.offer', async (admitted) => {
      const { tx } = admitted;
      const consult = await this.consults.offer(tx, { intakeId, staffId: staff.staffId });
      await change(tx, intakeId, { consultId: consult.consultId, consult: consult.state });
      const { line, kept } = await this.transcript.appendEvent(
        tx,
        intakeId,
        'consult-offered',
        authorOf(staff),
      );
      await admitted.record({ ...kept, refs: { ...kept.refs, consult: consult.consultId } });
      this.announcer.afterCommit(tx, intakeId, { line });
      return consult;
    });
  }

  /**
   * Takes one step of a call.
   *
   * @param checks - what the client's device check found, with `ready`.
   * @throws AppError `STEP_NOT_ALLOWED` if the call is not at a point where this can be done.
   */
  step(principal: Principal, intakeId: IntakeId, event: ConsultEvent, checks?: Checks): Promise<ConsultView> {
    return this.acts.change(principal, intakeId, ACTION[event], async (admitted) => {
      const { tx, conversation } = admitted;
      if (conversation.consultId === undefined) throw noCall();
      const consult = await this.consults.step(tx, conversation.consultId, event, principal.kind, checks);
      await change(tx, intakeId, { consult: consult.state });
      const said = LINE[event];
      const added = said && (await this.transcript.appendEvent(tx, intakeId, said, authorOf(principal)));
      await admitted.record({
        act: `consult.${event}`,
        ...added?.kept,
        refs: { ...added?.kept.refs, consult: consult.consultId },
      });
      this.announcer.afterCommit(tx, intakeId, added === undefined ? {} : { line: added.line });
      return consult;
    });
  }

  /** Gives a ticket for the media. A client has none before they are admitted: the policy says no, and it is recorded. */
  ticket(principal: StaffPrincipal | ClientPrincipal, intakeId: IntakeId): Promise<string> {
    return this.acts.change(
      principal,
      intakeId,
      'consult.join',
      async (admitted) => {
        const { tx, conversation } = admitted;
        if (conversation.consultId === undefined) throw noCall();
        await admitted.record({ refs: { consult: conversation.consultId } });
        return this.consults.ticket(tx, {
          consultId: conversation.consultId,
          intakeId,
          sessionId: principal.sessionId,
          peer:
            principal.kind === 'staff'
              ? { role: 'staff', id: principal.staffId, name: principal.name }
              : { role: 'client', id: principal.intakeId, name: '' },
        });
      },
      (conversation) => {
        if (principal.kind === 'staff' && conversation.assignee?.id === principal.staffId)
          if (conversation.consult !== 'waiting' && conversation.consult !== 'live') throw noCall();
      },
    );
  }

  /** Ends an open call as part of another act, and leaves a line of its own before that act's. */
  async endIn({ tx, conversation, record }: Admitted): Promise<void> {
    if (conversation.consultId === undefined) return;
    const open = await this.consults.view(tx, conversation.consultId);
    if (open === undefined || open.state === 'ended' || open.state === 'declined') return;
    const ended = await this.consults.step(tx, conversation.consultId, 'end', 'system');
    await change(tx, conversation.intakeId, { consult: ended.state });
    const { line, kept } = await this.transcript.appendEvent(tx, conversation.intakeId, 'consult-ended');
    await record({
      act: 'consult.end',
      ...kept,
      refs: { ...kept.refs, consult: ended.consultId },
      detail: { reason: 'conversation-left' },
    });
    this.announcer.afterCommit(tx, conversation.intakeId, { line });
  }

  private async endAbandoned(tenantId: TenantId, intakeId: IntakeId): Promise<void> {
    await this.database.transaction(tenantId, async (tx) => {
      const conversation = await lock(tx, intakeId);
      if (conversation.consultId === undefined || conversation.consult !== 'live') return;
      const ended = await this.consults.step(tx, conversation.consultId, 'end', 'system');
      await change(tx, intakeId, { consult: ended.state });
      const { line, kept } = await this.transcript.appendEvent(tx, intakeId, 'consult-ended');
      await this.recorder.record(tx, {
        act: 'consult.end',
        actor: { kind: 'system', id: 'consult' },
        intakeId,
        ...kept,
        refs: { ...kept.refs, consult: ended.consultId },
        detail: { reason: 'everybody-left' },
      });
      tx.afterCommit(() => this.known.forget(tenantId, intakeId));
      this.announcer.afterCommit(tx, intakeId, { line });
    });
  }
}

function noCall(): AppError {
  return new AppError('STEP_NOT_ALLOWED', 'The call is not at a point where this can be done.');
}
