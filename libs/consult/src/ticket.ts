import { AppError, type ConsultId, type IntakeId } from '@app/kernel';
import { z } from 'zod';

const ticket = z.strictObject({
  kind: z.literal('consult'),
  consultId: z.uuid().transform((id) => id as ConsultId),
  intakeId: z.uuid().transform((id) => id as IntakeId),
  sessionId: z.string().min(1),
  /** `name` is the display name of a staff member; a client's stands nowhere readable, so theirs is empty. */
  peer: z.strictObject({ role: z.enum(['client', 'staff']), id: z.uuid(), name: z.string() }),
});

/** What a ticket of the consult socket stands for. */
export type ConsultTicket = z.output<typeof ticket>;

/** Returns what a ticket stands for. Throws SIGNED_OUT for a ticket of another socket. */
export function parseTicket(standsFor: unknown): ConsultTicket {
  const parsed = ticket.safeParse(standsFor);
  if (!parsed.success)
    throw new AppError('SIGNED_OUT', 'This connection could not be opened. Please reload the page.');
  return parsed.data;
}
