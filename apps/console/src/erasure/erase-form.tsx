import { ApiError, Button, Card, Notice, RadioGroup, TextField, useAnnouncer } from '@app/ui';
import { useState, type FormEvent } from 'react';
import type { ErasurePurpose, Hold } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { isConversation } from './conversation-number';
import { EraseDialog } from './erase-dialog';
import css from './erasure.module.css';

const PURPOSES: readonly ErasurePurpose[] = ['DSAR', 'RETENTION'];

interface Props {
  chosen: string | undefined;
  /** To say why a conversation is not erased. */
  holds: readonly Hold[];
  onErased: () => void;
}

/** Which conversation is erased, and why; a dialog asks once more. A hold that stands in the way is named with its reason. */
export function EraseForm({ chosen, holds, onErased }: Props) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast } = useAnnouncer();
  const [intakeId, setIntakeId] = useState(chosen ?? '');
  const [purpose, setPurpose] = useState<ErasurePurpose>('DSAR');
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const [held, setHeld] = useState<string>();

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    setHeld(undefined);
    if (isConversation(intakeId)) setAsking(true);
  };
  const erase = async () => {
    const id = intakeId.trim();
    try {
      await ask.post('/api/officer/erasures', { intakeId: id, purpose });
      toast(texts.erasure.erased, 'ok');
      setIntakeId('');
      setTried(false);
      onErased();
    } catch (error) {
      if (error instanceof ApiError && error.code === 'HELD') setHeld(id);
      else toast(failureWords(error, texts), 'danger');
    }
    setAsking(false);
  };

  const reasons = holds.flatMap((hold) =>
    hold.intakeId === held && hold.releasedBy === undefined && hold.reason !== undefined ? [hold.reason] : [],
  );
  return (
    <Card>
      <form className={css['form']} onSubmit={submit} noValidate data-testid="erase-form">
        <h2>{texts.erasure.eraseTitle}</h2>
        <p className={css['warning']}>{texts.erasure.eraseWarning}</p>
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
        <RadioGroup
          label={texts.erasure.why}
          value={purpose}
          onChange={(value) => setPurpose(value as ErasurePurpose)}
          options={PURPOSES.map((value) => ({ value, label: texts.erasure.purposes[value] ?? value }))}
        />
        {held !== undefined && (
          <Notice tone="danger" role="alert" title={texts.erasure.heldTitle}>
            <p>{texts.erasure.heldText}</p>
            {reasons.map((reason) => (
              <p key={reason}>{texts.erasure.heldReason(reason)}</p>
            ))}
          </Notice>
        )}
        <Button type="submit" look="danger">
          {texts.erasure.erase}
        </Button>
      </form>
      {asking && <EraseDialog intakeId={intakeId} onErase={erase} onClose={() => setAsking(false)} />}
    </Card>
  );
}
