import {
  api,
  ApiError,
  ButtonLink,
  Card,
  Icon,
  type Locale,
  Notice,
  type SiteCard,
  Spinner,
  useLocal,
} from '@app/ui';
import { useEffect, useState } from 'react';
import { Frame } from '../frame/frame';
import { errorWords, usePortalText } from '../text';
import css from './landing.module.css';

const MARKS = { clinic: 'shield', law: 'note', school: 'people' } as const;

export function Landing({ onLocale }: { onLocale: (locale: Locale) => void }) {
  const text = usePortalText();
  const local = useLocal();
  const [sites, setSites] = useState<SiteCard[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    api.get<{ sites: SiteCard[] }>('/api/sites').then(
      ({ sites }) => setSites(sites),
      // Outside a demo there is no list, and no mail to show.
      (problem) =>
        problem instanceof ApiError && problem.code === 'NOT_FOUND' ? setSites([]) : setError(problem),
    );
  }, []);
  const demo = sites !== undefined && sites.length > 0;
  return (
    <Frame plain onLocale={onLocale}>
      <div className={css['page']}>
        <div className={css['hero']}>
          <h1>{text.landingTitle}</h1>
          <p>{text.landingLead}</p>
        </div>
        <section className={css['part']} aria-labelledby="sites">
          <h2 id="sites">{text.landingSites}</h2>
          {demo && <p className={css['quiet']}>{text.landingSitesText}</p>}
          {error !== undefined && <Notice tone="warn">{errorWords(error, text)}</Notice>}
          {!sites && error === undefined && <Spinner label={text.loading} />}
          {sites?.length === 0 && <Notice>{text.landingNone}</Notice>}
          <ul className={css['sites']}>
            {sites?.map((site) => (
              <li key={site.slug}>
                <Card className={css['site']}>
                  <span className={css['mark']}>
                    <Icon name={MARKS[site.sector]} />
                  </span>
                  <p className={css['quiet']}>{text.sector[site.sector]}</p>
                  <h3>{site.name}</h3>
                  <p className={css['tagline']}>{local(site.tagline)}</p>
                  <ButtonLink look="primary" href={`/p/${site.slug}`} aria-label={text.open(site.name)}>
                    {text.open('')}
                  </ButtonLink>
                </Card>
              </li>
            ))}
          </ul>
        </section>
        <section className={css['part']} aria-labelledby="staff">
          <h2 id="staff">{text.landingStaff}</h2>
          <ul className={css['doors']}>
            <li>
              <a href="/console">{text.landingConsole}</a>
              <p>{text.landingConsoleText}</p>
            </li>
            {demo && (
              <li>
                <a href="/demo/outbox">{text.landingOutbox}</a>
                <p>{text.landingOutboxText}</p>
              </li>
            )}
          </ul>
        </section>
      </div>
    </Frame>
  );
}
