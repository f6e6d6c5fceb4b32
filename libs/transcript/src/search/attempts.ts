import type { Attempt, StaffPrincipal } from '@app/platform';

/** What is asked of the gate before a conversation is looked through, or before anybody asks for that. */
export function searching(
  principal: StaffPrincipal,
  resource: Attempt['resource'],
  purpose: string | undefined,
): Attempt {
  return { principal, action: 'transcript.search', resource, ...(purpose !== undefined && { purpose }) };
}

export function mySearches(principal: StaffPrincipal): Attempt {
  return { principal, action: 'search.read', resource: { kind: 'tenant', id: principal.tenantId } };
}
