import type { Actor } from '@app/audit';
import type { IntakeId, QueueId, StaffId, TenantId } from '@app/kernel';
import type { ClientFacts, StaffFacts } from '@app/policies';

export type Role = 'receptionist' | 'clinician' | 'supervisor' | 'compliance-officer' | 'administrator';

/** A staff member who is signed in. Read from their session, never from what a page says. */
export interface StaffPrincipal {
  readonly kind: 'staff';
  readonly tenantId: TenantId;
  readonly staffId: StaffId;
  readonly sessionId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly queues: readonly QueueId[];
}

/** A client in their one conversation. */
export interface ClientPrincipal {
  readonly kind: 'client';
  readonly tenantId: TenantId;
  readonly intakeId: IntakeId;
  readonly sessionId: string;
}

export type Principal = StaffPrincipal | ClientPrincipal;

/** Returns how the log names a person: an id and a session, no name. */
export function actorOf(principal: Principal): Actor {
  return principal.kind === 'staff'
    ? {
        kind: 'staff',
        id: principal.staffId,
        roles: [...principal.roles].sort(),
        session: principal.sessionId,
      }
    : { kind: 'client', id: principal.intakeId, session: principal.sessionId };
}

/** Returns what the policies may know of a person. */
export function factsOf(principal: Principal): StaffFacts | ClientFacts {
  if (principal.kind === 'client')
    return { kind: 'client', id: principal.intakeId, tenant: principal.tenantId };
  const { staffId, tenantId, roles, queues } = principal;
  // A session of a disabled staff member is not a session any more, so whoever stands here is active.
  return { kind: 'staff', id: staffId, tenant: tenantId, active: true, roles, queues };
}
