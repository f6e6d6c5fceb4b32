import {
  AnnouncerProvider,
  api,
  ApiError,
  LocaleProvider,
  Spinner,
  type Locale,
  type SessionEnd,
} from '@app/ui';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { DeskProvider } from '../desk/desk-provider';
import { pagesOf } from '../navigation/route';
import type { Me } from '../protocol';
import { SignInPage } from '../sign-in/sign-in-page';
import { SignedOutPage } from '../sign-in/signed-out-page';
import { useTexts } from '../texts/use-texts';
import { ExpiryWarning } from '../session/expiry-warning';
import { SetLocaleProvider } from './language-switch';
import { LoadFailed } from '../loading/load-failed';
import { Pages } from './pages';
import { SessionProvider, watchedApi, type Session } from '../session/session';
import css from './shell.module.css';

type Standing =
  | { kind: 'looking' }
  | { kind: 'unreachable'; error: unknown }
  | { kind: 'out' }
  | { kind: 'ended'; reason: SessionEnd }
  | { kind: 'in'; me: Me };

/** Who is here decides what is shown; nothing of a session outlives it on the page. */
export function App() {
  const [locale, setLocale] = useState<Locale>(() => (navigator.language.startsWith('es') ? 'es' : 'en'));
  return (
    <LocaleProvider locale={locale}>
      <SetLocaleProvider value={setLocale}>
        <AnnouncerProvider>
          <Standpoint />
        </AnnouncerProvider>
      </SetLocaleProvider>
    </LocaleProvider>
  );
}

function Standpoint() {
  const texts = useTexts();
  const [standing, setStanding] = useState<Standing>({ kind: 'looking' });
  const look = useCallback(() => {
    setStanding({ kind: 'looking' });
    api.get<Me>('/api/staff/me').then(
      (me) => setStanding({ kind: 'in', me }),
      (error: unknown) => {
        const out = error instanceof ApiError && error.code === 'SIGNED_OUT';
        setStanding(out ? { kind: 'out' } : { kind: 'unreachable', error });
      },
    );
  }, []);
  useEffect(look, [look]);
  const end = useCallback((reason: SessionEnd) => {
    // The first reason is the true one: what fails afterwards only follows from it.
    setStanding((was) => (was.kind === 'in' ? { kind: 'ended', reason } : was));
  }, []);
  const renewed = useCallback((me: Me) => {
    setStanding((was) => (was.kind === 'in' ? { kind: 'in', me } : was));
  }, []);

  switch (standing.kind) {
    case 'looking':
      return (
        <div className={css['centre']}>
          <Spinner label={texts.common.loading} />
        </div>
      );
    case 'unreachable':
      return (
        <main className={css['centre']}>
          <LoadFailed error={standing.error} retry={look} />
        </main>
      );
    case 'out':
      return <SignInPage onSignedIn={(me) => setStanding({ kind: 'in', me })} />;
    case 'ended':
      return <SignedOutPage reason={standing.reason} onAgain={() => setStanding({ kind: 'out' })} />;
    case 'in':
      return <SignedIn me={standing.me} end={end} renewed={renewed} />;
  }
}

interface SignedInProps {
  me: Me;
  end: (reason: SessionEnd) => void;
  renewed: (me: Me) => void;
}

function SignedIn({ me, end, renewed }: SignedInProps) {
  const ask = useMemo(() => watchedApi(() => end('expired')), [end]);
  const session = useMemo<Session>(() => ({ me, ask, end }), [me, ask, end]);
  const pages = pagesOf(me.roles).includes('desk') ? (
    <DeskProvider>
      <Pages />
    </DeskProvider>
  ) : (
    <Pages />
  );
  return (
    <SessionProvider value={session}>
      {pages}
      <ExpiryWarning renewed={renewed} />
    </SessionProvider>
  );
}
