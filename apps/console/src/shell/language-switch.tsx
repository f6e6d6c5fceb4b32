import { Button, useLocale, type Locale } from '@app/ui';
import { createContext, useContext } from 'react';
import { useTexts } from '../texts/use-texts';

const SetLocaleContext = createContext<(locale: Locale) => void>(() => undefined);

export const SetLocaleProvider = SetLocaleContext.Provider;

/** Turns the page to the other language; the button speaks that language. */
export function LanguageSwitch({ className }: { className?: string | undefined }) {
  const texts = useTexts();
  const setLocale = useContext(SetLocaleContext);
  const other: Locale = useLocale() === 'en' ? 'es' : 'en';
  return (
    <Button look="quiet" icon="globe" lang={other} className={className} onClick={() => setLocale(other)}>
      {texts.nav.otherLanguage}
    </Button>
  );
}
