import { IconButton, Spinner } from '@app/ui';
import type { ReactNode } from 'react';
import { useNow } from '../clock/use-now';
import { useDesk } from '../desk/desk-provider';
import type { QueueItem } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './queue.module.css';
import { QueueRow } from './queue-row';

interface Props {
  openId: string | undefined;
  onOpen: (intakeId: string) => void;
  onClaim: (intakeId: string) => void;
  onKeys: () => void;
}

/** The left side of the desk: mine above, what waits below. The arrow keys go through both. */
export function QueueList({ openId, onOpen, onClaim, onKeys }: Props) {
  const texts = useTexts();
  const { queue, muted, setMuted, connection } = useDesk();
  const now = useNow(1_000);
  const { lists, queues, error } = queue;
  const nameOf = (item: QueueItem) => queues.find((one) => one.id === item.queueId)?.name;

  /** A conversation that was opened is followed, and its own count is newer than the list's. */
  const unreadOf = (item: QueueItem) => {
    if (item.intakeId === openId) return 0;
    const held = connection?.conversation(item.intakeId);
    if (held === undefined || held.messages.length === 0) return item.unread;
    const { messages, receipts } = held;
    return messages.filter((one) => one.author.kind === 'client' && one.seq > receipts.staffRead).length;
  };

  return (
    <div className={css['list']} data-testid="queue-list">
      <header className={css['head']}>
        <p aria-hidden>{texts.desk.title}</p>
        <IconButton
          icon="sound"
          label={muted ? texts.desk.unmute : texts.desk.mute}
          aria-pressed={muted}
          className={muted ? css['muted'] : undefined}
          onClick={() => setMuted(!muted)}
        />
        <button
          type="button"
          className={css['keys']}
          aria-label={texts.desk.keys}
          title={texts.desk.keys}
          onClick={onKeys}
        >
          ?
        </button>
      </header>
      {error !== undefined && (
        <p className={css['stale']} role="status">
          {texts.desk.queueGone}
        </p>
      )}
      {lists === undefined ? (
        <div className={css['loading']}>
          {error === undefined && <Spinner label={texts.common.loading} />}
        </div>
      ) : (
        <>
          <Part title={texts.desk.mine} empty={texts.desk.mineEmpty} count={lists.mine.length} name="mine">
            {lists.mine.map((item) => (
              <QueueRow
                key={item.intakeId}
                item={item}
                now={now}
                open={item.intakeId === openId}
                unread={unreadOf(item)}
                queueName={undefined}
                onOpen={() => onOpen(item.intakeId)}
              />
            ))}
          </Part>
          <Part
            title={texts.desk.waiting}
            empty={texts.desk.waitingEmpty}
            count={lists.waiting.length}
            name="waiting"
          >
            {lists.waiting.map((item) => (
              <QueueRow
                key={item.intakeId}
                item={item}
                now={now}
                open={item.intakeId === openId}
                unread={0}
                queueName={nameOf(item)}
                onOpen={() => onOpen(item.intakeId)}
                onClaim={() => onClaim(item.intakeId)}
              />
            ))}
          </Part>
        </>
      )}
    </div>
  );
}

interface PartProps {
  title: string;
  empty: string;
  count: number;
  name: 'mine' | 'waiting';
  children: ReactNode;
}

function Part({ title, empty, count, name, children }: PartProps) {
  const heading = `queue-${name}`;
  return (
    <section className={css[name]} aria-labelledby={heading}>
      <h2 id={heading} className={css['title']}>
        {title} <span className={css['count']}>{count}</span>
      </h2>
      {count === 0 ? <p className={css['empty']}>{empty}</p> : <ul>{children}</ul>}
    </section>
  );
}
