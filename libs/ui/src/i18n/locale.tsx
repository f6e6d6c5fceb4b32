import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import type { Locale, Text } from '../connection/protocol';
import { en, type UiText } from './en';
import { es } from './es';
import { formats, type Formats } from './formats';

const UI_TEXTS: Record<Locale, UiText> = { en, es };
const LocaleContext = createContext<Locale>('en');

/** Everything inside speaks `locale`; the page's `lang` says so to readers and spell-checkers. */
export function LocaleProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <LocaleContext value={locale}>{children}</LocaleContext>;
}

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

/** The words of the components of this room. */
export function useUiText(): UiText {
  return UI_TEXTS[useLocale()];
}

/** `timeZone` is an IANA name; without it, times are in the zone of the device. */
export function useFormats(timeZone?: string): Formats {
  const locale = useLocale();
  return useMemo(() => formats(locale, timeZone), [locale, timeZone]);
}

/** Picks the person's language from a text that came from the server. */
export function useLocal(): (text: Text) => string {
  const locale = useLocale();
  return (text) => text[locale];
}
