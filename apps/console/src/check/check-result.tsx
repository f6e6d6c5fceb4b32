import { Card, Notice, type Tone, useFormats } from '@app/ui';
import type { EntryReport } from '../../../../audit/verify/entry-proof.mjs';
import type { Trust } from '../../../../audit/verify/content/openpgp.mjs';
import type { Purpose } from '../protocol';
import { useTexts } from '../texts/use-texts';
import css from './check.module.css';
import { findingWords } from './finding-words';
import { useShown } from './use-shown';

const TONES: Record<EntryReport['result'], Tone> = {
  valid: 'ok',
  below: 'warn',
  tampered: 'danger',
  unusable: 'warn',
};
const MOST_FINDINGS = 10;

/** The answer first, then what was found, what the file shows and what it does not, who signed, and what is inside. */
export function CheckResult({ name, report }: { name: string; report: EntryReport }) {
  const texts = useTexts().check;
  const { result, entry } = report;
  const holds = result === 'valid' || result === 'below';
  const title = result === 'valid' && entry !== undefined ? texts.answers.validEntry : texts.answers[result];
  return (
    <>
      <Notice tone={TONES[result]} title={title}>
        <p className={css['name']}>{name}</p>
        <p>{texts.answersText[result]}</p>
      </Notice>
      <Findings report={report} />
      {holds && <Shown report={report} />}
      {holds && <Signed report={report} />}
      {holds && report.bundle !== undefined && <Inside report={report} />}
    </>
  );
}

function Findings({ report: { findings } }: { report: EntryReport }) {
  const texts = useTexts().check;
  const format = useFormats();
  const [first, ...more] = findings;
  if (first === undefined) return null;
  const words = (finding: typeof first) => findingWords(finding, texts, format.number);
  return (
    <Card className={css['sheet']}>
      <h2>{texts.firstTitle}</h2>
      <p className={css['first']} data-testid="check-first">
        {words(first)}
      </p>
      {first.id !== undefined && (
        <p className={css['hint']}>
          {texts.entryId}: <code>{first.id}</code>
        </p>
      )}
      {more.length > 0 && (
        <details>
          <summary>{texts.moreFound(format.number(more.length))}</summary>
          <ul>
            {more.slice(0, MOST_FINDINGS).map((finding, i) => (
              <li key={i}>{words(finding)}</li>
            ))}
          </ul>
        </details>
      )}
      <details>
        <summary>{texts.exact}</summary>
        <ul>
          {findings.slice(0, MOST_FINDINGS).map(({ message }, i) => (
            <li key={i} lang="en">
              {message}
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}

function Shown({ report }: { report: EntryReport }) {
  const texts = useTexts().check;
  const { shows, not } = useShown(report);
  return (
    <div className={css['columns']}>
      <Card className={css['sheet']}>
        <h2>{texts.showsTitle}</h2>
        <ul className={css['shows']}>
          {shows.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Card>
      <Card className={css['sheet']}>
        <h2>{texts.notTitle}</h2>
        <ul className={css['shows']}>
          {not.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </Card>
    </div>
  );
}

function Signed({ report: { trust, entry, bundle } }: { report: EntryReport }) {
  const texts = useTexts().check;
  const format = useFormats();
  const { purposes } = useTexts().exports;
  const from = (one: Trust) => (one.from === 'given' ? texts.given : texts.inside);
  const named = Object.entries({ ...entry?.entry.refs, ...entry?.entry.detail });
  return (
    <Card className={css['sheet']}>
      <h2>{texts.whoTitle}</h2>
      <dl className={css['facts']}>
        {trust?.server && (
          <Fact term={`${texts.server} (${from(trust.server)})`} code>
            {trust.server.key.toUpperCase().replace(/.{4}(?=.)/g, '$& ')}
          </Fact>
        )}
        {trust?.log && (
          <Fact term={`${texts.log} (${from(trust.log)})`} code>
            {trust.log.key}
          </Fact>
        )}
      </dl>
      <h2>{texts.aboutTitle}</h2>
      <dl className={css['facts']}>
        {bundle && <Fact term={texts.createdAt}>{format.dateTime(bundle.createdAt)}</Fact>}
        {bundle && <Fact term={texts.purpose}>{purposes[bundle.purpose as Purpose] ?? bundle.purpose}</Fact>}
        {bundle && (
          <Fact term={texts.requestedBy} code>
            {bundle.requestedBy}
          </Fact>
        )}
        {bundle && (
          <Fact term={texts.exportId} code>
            {bundle.exportId}
          </Fact>
        )}
        {bundle && (
          <Fact term={texts.tenant} code>
            {bundle.tenant}
          </Fact>
        )}
        {entry && <Fact term={texts.act}>{String(entry.entry.act)}</Fact>}
        {entry && <Fact term={texts.at}>{format.dateTime(String(entry.entry.at))}</Fact>}
        {entry && <Fact term={texts.outcome}>{String(entry.entry.outcome)}</Fact>}
        {entry && (
          <Fact term={texts.actor} code>{`${entry.entry.actor?.kind} ${entry.entry.actor?.id}`}</Fact>
        )}
        {named.map(([key, value]) => (
          <Fact key={key} term={`${texts.names} ${key}`} code>
            {String(value)}
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

function Fact({ term, code, children }: { term: string; code?: boolean; children: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{code ? <code>{children}</code> : children}</dd>
    </div>
  );
}

function Inside({ report: { bundle } }: { report: EntryReport }) {
  const texts = useTexts().check;
  const format = useFormats();
  const sizeOf = (bytes: number) =>
    bytes < 1_000_000
      ? `${format.number(Math.max(1, Math.round(bytes / 1_000)))} kB`
      : `${format.number(Math.round(bytes / 100_000) / 10)} MB`;
  return (
    <details className={css['options']}>
      <summary>{texts.insideTitle}</summary>
      <ul className={css['files']}>
        {bundle?.files.map(({ name, size }) => (
          <li key={name}>
            <code>{name}</code> <span className={css['hint']}>{sizeOf(size)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
