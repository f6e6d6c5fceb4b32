import type { ExportId, IntakeId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';
import { REDACTION_REASONS } from './export/export.store';
import { VIEW_NAMES } from './views';

/** Most rows of the log in one answer, and how many if nothing is said. */
const MAX_LIMIT = 200;
const DEFAULT_LIMIT = 50;
/** Most messages that one variant keeps back. */
const MAX_REDACTIONS = 10_000;
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

/** In which forms the entries are wanted beside the spreadsheet. */
const Views = z
  .array(z.enum(VIEW_NAMES))
  .max(VIEW_NAMES.length)
  .refine((views) => new Set(views).size === views.length)
  .default([...VIEW_NAMES]);

export const ExportBody = z
  .strictObject({ from: Instant, to: Instant, purpose: z.enum(['LEGAL', 'DSAR', 'AUDIT']), views: Views })
  .refine(({ from, to }) => from < to && to <= yearsAfter(from), { path: ['to'] });
export type ExportBody = z.infer<typeof ExportBody>;

/** The purpose is judged by the policies: a wrong one is refused and recorded, and not malformed. */
export const TranscriptBody = z.strictObject({
  intakeId: idSchema<IntakeId>(),
  purpose: z.enum(['LEGAL', 'DSAR', 'AUDIT']),
  views: Views,
});
export type TranscriptBody = z.infer<typeof TranscriptBody>;

export const RedactBody = z.strictObject({
  redactions: z
    .array(
      z.strictObject({
        seq: z.int().min(1).max(2_147_483_647),
        reason: z.enum(REDACTION_REASONS),
      }),
    )
    .min(1)
    .max(MAX_REDACTIONS)
    .refine((redactions) => new Set(redactions.map(({ seq }) => seq)).size === redactions.length),
});
export type RedactBody = z.infer<typeof RedactBody>;

export const ExportPath = idSchema<ExportId>();

/** The same day and time, `MAX_YEARS` later. Instants of one spelling compare as text. */
function yearsAfter(instant: string): string {
  return String(Number(instant.slice(0, 4)) + MAX_YEARS).padStart(4, '0') + instant.slice(4);
}
