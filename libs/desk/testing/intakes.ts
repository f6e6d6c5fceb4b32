import { newId, type IntakeId, type QueueId, type SiteId, type StaffId, type TenantId } from '@app/kernel';
import type { TestDatabase } from '@app/platform/testing';

/** When things happened to a conversation: instants, without what is always the same. */
export interface Story {
  readonly queue: QueueId;
  readonly created: string;
  readonly claimed?: string;
  readonly responded?: string;
  readonly closed?: string;
  readonly score?: number;
  /** Taken, and back in a queue. */
  readonly transferred?: boolean;
}

/** Adds a conversation as it stands in the database after its story. Its form is not a form. */
export async function addIntake(
  db: TestDatabase,
  tenantId: TenantId,
  siteId: SiteId,
  story: Story,
): Promise<void> {
  const intakeId = newId<IntakeId>();
  const { queue, created, claimed, responded, closed, score, transferred } = story;
  const open = claimed === undefined || transferred === true ? 'waiting' : 'claimed';
  await db.owner(
    `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
       notice_version, created_at, queued_at, first_claimed_at, first_response_at, closed_at)
     VALUES ($1, $2, $3, $4, 'ill', 'en', $5, false, '', 1, $6, $6, $7, $8, $9)`,
    [tenantId, intakeId, siteId, queue, closed ? 'closed' : open, created, claimed, responded, closed],
  );
  if (score !== undefined)
    await db.owner('INSERT INTO rating (tenant_id, intake_id, score, rated_at) VALUES ($1, $2, $3, $4)', [
      tenantId,
      intakeId,
      score,
      closed,
    ]);
}

/** A supervisor who looks after these queues; nobody who is in the database. */
export function aSupervisor(tenantId: TenantId, queues: readonly QueueId[]) {
  return {
    kind: 'staff' as const,
    tenantId,
    staffId: newId<StaffId>(),
    sessionId: newId<string>(),
    name: 'Sam Super',
    roles: ['supervisor' as const],
    queues,
  };
}
