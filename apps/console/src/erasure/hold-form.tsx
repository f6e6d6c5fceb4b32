import { Button, Card, TextArea, TextField, useAnnouncer } from '@app/ui';
import { useState, type FormEvent } from 'react';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { isConversation } from './conversation-number';
import css from './erasure.module.css';

const MAX_REASON = 500;

interface Props {
  chosen: string | undefined;
  onPlaced: () => void;
}

/** Which conversation is kept, and why. */
export function HoldForm({ chosen, onPlaced }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const [intakeId, setIntakeId] = useState(chosen ?? '');
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isConversation(intakeId) || reason.trim() === '') return;
    setBusy(true);
    try {
      await ask.post('/api/officer/holds', { intakeId: intakeId.trim(), reason: reason.trim() });
      toast(texts.erasure.placed, 'ok');
      setReason('');
      setTried(false);
      onPlaced();
    } catch (error) {
      toast(failureWords(error, texts), 'danger');
    }
    setBusy(false);
  };

  return (
    <Card>
      <form className={css['form']} onSubmit={submit} noValidate data-testid="hold-form">
        <h2>{texts.erasure.placeTitle}</h2>
        <TextField
          label={texts.erasure.conversation}
          hint={texts.erasure.conversationHint}
          value={intakeId}
          onChange={setIntakeId}
          error={tried && !isConversation(intakeId) ? texts.erasure.wrongConversation : undefined}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <TextArea
          label={texts.erasure.reason}
          hint={texts.erasure.reasonHint}
          value={reason}
          onChange={setReason}
          maxLength={MAX_REASON}
          error={tried && reason.trim() === '' ? texts.signIn.fieldMissing : undefined}
          required
        />
        <Button type="submit" look="primary" icon="lock" busy={busy}>
          {texts.erasure.place}
        </Button>
      </form>
    </Card>
  );
}
