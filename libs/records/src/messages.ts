import type { ExportId, IntakeId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';

/** Most rows of the log in one answer, and how many if nothing is said. */
const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;
/** Longest period of an export. Whoever needs more asks twice. */
const MAX_YEARS = 10;

/** An instant as the whole house writes it; PostgreSQL has no year 0. */
const Instant = z.iso.datetime({ precision: 3 }).refine((instant) => instant >= '1970');
/** What can stand in the log as a code (audit/FORMAT.md, section 2). The filter is itself recorded. */
const Code = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}$/);
const Count = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** What the officer looks for in the log. */
export const EntriesQuery = z
  .strictObject({
    from: Instant.optional(),
    to: Instant.optional(),
    act: Code.optional(),
    actor: Code.optional(),
    intake: idSchema<IntakeId>().optional(),
    outcome: z.enum(['ok', 'refused']).optional(),
    before: Count.optional(),
    limit: Count.pipe(z.number().min(1).max(MAX_LIMIT)).default(DEFAULT_LIMIT),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, { path: ['to'] });
export type EntriesQuery = z.infer<typeof EntriesQuery>;

export const ExportBody = z
  .strictObject({ from: Instant, to: Instant, purpose: z.enum(['LEGAL', 'DSAR', 'AUDIT']) })
  .refine(({ from, to }) => from < to && to <= yearsAfter(from), { path: ['to'] });
export type ExportBody = z.infer<typeof ExportBody>;

export const ExportPath = idSchema<ExportId>();

/** The same day and time, `MAX_YEARS` later. Instants of one spelling compare as text. */
function yearsAfter(instant: string): string {
  return String(Number(instant.slice(0, 4)) + MAX_YEARS).padStart(4, '0') + instant.slice(4);
}
