import { z } from 'zod';

/** Longest e-mail address: RFC 5321, section 4.5.3.1.3. A password may be a long sentence: SP 800-63B-4 wants 64 at least. */
const MAX_EMAIL_LENGTH = 254;
const MAX_PASSWORD_LENGTH = 256;

/** An address that cannot exist is answered as one that is wrong, so only lengths are looked at. */
export const CredentialsBody = z.strictObject({
  organisation: z.string().min(1).max(40),
  email: z.string().min(1).max(MAX_EMAIL_LENGTH),
  password: z.string().min(1).max(MAX_PASSWORD_LENGTH),
});
export type CredentialsBody = z.infer<typeof CredentialsBody>;

export const CodeBody = z.strictObject({
  challenge: z.string().min(1).max(120),
  code: z.string().regex(/^\d{6}$/),
});
export type CodeBody = z.infer<typeof CodeBody>;
