import type { IntakeId, QueueId, StaffId, TenantId } from '@app/kernel';
import type { Tx } from '@app/platform';
import type { Decision, IntakeFacts } from '@app/policies';

/** Most conversations of one search. Their ids are held in memory while it runs. */
export const MAX_CONVERSATIONS = 200_000;

/** Which conversations somebody asks to look through. `to` is the first instant that is left out. */
export interface Scope {
  readonly from: string;
  readonly to: string;
  readonly queueId?: QueueId | undefined;
  readonly intakeId?: IntakeId | undefined;
}

/** A conversation as the policies see it, and how many messages it has. */
export interface InScope {
  readonly intakeId: IntakeId;
  readonly queueId: QueueId;
  readonly state: string;
  readonly assigneeId: StaffId | null;
  readonly level: number;
  readonly consult: string;
  readonly lastSeq: number;
}

/** Returns the conversations that were open in the period, the newest first; one more than is allowed if there are more. */
export function findScope(tx: Tx, { from, to, queueId, intakeId }: Scope): Promise<InScope[]> {
  return tx.query<InScope>(
    `SELECT i.intake_id AS "intakeId", i.queue_id AS "queueId", i.state, i.assignee_id AS "assigneeId", i.level, i.consult,
            h.last_seq AS "lastSeq"
     FROM intake i JOIN intake_head h USING (tenant_id, intake_id)
     WHERE i.tenant_id = $1 AND i.created_at < $3 AND (i.closed_at IS NULL OR i.closed_at >= $2)
       AND ($4::uuid IS NULL OR i.queue_id = $4) AND ($5::uuid IS NULL OR i.intake_id = $5)
     ORDER BY i.created_at DESC, i.intake_id DESC LIMIT ${MAX_CONVERSATIONS + 1}`,
    [tx.tenantId, from, to, queueId ?? null, intakeId ?? null],
  );
}

/** Returns what the policies may know of a conversation. */
export function factsAbout(tenantId: TenantId, one: Omit<InScope, 'lastSeq'>): IntakeFacts {
  return {
    kind: 'intake',
    id: one.intakeId,
    tenant: tenantId,
    queue: one.queueId,
    state: one.state,
    assignee: one.assigneeId ?? undefined,
    level: one.level,
    consult: one.consult,
  };
}

/** What the gate said of each conversation. */
export interface Decided {
  readonly allowed: readonly InScope[];
  /** Ids of the policies that allowed, each once. */
  readonly policies: readonly string[];
  /** The first that was refused, if any was. */
  readonly refused: { readonly facts: IntakeFacts; readonly decision: Decision } | undefined;
}

/**
 * Asks the policies about every conversation: once for all that are alike in everything but their id, because staff are told
 * the same of those (`policies/tests/walls.test.ts`).
 */
export function decideEach(
  tenantId: TenantId,
  scope: readonly InScope[],
  ask: (facts: IntakeFacts) => Decision,
): Decided {
  const alike = new Map<string, Decision>();
  const allowed: InScope[] = [];
  const policies = new Set<string>();
  let refused: Decided['refused'];
  for (const one of scope) {
    const facts = factsAbout(tenantId, one);
    const { id: _, ...rest } = facts;
    const likeness = JSON.stringify(rest);
    const decision = alike.get(likeness) ?? ask(facts);
    alike.set(likeness, decision);
    if (decision.allowed) {
      allowed.push(one);
      for (const policy of decision.policies) policies.add(policy);
    } else refused ??= { facts, decision };
  }
  return { allowed, policies: [...policies], refused };
}
