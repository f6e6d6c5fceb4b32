import { Dialog, Spinner, TextField, useAnnouncer } from '@app/ui';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import type { CannedReply, StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './conversation.module.css';

interface Props {
  intake: StaffIntake;
  /** The text with its blanks filled in, to be changed and sent by a person. */
  onText: (text: string) => void;
  /** The reply names a value of the record, and identity is not confirmed. */
  onRefused: () => void;
  onClose: () => void;
}

/** Prepared replies: typing searches, the arrows choose, Enter puts one into the message box. In the client's language. */
export function ReplyPicker({ intake, onText, onRefused, onClose }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const load = useCallback(() => ask.get<{ replies: CannedReply[] }>('/api/staff/canned-replies'), [ask]);
  const { data, error, reload } = useLoaded(load);
  const [search, setSearch] = useState('');
  const [chosen, setChosen] = useState(0);
  const [busy, setBusy] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => box.current?.focus(), []);

  const wanted = search.trim().toLocaleLowerCase();
  const found = (data?.replies ?? []).filter((reply) =>
    `${reply.title} ${reply.body[intake.locale]}`.toLocaleLowerCase().includes(wanted),
  );
  const current = found[Math.min(chosen, found.length - 1)];

  const pick = async (reply: CannedReply | undefined) => {
    if (reply === undefined || busy) return;
    setBusy(true);
    try {
      const path = `/api/staff/intakes/${intake.intakeId}/canned-replies/${reply.replyId}`;
      const { text } = await ask.post<{ text: string }>(path, { locale: intake.locale });
      onText(text);
    } catch (failure) {
      if (failure instanceof Error && 'code' in failure && failure.code === 'ASSURANCE_TOO_LOW') onRefused();
      else toast(failureWords(failure, texts), 'danger');
    } finally {
      onClose();
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by !== undefined) {
      event.preventDefault();
      setChosen((was) => Math.min(found.length - 1, Math.max(0, was + by)));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      void pick(current);
    }
  };

  return (
    <Dialog title={texts.chat.replies} onClose={onClose}>
      <TextField
        ref={box}
        label={texts.chat.repliesSearch}
        hint={texts.chat.repliesHint}
        value={search}
        onChange={(value) => {
          setSearch(value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        role="combobox"
        aria-expanded
        aria-controls="replies"
        aria-activedescendant={current && `reply-${current.replyId}`}
        autoComplete="off"
      />
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {data !== undefined && found.length === 0 && <p role="status">{texts.chat.repliesNone}</p>}
      <div id="replies" role="listbox" aria-label={texts.chat.replies} className={css['replies']}>
        {found.map((reply) => (
          <button
            type="button"
            tabIndex={-1}
            key={reply.replyId}
            id={`reply-${reply.replyId}`}
            role="option"
            aria-selected={reply === current}
            onClick={() => void pick(reply)}
          >
            <strong>{reply.title}</strong>
            <span lang={intake.locale}>
              <WithBlanks body={reply.body[intake.locale]} />
            </span>
          </button>
        ))}
      </div>
    </Dialog>
  );
}

/** Shows `{{record.next_appointment}}` as a blank that says "next appointment": what fills it is known to the server only. */
function WithBlanks({ body }: { body: string }) {
  return body.split(/\{\{([^{}]+)\}\}/).map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <mark key={index} className={css['blank']}>
        {blankName(part)}
      </mark>
    ),
  );
}

function blankName(path: string): string {
  const last = path.trim().split('.').at(-1) ?? path;
  return last.replaceAll('_', ' ');
}
