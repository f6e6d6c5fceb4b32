import {
  Composer,
  IconButton,
  MessageList,
  Notice,
  Spinner,
  useConversation,
  type ChatConnection,
  type Message,
} from '@app/ui';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useNow } from '../clock/use-now';
import { useDesk } from '../desk/desk-provider';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './conversation.module.css';
import { RefusalNotice } from './refusal-notice';
import { ReplyPicker } from './reply-picker';
import { useRefusal } from './use-refusal';

interface Props {
  connection: ChatConnection;
  intake: StaffIntake;
  asking: boolean;
  onAsk: () => void;
}

const MINUTE_MS = 60_000;

/** The messages and where they are written; the same in the middle of the desk and beside a video call. */
export function Chat({ connection, intake, asking, onAsk }: Props) {
  const texts = useTexts();
  const { me } = useSession();
  const { drafts } = useDesk();
  const now = useNow(MINUTE_MS);
  const { intakeId } = intake;
  const conversation = useConversation(connection, intakeId);
  const [draft, setDraft] = useState(() => drafts.get(intakeId) ?? '');
  const [picking, setPicking] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const keep = useCallback(
    (text: string) => {
      drafts.set(intakeId, text);
      setDraft(text);
    },
    [drafts, intakeId],
  );
  const putBefore = (text: string) => keep(draft.trim() === '' ? text : `${text}\n${draft}`);
  const { refusal, setRefusal } = useRefusal(connection, intakeId, conversation, putBefore);
  const known = intake.assurance === 'V1';
  useEffect(() => {
    // What was held back may be sent now, and stands in the box.
    if (known) setRefusal(undefined);
  }, [known, setRefusal]);

  const onChange = (text: string) => {
    if (text === '/' && draft === '') return setPicking(true);
    keep(text);
    if (text !== '') connection.typing(intakeId);
  };
  const onSend = (text: string) => {
    connection.post(intakeId, text);
    keep('');
    setRefusal(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
  };
  const wasPicking = useRef(false);
  useEffect(() => {
    if (wasPicking.current && !picking) box.current?.querySelector('textarea')?.focus();
    wasPicking.current = picking;
  }, [picking]);
  const systemLine = (message: Message) =>
    texts.chat.system[message.event ?? '']?.(message.author.name ?? '');
  const mine = intake.state === 'claimed' && intake.assignee?.id === me.staffId;

  return (
    <div className={css['chat']} data-testid="conversation-log">
      {conversation.messages.length === 0 && !conversation.synced ? (
        <div className={css['loading']}>
          <Spinner label={texts.common.loading} />
        </div>
      ) : (
        <MessageList
          conversation={conversation}
          side="staff"
          label={texts.chat.conversation(intake.client.initials)}
          otherName={intake.client.name}
          systemLine={systemLine}
          onRetry={(id) => connection.retry(intakeId, id)}
          onDiscard={(id) => connection.discard(intakeId, id)}
          {...(mine && { onRead: (seq: number) => connection.read(intakeId, seq) })}
          failure={(pending) => `${texts.chat.failed} ${failureWords(pending.error, texts)}`}
          now={now}
        />
      )}
      {mine ? (
        <div ref={box} role="presentation" onKeyDown={onKeyDown}>
          <Composer
            value={draft}
            onChange={onChange}
            onSend={onSend}
            label={texts.chat.inputLabel}
            placeholder={texts.chat.placeholder}
            tools={<IconButton icon="note" label={texts.chat.repliesOpen} onClick={() => setPicking(true)} />}
            notice={
              refusal && (
                <RefusalNotice
                  refusal={refusal}
                  intake={intake}
                  busy={asking}
                  onAsk={onAsk}
                  onDismiss={() => setRefusal(undefined)}
                />
              )
            }
          />
        </div>
      ) : (
        <ReadOnly intake={intake} />
      )}
      {picking && (
        <ReplyPicker
          intake={intake}
          onText={(text) => {
            setRefusal(undefined);
            putBefore(text);
          }}
          onRefused={() => setRefusal({ kind: 'reply', fields: [] })}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  );
}

function ReadOnly({ intake }: { intake: StaffIntake }) {
  const { chat } = useTexts();
  const words =
    intake.state === 'closed'
      ? chat.closedBar
      : intake.assignee === undefined
        ? chat.nobody
        : chat.notMine(intake.assignee.name);
  return (
    <Notice strip role="status">
      {words}
    </Notice>
  );
}
