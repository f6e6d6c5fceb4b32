import type { Entry } from '@app/audit';
import { codesOf, type Shape } from './acts';
import { agentsOf, type Direction, serverOf } from './fhir-agents';
import { type Coding, ENTITY_TYPE, OBJECT_ROLE, purposeOf, whatOf } from './fhir-codes';
import { pairs, type ShownEntry } from './shown-entry';

const DCM = 'http://dicom.nema.org/resources/ontology/DCM';
const REST = 'http://terminology.hl7.org/CodeSystem/audit-event-type';
const REST_ACT = 'http://hl7.org/fhir/restful-interaction';
const LIFECYCLE = 'http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle';
const BALP = 'https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit';

interface FhirShape {
  readonly type: Coding;
  readonly subtype?: Coding;
  readonly action: 'C' | 'R' | 'U' | 'D' | 'E';
  /** The way the data goes: BALP turns the client's and the server's parts round for a read. */
  readonly direction: Direction;
  /** The BALP profile that a success of this shape follows, without and with a client it is about. */
  readonly profiles?: { readonly alone?: string; readonly about: string };
  /** The role of the thing that was acted on (FHIR object-role). */
  readonly role: string;
}

const rest = (code: string): Pick<FhirShape, 'type' | 'subtype'> => ({
  type: { system: REST, code: 'rest', display: 'Restful Operation' },
  subtype: { system: REST_ACT, code, display: code },
});
const dicom = (code: string, display: string): Coding => ({ system: DCM, code, display });
const lifecycle = (code: string, display: string): Coding => ({ system: LIFECYCLE, code, display });

const SECURITY_ALERT = dicom('110113', 'Security Alert');
const SECURITY_SETTING = {
  type: SECURITY_ALERT,
  subtype: dicom('110129', 'Security Configuration'),
  action: 'U',
  direction: 'in',
  role: '13',
} as const;
const SIGN_IN = {
  type: dicom('110114', 'User Authentication'),
  action: 'E',
  direction: 'in',
  role: '11',
} as const;
const ACCOUNT = {
  type: SECURITY_ALERT,
  subtype: dicom('110137', 'User security Attributes Changed'),
  direction: 'in',
  role: '11',
} as const;
const OVERRIDE = { type: SECURITY_ALERT, action: 'E', direction: 'in', role: '4' } as const;
const EXPORT = { type: dicom('110106', 'Export'), action: 'R', direction: 'out', role: '3' } as const;
const RECORD = { type: dicom('110110', 'Patient Record'), direction: 'in', role: '4' } as const;

const SHAPES: Readonly<Record<Shape, FhirShape>> = {
  read: {
    ...{ ...rest('read'), action: 'R', direction: 'out', role: '4' },
    profiles: { alone: 'Read', about: 'PatientRead' },
  },
  query: {
    ...{ ...rest('search'), action: 'E', direction: 'ask', role: '24' },
    profiles: { alone: 'Query', about: 'PatientQuery' },
  },
  create: {
    ...{ ...rest('create'), action: 'C', direction: 'in', role: '4' },
    profiles: { alone: 'Create', about: 'PatientCreate' },
  },
  update: {
    ...{ ...rest('update'), action: 'U', direction: 'in', role: '4' },
    profiles: { alone: 'Update', about: 'PatientUpdate' },
  },
  disclose: {
    ...EXPORT,
    subtype: lifecycle('disclose', 'Disclose Record Lifecycle Event'),
    profiles: { about: 'PrivacyDisclosure.Source' },
  },
  export: EXPORT,
  'log-use': { type: dicom('110101', 'Audit Log Used'), action: 'R', direction: 'out', role: '13' },
  login: { ...SIGN_IN, subtype: dicom('110122', 'Login') },
  logout: { ...SIGN_IN, subtype: dicom('110123', 'Logout') },
  challenge: SIGN_IN,
  'account-add': { ...ACCOUNT, action: 'C' },
  'account-enable': { ...ACCOUNT, action: 'U' },
  'account-disable': { ...ACCOUNT, action: 'U' },
  configure: SECURITY_SETTING,
  'override-start': { ...OVERRIDE, subtype: dicom('110127', 'Emergency Override Started') },
  'override-stop': { ...OVERRIDE, subtype: dicom('110138', 'Emergency Override Stopped') },
  destroy: {
    ...{ ...RECORD, action: 'D' },
    subtype: lifecycle('destroy', 'Destroy/Delete Record Lifecycle Event'),
  },
  hold: { ...RECORD, action: 'U', subtype: lifecycle('hold', 'Add Legal Hold Record Lifecycle Event') },
  unhold: {
    ...{ ...RECORD, action: 'U' },
    subtype: lifecycle('unhold', 'Remove Legal Hold Record Lifecycle Event'),
  },
  alert: { type: SECURITY_ALERT, action: 'E', direction: 'in', role: '13' },
  other: { type: dicom('110100', 'Application Activity'), action: 'E', direction: 'in', role: '4' },
};

/**
 * Returns one FHIR R4 AuditEvent as JSON, after IHE's Basic Audit Log Patterns (BALP 1.1): a success follows the profile
 * that it names; a refusal follows the pattern of an authorization decision that was a deny, and names none, because that
 * profile wants a consent resource and here policies decide.
 */
export function fhirRow(shown: ShownEntry): string {
  const { entry } = shown;
  const { shape, name } = codesOf(entry.act);
  const refused = entry.outcome === 'refused';
  const codes = refused ? refusedShape(SHAPES[shape]) : SHAPES[shape];
  const profile = refused ? undefined : profileOf(codes, entry);
  const purpose = entry.purpose === undefined ? undefined : purposeOf(entry.purpose);
  return JSON.stringify({
    resourceType: 'AuditEvent',
    ...(/^[A-Za-z0-9.-]{1,64}$/.test(entry.id) && { id: entry.id }),
    ...(profile !== undefined && { meta: { profile: [`${BALP}.${profile}`] } }),
    type: codes.type,
    subtype: [
      ...(codes.subtype ? [codes.subtype] : []),
      // The house's own word, as a finer code beside the standard's.
      { system: 'urn:vestibule:act', code: entry.act, display: name },
    ],
    action: codes.action,
    recorded: entry.at,
    outcome: refused ? '8' : '0',
    ...(refused && { outcomeDesc: `Refused: ${entry.authz?.policies.join(' ') || 'no policy was asked'}` }),
    ...(purpose && { purposeOfEvent: [purpose] }),
    agent: agentsOf(entry, refused ? 'decision' : codes.direction, purpose),
    source: {
      site: entry.tenant,
      observer: serverOf(entry),
      type: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/security-source-type',
          code: '4',
          display: 'Application Server',
        },
      ],
    },
    entity: entitiesOf(shown, codes.role),
  });
}

function refusedShape({ role }: FhirShape): FhirShape {
  return { type: SECURITY_ALERT, action: 'E', direction: 'in', role };
}

function profileOf({ profiles }: FhirShape, { intake }: Entry): string | undefined {
  return intake === undefined ? profiles?.alone : profiles?.about;
}

/**
 * BALP slices entities by type: one `System Object`, one `Person`. The place in the log therefore has a third type, so
 * that no slice has two.
 */
function entitiesOf({ entry, index, leaf }: ShownEntry, role: string): object[] {
  const { intake, refs, detail, act } = entry;
  const acted = { type: ENTITY_TYPE.system, role: OBJECT_ROLE[role] };
  const asked = Buffer.from(`${act}?${new URLSearchParams(textOf(detail)).toString()}`).toString('base64');
  return [
    ...(intake
      ? [{ what: whatOf(intake.id, 'Patient'), type: ENTITY_TYPE.person, role: OBJECT_ROLE['1'] }]
      : []),
    role === '24'
      ? // What was asked for, as far as it is on record: FHIR wants it in base64, and then no name beside it (sev-1).
        { ...acted, query: asked }
      : {
          what: whatOf(Object.values(refs ?? {})[0] ?? intake?.id ?? entry.id),
          ...acted,
          ...detailOf([
            ['refs', pairs(refs)],
            ['detail', pairs(detail)],
          ]),
        },
    {
      what: whatOf(entry.id),
      type: ENTITY_TYPE.other,
      role: OBJECT_ROLE['13'],
      name: 'entry of the audit log',
      ...detailOf([
        ['index', String(index)],
        ['leaf', leaf],
        ['intake-number', intake && String(intake.n)],
        ['policies', entry.authz?.policies.join(' ')],
        ['policy-set', entry.authz?.policySet],
      ]),
    },
  ];
}

function detailOf(values: readonly (readonly [string, string | undefined])[]): object {
  const detail = values
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([type, valueString]) => ({ type, valueString }));
  return detail.length > 0 ? { detail } : {};
}

function textOf(detail: Entry['detail'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(detail).map(([key, value]) => [key, String(value)]));
}
