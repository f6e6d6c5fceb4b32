import { Button, Card, RadioGroup, TextField } from '@app/ui';
import { useState, type FormEvent } from 'react';
import { dayEnd, dayOf, dayStart } from '../log/log-filter';
import type { Purpose } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './exports.module.css';

const PURPOSES: readonly Purpose[] = ['AUDIT', 'LEGAL', 'DSAR'];

interface Props {
  onStart: (from: string, to: string, purpose: Purpose) => Promise<void>;
}

/** A period of whole days, today by default, and what the export is for. */
export function ExportForm({ onStart }: Props) {
  const texts = useTexts();
  const [from, setFrom] = useState(() => dayOf(new Date()));
  const [to, setTo] = useState(() => dayOf(new Date()));
  const [purpose, setPurpose] = useState<Purpose>('AUDIT');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const empty = (day: string) => (tried && day === '' ? texts.signIn.fieldMissing : undefined);
  const wrong = tried && from !== '' && to !== '' && to < from ? texts.exports.wrongPeriod : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (from === '' || to === '' || to < from) return;
    setBusy(true);
    await onStart(dayStart(from), dayEnd(to), purpose);
    setBusy(false);
    setTried(false);
  };

  return (
    <Card className={css['sheet']}>
      <form className={css['form']} onSubmit={submit} noValidate>
        <h2>{texts.exports.newTitle}</h2>
        <div className={css['days']}>
          <TextField
            type="date"
            label={texts.exports.from}
            value={from}
            onChange={setFrom}
            error={empty(from)}
            required
          />
          <TextField
            type="date"
            label={texts.exports.to}
            value={to}
            onChange={setTo}
            error={empty(to) ?? wrong}
            required
          />
        </div>
        <RadioGroup
          label={texts.exports.purpose}
          hint={texts.exports.purposeHint}
          value={purpose}
          onChange={(value) => setPurpose(value as Purpose)}
          options={PURPOSES.map((value) => ({ value, label: texts.exports.purposes[value] }))}
        />
        <Button type="submit" look="primary" busy={busy}>
          {texts.exports.start}
        </Button>
      </form>
    </Card>
  );
}
