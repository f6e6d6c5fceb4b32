import { parse } from '@app/platform';
import { z } from 'zod';

export type Locale = 'en' | 'es';
/** The same words in each language. */
export type Text = Readonly<Record<Locale, string>>;

export const localeSchema = z.enum(['en', 'es']);

/** Words that are shown: something, and no longer than they may be. In UTF-16 code units, each language. */
export const textSchema = (maxLength: number) => {
  const words = z.string().max(maxLength).regex(/\S/);
  return z.strictObject({ en: words, es: words });
};

/** Returns words in each language. @throws AppError `INPUT_MALFORMED` or `INPUT_TOO_LARGE`, naming `field`. */
export function parseText(field: string, maxLength: number, input: unknown): Text {
  return parse(z.strictObject({ [field]: textSchema(maxLength) }), { [field]: input })[field] as Text;
}
