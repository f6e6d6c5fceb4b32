import { Button, Card, EmptyState, Spinner, useFormats, useLocale } from '@app/ui';
import { useCallback, useState } from 'react';
import type { Spread, Today } from '../protocol';
import { LoadFailed } from '../loading/load-failed';
import { useSession } from '../session/session';
import { useLoaded } from '../loading/use-loaded';
import { lengthText } from '../clock/duration';
import { useTexts } from '../texts/use-texts';
import { HourBars, HourTable } from './hours';
import { Queues } from './queues';
import { Ratings } from './ratings';
import css from './today.module.css';

const REFRESH_MS = 15_000;

/** How the day goes: from metadata only, never from what was said. */
export function TodayPage() {
  const texts = useTexts();
  const format = useFormats();
  const { ask } = useSession();
  const load = useCallback(
    async () => ({ today: await ask.get<Today>('/api/supervisor/today'), at: new Date() }),
    [ask],
  );
  const { data, error, reload } = useLoaded(load, REFRESH_MS);

  if (data === undefined) {
    return (
      <div className={css['page']}>
        {error === undefined ? (
          <Spinner label={texts.common.loading} />
        ) : (
          <LoadFailed error={error} retry={reload} />
        )}
      </div>
    );
  }
  const { today, at } = data;
  const quiet = today.arrived === 0 && today.waiting === 0;
  return (
    <div className={css['page']}>
      <header className={css['head']}>
        <h1>{texts.today.title}</h1>
        <p>{texts.today.updated(format.time(at))}</p>
      </header>
      {error !== undefined && <LoadFailed error={error} retry={reload} />}
      {quiet ? (
        <EmptyState icon="clock" title={texts.today.quietTitle}>
          {texts.today.quiet}
        </EmptyState>
      ) : (
        <Figures today={today} />
      )}
    </div>
  );
}

function Figures({ today }: { today: Today }) {
  const texts = useTexts();
  const format = useFormats();
  const locale = useLocale();
  const [asTable, setAsTable] = useState(false);
  const { csat } = today;
  const share = new Intl.NumberFormat(locale, { style: 'percent' });
  const counts: [string, number][] = [
    [texts.today.arrived, today.arrived],
    [texts.today.answered, today.answered],
    [texts.today.waitingNow, today.waiting],
    [texts.today.abandoned, today.abandoned],
  ];
  return (
    <>
      <dl className={css['counts']}>
        {counts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{format.number(value)}</dd>
          </div>
        ))}
      </dl>
      <div className={css['tiles']}>
        <TimeTile title={texts.today.asa} hint={texts.today.asaHint} spread={today.asaSeconds} />
        <TimeTile
          title={texts.today.firstResponse}
          hint={texts.today.firstResponseHint}
          spread={today.firstResponseSeconds}
        />
        <Card className={css['tile']}>
          <h2>{texts.today.csat}</h2>
          <p className={css['big']}>
            {csat.responses === 0 ? texts.today.noneYet : share.format(csat.positive / csat.responses)}
          </p>
          <p className={css['hint']}>{texts.today.csatHint(csat.responses, csat.closed)}</p>
        </Card>
      </div>
      <Card>
        <div className={css['cardHead']}>
          <h2>{texts.today.byHour}</h2>
          <Button look="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? texts.today.asFigure : texts.today.asTable}
          </Button>
        </div>
        {asTable ? <HourTable hours={today.hours} /> : <HourBars hours={today.hours} />}
      </Card>
      <div className={css['pair']}>
        <Queues queues={today.queues} />
        <Ratings csat={csat} />
      </div>
    </>
  );
}

function TimeTile({ title, hint, spread }: { title: string; hint: string; spread: Spread | undefined }) {
  const texts = useTexts();
  return (
    <Card className={css['tile']}>
      <h2>{title}</h2>
      <p className={css['big']}>{spread === undefined ? texts.today.noneYet : lengthText(spread.mean)}</p>
      {spread !== undefined && (
        <p className={css['spread']}>
          {texts.today.medianP90(lengthText(spread.median), lengthText(spread.p90))}
        </p>
      )}
      <p className={css['hint']}>{hint}</p>
    </Card>
  );
}
