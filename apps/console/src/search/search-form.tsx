import { Button, Card, Notice, RadioGroup, Select, TextField } from '@app/ui';
import { useRef, useState, type FormEvent } from 'react';
import { dayEnd, dayOf, dayStart } from '../log/log-filter';
import type { Queue } from '../protocol';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import css from './search.module.css';
import type { Asked } from './shapes';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const THIRTY_DAYS_MS = 30 * 86_400_000;
type Purpose = '' | 'LEGAL' | 'DSAR';

interface Props {
  queues: readonly Queue[];
  onStart: (asked: Asked) => Promise<void>;
}

/** What to look for, in which conversations, and, of an officer, what for. */
export function SearchForm({ queues, onStart }: Props) {
  const texts = useTexts();
  const { me } = useSession();
  const isOfficer = me.roles.includes('compliance-officer');
  const purposes: Purpose[] = isOfficer
    ? ['LEGAL', 'DSAR', ...((me.roles.includes('supervisor') ? [''] : []) as Purpose[])]
    : [];
  const [words, setWords] = useState('');
  const [match, setMatch] = useState<Asked['match']>('phrase');
  const [from, setFrom] = useState(() => dayOf(new Date(Date.now() - THIRTY_DAYS_MS)));
  const [to, setTo] = useState(() => dayOf(new Date()));
  const [queue, setQueue] = useState('');
  const [intake, setIntake] = useState('');
  const [purpose, setPurpose] = useState<Purpose>();
  const [unfolded, setUnfolded] = useState(false);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const emptyDay = (day: string) => (day === '' ? texts.signIn.fieldMissing : undefined);
  const problems = {
    words: words.trim() === '' ? texts.search.missingWords : undefined,
    from: emptyDay(from),
    to: emptyDay(to) ?? (from !== '' && to < from ? texts.search.wrongPeriod : undefined),
    intake: intake.trim() !== '' && !UUID.test(intake.trim()) ? texts.search.wrongConversation : undefined,
    purpose: isOfficer && purpose === undefined ? texts.search.missingPurpose : undefined,
  };
  const shown = (field: keyof typeof problems) => (tried ? problems[field] : undefined);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(problems).some((problem) => problem !== undefined)) {
      // After the problems are drawn: the first of them is where a person goes on.
      setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    setBusy(true);
    await onStart({
      words: words.trim(),
      match,
      from: dayStart(from),
      to: dayEnd(to),
      ...(queue !== '' && { queueId: queue }),
      ...(intake.trim() !== '' && { intakeId: intake.trim().toLowerCase() }),
      ...(purpose !== undefined && purpose !== '' && { purpose }),
    });
    setBusy(false);
    setTried(false);
  };

  return (
    <Card>
      <form ref={form} className={css['form']} role="search" onSubmit={submit} noValidate>
        <h2>{texts.search.newTitle}</h2>
        <TextField
          label={texts.search.words}
          hint={texts.search.wordsHint}
          value={words}
          onChange={setWords}
          error={shown('words')}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <RadioGroup
          label={texts.search.match}
          value={match}
          onChange={(value) => setMatch(value as Asked['match'])}
          options={[
            { value: 'phrase', label: texts.search.phrase },
            { value: 'all-words', label: texts.search.allWords },
          ]}
        />
        <div className={css['days']}>
          <TextField
            type="date"
            label={texts.search.from}
            value={from}
            onChange={setFrom}
            error={shown('from')}
            required
          />
          <TextField
            type="date"
            label={texts.search.to}
            value={to}
            onChange={setTo}
            error={shown('to')}
            required
          />
        </div>
        <details
          className={css['narrow']}
          open={queue !== '' || intake !== '' || unfolded}
          onToggle={(event) => setUnfolded(event.currentTarget.open)}
        >
          <summary>{texts.search.narrow}</summary>
          <div className={css['form']}>
            <Select
              label={texts.search.queue}
              value={queue}
              onChange={setQueue}
              placeholder={texts.search.anyQueue}
              options={queues.map(({ id, name }) => ({ value: id, label: name }))}
            />
            <TextField
              label={texts.search.conversation}
              hint={texts.search.conversationHint}
              value={intake}
              onChange={setIntake}
              error={shown('intake')}
              autoComplete="off"
              spellCheck={false}
              optional
            />
          </div>
        </details>
        {purposes.length > 0 && (
          <RadioGroup
            label={texts.search.purpose}
            hint={texts.search.purposeHint}
            value={purpose ?? 'none'}
            onChange={(value) => setPurpose(value as Purpose)}
            error={shown('purpose')}
            options={purposes.map((value) => ({ value, label: texts.search.purposes[value] }))}
          />
        )}
        <Notice>
          <p>{texts.search.recorded}</p>
        </Notice>
        <Button type="submit" look="primary" icon="search" busy={busy}>
          {texts.search.start}
        </Button>
      </form>
    </Card>
  );
}
