import { Badge, Button, ButtonLink, Card, Notice, Progress, useFormats, useLocale, type Tone } from '@app/ui';
import { useState } from 'react';
import type { Export, Purpose, Redaction } from '../protocol';
import { useTexts } from '../texts/use-texts';
import { failureReason, shortId } from './export-words';
import { RedactDialog } from './redact-dialog';
import css from './exports.module.css';

const TONES: Record<Export['state'], Tone> = {
  waiting: 'info',
  running: 'info',
  ready: 'ok',
  failed: 'danger',
};

interface Props {
  one: Export;
  onAgain: () => void;
  onRedact: (redactions: Redaction[]) => Promise<void>;
}

/** One export: what it covers, how far it is, and, once it is ready, the file and how to check it. */
export function ExportCard({ one, onAgain, onRedact }: Props) {
  const texts = useTexts();
  const format = useFormats();
  const title = useTitle(one);
  const running = one.state === 'waiting' || one.state === 'running';
  const purpose = texts.exports.purposes[one.purpose as Purpose] ?? one.purpose;
  return (
    <Card className={css['export']} role="article" aria-label={`${title}, ${purpose}`}>
      <div className={css['exportHead']}>
        <h3>{title}</h3>
        <Badge tone={TONES[one.state]}>{texts.exports.states[one.state]}</Badge>
      </div>
      <p className={css['meta']}>
        {purpose}. {texts.exports.requested(one.requestedBy.name, format.dateTime(one.requestedAt))}
      </p>
      {running && (
        <div data-testid="export-progress">
          <Progress
            label={texts.exports.progressLabel}
            value={one.progress.done}
            max={Math.max(1, one.progress.total)}
            detail={texts.exports.progress(
              format.number(one.progress.done),
              format.number(one.progress.total),
            )}
          />
        </div>
      )}
      {one.state === 'failed' && (
        <Notice tone="danger" action={<Button onClick={onAgain}>{texts.exports.again}</Button>}>
          {failureReason(one, texts, format.number)}
        </Notice>
      )}
      {one.state === 'ready' && <ReadyExport one={one} onRedact={onRedact} />}
    </Card>
  );
}

function useTitle({ asked }: Export): string {
  const { exports: texts } = useTexts();
  const locale = useLocale();
  if (asked.kind === 'intake')
    return asked.redacted
      ? texts.redactedOf(shortId(asked.intakeId))
      : texts.conversation(shortId(asked.intakeId));
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  // The period ends where the next day begins; that day is not part of it.
  return texts.log(day.formatRange(new Date(asked.from), new Date(Date.parse(asked.to) - 1)));
}

function ReadyExport({ one, onRedact }: Pick<Props, 'one' | 'onRedact'>) {
  const texts = useTexts();
  const format = useFormats();
  const [copied, setCopied] = useState(false);
  const [redacting, setRedacting] = useState(false);
  const { asked } = one;
  const file = one.fileName ?? `${one.exportId}.zip`;
  const copy = () => {
    // Without https there is no clipboard; the text can still be marked and copied by hand.
    navigator.clipboard?.writeText(one.sha256 ?? '').then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <>
      <div className={css['file']}>
        <ButtonLink
          look="primary"
          icon="download"
          href={`/api/officer/exports/${one.exportId}/bundle`}
          download={file}
          data-testid="export-download"
          aria-label={texts.exports.downloadOf(file)}
        >
          {texts.exports.download}
        </ButtonLink>
        <span className={css['meta']}>
          {[
            ...(one.messages === undefined ? [] : [texts.exports.messages(format.number(one.messages))]),
            ...(asked.kind === 'intake' && asked.redacted
              ? [texts.exports.keptBack(format.number(asked.redacted.redactions.length))]
              : []),
            texts.exports.entries(format.number(one.progress.total)),
            sizeText(one.bytes ?? 0, format.number),
          ].join(' · ')}
        </span>
      </div>
      {one.encrypted === true && (
        <Notice tone="info">
          {texts.exports.encrypted}
          <pre className={css['command']} tabIndex={0}>
            <code>
              gpg --decrypt --output {file.replace(/\.pgp$/, '')} {file}
            </code>
          </pre>
        </Notice>
      )}
      {one.sha256 !== undefined && (
        <div className={css['hash']}>
          <span>{texts.exports.fingerprint}</span>
          <code>{one.sha256}</code>
          <Button look="quiet" icon={copied ? 'check' : 'copy'} onClick={copy}>
            {copied ? texts.exports.copied : texts.exports.copy}
          </Button>
        </div>
      )}
      <details className={css['verify']}>
        <summary>{texts.exports.verifyTitle}</summary>
        <p>{texts.exports.verifyText}</p>
        <pre tabIndex={0}>
          <code>npm run verify -- {file.replace(/\.pgp$/, '')}</code>
        </pre>
        <p>{texts.exports.verifyResult}</p>
        <p>{texts.exports.verifyHere}</p>
      </details>
      {asked.kind === 'intake' && asked.redacted === undefined && (one.messages ?? 0) > 0 && (
        <div>
          <Button look="quiet" icon="lock" onClick={() => setRedacting(true)} data-testid="export-redact">
            {texts.exports.redact.open}
          </Button>
        </div>
      )}
      {redacting && (
        <RedactDialog
          messages={one.messages ?? 0}
          onClose={() => setRedacting(false)}
          onStart={async (redactions) => {
            await onRedact(redactions);
            setRedacting(false);
          }}
        />
      )}
    </>
  );
}

function sizeText(bytes: number, number: (value: number) => string): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, Math.round(bytes / 1_000)))} kB`;
  return `${number(Math.round(bytes / 100_000) / 10)} MB`;
}
