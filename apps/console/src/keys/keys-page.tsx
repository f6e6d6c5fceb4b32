import { EmptyState, Notice, Spinner, useAnnouncer } from '@app/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { ChangeDialog } from './change-dialog';
import css from './keys.module.css';
import { KeyInUse } from './key-in-use';
import type { KeysState } from './shapes';
import { VersionTable } from './version-table';

/** While keys are being moved it is looked at this often; else only when somebody acts. */
const POLL_MS = 1_000;

/** Which key protects what, since when and until when; and the way to change it now. */
export function KeysPage() {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast, announce } = useAnnouncer();
  const load = useCallback(() => ask.get<KeysState>('/api/admin/keys'), [ask]);
  const { data, error, loading, reload } = useLoaded(load);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const moving = (data?.toMove ?? 0) > 0;

  useEffect(() => {
    if (!moving || loading) return;
    const timer = setTimeout(reload, POLL_MS);
    return () => clearTimeout(timer);
  }, [moving, loading, reload]);

  const wasMoving = useRef(false);
  useEffect(() => {
    if (data === undefined) return;
    if (wasMoving.current && !moving) announce(texts.keys.moved);
    wasMoving.current = moving;
  }, [data, moving, announce, texts]);

  const change = async () => {
    setBusy(true);
    try {
      const { version } = await ask.post<{ version: number }>('/api/admin/keys/change', {});
      toast(texts.keys.changed(version), 'ok');
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    } finally {
      setBusy(false);
      setAsking(false);
      reload();
    }
  };

  return (
    <div className={css['page']}>
      <header>
        <h1>{texts.keys.title}</h1>
        <p className={css['intro']}>{texts.keys.intro}</p>
      </header>
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {data !== undefined && data.versions.length === 0 && (
        <EmptyState icon="lock" title={texts.keys.empty}>
          {texts.keys.emptyText}
        </EmptyState>
      )}
      {data !== undefined && data.versions.length > 0 && (
        <>
          <KeyInUse keys={data} busy={busy} onChange={() => setAsking(true)} onLook={reload} />
          <section className={css['list']} aria-labelledby="key-versions">
            <h2 id="key-versions">{texts.keys.versionsTitle}</h2>
            <VersionTable versions={data.versions} />
            <Notice tone="info" title={texts.keys.whyTitle}>
              {texts.keys.why(
                data.epochDays,
                data.backupDays,
                data.epochDays + data.backupDays + data.destroyDelayDays,
              )}
            </Notice>
          </section>
        </>
      )}
      {asking && data !== undefined && (
        <ChangeDialog
          backupDays={data.backupDays}
          busy={busy}
          onClose={() => setAsking(false)}
          onChange={() => void change()}
        />
      )}
    </div>
  );
}
