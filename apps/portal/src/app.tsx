import { AnnouncerProvider, type Locale, LocaleProvider } from '@app/ui';
import { lazy, Suspense, useCallback, useState } from 'react';
import { Frame } from './frame/frame';
import { LoadingScreen, NotFoundScreen } from './frame/screens';
import { Portal } from './portal';

const Landing = lazy(() => import('./landing/landing').then(({ Landing }) => ({ default: Landing })));
const OutboxPage = lazy(() => import('./landing/outbox').then(({ OutboxPage }) => ({ default: OutboxPage })));
const ApiPage = lazy(() => import('./landing/api-page').then(({ ApiPage }) => ({ default: ApiPage })));
const LOCALES: readonly Locale[] = ['en', 'es'];

/** `/` is the landing page, `/p/<site>` a portal, `/demo/outbox` the mail of a demo, `/api/docs` the HTTP doors. Nothing is kept on the device: the language stands in the address. */
export function App({ path }: { path: string }) {
  const [locale, setLocale] = useState(firstLocale);
  const choose = useCallback((next: Locale) => {
    const address = new URL(location.href);
    address.searchParams.set('lang', next);
    history.replaceState(null, '', address);
    setLocale(next);
  }, []);
  return (
    <LocaleProvider locale={locale}>
      <AnnouncerProvider>
        <Suspense fallback={<LoadingScreen />}>{page(path, choose)}</Suspense>
      </AnnouncerProvider>
    </LocaleProvider>
  );
}

function page(path: string, onLocale: (locale: Locale) => void) {
  if (path === '/') return <Landing onLocale={onLocale} />;
  if (path === '/api/docs') return <ApiPage onLocale={onLocale} />;
  if (path === '/demo/outbox') return <OutboxPage onLocale={onLocale} />;
  const slug = /^\/p\/([a-z0-9-]+)\/?$/.exec(path)?.[1];
  if (slug !== undefined) return <Portal slug={slug} onLocale={onLocale} />;
  return (
    <Frame onLocale={onLocale}>
      <NotFoundScreen />
    </Frame>
  );
}

function firstLocale(): Locale {
  const asked = new URLSearchParams(location.search).get('lang');
  const wishes = [asked, ...navigator.languages].map((wish) => wish?.slice(0, 2));
  return (
    LOCALES.find((locale) => locale === wishes.find((wish) => LOCALES.some((known) => known === wish))) ??
    'en'
  );
}
