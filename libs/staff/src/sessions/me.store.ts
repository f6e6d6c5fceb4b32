import type { QueueId, StaffId } from '@app/kernel';
import type { Role, StaffPrincipal, Tx } from '@app/platform';

/** What a signed-in staff member is told of themself. */
export interface Me {
  readonly staffId: StaffId;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly tenant: {
    readonly name: string;
    readonly slug: string;
    readonly sector: 'clinic' | 'law' | 'school';
  };
  readonly queues: readonly { readonly id: QueueId; readonly name: string }[];
  /** Instant at which the session ends, if the person does nothing more. */
  readonly sessionEndsAt: string;
}

export async function meOf(tx: Tx, principal: StaffPrincipal, endsAt: Date): Promise<Me> {
  const [tenant] = await tx.query<Me['tenant']>(
    'SELECT name, slug, sector FROM tenant WHERE tenant_id = $1',
    [tx.tenantId],
  );
  if (tenant === undefined) throw new Error('A staff member belongs to no tenant.');
  const queues = await tx.query<{ id: QueueId; name: string }>(
    'SELECT queue_id AS id, name FROM queue WHERE tenant_id = $1 AND queue_id = ANY($2) ORDER BY name',
    [tx.tenantId, principal.queues],
  );
  const { staffId, name, roles } = principal;
  return { staffId, name, roles, tenant, queues, sessionEndsAt: endsAt.toISOString() };
}
