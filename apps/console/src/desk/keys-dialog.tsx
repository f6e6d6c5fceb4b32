import { Checkbox, Dialog } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import { useDesk } from './desk-provider';
import css from './desk.module.css';

export function KeysDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const { keysOn, setKeysOn } = useDesk();
  return (
    <Dialog title={texts.desk.keys} onClose={onClose}>
      <dl className={css['keys']}>
        {texts.desk.keyRows.map(([key, does]) => (
          <div key={key}>
            <dt>
              {key.split(/\s+/).map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Checkbox checked={keysOn} onChange={setKeysOn} bare>
        {texts.desk.keysOn}
      </Checkbox>
    </Dialog>
  );
}
