import { Button, Dialog, RadioGroup, useAnnouncer } from '@app/ui';
import { useState, type FormEvent } from 'react';
import type { StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

const OUTCOMES = ['resolved', 'referred', 'no-answer', 'not-for-us'] as const;

interface Props {
  intake: StaffIntake;
  onDone: () => void;
  onClose: () => void;
}

/** A conversation ends with a reason, chosen each time: nothing is chosen beforehand. */
export function CloseDialog({ intake, onDone, onClose }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const [outcome, setOutcome] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (outcome === '') return;
    setBusy(true);
    try {
      await ask.post(`/api/staff/intakes/${intake.intakeId}/close`, { outcome });
      onDone();
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
      onClose();
    }
  };
  return (
    <Dialog
      title={texts.panel.close}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" form="close" look="primary" busy={busy}>
            {texts.panel.closeDo}
          </Button>
        </>
      }
    >
      <form id="close" className={css['dialogForm']} onSubmit={submit} noValidate data-testid="close-dialog">
        <RadioGroup
          label={texts.panel.closeTitle}
          value={outcome}
          onChange={setOutcome}
          error={tried && outcome === '' ? texts.panel.closeMissing : undefined}
          options={OUTCOMES.map((value) => ({
            value,
            label: (
              <>
                {texts.panel.outcome[value]}{' '}
                <span className={css['outcomeHint']}>{texts.panel.outcomeHint[value]}</span>
              </>
            ),
          }))}
        />
        <p className={css['small']}>{texts.panel.closeText}</p>
      </form>
    </Dialog>
  );
}
