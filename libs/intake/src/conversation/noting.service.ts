import type { IntakeId } from '@app/kernel';
import { actorOf, type StaffPrincipal } from '@app/platform';
import { type Note, NoteService } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import { Live } from '../live/live.service';
import { Acts } from './acts.service';

/** Notes among staff about a conversation. */
@Injectable()
export class NotingService {
  constructor(
    private readonly acts: Acts,
    private readonly notes: NoteService,
    private readonly live: Live,
  ) {}

  /** Adds a note. The same `clientMsgId` again is the same note. */
  add(
    staff: StaffPrincipal,
    intakeId: IntakeId,
    { clientMsgId, text }: { readonly clientMsgId: string; readonly text: string },
  ): Promise<Note> {
    return this.acts.change(staff, intakeId, 'note.write', async ({ tx, conversation, decision }) => {
      const author = { id: staff.staffId, name: staff.name };
      const act = { act: 'note.write', actor: actorOf(staff), decision };
      const note = await this.notes.add(tx, intakeId, { clientMsgId, author, text }, act);
      tx.afterCommit(() => this.live.note(conversation, note));
      return note;
    });
  }
}
