import { Badge, Button, ButtonLink, Card, Notice, Progress, useFormats, useLocale, type Tone } from '@app/ui';
import { useState } from 'react';
import type { Export, Purpose } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './exports.module.css';

const TONES: Record<Export['state'], Tone> = {
  waiting: 'info',
  running: 'info',
  ready: 'ok',
  failed: 'danger',
};

/** One export: what it covers, how far it is, and, once it is ready, the file and how to check it. */
export function ExportCard({ one, onAgain }: { one: Export; onAgain: () => void }) {
  const texts = useTexts();
  const locale = useLocale();
  const format = useFormats();
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  // The period ends where the next day begins; that day is not part of it.
  const days = day.formatRange(new Date(one.from), new Date(Date.parse(one.to) - 1));
  const running = one.state === 'waiting' || one.state === 'running';
  const purpose = texts.exports.purposes[one.purpose as Purpose] ?? one.purpose;
  return (
    <Card className={css['export']} role="article" aria-label={`${days}, ${purpose}`}>
      <div className={css['exportHead']}>
        <h3>{days}</h3>
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
          {texts.exports.failed}
        </Notice>
      )}
      {one.state === 'ready' && <ReadyExport one={one} />}
    </Card>
  );
}

function ReadyExport({ one }: { one: Export }) {
  const texts = useTexts();
  const format = useFormats();
  const [copied, setCopied] = useState(false);
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
          {texts.exports.entries(format.number(one.progress.total))} ·{' '}
          {sizeText(one.bytes ?? 0, format.number)}
        </span>
      </div>
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
          <code>npm run verify -- {file}</code>
        </pre>
        <p>{texts.exports.verifyResult}</p>
      </details>
    </>
  );
}

function sizeText(bytes: number, number: (value: number) => string): string {
  if (bytes < 1_000_000) return `${number(Math.max(1, Math.round(bytes / 1_000)))} kB`;
  return `${number(Math.round(bytes / 100_000) / 10)} MB`;
}
