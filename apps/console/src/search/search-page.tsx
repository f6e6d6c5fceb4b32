import { ApiError, Badge, Spinner, useAnnouncer, useFormats, useLocale } from '@app/ui';
import { useCallback, useState } from 'react';
import { LoadFailed } from '../loading/load-failed';
import { useLoaded } from '../loading/use-loaded';
import { useSession } from '../session/session';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { SearchForm } from './search-form';
import { SearchResult, TONES } from './search-result';
import css from './search.module.css';
import type { Asked, MySearch, MySearches } from './shapes';

/** Looks for words in sealed conversations: a form, the search that is open, and one's own of the last day. */
export function SearchPage() {
  const texts = useTexts();
  const { ask } = useSession();
  const { toast, announce } = useAnnouncer();
  const load = useCallback(() => ask.get<MySearches>('/api/staff/searches'), [ask]);
  const { data, error, reload } = useLoaded(load);
  const [open, setOpen] = useState<{ searchId: string; words: string }>();

  const start = async (asked: Asked) => {
    try {
      const { searchId } = await ask.post<{ searchId: string }>('/api/staff/searches', asked);
      setOpen({ searchId, words: asked.words });
      announce(texts.search.started);
    } catch (failure) {
      const isWords = failure instanceof ApiError && failure.code === 'INPUT_MALFORMED';
      toast(isWords ? texts.search.tooManyWords : failureWords(failure, texts), 'danger');
    }
    reload();
  };

  return (
    <div className={css['page']}>
      <header>
        <h1>{texts.search.title}</h1>
        <p className={css['intro']}>{texts.search.intro}</p>
      </header>
      <div className={css['columns']}>
        <SearchForm queues={data?.queues ?? []} onStart={start} />
        <div className={css['results']}>
          {open !== undefined && (
            <SearchResult key={open.searchId} searchId={open.searchId} words={open.words} onEnd={reload} />
          )}
          <section className={css['earlier']} aria-labelledby="search-earlier">
            <h2 id="search-earlier">{texts.search.earlier}</h2>
            {error !== undefined && <LoadFailed error={error} retry={reload} />}
            {data === undefined && error === undefined && <Spinner label={texts.common.loading} />}
            {data?.searches.length === 0 && <p className={css['meta']}>{texts.search.earlierEmpty}</p>}
            {data !== undefined && data.searches.length > 0 && (
              <ul className={css['list']}>
                {data.searches.map((one) => (
                  <li key={one.searchId}>
                    <Earlier one={one} isOpen={one.searchId === open?.searchId} onOpen={() => setOpen(one)} />
                  </li>
                ))}
              </ul>
            )}
          </section>
        </div>
      </div>
    </div>
  );
}

function Earlier({ one, isOpen, onOpen }: { one: MySearch; isOpen: boolean; onOpen: () => void }) {
  const texts = useTexts();
  const format = useFormats();
  const locale = useLocale();
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  // The period ends where the next day begins; that day is not part of it.
  const days = day.formatRange(new Date(one.from), new Date(Date.parse(one.to) - 1));
  const purpose = texts.search.purposes[one.purpose ?? ''];
  return (
    <button type="button" className={css['earlierOne']} aria-pressed={isOpen} onClick={onOpen}>
      <span className={css['hitHead']}>
        <strong dir="auto">{one.words}</strong>
        <Badge tone={TONES[one.state]}>{texts.search.states[one.state]}</Badge>
      </span>
      <span className={css['meta']}>
        {format.dateTime(one.requestedAt)} · {days} · {one.queue?.name ?? texts.search.anyQueue} · {purpose} ·{' '}
        {texts.search.hits(format.number(one.hits))}
      </span>
    </button>
  );
}
