import { en } from './en';
import { enCheck } from './en-check';
import { enDesk } from './en-desk';
import { enErasure } from './en-erasure';
import { enEvidence } from './en-evidence';
import { enExports } from './en-exports';
import { enKeys } from './en-keys';
import { enLog } from './en-log';
import { enSearch } from './en-search';
import { es } from './es';
import { esCheck } from './es-check';
import { esDesk } from './es-desk';
import { esErasure } from './es-erasure';
import { esEvidence } from './es-evidence';
import { esExports } from './es-exports';
import { esKeys } from './es-keys';
import { esLog } from './es-log';
import { esSearch } from './es-search';

const ENGLISH = {
  ...en,
  ...enCheck,
  ...enDesk,
  ...enErasure,
  ...enEvidence,
  ...enExports,
  ...enKeys,
  ...enLog,
  ...enSearch,
};

export type ConsoleTexts = typeof ENGLISH;

/** Every word of the console, by language. The compiler says when one of them falls behind. */
export const TEXTS: Record<'en' | 'es', ConsoleTexts> = {
  en: ENGLISH,
  es: {
    ...es,
    ...esCheck,
    ...esDesk,
    ...esErasure,
    ...esEvidence,
    ...esExports,
    ...esKeys,
    ...esLog,
    ...esSearch,
  },
};
