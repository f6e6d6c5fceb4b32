import { ApiError, Button, Dialog, TextArea } from '@app/ui';
import { useState } from 'react';
import type { OfficerKeys } from '../protocol';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';

interface Props {
  officer: OfficerKeys['officer'];
  onClose: () => void;
  onDone: () => void;
}

/** A public key for an officer. A private one is never sent. */
export function KeyDialog({ officer, onClose, onDone }: Props) {
  const texts = useTexts();
  const words = texts.officerKeys;
  const { ask } = useSession();
  const [key, setKey] = useState('');
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const propose = async () => {
    const publicKey = key.trim();
    if (publicKey === '') return setError(texts.signIn.fieldMissing);
    // What must not leave the officer's hands does not leave this page either.
    if (publicKey.includes('PRIVATE KEY BLOCK')) {
      setKey('');
      return setError(words.faults.private);
    }
    setBusy(true);
    try {
      await ask.post('/api/admin/officer-keys', { staffId: officer.id, publicKey });
      onDone();
    } catch (failure) {
      const reason = failure instanceof ApiError ? failure.extra?.['reason'] : undefined;
      const faults: Record<string, string> = words.faults;
      setError((typeof reason === 'string' ? faults[reason] : undefined) ?? failureWords(failure, texts));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={words.dialogTitle(officer.name)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button look="primary" busy={busy} onClick={() => void propose()}>
            {words.propose}
          </Button>
        </>
      }
    >
      <TextArea
        label={words.key}
        hint={words.keyHint}
        rows={10}
        value={key}
        onChange={(value) => {
          setKey(value);
          setError(undefined);
        }}
        error={error}
        spellCheck={false}
        autoComplete="off"
      />
    </Dialog>
  );
}
