import { Button, Card, Icon, Notice, Progress, TextArea, useAnnouncer } from '@app/ui';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import type { Given } from '../../../../audit/verify/bundle.mjs';
import { useTexts } from '../texts/use-texts';
import { CheckResult } from './check-result';
import css from './check.module.css';
import { useCheck } from './use-check';

const FIELDS = ['key', 'vkey', 'against', 'policy', 'tsaCa'] as const;

/** Checks a bundle on this device, with the modules of the verifier: nothing is uploaded. */
export function CheckPage({ onBack }: { onBack: () => void }) {
  const texts = useTexts().check;
  const { announce } = useAnnouncer();
  const { standing, check, cancel } = useCheck();
  const [file, setFile] = useState<File>();
  const [typed, setTyped] = useState<Record<(typeof FIELDS)[number], string>>({
    key: '',
    vkey: '',
    against: '',
    policy: '',
    tsaCa: '',
  });
  const result = useRef<HTMLDivElement>(null);

  const start = (chosen: File) => {
    setFile(chosen);
    const given = FIELDS.flatMap((name) =>
      typed[name].trim() === '' ? [] : [[name, `${typed[name].trim()}\n`]],
    );
    check(chosen, Object.fromEntries(given) as Given);
  };
  useEffect(() => {
    if (standing.kind !== 'done') return;
    announce(texts.done);
    result.current?.focus();
  }, [standing.kind, announce, texts]);

  return (
    <div className={css['page']}>
      <header>
        <Button look="quiet" icon="back" onClick={onBack}>
          {texts.back}
        </Button>
        <h1>{texts.title}</h1>
        <p className={css['intro']}>{texts.intro}</p>
      </header>
      <DropZone hasFile={file !== undefined} onFile={start} />
      <details className={css['options']}>
        <summary>{texts.optionsTitle}</summary>
        <p className={css['intro']}>{texts.optionsIntro}</p>
        <div className={css['fields']}>
          {FIELDS.map((name) => (
            <TextArea
              key={name}
              label={texts[name]}
              hint={texts[`${name}Hint`]}
              value={typed[name]}
              onChange={(value) => setTyped((before) => ({ ...before, [name]: value }))}
              rows={3}
              spellCheck={false}
            />
          ))}
        </div>
        {file !== undefined && (
          <Button look="primary" onClick={() => start(file)}>
            {texts.recheck}
          </Button>
        )}
      </details>
      {standing.kind === 'running' && (
        <Card className={css['running']}>
          <Progress label={texts.checking(standing.name)} value={Math.round(100 * standing.part)} max={100} />
          <Button onClick={cancel}>{texts.cancel}</Button>
        </Card>
      )}
      {standing.kind === 'failed' && (
        <Notice tone="danger" role="alert">
          {texts.failed}
        </Notice>
      )}
      {standing.kind === 'done' && (
        <div
          ref={result}
          tabIndex={-1}
          className={css['result']}
          data-testid="check-result"
          data-result={standing.report.result}
        >
          <CheckResult name={standing.name} report={standing.report} />
        </div>
      )}
    </div>
  );
}

/** A place to drop a file, with a button for whoever does not drag. */
function DropZone({ hasFile, onFile }: { hasFile: boolean; onFile: (file: File) => void }) {
  const texts = useTexts().check;
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file !== undefined) onFile(file);
  };
  return (
    // Dropping is one way; the button is the other, and all that a keyboard needs.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={css['drop']}
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="lock" />
      <p className={css['dropTitle']}>{texts.dropTitle}</p>
      <p className={css['hint']}>{texts.dropHint}</p>
      <Button look={hasFile ? 'secondary' : 'primary'} onClick={() => input.current?.click()}>
        {hasFile ? texts.another : texts.choose}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".zip,.tlog-proof"
        hidden
        aria-label={texts.choose}
        data-testid="check-file"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) onFile(file);
          // So that the same file can be chosen again.
          currentTarget.value = '';
        }}
      />
    </div>
  );
}
