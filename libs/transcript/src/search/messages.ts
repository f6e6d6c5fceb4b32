import type { IntakeId, QueueId, SearchId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';
import { isSearchable } from './matching/matcher';

/** Longest query, in UTF-16 code units. */
const MAX_QUERY = 200;
/** Longest period of a search. */
const MAX_YEARS = 10;

/** An instant as the whole house writes it; PostgreSQL has no year 0. */
const Instant = z.iso.datetime({ precision: 3 }).refine((instant) => instant >= '1970');

/** What is asked for: the words, and in which conversations. `to` is the first instant that is left out. */
export const SearchBody = z
  .strictObject({
    words: z.string().trim().min(1).max(MAX_QUERY),
    match: z.enum(['phrase', 'all-words']),
    from: Instant,
    to: Instant,
    queueId: idSchema<QueueId>().optional(),
    intakeId: idSchema<IntakeId>().optional(),
    purpose: z.enum(['LEGAL', 'DSAR']).optional(),
  })
  .refine(({ from, to }) => from < to && to <= yearsAfter(from), { path: ['to'] })
  .refine(isSearchable, { path: ['words'] });
export type SearchBody = z.infer<typeof SearchBody>;

export const SearchPath = idSchema<SearchId>();
export const IntakePath = idSchema<IntakeId>();

/** The same day and time, `MAX_YEARS` later. Instants of one spelling compare as text. */
function yearsAfter(instant: string): string {
  return String(Number(instant.slice(0, 4)) + MAX_YEARS).padStart(4, '0') + instant.slice(4);
}
