import { Fragment, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Button } from '../controls/button';
import { deliveryOf, heldSeq, type Conversation } from '../connection/conversation';
import type { Message, Side } from '../connection/protocol';
import { Icon } from '../feedback/icon';
import { useFormats, useUiText } from '../i18n/locale';
import { classNames } from '../style/class-names';
import { PendingBubble } from './pending-bubble';
import css from './message-list.module.css';

export interface MessageListProps {
  conversation: Conversation;
  /** Whose page this is: their messages stand at the end of the line. */
  side: Side;
  /** The name of the list for readers. */
  label: string;
  /** Who is typing, for the line under the last message. */
  otherName: string;
  /** The words for a system line; nothing leaves the line out. */
  systemLine: (message: Message) => string | undefined;
  onRetry: (clientMsgId: string) => void;
  onDiscard: (clientMsgId: string) => void;
  /** Called with the last `seq` when the end of the list is in sight of a person. */
  onRead?: (seq: number) => void;
  /** The present, so that today and yesterday are named. */
  now: Date;
  timeZone?: string;
  /** Cards that stand after the last message. */
  children?: ReactNode;
  /** The words for a message that was refused. */
  failure?: (pending: Conversation['pending'][number]) => string | undefined;
}

/** Consecutive messages of one author within this time stand as one block. */
const BLOCK_MS = 180_000;
/** Nearer to the end than this, the list follows new messages. */
const FOLLOW_PX = 96;
const DAY_MS = 86_400_000;

export function MessageList(props: MessageListProps) {
  const { conversation, label, otherName, onRead, now, timeZone, children } = props;
  const text = useUiText();
  const format = useFormats(timeZone);
  const box = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  /** How far the list could be scrolled, at the last scrolling. */
  const extent = useRef(0);
  const [unseenFrom, setUnseenFrom] = useState<number>();
  const last = heldSeq(conversation);

  const seen = () => {
    if (following.current && document.visibilityState === 'visible' && last > 0) onRead?.(last);
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (following.current) element.scrollTop = element.scrollHeight;
    else setUnseenFrom((from) => from ?? last);
    seen();
  }, [last, conversation.pending.length, conversation.typing, children]);
  useEffect(() => {
    const element = box.current;
    document.addEventListener('visibilitychange', seen);
    // A keyboard that opens or a window that turns must not hide the last message.
    const watcher = new ResizeObserver(() => {
      if (element && following.current) element.scrollTop = element.scrollHeight;
    });
    if (element) watcher.observe(element);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      watcher.disconnect();
    };
  });
  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    const before = extent.current;
    extent.current = element.scrollHeight - element.clientHeight;
    // What a new width or height moves is not a person who scrolls up: that must not end the following.
    if (following.current && extent.current !== before) {
      element.scrollTop = element.scrollHeight;
      return;
    }
    following.current = extent.current - element.scrollTop < FOLLOW_PX;
    if (following.current) {
      setUnseenFrom(undefined);
      seen();
    }
  };
  const toEnd = () => {
    following.current = true;
    setUnseenFrom(undefined);
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };

  const dayName = (instant: string) => {
    const key = format.dayKey(instant);
    if (key === format.dayKey(now)) return text.today;
    if (key === format.dayKey(new Date(now.getTime() - DAY_MS))) return text.yesterday;
    return format.day(instant);
  };
  const unseen = unseenFrom === undefined ? 0 : last - unseenFrom + 1;

  return (
    <div className={css['frame']}>
      <div
        ref={box}
        className={css['scroll']}
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={label}
        tabIndex={0}
        data-testid="chat-log"
        onScroll={onScroll}
      >
        <div className={css['inner']}>
          {conversation.messages.map((message, index) => {
            const before = conversation.messages[index - 1];
            const newDay =
              before === undefined || format.dayKey(before.sentAt) !== format.dayKey(message.sentAt);
            return (
              <Fragment key={message.clientMsgId ?? message.messageId}>
                {newDay && <p className={css['day']}>{dayName(message.sentAt)}</p>}
                <Line {...props} message={message} first={newDay || !sameBlock(before, message)} />
              </Fragment>
            );
          })}
          {conversation.pending.map((one) => (
            <PendingBubble key={one.clientMsgId} pending={one} {...props} />
          ))}
          {children}
        </div>
      </div>
      <p className={css['typing']} role="status">
        {conversation.typing && (
          <>
            <span className={css['dots']} aria-hidden>
              <i />
              <i />
              <i />
            </span>
            {text.isTyping(otherName)}
          </>
        )}
      </p>
      {unseen > 0 && (
        <div className={css['more']}>
          <Button look="primary" icon="down" onClick={toEnd}>
            {text.newMessages(unseen)}
          </Button>
        </div>
      )}
    </div>
  );
}

function Line({
  message,
  side,
  conversation,
  systemLine,
  timeZone,
  otherName,
  first,
}: MessageListProps & { message: Message; first: boolean }) {
  const text = useUiText();
  const format = useFormats(timeZone);
  if (message.author.kind === 'system') {
    const line = systemLine(message);
    if (line === undefined) return null;
    return (
      <p className={css['system']}>
        {line} <time dateTime={message.sentAt}>{format.time(message.sentAt)}</time>
      </p>
    );
  }
  const mine = message.author.kind === side;
  const delivery = deliveryOf(message.seq, conversation.receipts, side);
  return (
    <article
      className={classNames(css['line'], mine && css['mine'], first && css['first'])}
      data-seq={message.seq}
    >
      <p className={first && !mine ? css['author'] : 'for-readers'}>
        {mine ? text.you : (message.author.name ?? otherName)}
      </p>
      <div className={css['bubble']} dir="auto">
        {message.text}
      </div>
      <p className={css['meta']}>
        <time dateTime={message.sentAt}>{format.time(message.sentAt)}</time>
        {mine && (
          <span className={css[delivery]} data-delivery={delivery}>
            <Icon name={delivery === 'sent' ? 'check' : 'read'} /> {text[delivery]}
          </span>
        )}
      </p>
    </article>
  );
}

function sameBlock(before: Message | undefined, message: Message): boolean {
  if (
    before === undefined ||
    before.author.kind !== message.author.kind ||
    before.author.id !== message.author.id
  )
    return false;
  return new Date(message.sentAt).getTime() - new Date(before.sentAt).getTime() < BLOCK_MS;
}
