import { Button, type ChatConnection, type Consult } from '@app/ui';
import { useState } from 'react';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import { CloseDialog } from './close-dialog';
import { DetailsPart } from './details-part';
import { IdentityPart } from './identity-part';
import { NotesPart } from './notes-part';
import { OfferVideo } from './offer-video';
import css from './panel.module.css';
import { RecordPart } from './record-part';
import { TransferDialog } from './transfer-dialog';

interface Props {
  intake: StaffIntake;
  connection: ChatConnection;
  asking: boolean;
  onAsk: () => void;
  onConsult: (consult: Consult) => void;
  onTransferred: (queueName: string) => void;
  onClosed: () => void;
}

/** Everything about the open conversation that is not its messages, and what can be done with it. */
export function SidePanel({ intake, connection, asking, onAsk, onConsult, onTransferred, onClosed }: Props) {
  const texts = useTexts();
  const { me } = useSession();
  const [dialog, setDialog] = useState<'transfer' | 'close'>();
  const mine = intake.state === 'claimed' && intake.assignee?.id === me.staffId;
  const close = () => setDialog(undefined);
  return (
    <div className={css['panel']}>
      <IdentityPart intake={intake} mine={mine} asking={asking} onAsk={onAsk} />
      {mine && <OfferVideo intake={intake} onConsult={onConsult} />}
      {mine && <RecordPart intake={intake} />}
      <NotesPart intake={intake} connection={connection} mayWrite={mine} />
      <DetailsPart intake={intake} />
      {mine && (
        <section className={css['actions']} aria-label={texts.panel.actions}>
          <Button onClick={() => setDialog('transfer')}>{texts.panel.transfer}</Button>
          <Button onClick={() => setDialog('close')}>{texts.panel.close}</Button>
        </section>
      )}
      {dialog === 'transfer' && <TransferDialog intake={intake} onDone={onTransferred} onClose={close} />}
      {dialog === 'close' && (
        <CloseDialog
          intake={intake}
          onDone={() => {
            close();
            onClosed();
          }}
          onClose={close}
        />
      )}
    </div>
  );
}
