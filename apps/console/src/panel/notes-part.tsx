import {
  Button,
  Icon,
  randomId,
  TextArea,
  useAnnouncer,
  useFormats,
  type ChatConnection,
  type Note,
} from '@app/ui';
import { useCallback, useEffect, useState, type FormEvent } from 'react';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

interface Props {
  intake: StaffIntake;
  connection: ChatConnection;
  mayWrite: boolean;
}

/** What staff tell each other. It looks like nothing that goes to the client, and says so. */
export function NotesPart({ intake, connection, mayWrite }: Props) {
  const texts = useTexts();
  const format = useFormats();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const { intakeId } = intake;
  const path = `/api/staff/intakes/${intakeId}/notes`;
  const [notes, setNotes] = useState<readonly Note[]>([]);
  const [text, setText] = useState('');
  const [msgId, setMsgId] = useState(randomId);
  const [busy, setBusy] = useState(false);

  const add = useCallback((incoming: readonly Note[]) => {
    setNotes((was) => {
      const bySeq = new Map([...was, ...incoming].map((note) => [note.seq, note]));
      return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    });
  }, []);
  const load = useCallback(() => {
    ask.get<{ notes: Note[] }>(`${path}?after=0`).then(
      (page) => add(page.notes),
      (error: unknown) => toast(failureWords(error, texts), 'danger'),
    );
  }, [ask, path, add, toast, texts]);
  useEffect(load, [load]);
  useEffect(
    () => connection.on('note', (news) => news.intakeId === intakeId && add([news.note])),
    [connection, intakeId, add],
  );

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const trimmed = text.trim();
    if (trimmed === '' || busy) return;
    setBusy(true);
    try {
      // The same id until it is known to be stored: a second press does not store it twice.
      add([await ask.post<Note>(path, { clientMsgId: msgId, text: trimmed })]);
      setText('');
      setMsgId(randomId());
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className={css['notes']} aria-labelledby="notes-title" data-testid="notes">
      <div className={css['partHead']}>
        <h3 id="notes-title">
          <Icon name="lock" /> {texts.panel.notes}
        </h3>
      </div>
      <p className={css['small']}>{texts.panel.notesPrivate}</p>
      {notes.length === 0 ? (
        <p className={css['small']}>{texts.panel.notesEmpty}</p>
      ) : (
        <ol className={css['noteList']}>
          {notes.map((note) => (
            <li key={note.noteId}>
              <p className={css['noteText']} dir="auto">
                {note.text}
              </p>
              <p className={css['noteMeta']}>
                {note.author.name}, <time dateTime={note.sentAt}>{format.dateTime(note.sentAt)}</time>
              </p>
            </li>
          ))}
        </ol>
      )}
      {mayWrite && (
        <form className={css['noteForm']} onSubmit={submit}>
          <TextArea
            label={texts.panel.noteLabel}
            rows={2}
            maxLength={4_000}
            value={text}
            onChange={setText}
          />
          <Button type="submit" busy={busy} disabled={text.trim() === ''}>
            {texts.panel.noteAdd}
          </Button>
        </form>
      )}
    </section>
  );
}
