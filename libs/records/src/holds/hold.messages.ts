import type { HoldId, IntakeId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';

/** Longest reason of a hold, in UTF-16 code units. */
const MAX_REASON = 500;

export const HoldBody = z.strictObject({
  intakeId: idSchema<IntakeId>(),
  reason: z
    .string()
    .min(1)
    .max(MAX_REASON)
    .refine((reason) => reason.trim() !== '' && reason.isWellFormed() && !reason.includes('\0')),
});
export type HoldBody = z.infer<typeof HoldBody>;

export const HoldPath = idSchema<HoldId>();
