import { Button, Card, Checkbox, Notice, RadioGroup, TextField } from '@app/ui';
import { useState, type FormEvent } from 'react';
import { dayEnd, dayOf, dayStart } from '../log/log-filter';
import type { ExportView, Purpose } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './exports.module.css';

/** What an officer asks for, as its door takes it. */
export type Wanted =
  | { kind: 'period'; from: string; to: string; purpose: Purpose; views: ExportView[] }
  | { kind: 'intake'; intakeId: string; purpose: Purpose; views: ExportView[] };

const KINDS = ['period', 'intake'] as const;
const PURPOSES: Record<Wanted['kind'], readonly Purpose[]> = {
  period: ['AUDIT', 'LEGAL', 'DSAR'],
  intake: ['LEGAL', 'DSAR'],
};
const VIEWS: readonly ExportView[] = ['fhir', 'cef', 'ocsf'];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface Props {
  /** The conversation that somebody came here with, from the log. */
  intakeId: string | undefined;
  onStart: (wanted: Wanted) => Promise<void>;
}

/** A period of whole days, today by default, or one conversation; what it is for, and in which forms. */
export function ExportForm({ intakeId: given, onStart }: Props) {
  const texts = useTexts();
  const [kind, setKind] = useState<Wanted['kind']>(given === undefined ? 'period' : 'intake');
  const [from, setFrom] = useState(() => dayOf(new Date()));
  const [to, setTo] = useState(() => dayOf(new Date()));
  const [intakeId, setIntakeId] = useState(given ?? '');
  const [purpose, setPurpose] = useState<Purpose>(given === undefined ? 'AUDIT' : 'LEGAL');
  const [views, setViews] = useState<readonly ExportView[]>(VIEWS);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const empty = (day: string) => (tried && day === '' ? texts.signIn.fieldMissing : undefined);
  const wrong = tried && from !== '' && to !== '' && to < from ? texts.exports.wrongPeriod : undefined;
  const id = intakeId.trim().toLowerCase();
  const wrongId = tried && !UUID.test(id) ? texts.exports.wrongIntake : undefined;

  const choose = (next: string) => {
    const chosen = next as Wanted['kind'];
    setKind(chosen);
    setTried(false);
    const [first = purpose] = PURPOSES[chosen];
    if (!PURPOSES[chosen].includes(purpose)) setPurpose(first);
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (kind === 'period' ? from === '' || to === '' || to < from : !UUID.test(id)) return;
    setBusy(true);
    const more = { purpose, views: VIEWS.filter((view) => views.includes(view)) };
    await onStart(
      kind === 'period'
        ? { kind, from: dayStart(from), to: dayEnd(to), ...more }
        : { kind, intakeId: id, ...more },
    );
    setBusy(false);
    setTried(false);
  };

  return (
    <Card className={css['sheet']}>
      <form className={css['form']} onSubmit={submit} noValidate>
        <h2>{texts.exports.newTitle}</h2>
        <RadioGroup
          label={texts.exports.kind}
          value={kind}
          onChange={choose}
          options={KINDS.map((value) => ({ value, label: texts.exports.kinds[value] }))}
        />
        {kind === 'period' ? (
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
        ) : (
          <TextField
            label={texts.exports.intake}
            hint={texts.exports.intakeHint}
            value={intakeId}
            onChange={setIntakeId}
            error={wrongId}
            autoComplete="off"
            spellCheck={false}
            required
          />
        )}
        <div className={css['contains']}>
          <p>{texts.exports.contains}</p>
          <ul>
            {texts.exports.containsOf[kind].map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </div>
        {kind === 'intake' && <Notice tone="info">{texts.exports.opened}</Notice>}
        <RadioGroup
          label={texts.exports.purpose}
          hint={texts.exports.purposeHint}
          value={purpose}
          onChange={(value) => setPurpose(value as Purpose)}
          options={PURPOSES[kind].map((value) => ({ value, label: texts.exports.purposes[value] }))}
        />
        <fieldset className={css['views']}>
          <legend>{texts.exports.views}</legend>
          {VIEWS.map((view) => (
            <Checkbox
              key={view}
              bare
              checked={views.includes(view)}
              onChange={(checked) =>
                setViews(checked ? [...views, view] : views.filter((one) => one !== view))
              }
            >
              {texts.exports.viewNames[view]}
            </Checkbox>
          ))}
        </fieldset>
        <Button type="submit" look="primary" busy={busy}>
          {texts.exports.start}
        </Button>
      </form>
    </Card>
  );
}
