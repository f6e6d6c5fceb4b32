import type { Entry } from '@app/audit';
import { msOf } from '@app/kernel';
import { codesOf, type Shape } from './acts';
import { pairs, type ShownEntry } from './shown-entry';

/** The version whose classes and required attributes these rows follow. */
const OCSF_VERSION = '1.3.0';

interface OcsfClass {
  readonly uid: 3001 | 3002 | 3004 | 6003 | 6006;
  readonly activity: number;
}

const API = 6003;
const FILE = 6006;
const ENTITY = 3004;
const ACCOUNT = 3001;
const AUTHENTICATION = 3002;
const OTHER = 99;

/** Class and activity of each shape (OCSF: events/application and events/iam of the schema). */
const CLASSES: Readonly<Record<Shape, OcsfClass>> = {
  read: { uid: API, activity: 2 },
  query: { uid: API, activity: 2 },
  create: { uid: API, activity: 1 },
  update: { uid: API, activity: 3 },
  disclose: { uid: FILE, activity: 2 },
  export: { uid: FILE, activity: 2 },
  'log-use': { uid: API, activity: 2 },
  login: { uid: AUTHENTICATION, activity: 1 },
  logout: { uid: AUTHENTICATION, activity: 2 },
  challenge: { uid: AUTHENTICATION, activity: OTHER },
  'account-add': { uid: ACCOUNT, activity: 1 },
  'account-enable': { uid: ACCOUNT, activity: 2 },
  'account-disable': { uid: ACCOUNT, activity: 5 },
  configure: { uid: ENTITY, activity: 3 },
  'override-start': { uid: API, activity: OTHER },
  'override-stop': { uid: API, activity: OTHER },
  destroy: { uid: API, activity: 4 },
  hold: { uid: API, activity: 3 },
  unhold: { uid: API, activity: 3 },
  alert: { uid: API, activity: OTHER },
  other: { uid: API, activity: OTHER },
};

/** Returns one event of the Open Cybersecurity Schema Framework as JSON. */
export function ocsfRow(shown: ShownEntry): string {
  const { entry, index, leaf } = shown;
  const { shape, name, severity, cef } = codesOf(entry.act);
  const { uid, activity } = CLASSES[shape];
  const refused = entry.outcome === 'refused';
  return JSON.stringify({
    activity_id: activity,
    activity_name: name,
    category_uid: Math.floor(uid / 1_000),
    class_uid: uid,
    type_uid: uid * 100 + activity,
    time: msOf(entry.at),
    severity_id: severityOf(shape, severity, refused),
    status_id: refused ? 2 : 1,
    message: name,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'Vestibule', vendor_name: 'Vestibule' },
      uid: entry.id,
      event_code: cef,
      log_name: `vestibule/log/${entry.tenant}`,
      sequence: index,
      tenant_uid: entry.tenant,
      original_time: entry.at,
    },
    actor: actorOf(entry),
    ...subjectOf(uid, entry),
    ...(entry.purpose !== undefined && { status_detail: `purpose ${entry.purpose}` }),
    unmapped: {
      index,
      leaf,
      act: entry.act,
      actor_kind: entry.actor.kind,
      ...(entry.intake && { intake: entry.intake.id, intake_n: entry.intake.n }),
      ...(entry.refs && { refs: pairs(entry.refs) }),
      ...(entry.detail && { detail: pairs(entry.detail) }),
    },
  });
}

/** 1 informational, 2 low, 3 medium, 4 high, 5 critical: going round the rules in an emergency is always critical. */
function severityOf(shape: Shape, severity: number, refused: boolean): number {
  if (shape === 'override-start' || shape === 'override-stop') return 5;
  if (refused) return 3;
  return severity <= 2 ? 1 : severity <= 3 ? 2 : severity <= 6 ? 3 : 4;
}

function actorOf({ actor, authz }: Entry): object {
  return {
    user: userOf(actor.id, actor.kind, actor.roles),
    ...(actor.session !== undefined && { session: { uid: actor.session } }),
    ...(authz && {
      authorizations: [
        { decision: authz.decision, policy: { uid: authz.policySet, name: authz.policies.join(' ') } },
      ],
    }),
  };
}

/** Type 1 is a person, 3 the system itself, 0 nobody that is known (object `user`). */
function userOf(id: string, kind: Entry['actor']['kind'], roles: readonly string[] = []): object {
  return {
    uid: id,
    type_id: kind === 'system' ? 3 : kind === 'anonymous' ? 0 : 1,
    ...(roles.length > 0 && { groups: roles.map((name) => ({ name })) }),
  };
}

/** What the class requires beside what every event has. */
function subjectOf(uid: OcsfClass['uid'], { act, actor, refs, intake, id }: Entry): object {
  const from = { src_endpoint: { uid: actor.session ?? actor.id } };
  switch (uid) {
    case API:
      return {
        ...from,
        api: { operation: act, request: { uid: id } },
        ...(intake && { resources: [{ uid: intake.id, type: 'intake' }] }),
      };
    case FILE:
      return {
        ...from,
        file: { name: refs?.['export'] ?? intake?.id ?? id, type_id: 1 },
      };
    case AUTHENTICATION:
      return { user: userOf(refs?.['staff'] ?? actor.id, actor.kind), service: { name: 'Vestibule' } };
    case ACCOUNT:
      return { user: userOf(refs?.['staff'] ?? actor.id, 'staff') };
    case ENTITY:
      return { entity: { uid: Object.values(refs ?? {})[0] ?? id, type: act.split('.')[0] } };
  }
}
