import { Button, Dialog, Select, TextField, useFormats } from '@app/ui';
import { useState } from 'react';
import type { Redaction, RedactionReason } from '../protocol';
import { useTexts } from '../texts/use-texts';
import { messageNumbers } from './message-numbers';
import css from './exports.module.css';

const REASONS: readonly RedactionReason[] = ['privileged', 'third-party', 'safety', 'unrelated'];

interface Group {
  key: number;
  numbers: string;
  reason: RedactionReason;
}

interface Props {
  /** How many messages there are to choose from. */
  messages: number;
  onClose: () => void;
  onStart: (redactions: Redaction[]) => Promise<void>;
}

/** Which messages a variant keeps back, and why: by number, as they stand in the paper version. */
export function RedactDialog({ messages, onClose, onStart }: Props) {
  const texts = useTexts();
  const words = texts.exports.redact;
  const last = useFormats().number(messages);
  const [groups, setGroups] = useState<Group[]>([{ key: 0, numbers: '', reason: 'privileged' }]);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);

  const read = groups.map(({ numbers }) => messageNumbers(numbers, messages));
  const errorOf = (i: number) => {
    if (!tried) return undefined;
    if (read[i] === undefined) return words.wrongNumbers(last);
    const before = new Set(read.slice(0, i).flatMap((numbers) => numbers ?? []));
    return read[i].some((seq) => before.has(seq)) ? words.twice : undefined;
  };
  const change = (key: number, more: Partial<Group>) =>
    setGroups(groups.map((group) => (group.key === key ? { ...group, ...more } : group)));

  const start = async () => {
    setTried(true);
    const redactions = groups.flatMap(({ reason }, i) => (read[i] ?? []).map((seq) => ({ seq, reason })));
    const different = new Set(redactions.map(({ seq }) => seq)).size === redactions.length;
    if (read.includes(undefined) || !different) return;
    setBusy(true);
    await onStart(redactions);
    setBusy(false);
  };

  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button look="primary" busy={busy} onClick={() => void start()}>
            {words.start}
          </Button>
        </>
      }
    >
      <div className={css['form']}>
        <p>{words.text}</p>
        {groups.map(({ key, numbers, reason }, i) => (
          <div key={key} className={css['group']}>
            <TextField
              label={words.numbers}
              hint={words.numbersHint(last)}
              value={numbers}
              onChange={(value) => change(key, { numbers: value })}
              error={errorOf(i)}
              autoComplete="off"
            />
            <Select
              label={words.reason}
              value={reason}
              onChange={(value) => change(key, { reason: value as RedactionReason })}
              options={REASONS.map((value) => ({ value, label: words.reasons[value] }))}
            />
            {groups.length > 1 && (
              <Button look="quiet" onClick={() => setGroups(groups.filter((group) => group.key !== key))}>
                {words.less}
              </Button>
            )}
          </div>
        ))}
        {groups.length < REASONS.length && (
          <Button
            look="quiet"
            onClick={() => {
              const unused = REASONS.find((reason) => groups.every((group) => group.reason !== reason));
              const next = 1 + Math.max(...groups.map(({ key }) => key));
              setGroups([...groups, { key: next, numbers: '', reason: unused ?? 'privileged' }]);
            }}
          >
            {words.more}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
