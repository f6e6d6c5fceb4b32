import { Button, EmptyState, Spinner, useAnnouncer } from '@app/ui';
import { useCallback, useEffect, useRef } from 'react';
import type { Export, Purpose, Redaction } from '../protocol';
import { go } from '../navigation/go';
import { pathOf } from '../navigation/route';
import { LoadFailed } from '../loading/load-failed';
import { useSession } from '../session/session';
import { useLoaded } from '../loading/use-loaded';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { ExportCard } from './export-card';
import { ExportForm, type Wanted } from './export-form';
import { SigningKeysCard } from './signing-keys';
import css from './exports.module.css';

/** While an export runs it is looked at this often; else only when somebody acts. */
const POLL_MS = 1_000;

/** @param intakeId - of the conversation that somebody came here with, from the log. */
export function ExportsPage({ intakeId }: { intakeId: string | undefined }) {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast, announce } = useAnnouncer();
  const load = useCallback(
    async () => (await ask.get<{ exports: Export[] }>('/api/officer/exports')).exports,
    [ask],
  );
  const { data, error, loading, reload } = useLoaded(load);
  const running = data?.some(isRunning) ?? false;

  useEffect(() => {
    if (!running || loading) return;
    const timer = setTimeout(reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [running, loading, reload]);

  const wasRunning = useRef(new Set<string>());
  useEffect(() => {
    if (data === undefined) return;
    const done = data.some((one) => one.state === 'ready' && wasRunning.current.has(one.exportId));
    wasRunning.current = new Set(data.filter(isRunning).map((one) => one.exportId));
    if (done) announce(texts.exports.ready);
  }, [data, announce, texts]);

  const post = async (path: string, body: object) => {
    try {
      await ask.post<{ exportId: string }>(path, body);
      announce(texts.exports.started);
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    }
    reload();
  };
  const start = ({ kind, ...wanted }: Wanted) =>
    post(kind === 'period' ? '/api/officer/exports' : '/api/officer/transcripts', wanted);
  const redact = (source: string, redactions: Redaction[]) =>
    post(`/api/officer/exports/${source}/redacted`, { redactions });
  const again = ({ asked, purpose, views }: Export) => {
    const more = { purpose: purpose as Purpose, views };
    if (asked.kind === 'period') return start({ ...asked, ...more });
    if (asked.redacted) return redact(asked.redacted.source, asked.redacted.redactions);
    return start({ kind: 'intake', intakeId: asked.intakeId, ...more });
  };

  return (
    <div className={css['page']}>
      <header>
        <h1>{texts.exports.title}</h1>
        <p className={css['intro']}>{texts.exports.intro}</p>
        <Button look="quiet" icon="shield" onClick={() => go(pathOf('exports', 'check'))}>
          {texts.check.link}
        </Button>
      </header>
      <div className={css['columns']}>
        <div className={`${css['list']} ${css['side']}`}>
          <ExportForm key={intakeId} intakeId={intakeId} onStart={start} />
          <SigningKeysCard />
        </div>
        <section className={css['list']} aria-labelledby="exports-list">
          <h2 id="exports-list">{texts.exports.listTitle}</h2>
          {error !== undefined && <LoadFailed error={error} retry={reload} />}
          {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
          {data?.length === 0 && <EmptyState icon="download" title={texts.exports.empty} />}
          {data?.map((one) => (
            <ExportCard
              key={one.exportId}
              one={one}
              onAgain={() => void again(one)}
              onRedact={(redactions) => redact(one.exportId, redactions)}
            />
          ))}
        </section>
      </div>
    </div>
  );
}

function isRunning(one: Export): boolean {
  return one.state === 'waiting' || one.state === 'running';
}
