import { type AccessRequest, ACTIONS, PolicySet, type StaffFacts } from '../src';
import { ACCESS, CASES, CAST, policyText } from './cases';

const RULES = PolicySet.load(ACCESS);
const ALLOWED = CASES.filter(({ allowed }) => allowed);
const PRINCIPALS = Object.values(CAST.principals);
const RESOURCES = Object.values(CAST.resources);
const ROLES = ['receptionist', 'clinician', 'supervisor', 'compliance-officer', 'administrator'];

/** Every person with every thing, for one action, with and without a purpose where there may be one. */
function everyRequest(
  action: AccessRequest['action'],
  change: (p: AccessRequest['principal']) => object,
): AccessRequest[] {
  return PRINCIPALS.flatMap((person) => {
    const principal = { ...person, ...change(person) } as AccessRequest['principal'];
    return RESOURCES.flatMap((resource) => {
      const request = { action, principal, resource };
      return resource.kind === 'tenant' ? [request, { ...request, purpose: 'AUDIT' }] : [request];
    });
  });
}

function allowedOf(requests: readonly AccessRequest[]): AccessRequest[] {
  return requests.filter((request) => RULES.decide(request).allowed);
}

describe.each(ACTIONS)('%s', (action) => {
  const mayBe = ALLOWED.filter(({ request }) => request.action === action);

  test('is denied to everybody of another organisation', () => {
    const requests = everyRequest(action, () => ({ tenant: 'a third' }));
    expect(requests.length).toBeGreaterThan(200);
    expect(allowedOf(requests)).toEqual([]);
  });

  test('is denied by the wall, and by nothing else, to whoever has it in their own organisation', () => {
    expect(mayBe).not.toEqual([]);
    for (const { request } of mayBe) {
      const principal = { ...request.principal, tenant: 'a third' };
      const wall = request.resource.kind === 'tenant' ? 'W2-own-tenant-desk' : 'W1-own-tenant';
      expect(RULES.decide({ ...request, principal }).policies).toEqual([wall]);
    }
  });

  test('is denied to everybody who is disabled, whatever their role', () => {
    const disabled = (person: AccessRequest['principal']): object =>
      person.kind === 'staff' ? { active: false, roles: ROLES } : {};
    const requests = everyRequest(action, disabled).filter(({ principal }) => principal.kind === 'staff');
    expect(allowedOf(requests)).toEqual([]);
  });

  test('is denied by the wall, and by nothing else, to whoever had it before they were disabled', () => {
    for (const { request } of mayBe.filter(({ request: { principal } }) => principal.kind === 'staff')) {
      const principal = { ...(request.principal as StaffFacts), active: false };
      expect(RULES.decide({ ...request, principal }).policies).toEqual(['W3-active-staff']);
    }
  });

  test.each(['owner', 'Administrator', ''])(
    'is denied to whoever has the unknown role "%s" beside their own',
    (role) => {
      for (const { request } of mayBe.filter(({ request: { principal } }) => principal.kind === 'staff')) {
        const person = request.principal as StaffFacts;
        const principal = { ...person, roles: [...person.roles, role] };
        expect(RULES.decide({ ...request, principal }).policies).toEqual(['evaluation-error']);
      }
    },
  );

  test('is denied to whoever has an unknown role alone', () => {
    const unknown = (person: AccessRequest['principal']): object =>
      person.kind === 'staff' ? { roles: ['owner'] } : {};
    expect(
      allowedOf(everyRequest(action, unknown).filter(({ principal }) => principal.kind === 'staff')),
    ).toEqual([]);
  });
});

test('whoever has no role is allowed to see who they are, and nothing else', () => {
  const requests = ACTIONS.flatMap((action) =>
    everyRequest(action, (person) => (person.kind === 'staff' ? { roles: [], active: true } : {})),
  ).filter(({ principal }) => principal.kind === 'staff');
  expect(new Set(allowedOf(requests).map(({ action }) => action))).toEqual(new Set(['self.read']));
});

test('staff are told the same of two conversations that differ in nothing but their id', () => {
  // A search asks once for all that are alike (libs/transcript/src/search/scope.ts).
  expect(policyText()).not.toMatch(/Vestibule::(Intake|Client)::"/);
  for (const { request } of CASES) {
    if (request.resource.kind !== 'intake' || request.principal.kind !== 'staff') continue;
    const other = { ...request, resource: { ...request.resource, id: 'another' } };
    expect(RULES.decide(other)).toEqual(RULES.decide(request));
  }
});
