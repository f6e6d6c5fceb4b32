import { HOUR, instantAt, later, MINUTE, type QueueId, type StaffId } from '@app/kernel';
import type { Role, StaffPrincipal, Tx } from '@app/platform';
import { z } from 'zod';

/** NIST SP 800-63B-4, section 2.3.3 (AAL3): 12 hours in all, 15 minutes without the person. */
export const SESSION_LIFE_MS = 12 * HOUR;
export const IDLE_MS = 15 * MINUTE;

/** A session that is alive now. */
export interface Live {
  readonly principal: StaffPrincipal;
  readonly lastSeenAt: Date;
  /** When it ends, if the person does nothing more. */
  readonly endsAt: Date;
}

interface Row {
  readonly session_id: string;
  readonly staff_id: StaffId;
  readonly name: string;
  readonly roles: Role[];
  readonly queues: QueueId[];
  readonly last_seen_at: Date;
  readonly expires_at: Date;
}

/** Returns the session with this hash, or with these ids, if it has not ended in any way and its person is active. */
export async function findLive(
  tx: Tx,
  by: { readonly hash: Buffer } | { readonly staffId: string; readonly sessionId: string },
  now: Date,
): Promise<Live | undefined> {
  const [where, values] =
    'hash' in by
      ? ['s.session_hash = $4', [by.hash]]
      : ['s.staff_id = $4 AND s.session_id = $5', [by.staffId, by.sessionId]];
  const [row] = await tx.query<Row>(
    `SELECT s.session_id, s.staff_id, s.last_seen_at, s.expires_at, m.name, m.roles,
       ARRAY(SELECT q.queue_id::text FROM queue_member q
             WHERE q.tenant_id = s.tenant_id AND q.staff_id = s.staff_id ORDER BY 1) AS queues
     FROM staff_session s JOIN staff_member m USING (tenant_id, staff_id)
     WHERE s.tenant_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 AND s.last_seen_at > $3 AND m.active AND ${where}`,
    [tx.tenantId, now, idleSince(now), ...values],
  );
  if (row === undefined) return undefined;
  const { staff_id: staffId, session_id: sessionId, name, roles, queues } = row;
  return {
    principal: { kind: 'staff', tenantId: tx.tenantId, staffId, sessionId, name, roles, queues },
    lastSeenAt: row.last_seen_at,
    endsAt: endsAt(row.last_seen_at, row.expires_at),
  };
}

/** The last instant at which a session must have been used to be alive now. */
export function idleSince(now: Date): Date {
  return later(now, -IDLE_MS);
}

/** When a session ends that was last used at an instant and may live to another. */
export function endsAt(lastSeenAt: Date, expiresAt: Date): Date {
  return instantAt(Math.min(lastSeenAt.getTime() + IDLE_MS, expiresAt.getTime()));
}

/** What a staff member's socket ticket stands for. */
export const StandsForStaff = z.strictObject({
  kind: z.literal('staff'),
  staffId: z.uuid(),
  sessionId: z.uuid(),
});
export type StandsForStaff = z.infer<typeof StandsForStaff>;

/**
 * Returns the staff member that a taken ticket stands for, as they are now: with today's roles and queues. Nothing if it
 * stands for somebody else, or their session has ended since. Ask again with the same value to see whether it still lives.
 */
export async function principalForTicket(
  tx: Tx,
  standsFor: unknown,
  now: Date,
): Promise<StaffPrincipal | undefined> {
  const ticket = StandsForStaff.safeParse(standsFor);
  return ticket.success ? (await findLive(tx, ticket.data, now))?.principal : undefined;
}
