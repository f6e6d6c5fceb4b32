import { ACTIONS } from './actions';
import type { AccessRequest, ClientFacts, IntakeFacts, PolicySet, StaffFacts } from './decide';

export const ROLES = [
  'receptionist',
  'clinician',
  'supervisor',
  'compliance-officer',
  'administrator',
] as const;
const PURPOSES = [undefined, 'LEGAL', 'DSAR', 'AUDIT', 'RETENTION'] as const;

const CLIENT: ClientFacts = { kind: 'client', id: 'intake', tenant: 'here' };
const TENANT = { kind: 'tenant', id: 'here' } as const;
const WAITING: IntakeFacts = {
  kind: 'intake',
  id: 'intake',
  tenant: 'here',
  queue: 'mine',
  state: 'waiting',
  level: 0,
  consult: 'none',
};
const MINE: IntakeFacts = { ...WAITING, state: 'claimed', assignee: 'me' };
const THEIRS: IntakeFacts = { ...MINE, level: 1, assignee: 'somebody else' };

const FOR_CLIENT: [situation: string, intake: IntakeFacts][] = [
  ['own, waiting', WAITING],
  ['own, taken', MINE],
  ['own, consult offered', { ...MINE, consult: 'offered' }],
  ['own, in the lobby', { ...MINE, consult: 'waiting' }],
  ['own, consult live', { ...MINE, consult: 'live' }],
  ['own, closed', { ...MINE, state: 'closed' }],
  ["another's", { ...MINE, id: 'another intake', consult: 'live' }],
];

const FOR_STAFF: [situation: string, intake: IntakeFacts][] = [
  ['waiting, my queue', WAITING],
  ['waiting, another queue', { ...WAITING, queue: 'another' }],
  ['mine, ANON', MINE],
  ['mine, V1', { ...MINE, level: 1 }],
  ['mine, closed', { ...MINE, level: 1, state: 'closed' }],
  ["a colleague's, my queue", THEIRS],
  ["a colleague's, another queue", { ...THEIRS, queue: 'another' }],
  ["a colleague's, my queue, closed", { ...THEIRS, state: 'closed' }],
];

/**
 * Returns the text of `MATRIX.md`: who may do what, asked of the rules themselves rather than written by hand.
 * A cell names the policy that permits, or is a dash.
 */
export function matrix(rules: PolicySet): string {
  return [
    '# Who may do what',
    '',
    'Made from the rules in `access/` by asking them; do not edit. `npx node policies/matrix.mjs > policies/MATRIX.md` makes it anew,',
    'and a test fails while it is out of date. A cell names the policy that permits; a dash is no.',
    '',
    `Policy set \`${rules.digest}\`.`,
    '',
    'Always no, whatever a cell says: for another organisation, for a staff member who is disabled, for a role that is not one of these',
    `(${ROLES.join(', ')}), and whenever a rule cannot be evaluated.`,
    '',
    '## A client, with a conversation',
    '',
    ...clients(rules),
    ...staffOnIntakes(rules),
    '## Staff, with their organisation',
    '',
    ...staffOnTenant(rules),
    '## The policies',
    '',
    ...table(['policy', 'why'], [...rules.reasons].map(([id, why]) => [id, why]).sort(byFirst)),
  ].join('\n');
}

function clients(rules: PolicySet): string[] {
  const rows = ACTIONS.map((action) => [
    `\`${action}\``,
    ...FOR_CLIENT.map(([, resource]) => cell(rules, { action, principal: CLIENT, resource })),
  ]);
  return table(['', ...FOR_CLIENT.map(([situation]) => situation)], rows.filter(saysSomething));
}

/** One table for all roles that are told the same. */
function staffOnIntakes(rules: PolicySet): string[] {
  const rolesByTable = new Map<string, string[]>();
  for (const role of [undefined, ...ROLES]) {
    const rows = ACTIONS.flatMap((action) =>
      forEachPurpose(action, (purpose) =>
        FOR_STAFF.map(([, resource]) =>
          cell(rules, { action, principal: staff(role), resource, ...purpose }),
        ),
      ),
    ).filter(saysSomething);
    const text =
      rows.length === 0 ? 'Nothing.\n' : table(['', ...FOR_STAFF.map(([s]) => s)], rows).join('\n');
    rolesByTable.set(text, [...(rolesByTable.get(text) ?? []), role ?? 'no role']);
  }
  return [...rolesByTable].flatMap(([text, roles]) => [
    `## Staff, with a conversation: ${roles.join(', ')}`,
    '',
    text,
  ]);
}

function staffOnTenant(rules: PolicySet): string[] {
  const rows = ACTIONS.flatMap((action) =>
    forEachPurpose(action, (purpose) =>
      [undefined, ...ROLES].map((role) =>
        cell(rules, { action, principal: staff(role), resource: TENANT, ...purpose }),
      ),
    ),
  );
  return table(['', 'no role', ...ROLES], rows.filter(saysSomething));
}

/** One row without a purpose, and one for each purpose that is answered otherwise. */
function forEachPurpose(
  action: string,
  cells: (purpose: { readonly purpose?: string }) => string[],
): string[][] {
  return PURPOSES.map((purpose) => [
    purpose === undefined ? `\`${action}\`` : `\`${action}\` for ${purpose}`,
    ...cells(purpose === undefined ? {} : { purpose }),
  ]).filter((row, at, all) => at === 0 || String(row.slice(1)) !== String(all[0]?.slice(1)));
}

function staff(role: string | undefined): StaffFacts {
  return {
    kind: 'staff',
    id: 'me',
    tenant: 'here',
    active: true,
    roles: role === undefined ? [] : [role],
    queues: ['mine'],
  };
}

/** `D4-act-while-open` is shown as `D4`. */
function cell(rules: PolicySet, request: AccessRequest): string {
  const { allowed, policies } = rules.decide(request);
  return allowed ? policies.map((id) => id.replace(/-.*/, '')).join(' ') : '–';
}

function saysSomething(row: readonly string[]): boolean {
  return row.slice(1).some((text) => text !== '–');
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : 1;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line), ''];
}
