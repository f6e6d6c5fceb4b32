import { AppError, type Clock, type IntakeId, newId, type QueueId } from '@app/kernel';
import { actorOf, CLOCK, type StaffPrincipal } from '@app/platform';
import { NoteService, TranscriptService } from '@app/transcript';
import { Inject, Injectable } from '@nestjs/common';
import { Acts } from '../conversation/acts.service';
import { change } from '../conversation/conversation';
import { after } from '../conversation/lifecycle';
import { authorOf } from '../talk/posting.service';
import { CallService } from '../steps/call.service';
import { Announcer } from '../live/announcer.service';

export type Outcome = 'resolved' | 'referred' | 'no-answer' | 'not-for-us';

/** Takes a conversation, hands it on, ends it. */
@Injectable()
export class ClaimService {
  constructor(
    private readonly acts: Acts,
    private readonly transcript: TranscriptService,
    private readonly notes: NoteService,
    private readonly calls: CallService,
    private readonly announcer: Announcer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Takes a waiting conversation. Of two who try at once the row's lock lets one be first.
   *
   * @throws AppError `ALREADY_CLAIMED` with who was first, to somebody of the same queue.
   */
  async claim(staff: StaffPrincipal, intakeId: IntakeId): Promise<void> {
    await this.acts.change(
      staff,
      intakeId,
      'intake.claim',
      async (admitted) => {
        const { tx, conversation } = admitted;
        const state = after(conversation.state, 'claim');
        await change(tx, intakeId, {
          state,
          assigneeId: staff.staffId,
          ...(conversation.claimedAt === undefined && { firstClaimedAt: this.clock.now() }),
        });
        const { line, kept } = await this.transcript.appendEvent(tx, intakeId, 'claimed', authorOf(staff));
        await admitted.record({ ...kept, refs: { ...kept.refs, queue: conversation.queueId } });
        this.announcer.afterCommit(tx, intakeId, { line, queues: [conversation.queueId] });
      },
      ({ assignee, queueId, state }) => {
        if (assignee !== undefined && state === 'claimed' && staff.queues.includes(queueId))
          throw new AppError('ALREADY_CLAIMED', `${assignee.name} has taken this conversation.`, {
            extra: { by: assignee },
          });
      },
    );
  }

  /** Puts a conversation into another queue, where its first waiting time still counts. The reason becomes a note. An open consult ends. */
  async transfer(staff: StaffPrincipal, intakeId: IntakeId, queueId: QueueId, reason: string): Promise<void> {
    await this.acts.change(staff, intakeId, 'intake.transfer', async (admitted) => {
      const { tx, conversation } = admitted;
      const [queue] = await tx.query('SELECT 1 FROM queue WHERE tenant_id = $1 AND queue_id = $2', [
        tx.tenantId,
        queueId,
      ]);
      if (queue === undefined) throw new AppError('NOT_FOUND', 'There is no such queue.');
      const state = after(conversation.state, 'transfer');
      await this.calls.endIn(admitted);
      await change(tx, intakeId, { state, queueId, assigneeId: null });
      const { line, kept } = await this.transcript.appendEvent(tx, intakeId, 'transferred', authorOf(staff));
      await admitted.record({ ...kept, refs: { ...kept.refs, from: conversation.queueId, to: queueId } });
      // Whoever takes it next wants to know why: it is a note, sealed like every other.
      const author = { id: staff.staffId, name: staff.name };
      const act = { act: 'note.write', actor: actorOf(staff), decision: admitted.decision };
      await this.notes.add(tx, intakeId, { clientMsgId: newId<string>(), author, text: reason }, act);
      this.announcer.afterCommit(tx, intakeId, {
        line,
        queues: [conversation.queueId, queueId],
        formerly: staff.staffId,
      });
    });
  }

  /** Ends a conversation with an outcome. An open consult ends with it. */
  async close(staff: StaffPrincipal, intakeId: IntakeId, outcome: Outcome): Promise<void> {
    await this.acts.change(staff, intakeId, 'intake.close', async (admitted) => {
      const { tx, conversation } = admitted;
      const state = after(conversation.state, 'close');
      await this.calls.endIn(admitted);
      await change(tx, intakeId, { state, closedAt: this.clock.now(), outcome });
      const { line, kept } = await this.transcript.appendEvent(tx, intakeId, 'closed', authorOf(staff));
      await admitted.record({ ...kept, detail: { outcome } });
      this.announcer.afterCommit(tx, intakeId, { line, queues: [conversation.queueId] });
    });
  }
}
