import { Notice, Spinner } from '@app/ui';
import { useCallback } from 'react';
import { useNow } from '../clock/use-now';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import { useSession } from '../session/session';
import { useTexts } from '../texts/use-texts';
import { AlarmList } from './alarm-list';
import { type Evidence, witnessingOf } from './evidence';
import css from './evidence.module.css';
import { PaperAnchor } from './paper-anchor';
import { PolicyWords } from './policy-words';
import { SetUp } from './set-up';
import { Stamps } from './stamps';
import { StateTiles } from './state-tiles';
import { WitnessTable } from './witness-table';

const POLL_MS = 15_000;

/** Who vouches for the log, up to where, and since when. */
export function EvidencePage() {
  const texts = useTexts();
  const { ask } = useSession();
  const load = useCallback(() => ask.get<Evidence>('/api/evidence'), [ask]);
  const { data, error, reload } = useLoaded(load, POLL_MS);
  const now = useNow(POLL_MS);
  const words = texts.evidence;
  const witnessing = data && witnessingOf(data, now);
  return (
    <div className={css['page']}>
      <header>
        <h1>{words.title}</h1>
        <p className={css['intro']}>{words.intro}</p>
      </header>
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {data !== undefined && (
        <>
          {witnessing === 'refused' && (
            <Notice tone="danger" role="alert" title={words.refusedNotice.title}>
              <p>{words.refusedNotice.text}</p>
            </Notice>
          )}
          {witnessing === 'held' && (
            <Notice tone="warn" role="status" title={words.heldNotice.title}>
              <p>{words.heldNotice.text}</p>
            </Notice>
          )}
          <StateTiles evidence={data} now={now} />
          {data.witnesses.length > 0 && <WitnessTable evidence={data} />}
          {data.anchors.isConfigured && <Stamps evidence={data} now={now} />}
          <SetUp evidence={data} />
          <div className={css['columns']}>
            <PolicyWords evidence={data} />
            <AlarmList alarms={data.alarms} />
          </div>
          <PaperAnchor evidence={data} />
        </>
      )}
    </div>
  );
}
