import { Avatar, Button } from '@app/ui';
import { useTexts } from '../texts/use-texts';
import { LanguageSwitch } from './language-switch';
import { Mark } from './mark';
import { follow } from '../navigation/go';
import { pathOf, type Page } from '../navigation/route';
import { useSession } from '../session/session';
import css from './shell.module.css';

interface Props {
  pages: readonly Page[];
  current: string;
  onSignOut: () => void;
}

/** Organisation, the pages of one's roles, and the way out. */
export function TopBar({ pages, current, onSignOut }: Props) {
  const texts = useTexts();
  const { me } = useSession();
  // Administrators see only the holds of that page.
  const mayErase = me.roles.includes('compliance-officer');
  return (
    <header className={css['bar']}>
      <a className={css['skip']} href="#page">
        {texts.nav.skip}
      </a>
      <Mark name={me.tenant.name} />
      <nav className={css['nav']} data-single={pages.length < 2} aria-label={texts.nav.label}>
        {pages.map((page) => (
          <a
            key={page}
            href={pathOf(page)}
            aria-current={page === current ? 'page' : undefined}
            onClick={(event) => follow(event, pathOf(page))}
          >
            {page === 'erasure' && !mayErase ? texts.nav.holds : texts.nav[page]}
          </a>
        ))}
      </nav>
      <div className={css['person']}>
        <LanguageSwitch className={css['language']} />
        <Avatar name={me.name} small />
        <span className={css['name']}>{me.name}</span>
        <Button look="quiet" icon="leave" className={css['signOut']} onClick={onSignOut}>
          <span>{texts.nav.signOut}</span>
        </Button>
      </div>
    </header>
  );
}
