import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ACCESS, policyText, schemaText } from '../tests/cases';
import { type AccessRequest, type IntakeFacts, PolicySet, type StaffFacts } from './decide';

const STAFF: StaffFacts = {
  kind: 'staff',
  id: 'me',
  tenant: 'here',
  active: true,
  roles: ['receptionist'],
  queues: ['front'],
};
const INTAKE: IntakeFacts = {
  kind: 'intake',
  id: 'intake',
  tenant: 'here',
  queue: 'front',
  state: 'claimed',
  assignee: 'me',
  level: 1,
  consult: 'none',
};
const READ: AccessRequest = { action: 'record.read', principal: STAFF, resource: INTAKE };

function withRule(rule: string): PolicySet {
  return PolicySet.parse(schemaText(), `${policyText()}\n@id("T1") @why("Planted.") ${rule}`);
}

test('a rule that cannot be evaluated is a deny, although another rule permits', () => {
  const rules = withRule(`forbid (principal, action, resource is Vestibule::Intake)
    when { resource.level + 9223372036854775807 < 0 };`);
  const atZero: AccessRequest = { ...READ, action: 'message.post', resource: { ...INTAKE, level: 0 } };
  expect(rules.decide(atZero).policies).toEqual(['D4-act-while-open']);
  const atOne: AccessRequest = { ...atZero, resource: { ...INTAKE, level: 1 } };
  expect(PolicySet.load(ACCESS).decide(atOne).allowed).toBe(true);
  expect(rules.decide(atOne)).toEqual({
    allowed: false,
    policies: ['evaluation-error'],
    policySet: rules.digest,
  });
});

describe('at load', () => {
  test.each([
    [
      'an attribute',
      'permit (principal, action, resource is Vestibule::Intake) when { resource.leveI > 1 };',
      'leveI',
    ],
    ['a role', 'permit (principal in Vestibule::Role::"supervizor", action, resource);', 'supervizor'],
    ['an action', 'permit (principal, action == Vestibule::Action::"intake.raed", resource);', 'intake.raed'],
    [
      'a state',
      'forbid (principal, action, resource is Vestibule::Intake) when { resource.state == Vestibule::State::"clsed" };',
      'clsed',
    ],
    ['a kind of thing', 'permit (principal is Vestibule::Stuff, action, resource);', 'Stuff'],
  ])('a typo in %s is refused, and named', (_what, rule, typo) => {
    expect(() => withRule(rule)).toThrow(typo);
  });

  test('an attribute that may be absent has to be asked for first', () => {
    const rule =
      'permit (principal is Vestibule::Staff, action, resource is Vestibule::Intake) when { resource.assignee == principal };';
    expect(() => withRule(rule)).toThrow('assignee');
  });

  test('a rule that can never speak is refused', () => {
    const rule =
      'permit (principal is Vestibule::Client, action == Vestibule::Action::"note.read", resource);';
    expect(() => withRule(rule)).toThrow('T1');
  });

  test.each([
    ['without an id', '@why("No name.") permit (principal, action, resource);', 'has no @id'],
    ['without a reason', '@id("X1") permit (principal, action, resource);', 'X1 has no @why'],
    ['with an empty reason', '@id("X1") @why("") permit (principal, action, resource);', 'X1 has no @why'],
    [
      'with the name of another',
      '@id("W1-own-tenant") @why("Twice.") permit (principal, action, resource);',
      'Two policies',
    ],
    ['with a slot', '@id("X1") @why("A slot.") permit (principal == ?principal, action, resource);', 'slot'],
    ['that is not Cedar', 'allow everybody;', 'do not parse'],
  ])('a policy %s is refused', (_what, policy, message) => {
    expect(() => PolicySet.parse(schemaText(), `${policyText()}\n${policy}`)).toThrow(message);
  });

  test('a folder without rules is refused, a folder without a schema too', () => {
    const folder = mkdtempSync(join(tmpdir(), 'access-'));
    try {
      expect(() => PolicySet.load(folder)).toThrow('schema.cedarschema');
      writeFileSync(join(folder, 'schema.cedarschema'), schemaText());
      expect(() => PolicySet.load(folder)).toThrow('no policies');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('the digest changes with one character of a rule, and with one of the schema', () => {
    const { digest } = PolicySet.load(ACCESS);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(PolicySet.parse(schemaText(), policyText()).digest).toBe(digest);
    expect(PolicySet.parse(schemaText(), `${policyText()} `).digest).not.toBe(digest);
    expect(PolicySet.parse(`${schemaText()} `, policyText()).digest).not.toBe(digest);
  });
});

describe('memory', () => {
  const RULES = PolicySet.load(ACCESS);
  beforeEach(() => expect(RULES.decide(READ).policies).toEqual(['D5-record-once-known']));

  test.each<[string, AccessRequest, string]>([
    ['the action', { ...READ, action: 'record.read', resource: { ...INTAKE, level: 0 } }, 'default-deny'],
    ['who asks', { ...READ, principal: { ...STAFF, id: 'somebody else' } }, 'default-deny'],
    ['the tenant of who asks', { ...READ, principal: { ...STAFF, tenant: 'elsewhere' } }, 'W1-own-tenant'],
    ['whether they are active', { ...READ, principal: { ...STAFF, active: false } }, 'W3-active-staff'],
    ['their roles', { ...READ, principal: { ...STAFF, roles: [] } }, 'W4-desk-roles'],
    ['the tenant of the intake', { ...READ, resource: { ...INTAKE, tenant: 'elsewhere' } }, 'W1-own-tenant'],
    ['its state', { ...READ, resource: { ...INTAKE, state: 'closed' } }, 'default-deny'],
    ['its assignee', { ...READ, resource: { ...INTAKE, assignee: 'somebody else' } }, 'default-deny'],
    ['that nobody holds it', { ...READ, resource: { ...INTAKE, assignee: undefined } }, 'default-deny'],
    ['the level', { ...READ, resource: { ...INTAKE, level: 0 } }, 'default-deny'],
    ['the purpose', { ...READ, purpose: 'AUDIT' }, 'evaluation-error'],
  ])('a changed fact is a changed answer: %s', (_fact, request, policy) => {
    expect(RULES.decide(request)).toEqual({ allowed: false, policies: [policy], policySet: RULES.digest });
    expect(RULES.decide(READ).allowed).toBe(true);
  });

  test('a changed queue is a changed answer', () => {
    const waiting: AccessRequest = {
      ...READ,
      action: 'intake.claim',
      resource: { ...INTAKE, state: 'waiting' },
    };
    expect(RULES.decide(waiting).allowed).toBe(true);
    expect(RULES.decide({ ...waiting, principal: { ...STAFF, queues: ['billing'] } }).allowed).toBe(false);
    expect(
      RULES.decide({ ...waiting, resource: { ...INTAKE, state: 'waiting', queue: 'billing' } }).allowed,
    ).toBe(false);
  });

  test('a fact that stands on the class of an object is a fact too', () => {
    class Row {
      readonly #level: number;
      constructor(level: number) {
        this.#level = level;
      }
      get level(): number {
        return this.#level;
      }
    }
    const fromRow = (level: number): IntakeFacts => {
      const { level: _dropped, ...facts } = INTAKE;
      return Object.assign(new Row(level), facts);
    };
    expect(RULES.decide({ ...READ, resource: fromRow(1) }).allowed).toBe(true);
    expect(RULES.decide({ ...READ, resource: fromRow(0) }).allowed).toBe(false);
  });

  test('a quoted name cannot pass for two names', () => {
    const two = { ...STAFF, roles: ['receptionist', 'clinician'] };
    const one = { ...STAFF, roles: ['receptionist","clinician'] };
    expect(RULES.decide({ ...READ, principal: two }).allowed).toBe(true);
    expect(RULES.decide({ ...READ, principal: one }).policies).toEqual(['evaluation-error']);
  });

  test('the same facts in another order are the same answer, and the very same object when remembered', () => {
    const turned = Object.fromEntries(Object.entries(INTAKE).reverse()) as unknown as IntakeFacts;
    expect(RULES.decide({ resource: turned, principal: STAFF, action: 'record.read' })).toBe(
      RULES.decide(READ),
    );
  });

  test('nobody who is given an answer can change it for the next one who asks', () => {
    const { policies } = RULES.decide(READ);
    expect(() => (policies as string[]).push('mine')).toThrow(TypeError);
    expect(() => Object.assign(RULES.decide(READ), { allowed: false })).toThrow(TypeError);
  });

  test('two sets of rules do not remember for each other', () => {
    const stricter = withRule('forbid (principal, action, resource);');
    expect(stricter.decide(READ)).toEqual({ allowed: false, policies: ['T1'], policySet: stricter.digest });
    expect(RULES.decide(READ).allowed).toBe(true);
  });
});

test.each<[string, object]>([
  ['an absent level', { level: undefined }],
  ['a level that is not a number', { level: Number.NaN }],
  ['half a level', { level: 1.5 }],
  ['an empty assignee of the database', { assignee: null }],
  ['no tenant', { tenant: undefined }],
  ['a state that is not declared', { state: 'archived' }],
])('facts that do not fit the schema are a deny: %s', (_what, wrong) => {
  const resource = { ...INTAKE, ...wrong } as IntakeFacts;
  expect(PolicySet.load(ACCESS).decide({ ...READ, resource }).policies).toEqual(['evaluation-error']);
});
