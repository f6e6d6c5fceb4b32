import { Button, EmptyState, useAnnouncer } from '@app/ui';
import { useEffect, useRef } from 'react';
import { CheckPage } from '../check/check-page';
import { DeskPage } from '../desk/desk-page';
import { useMaybeDesk } from '../desk/desk-provider';
import { ErasurePage } from '../erasure/erasure-page';
import { EvidencePage } from '../evidence/evidence-page';
import { ExportsPage } from '../exports/exports-page';
import { KeysPage } from '../keys/keys-page';
import { LogPage } from '../log/log-page';
import { SearchPage } from '../search/search-page';
import { StaffPage } from '../staff/staff-page';
import { failureWords } from '../texts/failure-words';
import { useTexts } from '../texts/use-texts';
import { TodayPage } from '../today/today-page';
import { go, useRoute } from '../navigation/go';
import { homeOf, pagesOf, pathOf } from '../navigation/route';
import { isInLobby, type DeskLists } from '../queue/queue-order';
import { useSession } from '../session/session';
import css from './shell.module.css';
import { TopBar } from './top-bar';

/** The page that the address names, if the person's roles have it. */
export function Pages() {
  const texts = useTexts();
  const { me, ask, end } = useSession();
  const { toast } = useAnnouncer();
  const route = useRoute();
  const pages = pagesOf(me.roles);
  const first = homeOf(me.roles);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    if (route.page === 'home' && first !== undefined) go(pathOf(first), 'replace');
  }, [route.page, first]);
  const calls = waitingCalls(useMaybeDesk()?.queue.lists);
  useEffect(() => {
    if (route.page === 'home' || route.page === 'missing') return;
    const title = `${texts[route.page].title} · ${me.tenant.name}`;
    document.title = calls > 0 ? `(${calls}) ${title}` : title;
  }, [route.page, texts, me.tenant.name, calls]);
  useEffect(() => {
    // A reader goes on at the new page, not at the link that led to it.
    main.current?.focus();
  }, [route.page]);

  const signOut = () => {
    ask.post('/api/staff/sign-out').then(
      () => end('signed-out'),
      (error: unknown) => toast(failureWords(error, texts), 'danger'),
    );
  };

  const allowed = pages.some((page) => page === route.page);
  const body = () => {
    if (first === undefined) return <EmptyState icon="lock" title={texts.common.noRole} />;
    if (!allowed) {
      return (
        <>
          <h1 className="for-readers">{texts.common.notFoundTitle}</h1>
          <EmptyState
            icon="search"
            title={texts.common.notFoundTitle}
            action={<Button onClick={() => go(pathOf(first))}>{texts.common.goHome}</Button>}
          >
            {texts.common.notFound}
          </EmptyState>
        </>
      );
    }
    switch (route.page) {
      case 'desk':
        return <DeskPage intakeId={route.intakeId} />;
      case 'today':
        return <TodayPage />;
      case 'log':
        return <LogPage />;
      case 'search':
        return <SearchPage />;
      case 'exports':
        return route.isCheck === true ? (
          <CheckPage onBack={() => go(pathOf('exports'))} />
        ) : (
          <ExportsPage intakeId={route.intakeId} />
        );
      case 'erasure':
        return <ErasurePage key={route.intakeId} intakeId={route.intakeId} />;
      case 'evidence':
        return <EvidencePage />;
      case 'staff':
        return <StaffPage />;
      case 'keys':
        return <KeysPage />;
      default:
        return null;
    }
  };
  return (
    <div className={css['shell']}>
      <TopBar pages={pages} current={route.page} onSignOut={signOut} />
      <main id="page" ref={main} tabIndex={-1} className={css['page']}>
        {route.page === 'home' && first !== undefined ? null : body()}
      </main>
    </div>
  );
}

/** Returns how many clients want something now: those who wait, and mine who wrote or stand in the lobby. */
function waitingCalls(lists: DeskLists | undefined): number {
  if (lists === undefined) return 0;
  return lists.waiting.length + lists.mine.filter((item) => item.unread > 0 || isInLobby(item)).length;
}
