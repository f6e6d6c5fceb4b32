import { Button, EmptyState, Notice, Spinner, useFormats } from '@app/ui';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { EntryPage, EntryRow } from '../protocol';
import { LoadFailed } from '../loading/load-failed';
import { useSession } from '../session/session';
import { follow } from '../navigation/go';
import { useTexts } from '../texts/use-texts';
import { EntryTable } from './entry-table';
import { FilterForm } from './filter-form';
import { NO_FILTER, queryOf, type LogFilter } from './log-filter';
import css from './log.module.css';

interface Shown {
  entries: EntryRow[];
  page: EntryPage;
}

/** The audit log, newest first. Reading it is an entry of it too. */
export function LogPage() {
  const texts = useTexts();
  const format = useFormats();
  const { ask } = useSession();
  const [filter, setFilter] = useState<LogFilter>(NO_FILTER);
  const [shown, setShown] = useState<Shown>();
  const [error, setError] = useState<unknown>();
  const [loading, setLoading] = useState(true);
  const turn = useRef(0);

  /** Without `before` the list begins anew; an answer that was overtaken is dropped. */
  const load = useCallback(
    async (wanted: LogFilter, before?: number) => {
      const mine = ++turn.current;
      setLoading(true);
      setError(undefined);
      try {
        const page = await ask.get<EntryPage>(`/api/officer/entries?${queryOf(wanted, before)}`);
        if (mine !== turn.current) return;
        setShown((was) => ({
          page,
          entries:
            before === undefined || was === undefined ? page.entries : [...was.entries, ...page.entries],
        }));
      } catch (failure) {
        if (mine === turn.current) setError(failure);
      } finally {
        if (mine === turn.current) setLoading(false);
      }
    },
    [ask],
  );
  useEffect(() => {
    void load(NO_FILTER);
    return () => {
      turn.current++;
    };
  }, [load]);

  const apply = (wanted: LogFilter) => {
    setFilter(wanted);
    void load(wanted);
  };
  const next = shown?.page.next;

  return (
    <div className={css['page']}>
      <header className={css['head']}>
        <div>
          <h1>{texts.log.title}</h1>
          <p>{texts.log.intro}</p>
        </div>
        {shown !== undefined && shown.page.checkpoint.size > 0 && (
          <p className={css['seal']}>
            {texts.log.checkpoint(
              format.number(shown.page.checkpoint.size),
              format.dateTime(shown.page.checkpoint.signedAt),
            )}
          </p>
        )}
      </header>
      <FilterForm
        filter={filter}
        acts={shown?.page.acts ?? []}
        actors={shown?.page.actors ?? []}
        loading={loading}
        onApply={apply}
      />
      {error !== undefined && <LoadFailed error={error} retry={() => void load(filter)} />}
      {shown === undefined && loading && <Spinner label={texts.common.loading} />}
      {shown !== undefined && shown.entries.length === 0 && <Nothing filtered={filter !== NO_FILTER} />}
      {shown !== undefined && shown.entries.length > 0 && (
        <>
          <EntryTable entries={shown.entries} onOnly={(intake) => apply({ ...NO_FILTER, intake })} />
          <div className={css['more']}>
            <p role="status">{texts.log.shown(shown.entries.length)}</p>
            {next !== undefined && (
              <Button busy={loading} onClick={() => void load(filter, next)}>
                {texts.log.more}
              </Button>
            )}
          </div>
        </>
      )}
      <Notice>
        <p>
          {texts.log.csv}{' '}
          <a href="/console/exports" onClick={(event) => follow(event, '/console/exports')}>
            {texts.log.csvLink}
          </a>
        </p>
      </Notice>
    </div>
  );
}

function Nothing({ filtered }: { filtered: boolean }) {
  const texts = useTexts();
  return (
    <EmptyState icon="search" title={filtered ? texts.log.emptyTitle : texts.log.noneTitle}>
      {filtered ? texts.log.empty : texts.log.none}
    </EmptyState>
  );
}
