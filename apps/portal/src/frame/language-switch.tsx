import { type Locale, useLocale } from '@app/ui';
import { usePortalText } from '../text';
import css from './frame.module.css';

export function LanguageSwitch({
  locales,
  onLocale,
}: {
  locales: readonly Locale[];
  onLocale: (locale: Locale) => void;
}) {
  const text = usePortalText();
  const current = useLocale();
  if (locales.length < 2) return null;
  return (
    <div className={css['languages']} role="group" aria-label={text.language}>
      {locales.map((locale) => (
        <button
          key={locale}
          type="button"
          lang={locale}
          aria-pressed={locale === current}
          onClick={() => onLocale(locale)}
        >
          <span className={css['long']}>{text.languageName[locale]}</span>
          <span className={css['short']} aria-hidden>
            {locale.toUpperCase()}
          </span>
        </button>
      ))}
    </div>
  );
}
