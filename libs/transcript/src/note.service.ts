import { AppError, type Clock, type IntakeId, newId } from '@app/kernel';
import { type Act, CLOCK, Keys, type ReadReceipt, Recorder, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { type Note, PAGE } from './message';

interface NoteRow {
  seq: number;
  note_id: string;
  author_id: string;
  author_name: string;
  sealed: Buffer;
  sent_at: Date;
}

/** Notes among staff. They have numbers of their own, so that a client's numbers have no holes that tell of them. */
@Injectable()
export class NoteService {
  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Seals a note and records it. The caller holds the lock on the conversation.
   *
   * @returns the note, or the number of the one that its author's `clientMsgId` has made before: what that says is read
   * like any other, with a receipt.
   */
  async add(
    tx: Tx,
    intakeId: IntakeId,
    note: {
      readonly clientMsgId: string;
      readonly author: { readonly id: string; readonly name: string };
      readonly text: string;
    },
    act: Act,
  ): Promise<{ readonly added: Note } | { readonly repeated: number }> {
    const [before] = await tx.query<{ seq: number }>(
      `SELECT seq FROM note
       WHERE tenant_id = $1 AND intake_id = $2 AND client_msg_id = $3 AND author_id = $4`,
      [tx.tenantId, intakeId, note.clientMsgId, note.author.id],
    );
    if (before !== undefined) return { repeated: before.seq };
    const [head] = await tx.query<{ last_note: number }>(
      'UPDATE intake_head SET last_note = last_note + 1 WHERE tenant_id = $1 AND intake_id = $2 RETURNING last_note',
      [tx.tenantId, intakeId],
    );
    if (head === undefined) throw new AppError('NOT_FOUND', 'There is no such conversation.');
    const noteId = newId<string>();
    const sentAt = this.clock.now();
    const sealed = await this.keys.seal(tx, intakeId, { item: noteId, content: 'note' }, note.text);
    await tx.query(
      `INSERT INTO note (tenant_id, intake_id, seq, note_id, client_msg_id, author_id, sealed, sent_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [tx.tenantId, intakeId, head.last_note, noteId, note.clientMsgId, note.author.id, sealed, sentAt],
    );
    await this.recorder.record(tx, {
      ...act,
      intakeId,
      refs: { ...act.refs, note: noteId },
      ciphertext: sealed,
    });
    const { author, text } = note;
    return { added: { seq: head.last_note, noteId, author, text, sentAt: sentAt.toISOString() } };
  }

  /** Returns the notes after `after`, in their order. */
  async read(tx: Tx, receipt: ReadReceipt, intakeId: IntakeId, after: number): Promise<Note[]> {
    const rows = await tx.query<NoteRow>(
      `SELECT n.seq, n.note_id, n.author_id, s.name AS author_name, n.sealed, n.sent_at
       FROM note n JOIN staff_member s ON s.tenant_id = n.tenant_id AND s.staff_id = n.author_id
       WHERE n.tenant_id = $1 AND n.intake_id = $2 AND n.seq > $3 ORDER BY n.seq LIMIT ${PAGE}`,
      [tx.tenantId, intakeId, after],
    );
    const notes: Note[] = [];
    for (const row of rows) {
      const text = await this.keys.open(
        tx,
        receipt,
        intakeId,
        { item: row.note_id, content: 'note' },
        row.sealed,
      );
      notes.push({
        seq: row.seq,
        noteId: row.note_id,
        author: { id: row.author_id, name: row.author_name },
        text: text.toString('utf8'),
        sentAt: row.sent_at.toISOString(),
      });
    }
    return notes;
  }
}
