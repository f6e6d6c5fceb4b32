import { useLocale } from '@app/ui';
import { TEXTS, type ConsoleTexts } from './texts';

export function useTexts(): ConsoleTexts {
  return TEXTS[useLocale()];
}
