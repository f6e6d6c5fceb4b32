import { recordNamed } from '@app/identity';
import type { ConsultId, IntakeId, QueueId, RecordId, SiteId, StaffId, TenantId } from '@app/kernel';
import { AppError } from '@app/kernel';
import type { Principal, Tx } from '@app/platform';
import type { IntakeFacts } from '@app/policies';
import type { KnownHead } from '@app/transcript';
import type { IntakeState } from './lifecycle';

export type Locale = 'en' | 'es';
export type VerificationState = 'none' | 'requested' | 'code-sent' | 'verified' | 'locked';

/** One conversation as its rows say. Nothing of what was said or of who the person is: that is sealed. */
export interface Conversation {
  readonly tenantId: TenantId;
  readonly intakeId: IntakeId;
  readonly siteId: SiteId;
  readonly siteSlug: string;
  readonly queueId: QueueId;
  readonly queueName: string;
  readonly topic: string;
  readonly locale: Locale;
  readonly state: IntakeState;
  readonly outOfHours: boolean;
  readonly assignee: { readonly id: StaffId; readonly name: string } | undefined;
  /** Assurance level: 0 ANON, 1 V1. */
  readonly level: number;
  readonly recordId: RecordId | undefined;
  readonly verification: VerificationState;
  readonly consultId: ConsultId | undefined;
  readonly consult: string;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly claimedAt: Date | undefined;
  readonly firstResponseAt: Date | undefined;
  readonly closedAt: Date | undefined;
  readonly outcome: string | undefined;
  /** Nobody can read it since then. */
  readonly erasedAt: Date | undefined;
  readonly lastNoteSeq: number;
  readonly head: KnownHead;
}

interface Row {
  intake_id: IntakeId;
  site_id: SiteId;
  site_slug: string;
  queue_id: QueueId;
  queue_name: string;
  topic: string;
  locale: Locale;
  state: IntakeState;
  out_of_hours: boolean;
  assignee_id: StaffId | null;
  assignee_name: string | null;
  level: number;
  record_id: RecordId | null;
  verification: VerificationState;
  consult_id: ConsultId | null;
  consult: string;
  created_at: Date;
  queued_at: Date;
  first_claimed_at: Date | null;
  first_response_at: Date | null;
  closed_at: Date | null;
  outcome: string | null;
  erased_at: Date | null;
  version: number;
  last_seq: number;
  last_note: number;
  audit_n: number;
  audit_prev: Buffer | null;
}

const SELECT = `
  SELECT i.intake_id, i.site_id, w.slug AS site_slug, i.queue_id, q.name AS queue_name, i.topic, i.locale, i.state, i.out_of_hours,
         i.assignee_id, s.name AS assignee_name, i.level, i.record_id, i.verification, i.consult_id, i.consult,
         i.created_at, i.queued_at, i.first_claimed_at, i.first_response_at, i.closed_at, i.outcome, i.erased_at,
         h.version, h.last_seq, h.last_note, h.audit_n, h.audit_prev
  FROM intake i
  JOIN intake_head h USING (tenant_id, intake_id)
  JOIN queue q USING (tenant_id, queue_id)
  JOIN site w USING (tenant_id, site_id)
  LEFT JOIN staff_member s ON s.tenant_id = i.tenant_id AND s.staff_id = i.assignee_id
  WHERE i.tenant_id = $1`;

/** Returns a conversation, or nothing if this tenant has no such. */
export async function find(tx: Tx, intakeId: IntakeId): Promise<Conversation | undefined> {
  const [row] = await tx.query<Row>(`${SELECT} AND i.intake_id = $2`, [tx.tenantId, intakeId]);
  return row && fromRow(tx.tenantId, row);
}

/**
 * Locks a conversation and returns it: nobody else writes in it before this transaction ends.
 *
 * @throws AppError `NOT_FOUND` if this tenant has no such.
 */
export async function lock(tx: Tx, intakeId: IntakeId): Promise<Conversation> {
  await tx.query('SELECT 1 FROM intake_head WHERE tenant_id = $1 AND intake_id = $2 FOR UPDATE', [
    tx.tenantId,
    intakeId,
  ]);
  const conversation = await find(tx, intakeId);
  if (conversation === undefined) throw notFound();
  return conversation;
}

export function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such conversation.');
}

/** What waits in these queues and what this staff member has taken, the longest waiting first. */
export function listFor(tx: Tx, queues: readonly QueueId[], staffId: StaffId): Promise<Conversation[]> {
  return tx
    .query<Row>(
      `${SELECT} AND ((i.state = 'waiting' AND i.queue_id = ANY ($2)) OR (i.state = 'claimed' AND i.assignee_id = $3))
       ORDER BY i.queued_at`,
      [tx.tenantId, queues, staffId],
    )
    .then((rows) => rows.map((row) => fromRow(tx.tenantId, row)));
}

/** What changes of a conversation. Every change of a fact that a policy reads makes decisions on the old facts void. */
export interface Change {
  readonly state?: IntakeState;
  readonly queueId?: QueueId;
  readonly assigneeId?: StaffId | null;
  readonly level?: number;
  readonly recordId?: RecordId;
  readonly levelAt?: Date;
  readonly verification?: VerificationState;
  readonly consultId?: ConsultId;
  readonly consult?: string;
  readonly firstClaimedAt?: Date;
  readonly closedAt?: Date;
  readonly outcome?: string;
}

const COLUMN: Record<keyof Change, string> = {
  state: 'state',
  queueId: 'queue_id',
  assigneeId: 'assignee_id',
  level: 'level',
  recordId: 'record_id',
  levelAt: 'level_at',
  verification: 'verification',
  consultId: 'consult_id',
  consult: 'consult',
  firstClaimedAt: 'first_claimed_at',
  closedAt: 'closed_at',
  outcome: 'outcome',
};

/** Writes a change. The caller holds the lock. */
export async function change(tx: Tx, intakeId: IntakeId, changes: Change): Promise<void> {
  const fields = Object.keys(changes) as (keyof Change)[];
  const sets = fields.map((field, i) => `${COLUMN[field]} = $${i + 3}`);
  await tx.query(`UPDATE intake SET ${sets.join(', ')} WHERE tenant_id = $1 AND intake_id = $2`, [
    tx.tenantId,
    intakeId,
    ...fields.map((field) => changes[field]),
  ]);
  await tx.query('UPDATE intake_head SET version = version + 1 WHERE tenant_id = $1 AND intake_id = $2', [
    tx.tenantId,
    intakeId,
  ]);
}

/** Returns what the policies may know of a conversation. */
export function factsAbout(conversation: Conversation): IntakeFacts {
  return {
    kind: 'intake',
    id: conversation.intakeId,
    tenant: conversation.tenantId,
    queue: conversation.queueId,
    state: conversation.state,
    assignee: conversation.assignee?.id,
    level: conversation.level,
    consult: conversation.consult,
  };
}

/** Returns what a receipt names to open the record of this client; nothing while there is none. */
export function recordOf({ recordId }: Conversation): string[] {
  return recordId === undefined ? [] : [recordNamed(recordId)];
}

/** Whether a person has a part in this conversation, so that they may be told what state it is in. */
export function isPartOf(principal: Principal, conversation: Conversation): boolean {
  return principal.kind === 'client'
    ? principal.intakeId === conversation.intakeId
    : principal.staffId === conversation.assignee?.id;
}

function fromRow(tenantId: TenantId, row: Row): Conversation {
  return {
    tenantId,
    intakeId: row.intake_id,
    siteId: row.site_id,
    siteSlug: row.site_slug,
    queueId: row.queue_id,
    queueName: row.queue_name,
    topic: row.topic,
    locale: row.locale,
    state: row.state,
    outOfHours: row.out_of_hours,
    assignee: row.assignee_id === null ? undefined : { id: row.assignee_id, name: row.assignee_name ?? '' },
    level: row.level,
    recordId: row.record_id ?? undefined,
    verification: row.verification,
    consultId: row.consult_id ?? undefined,
    consult: row.consult,
    createdAt: row.created_at,
    queuedAt: row.queued_at,
    claimedAt: row.first_claimed_at ?? undefined,
    firstResponseAt: row.first_response_at ?? undefined,
    closedAt: row.closed_at ?? undefined,
    outcome: row.outcome ?? undefined,
    erasedAt: row.erased_at ?? undefined,
    lastNoteSeq: row.last_note,
    head: {
      tenantId,
      intakeId: row.intake_id,
      version: row.version,
      lastSeq: row.last_seq,
      chain: { n: row.audit_n, prev: row.audit_prev ?? undefined },
    },
  };
}
