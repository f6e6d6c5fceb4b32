import type { StaffId } from '@app/kernel';
import { idSchema } from '@app/platform';
import { z } from 'zod';

/** A public key with many signatures of others is large; nobody needs more. */
const MAX_KEY = 100_000;

/** Without a key: from now on there is none. */
export const OfficerKeyBody = z.strictObject({
  staffId: idSchema<StaffId>(),
  publicKey: z.string().min(1).max(MAX_KEY).optional(),
});
export type OfficerKeyBody = z.infer<typeof OfficerKeyBody>;

export const OfficerKeyPath = idSchema<string>();
