import type { ErasureId, IntakeId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';

export const ErasureBody = z.strictObject({
  intakeId: idSchema<IntakeId>(),
  purpose: z.enum(['DSAR', 'RETENTION']),
});
export type ErasureBody = z.infer<typeof ErasureBody>;

export const ErasurePath = idSchema<ErasureId>();
