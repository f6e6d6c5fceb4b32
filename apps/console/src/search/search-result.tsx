import {
  Badge,
  Button,
  EmptyState,
  Notice,
  Progress,
  Spinner,
  useAnnouncer,
  useFormats,
  type Tone,
} from '@app/ui';
import { useEffect, useRef, useState } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { HitItem } from './hit-item';
import css from './search.module.css';
import { isUnfinished, type Search } from './shapes';
import { useSearch } from './use-search';

export const TONES: Record<Search['state'], Tone> = {
  waiting: 'info',
  running: 'info',
  done: 'ok',
  cancelled: 'warn',
  failed: 'danger',
};

interface Props {
  searchId: string;
  words: string;
  onEnd: () => void;
}

/** One search: how far it is, and what it has found. */
export function SearchResult({ searchId, words, onEnd }: Props) {
  const texts = useTexts();
  const format = useFormats();
  const { ask } = useSession();
  const { toast, announce } = useAnnouncer();
  const [turn, setTurn] = useState(0);
  const { search, hits, error } = useSearch(searchId, turn);
  const [wasUnfinished, setWasUnfinished] = useState(false);
  const again = () => setTurn((n) => n + 1);
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    // On a phone the result stands below the form; a reader goes on there, too.
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);

  useEffect(() => {
    if (search === undefined) return;
    if (isUnfinished(search)) setWasUnfinished(true);
    else if (wasUnfinished) {
      setWasUnfinished(false);
      announce(texts.search.found(format.number(search.hits), format.number(search.found)));
      onEnd();
    }
  }, [search, wasUnfinished, announce, texts, format, onEnd]);

  const cancel = async () => {
    try {
      await ask.post(`/api/staff/searches/${searchId}/cancel`, {});
    } catch (failure) {
      toast(failureWords(failure, texts), 'danger');
    }
    again();
  };

  return (
    <section className={css['result']} aria-labelledby="search-result">
      <div className={css['hitHead']}>
        <h2 id="search-result" ref={heading} tabIndex={-1}>
          {texts.search.resultTitle(words)}
        </h2>
        {search !== undefined && (
          <Badge tone={TONES[search.state]}>{texts.search.states[search.state]}</Badge>
        )}
      </div>
      {error !== undefined && <LoadFailed error={error} retry={again} />}
      {search === undefined && error === undefined && <Spinner label={texts.common.loading} />}
      {search !== undefined && isUnfinished(search) && (
        <div className={css['progress']} data-testid="search-progress">
          <Progress
            label={texts.search.progressLabel}
            value={search.progress.done}
            max={Math.max(1, search.progress.total)}
            detail={texts.search.progress(
              format.number(search.progress.done),
              format.number(search.progress.total),
            )}
          />
          <div>
            <Button icon="close" onClick={() => void cancel()}>
              {texts.search.cancel}
            </Button>
          </div>
        </div>
      )}
      {search !== undefined && <Outcome search={search} />}
      {hits?.map((hit) => (
        <HitItem key={hit.intakeId} searchId={searchId} hit={hit} />
      ))}
      {search !== undefined && !isUnfinished(search) && (
        <p className={css['meta']}>{texts.search.keptUntil(format.dateTime(search.keptUntil))}</p>
      )}
    </section>
  );
}

/** What a search came to, in words: found, nothing, erased, capped, cancelled, failed. */
function Outcome({ search }: { search: Search }) {
  const texts = useTexts();
  const format = useFormats();
  const { state, hits, found, erased, unreadable, capped, conversations } = search;
  if (state === 'failed') return <Notice tone="danger">{texts.search.failed}</Notice>;
  const isOver = !isUnfinished(search);
  return (
    <>
      {hits > 0 && (
        <p>
          <strong>{texts.search.found(format.number(hits), format.number(found))}</strong>{' '}
          {isOver && (
            <span className={css['meta']}>· {texts.search.lookedIn(format.number(conversations))}</span>
          )}
        </p>
      )}
      {hits === 0 && !isOver && <p className={css['meta']}>{texts.search.noneYet}</p>}
      {state === 'cancelled' && <Notice tone="warn">{texts.search.cancelled}</Notice>}
      {capped && <Notice tone="warn">{texts.search.capped(format.number(hits))}</Notice>}
      {erased > 0 && <Notice>{texts.search.erased(format.number(erased))}</Notice>}
      {unreadable > 0 && <Notice tone="warn">{texts.search.unreadable(format.number(unreadable))}</Notice>}
      {state === 'done' && hits === 0 && conversations > 0 && (
        <EmptyState icon="search" title={texts.search.noneTitle}>
          {texts.search.none} {texts.search.lookedIn(format.number(conversations))}.
        </EmptyState>
      )}
      {state === 'done' && conversations === 0 && (
        <EmptyState icon="search" title={texts.search.nowhereTitle}>
          {texts.search.nowhere}
        </EmptyState>
      )}
    </>
  );
}
