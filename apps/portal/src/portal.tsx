import { api, ApiError, type ClientIntake, type Locale, type SessionEnd, type Site } from '@app/ui';
import { useCallback, useEffect, useState } from 'react';
import { Conversation } from './chat/conversation';
import { Frame } from './frame/frame';
import { FailedScreen, LoadingScreen, NotFoundScreen, OverScreen } from './frame/screens';
import { Home } from './home/home';

type View =
  | { kind: 'loading' }
  | { kind: 'not-found' }
  | { kind: 'failed' }
  | { kind: 'home' }
  | { kind: 'talk'; intake: ClientIntake }
  | { kind: 'over'; reason: SessionEnd };

/** Opening hours and who is there change; so often they are asked for again. */
const LOOK_EVERY_MS = 30_000;

export function Portal({ slug, onLocale }: { slug: string; onLocale: (locale: Locale) => void }) {
  const [site, setSite] = useState<Site>();
  const [view, setView] = useState<View>({ kind: 'loading' });

  const lookAtSite = useCallback(async () => setSite(await api.get<Site>(`/api/sites/${slug}`)), [slug]);
  const load = useCallback(async () => {
    setView({ kind: 'loading' });
    try {
      const [, intake] = await Promise.all([lookAtSite(), currentIntake(slug)]);
      if (intake && !new URLSearchParams(location.search).has('lang')) onLocale(intake.locale);
      setView(intake ? { kind: 'talk', intake } : { kind: 'home' });
    } catch (error) {
      setView({ kind: error instanceof ApiError && error.code === 'NOT_FOUND' ? 'not-found' : 'failed' });
    }
  }, [slug, lookAtSite, onLocale]);
  useEffect(() => void load(), [load]);

  useEffect(() => {
    if (view.kind !== 'home') return;
    const look = () => void (document.visibilityState === 'visible' && lookAtSite().catch(() => undefined));
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [view.kind, lookAtSite]);

  useEffect(() => {
    if (site) document.title = site.name;
  }, [site]);

  const over = useCallback((reason: SessionEnd) => setView({ kind: 'over', reason }), []);
  const change = useCallback((intake: ClientIntake) => setView({ kind: 'talk', intake }), []);
  const restart = () => {
    setView({ kind: 'home' });
    void lookAtSite().catch(() => undefined);
  };

  if (view.kind === 'talk' && site) {
    return (
      <Conversation
        key={view.intake.intakeId}
        site={site}
        intake={view.intake}
        onChange={change}
        onOver={over}
        onRestart={restart}
        onLocale={onLocale}
      />
    );
  }
  return (
    <Frame site={site} onLocale={onLocale}>
      {view.kind === 'loading' && <LoadingScreen />}
      {view.kind === 'not-found' && <NotFoundScreen />}
      {view.kind === 'failed' && <FailedScreen onRetry={() => void load()} />}
      {view.kind === 'over' && <OverScreen reason={view.reason} onRestart={restart} />}
      {view.kind === 'home' && site && <Home site={site} onStarted={change} onStale={lookAtSite} />}
    </Frame>
  );
}

/** The conversation that the cookie names, if it is one of this site. */
async function currentIntake(slug: string): Promise<ClientIntake | undefined> {
  try {
    const intake = await api.get<ClientIntake>('/api/client/intake');
    return intake.site.slug === slug ? intake : undefined;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 'SIGNED_OUT' || error.code === 'NOT_FOUND'))
      return undefined;
    throw error;
  }
}
