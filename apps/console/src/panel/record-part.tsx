import { Button, Icon, useLocal } from '@app/ui';
import { useEffect, useState } from 'react';
import { LoadFailed } from '../loading/load-failed';
import type { RecordValues, StaffIntake } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import css from './panel.module.css';

/** Values of the client's record: closed below V1, and opened by a press, because each opening is recorded. */
export function RecordPart({ intake }: { intake: StaffIntake }) {
  const texts = useTexts();
  const local = useLocal();
  const { ask } = useSession();
  const [values, setValues] = useState<RecordValues['values']>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const known = intake.assurance === 'V1';
  useEffect(() => {
    if (!known) setValues(undefined);
  }, [known]);

  const show = async () => {
    setBusy(true);
    setError(undefined);
    try {
      setValues((await ask.get<RecordValues>(`/api/staff/intakes/${intake.intakeId}/record`)).values);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className={css['part']} aria-labelledby="record-title" data-testid="record-panel">
      <div className={css['partHead']}>
        <h3 id="record-title">{texts.panel.record}</h3>
      </div>
      {!known && (
        <p className={css['locked']}>
          <Icon name="lock" /> {texts.panel.recordClosed}
        </p>
      )}
      {known && values === undefined && (
        <>
          <Button wide busy={busy} onClick={() => void show()}>
            {texts.panel.recordShow}
          </Button>
          <p className={css['small']}>{texts.panel.recordNote}</p>
        </>
      )}
      {error !== undefined && <LoadFailed error={error} retry={() => void show()} />}
      {known && values?.length === 0 && <p className={css['small']}>{texts.panel.recordEmpty}</p>}
      {known && values !== undefined && values.length > 0 && (
        <dl className={css['facts']}>
          {values.map((one) => (
            <div key={one.field}>
              <dt>{local(one.label)}</dt>
              <dd>{one.value}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}
