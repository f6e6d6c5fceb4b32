import { Button, Select, TextField } from '@app/ui';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { useTexts } from '../texts/use-texts';
import { actWords } from './entry-words';
import { NO_FILTER, problemOf, type LogFilter } from './log-filter';
import css from './log.module.css';

interface Props {
  filter: LogFilter;
  acts: readonly string[];
  actors: readonly { id: string; name: string }[];
  loading: boolean;
  onApply: (filter: LogFilter) => void;
}

/** Asks when "Apply" is pressed, so that a half-typed filter is not a reading of the log. */
export function FilterForm({ filter, acts, actors, loading, onApply }: Props) {
  const texts = useTexts();
  const [draft, setDraft] = useState(filter);
  const [problem, setProblem] = useState<'period' | 'intake'>();
  const lastDay = useRef<HTMLInputElement>(null);
  const conversation = useRef<HTMLInputElement>(null);
  const [unfolded, setUnfolded] = useState(() => matchMedia('(min-width: 48rem)').matches);
  useEffect(() => setDraft(filter), [filter]);
  const set = (part: Partial<LogFilter>) => setDraft({ ...draft, ...part });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = problemOf(draft);
    setProblem(found);
    if (found === undefined) onApply(draft);
    else (found === 'period' ? lastDay : conversation).current?.focus();
  };
  const reset = () => {
    setProblem(undefined);
    onApply(NO_FILTER);
  };
  const actOptions = acts
    .map((act) => ({ value: act, label: actWords(act, texts.log) }))
    .sort((a, b) => a.label.localeCompare(b.label));

  return (
    <details
      className={css['fold']}
      open={unfolded}
      onToggle={(event) => setUnfolded(event.currentTarget.open)}
    >
      <summary>{texts.log.filters}</summary>
      <form
        className={css['filters']}
        role="search"
        aria-label={texts.log.filters}
        onSubmit={submit}
        noValidate
      >
        <TextField type="date" label={texts.log.from} value={draft.from} onChange={(from) => set({ from })} />
        <TextField
          type="date"
          ref={lastDay}
          label={texts.log.to}
          value={draft.to}
          onChange={(to) => set({ to })}
          error={problem === 'period' ? texts.log.wrongPeriod : undefined}
        />
        <Select
          label={texts.log.act}
          value={draft.act}
          onChange={(act) => set({ act })}
          placeholder={texts.log.any}
          options={actOptions}
        />
        <Select
          label={texts.log.person}
          value={draft.actor}
          onChange={(actor) => set({ actor })}
          placeholder={texts.log.any}
          options={actors.map((actor) => ({ value: actor.id, label: actor.name }))}
        />
        <Select
          label={texts.log.outcome}
          value={draft.outcome}
          onChange={(outcome) => set({ outcome: outcome as LogFilter['outcome'] })}
          placeholder={texts.log.any}
          options={[
            { value: 'ok', label: texts.log.ok },
            { value: 'refused', label: texts.log.refused },
          ]}
        />
        <TextField
          ref={conversation}
          label={texts.log.conversation}
          placeholder={texts.log.conversationHint}
          value={draft.intake}
          onChange={(intake) => set({ intake })}
          error={problem === 'intake' ? texts.log.wrongConversation : undefined}
          spellCheck={false}
          autoComplete="off"
        />
        <div className={css['filterButtons']}>
          <Button type="submit" look="primary" busy={loading}>
            {texts.log.apply}
          </Button>
          <Button look="quiet" onClick={reset}>
            {texts.log.reset}
          </Button>
        </div>
      </form>
    </details>
  );
}
