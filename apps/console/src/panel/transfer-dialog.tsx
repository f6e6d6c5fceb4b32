import { Button, Dialog, Select, TextField, useAnnouncer } from '@app/ui';
import { useState, type FormEvent } from 'react';
import { useDesk } from '../desk/desk-provider';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

interface Props {
  intake: StaffIntake;
  onDone: (queueName: string) => void;
  onClose: () => void;
}

export function TransferDialog({ intake, onDone, onClose }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const queues = useDesk().queue.queues.filter((queue) => queue.id !== intake.queue.id);
  const [queueId, setQueueId] = useState('');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const missing = (value: string) => (tried && value.trim() === '' ? texts.signIn.fieldMissing : undefined);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (queueId === '' || reason.trim() === '') return;
    setBusy(true);
    try {
      await ask.post(`/api/staff/intakes/${intake.intakeId}/transfer`, { queueId, reason: reason.trim() });
      onDone(queues.find((queue) => queue.id === queueId)?.name ?? '');
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
      onClose();
    }
  };
  return (
    <Dialog
      title={texts.panel.transferTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" form="transfer" look="primary" busy={busy}>
            {texts.panel.transferDo}
          </Button>
        </>
      }
    >
      <form
        id="transfer"
        className={css['dialogForm']}
        onSubmit={submit}
        noValidate
        data-testid="transfer-dialog"
      >
        <Select
          label={texts.panel.transferTo}
          value={queueId}
          onChange={setQueueId}
          placeholder="–"
          options={queues.map((queue) => ({ value: queue.id, label: queue.name }))}
          error={missing(queueId)}
          required
        />
        <TextField
          label={texts.panel.transferReason}
          hint={texts.panel.transferReasonHint}
          value={reason}
          onChange={setReason}
          error={missing(reason)}
          maxLength={200}
          required
        />
      </form>
    </Dialog>
  );
}
