import { api, Button, type Checks, DeviceCheck, type DeviceChoice, Notice } from '@app/ui';
import { useState } from 'react';
import { errorWords, usePortalText } from '../text';
import css from './consult.module.css';

export function Check({
  onBack,
  onReady,
}: {
  onBack: () => void;
  onReady: (choice: DeviceChoice) => Promise<void>;
}) {
  const text = usePortalText();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const ready = async (checks: Checks, choice: DeviceChoice) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await api.post('/api/client/consult/ready', checks);
      await onReady(choice);
    } catch (error) {
      setFailure(errorWords(error, text));
    }
    setBusy(false);
  };
  return (
    <div className={css['scroll']}>
      <div className={css['sheet']}>
        <Button look="quiet" icon="back" className={css['back']} onClick={onBack}>
          {text.backToChat}
        </Button>
        <DeviceCheck busy={busy} onReady={(checks, choice) => void ready(checks, choice)} />
        {failure && (
          <Notice tone="danger" role="alert">
            <p>{failure}</p>
          </Notice>
        )}
      </div>
    </div>
  );
}
