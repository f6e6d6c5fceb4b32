import { Button, Dialog, TextField } from '@app/ui';
import { useState, type FormEvent } from 'react';
import { useTexts } from '../texts/use-texts';
import { endingOf } from './conversation-number';
import css from './erasure.module.css';

interface Props {
  intakeId: string;
  onErase: () => Promise<void>;
  onClose: () => void;
}

/** Says what goes and what stays, and that there is no way back, before anything is done. Typed, not only clicked. */
export function EraseDialog({ intakeId, onErase, onClose }: Props) {
  const texts = useTexts();
  const [typed, setTyped] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const isRight = typed.trim().toLowerCase() === endingOf(intakeId);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!isRight) return;
    setBusy(true);
    await onErase();
  };
  return (
    <Dialog
      title={texts.erasure.dialogTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" form="erase" look="danger" busy={busy}>
            {texts.erasure.eraseForGood}
          </Button>
        </>
      }
    >
      <form id="erase" className={css['form']} onSubmit={submit} noValidate data-testid="erase-dialog">
        <p className={css['number']}>{intakeId.trim()}</p>
        <p>{texts.erasure.dialogGone}</p>
        <p>{texts.erasure.dialogStays}</p>
        <p>{texts.erasure.dialogTaken}</p>
        <p className={css['warning']}>{texts.erasure.dialogUndo}</p>
        <TextField
          label={texts.erasure.typeIt(endingOf(intakeId))}
          value={typed}
          onChange={setTyped}
          error={tried && !isRight ? texts.erasure.typedWrong : undefined}
          autoComplete="off"
          spellCheck={false}
        />
      </form>
    </Dialog>
  );
}
