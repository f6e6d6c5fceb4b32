import { Avatar, Badge, Button, IconButton, useLocal } from '@app/ui';
import type { StaffIntake } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './conversation.module.css';

interface Props {
  intake: StaffIntake;
  panelOpen: boolean;
  onBack: () => void;
  onPanel: () => void;
}

/** Who this is, what it is about, and whether they are here now. */
export function ConversationHeader({ intake, panelOpen, onBack, onPanel }: Props) {
  const texts = useTexts();
  const local = useLocal();
  const known = intake.assurance === 'V1';
  const here =
    intake.state === 'closed'
      ? texts.chat.closed(texts.panel.outcome[intake.outcome ?? ''] ?? '')
      : intake.clientOnline
        ? texts.chat.online
        : texts.chat.offline;
  return (
    <header className={css['header']}>
      <IconButton icon="back" label={texts.desk.backToList} className={css['toList']} onClick={onBack} />
      <Avatar name={intake.client.name} initials={intake.client.initials} />
      <div className={css['who']}>
        <h2>
          {intake.client.name}{' '}
          <Badge tone={known ? 'ok' : 'warn'}>{known ? texts.panel.v1 : texts.panel.anon}</Badge>
        </h2>
        <p>
          {local(intake.topic)} ·{' '}
          <span className={intake.clientOnline && intake.state !== 'closed' ? css['online'] : undefined}>
            {here}
          </span>
        </p>
      </div>
      <Button look="quiet" className={css['toPanel']} aria-pressed={panelOpen} onClick={onPanel}>
        {panelOpen ? texts.consult.chat : texts.desk.showDetails}
      </Button>
    </header>
  );
}
