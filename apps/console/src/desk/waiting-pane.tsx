import { Avatar, Badge, Button, useLocal } from '@app/ui';
import { clockText } from '../clock/duration';
import { useNow } from '../clock/use-now';
import type { QueueItem } from '../protocol';
import { useTexts } from '../texts/use-texts';
import { useDesk } from './desk-provider';
import css from './desk.module.css';

interface Props {
  item: QueueItem;
  busy: boolean;
  onClaim: () => void;
}

/** What may be known of a conversation before it is claimed: no message, no name. */
export function WaitingPane({ item, busy, onClaim }: Props) {
  const texts = useTexts();
  const local = useLocal();
  const now = useNow(1_000);
  const { queue } = useDesk();
  const queueName = queue.queues.find((one) => one.id === item.queueId)?.name;
  return (
    <section className={css['waitingPane']} aria-labelledby="claim-title">
      <Avatar name="" initials={item.initials} />
      <h2 id="claim-title">{texts.desk.claimTitle}</h2>
      <p className={css['topic']}>{local(item.topic)}</p>
      <p className={css['facts']}>
        <span>{queueName}</span>
        <span>{texts.desk.language[item.locale]}</span>
        <span className={css['clock']}>{clockText(now.getTime() - Date.parse(item.waitingSince))}</span>
        {item.outOfHours && <Badge tone="warn">{texts.desk.outOfHours}</Badge>}
      </p>
      <p className={css['small']}>{texts.desk.claimText}</p>
      <Button look="primary" busy={busy} onClick={onClaim}>
        {texts.desk.claim}
      </Button>
    </section>
  );
}
