import { Button, FieldError, Notice, Select, type Site, TextField, useLocale } from '@app/ui';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { errorWords, usePortalText } from '../text';
import { birthDate } from './birth-date';
import css from './verify.module.css';

export interface Details {
  fullName: string;
  dateOfBirth: string;
  identifier: string;
}

/** Three small fields for the date: a month by its name cannot be taken for a day, and every old phone has them. */
export function DetailsForm({
  sector,
  onSend,
}: {
  sector: Site['sector'];
  onSend: (details: Details) => Promise<void>;
}) {
  const text = usePortalText();
  const locale = useLocale();
  const [typed, setTyped] = useState({ fullName: '', day: '', month: '', year: '', identifier: '' });
  const [problems, setProblems] = useState<Partial<Record<'fullName' | 'birth' | 'identifier', string>>>({});
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>('[role="alert"], [aria-invalid="true"]')?.focus();
  }, [tries]);

  const set = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const dateOfBirth = birthDate(typed.day, typed.month, typed.year, new Date());
    const [fullName, identifier] = [typed.fullName.trim(), typed.identifier.trim()];
    setProblems({
      ...(fullName === '' && { fullName: text.needText(text.fullName) }),
      ...(dateOfBirth === undefined && { birth: text.birthWrong }),
      ...(identifier === '' && { identifier: text.needText(text.identifier[sector]) }),
    });
    setFailure(undefined);
    setTries((count) => count + 1);
    if (fullName === '' || dateOfBirth === undefined || identifier === '') return;
    setBusy(true);
    try {
      await onSend({ fullName, dateOfBirth, identifier });
    } catch (error) {
      setFailure(errorWords(error, text));
      setBusy(false);
      setTries((count) => count + 1);
    }
  };
  const monthName = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  const months = Array.from({ length: 12 }, (_, index) => ({
    value: String(index + 1),
    label: monthName.format(Date.UTC(2023, index, 15)),
  }));
  const birth =
    problems.birth === undefined ? {} : { 'aria-invalid': true, 'aria-describedby': 'birth-error' };

  return (
    <form ref={form} className={css['form']} noValidate onSubmit={(event) => void send(event)}>
      <p className={css['quiet']}>{text.verifyLead}</p>
      {failure && (
        <Notice tone="danger" role="alert" tabIndex={-1}>
          <p>{failure}</p>
        </Notice>
      )}
      <TextField
        label={text.fullName}
        autoComplete="name"
        maxLength={200}
        value={typed.fullName}
        error={problems.fullName}
        onChange={(fullName) => set({ fullName })}
      />
      <fieldset className={css['birth']} aria-describedby="birth-hint">
        <legend>{text.birth}</legend>
        <p className={css['hint']} id="birth-hint">
          {text.birthHint}
        </p>
        {problems.birth && <FieldError id="birth-error">{problems.birth}</FieldError>}
        <div className={css['date']}>
          <TextField
            label={text.day}
            inputMode="numeric"
            autoComplete="bday-day"
            maxLength={2}
            value={typed.day}
            onChange={(day) => set({ day })}
            {...birth}
          />
          <Select
            label={text.month}
            options={months}
            placeholder=""
            autoComplete="bday-month"
            value={typed.month}
            onChange={(month) => set({ month })}
            {...birth}
          />
          <TextField
            label={text.year}
            inputMode="numeric"
            autoComplete="bday-year"
            maxLength={4}
            value={typed.year}
            onChange={(year) => set({ year })}
            {...birth}
          />
        </div>
      </fieldset>
      <TextField
        label={text.identifier[sector]}
        hint={text.identifierHint[sector]}
        autoComplete="off"
        autoCapitalize="characters"
        maxLength={60}
        spellCheck={false}
        value={typed.identifier}
        error={problems.identifier}
        onChange={(identifier) => set({ identifier })}
      />
      <Button type="submit" look="primary" wide busy={busy}>
        {text.verifySend}
      </Button>
    </form>
  );
}
