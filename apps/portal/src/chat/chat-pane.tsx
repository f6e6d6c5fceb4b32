import {
  ApiError,
  type ChatConnection,
  type ClientIntake,
  Composer,
  MessageList,
  type PendingMessage,
  type Site,
  useConversation,
} from '@app/ui';
import type { ReactNode } from 'react';
import { errorWords, usePortalText } from '../text';
import css from './chat.module.css';
import { systemLine } from './system-line';

interface ChatPaneProps {
  chat: ChatConnection;
  intake: ClientIntake;
  site: Site;
  draft: string;
  onDraft: (draft: string) => void;
  /** Cards between the messages and the box they are written in. */
  dock?: ReactNode;
  /** Stands where the box was, once the conversation is closed. */
  closed?: ReactNode;
}

/** The transcript and the box under it; the same beside a call as alone. */
export function ChatPane({ chat, intake, site, draft, onDraft, dock, closed }: ChatPaneProps) {
  const text = usePortalText();
  const { intakeId } = intake;
  const conversation = useConversation(chat, intakeId);
  const nobodyWrote =
    conversation.synced && conversation.messages.length === 0 && conversation.pending.length === 0;
  const failure = ({ error }: PendingMessage) =>
    error && errorWords(new ApiError(error.code, error.message), text);
  return (
    <div className={css['pane']}>
      <div className={css['log']}>
        <MessageList
          conversation={conversation}
          side="client"
          label={text.chatLog}
          otherName={intake.staff?.name ?? text.theTeam}
          systemLine={(message) => systemLine(message, text, intake.staff?.name)}
          onRetry={(id) => chat.retry(intakeId, id)}
          onDiscard={(id) => chat.discard(intakeId, id)}
          onRead={(seq) => chat.read(intakeId, seq)}
          failure={failure}
          now={new Date()}
          timeZone={site.timeZone}
        >
          {nobodyWrote && (
            <div className={css['begin']}>
              <h2>{text.beginTitle}</h2>
              <p>{text.beginText}</p>
            </div>
          )}
        </MessageList>
      </div>
      {dock && <div className={css['dock']}>{dock}</div>}
      {closed ?? (
        <Composer
          value={draft}
          onChange={(value) => {
            onDraft(value);
            if (value !== '') chat.typing(intakeId);
          }}
          onSend={(words) => {
            chat.post(intakeId, words);
            onDraft('');
          }}
        />
      )}
    </div>
  );
}
