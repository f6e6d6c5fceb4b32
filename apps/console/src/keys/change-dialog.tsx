import { Button, Dialog } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import css from './keys.module.css';

interface Props {
  backupDays: number;
  busy: boolean;
  onClose: () => void;
  onChange: () => void;
}

/** Says what a change does before it is done. */
export function ChangeDialog({ backupDays, busy, onClose, onChange }: Props) {
  const texts = useTexts();
  return (
    <Dialog
      title={texts.keys.changeTitle}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button look="primary" busy={busy} onClick={onChange}>
            {texts.keys.change}
          </Button>
        </>
      }
    >
      <ul className={css['steps']}>
        {texts.keys.changeSteps(backupDays).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </Dialog>
  );
}
