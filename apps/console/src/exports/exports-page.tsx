import { EmptyState, Spinner, useAnnouncer } from '@app/ui';
import { useCallback, useEffect, useRef } from 'react';
import type { Export, Purpose } from '../protocol';
import { LoadFailed } from '../loading/load-failed';
import { useSession } from '../session/session';
import { useLoaded } from '../loading/use-loaded';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { ExportCard } from './export-card';
import { ExportForm } from './export-form';
import css from './exports.module.css';

/** While an export runs it is looked at this often; else only when somebody acts. */
const POLL_MS = 1_000;

export function ExportsPage() {
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

  const start = async (from: string, to: string, purpose: Purpose) => {
    try {
      await ask.post<{ exportId: string }>('/api/officer/exports', { from, to, purpose });
      announce(texts.exports.started);
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    }
    reload();
  };

  return (
    <div className={css['page']}>
      <header>
        <h1>{texts.exports.title}</h1>
        <p className={css['intro']}>{texts.exports.intro}</p>
      </header>
      <div className={css['columns']}>
        <ExportForm onStart={start} />
        <section className={css['list']} aria-labelledby="exports-list">
          <h2 id="exports-list">{texts.exports.listTitle}</h2>
          {error !== undefined && <LoadFailed error={error} retry={reload} />}
          {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
          {data?.length === 0 && <EmptyState icon="download" title={texts.exports.empty} />}
          {data?.map((one) => (
            <ExportCard
              key={one.exportId}
              one={one}
              onAgain={() => void start(one.from, one.to, one.purpose as Purpose)}
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
