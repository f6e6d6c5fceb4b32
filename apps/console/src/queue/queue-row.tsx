import { Avatar, Badge, Button, Icon, useLocal, useLocale } from '@app/ui';
import { clockText } from '../clock/duration';
import type { QueueItem } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './queue.module.css';
import { isInLobby } from './queue-order';

interface Props {
  item: QueueItem;
  now: Date;
  open: boolean;
  unread: number;
  queueName: string | undefined;
  onOpen: () => void;
  /** Only for what waits. */
  onClaim?: () => void;
}

/** One line of the desk: initials and topic, and what makes it urgent. */
export function QueueRow({ item, now, open, unread, queueName, onOpen, onClaim }: Props) {
  const texts = useTexts();
  const local = useLocal();
  const locale = useLocale();
  const topic = local(item.topic);
  const wait = clockText(now.getTime() - Date.parse(item.waitingSince));
  const inLobby = isInLobby(item);
  const badges = [
    inLobby && (
      <Badge key="lobby" tone="ok">
        {texts.desk.lobby}
      </Badge>
    ),
    item.consult?.state === 'live' && (
      <Badge key="live" tone="ok">
        {texts.desk.inCall}
      </Badge>
    ),
    item.outOfHours && (
      <Badge key="hours" tone="warn">
        {texts.desk.outOfHours}
      </Badge>
    ),
    item.locale !== locale && (
      <Badge key="language" tone="info">
        {texts.desk.language[item.locale]}
      </Badge>
    ),
  ].filter(Boolean);
  const name = onClaim
    ? texts.desk.item(item.initials, topic, wait)
    : texts.desk.mineItem(item.initials, topic);

  return (
    <li className={css['row']} data-testid="queue-item" data-intake={item.intakeId}>
      <button
        type="button"
        className={css['open']}
        aria-current={open ? 'true' : undefined}
        data-claimable={onClaim !== undefined}
        onClick={onOpen}
      >
        <Avatar name="" initials={item.initials} small />
        <span className="for-readers">{name}</span>
        <span className={css['text']}>
          <span className={css['first']}>
            <span className={css['topic']} aria-hidden>
              {topic}
            </span>
            {item.assurance === 'V1' && (
              <Icon name="shield" label={texts.desk.verified} className={css['shield']} />
            )}
          </span>
          <span className={css['second']}>
            {queueName !== undefined && <span>{queueName}</span>}
            {badges}
          </span>
        </span>
        {onClaim ? (
          <span className={css['wait']} aria-hidden>
            {wait}
          </span>
        ) : (
          unread > 0 && (
            <span className={css['unread']}>
              <span aria-hidden>{unread}</span>
              <span className="for-readers">{texts.desk.unread(unread)}</span>
            </span>
          )
        )}
      </button>
      {onClaim && (
        <Button className={css['claim']} aria-label={texts.desk.claimOf(item.initials)} onClick={onClaim}>
          {texts.desk.claim}
        </Button>
      )}
    </li>
  );
}
