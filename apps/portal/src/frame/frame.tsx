import { Icon, type Locale, type Site } from '@app/ui';
import type { ReactNode } from 'react';
import { usePortalText } from '../text';
import { LanguageSwitch } from './language-switch';
import css from './frame.module.css';
import { SafetyBar } from './safety-bar';

interface FrameProps {
  site?: Site | undefined;
  /** Beside the name, such as who is in the conversation. */
  aside?: ReactNode;
  /** The page is as high as the window and scrolls inside: for the chat and the call. */
  full?: boolean;
  /** The landing page is no portal: nobody is in need on it. */
  plain?: boolean;
  onLocale: (locale: Locale) => void;
  children: ReactNode;
}

/** What stands around every page: the way out, whose page it is, and the language. */
export function Frame({ site, aside, full, plain, onLocale, children }: FrameProps) {
  const text = usePortalText();
  return (
    <div className={full ? css['full'] : css['page']}>
      <a className={css['skip']} href="#content">
        {text.skip}
      </a>
      {!plain && <SafetyBar emergency={site?.emergency} />}
      <header className={css['header']}>
        <div className={css['brand']}>
          <span className={css['mark']}>
            <Icon name={site ? MARKS[site.sector] : 'door'} />
          </span>
          <span className={css['name']}>{site?.name ?? 'Vestibule'}</span>
        </div>
        {aside}
        <LanguageSwitch locales={site?.locales ?? ['en', 'es']} onLocale={onLocale} />
      </header>
      <main id="content" tabIndex={-1} className={css['main']}>
        {children}
      </main>
    </div>
  );
}

const MARKS = { clinic: 'shield', law: 'note', school: 'people' } as const;
