import { AppError, type IntakeId } from '@app/kernel';
import { actorOf, type StaffPrincipal } from '@app/platform';
import { type Note, NoteService } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import { Live } from '../live/live.service';
import { Acts } from '../conversation/acts.service';

/** Notes among staff about a conversation. */
@Injectable()
export class NotingService {
  constructor(
    private readonly acts: Acts,
    private readonly notes: NoteService,
    private readonly live: Live,
  ) {}

  /** Adds a note. The same `clientMsgId` again is the same note: it is read, and comes back as it was kept. */
  async add(
    staff: StaffPrincipal,
    intakeId: IntakeId,
    { clientMsgId, text }: { readonly clientMsgId: string; readonly text: string },
  ): Promise<Note> {
    const outcome = await this.acts.change(staff, intakeId, 'note.write', async (admitted) => {
      const { tx, conversation, decision } = admitted;
      const author = { id: staff.staffId, name: staff.name };
      const act = { act: 'note.write', actor: actorOf(staff), decision };
      const made = await this.notes.add(tx, intakeId, { clientMsgId, author, text }, act);
      if ('added' in made) tx.afterCommit(() => this.live.note(conversation, made.added));
      return made;
    });
    if ('added' in outcome) return outcome.added;
    return this.acts.read(staff, intakeId, 'note.read', async (tx, receipt) => {
      const [kept] = await this.notes.read(tx, receipt, intakeId, outcome.repeated - 1);
      if (kept === undefined) throw new AppError('NOT_FOUND', 'There is no such note.');
      return kept;
    });
  }
}
