import {
  checkParsePolicySet,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Action } from './actions';

/** Somebody who works for the tenant, as the policies see them. */
export interface StaffFacts {
  readonly kind: 'staff';
  readonly id: string;
  readonly tenant: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly queues: readonly string[];
}

/** The person who asks. One client has one intake in their session, so the id is that intake's. */
export interface ClientFacts {
  readonly kind: 'client';
  readonly id: string;
  readonly tenant: string;
}

export interface IntakeFacts {
  readonly kind: 'intake';
  readonly id: string;
  readonly tenant: string;
  readonly queue: string;
  /** `waiting`, `claimed` or `closed`. */
  readonly state: string;
  readonly assignee?: string | undefined;
  /** Assurance level: 0 is ANON, 1 is V1. */
  readonly level: number;
  /** State of the consult (`offered`, `accepted`, `waiting`, `live`, `ended`, `declined`), or `none`. */
  readonly consult: string;
}

export interface TenantFacts {
  readonly kind: 'tenant';
  readonly id: string;
}

export interface AccessRequest {
  readonly action: Action;
  readonly principal: StaffFacts | ClientFacts;
  readonly resource: IntakeFacts | TenantFacts;
  /** Why it is asked, where a policy wants to know. */
  readonly purpose?: string;
}

/** What the policies said, in the form that goes into an audit entry. */
export interface Decision {
  readonly allowed: boolean;
  /** Ids of the policies that decided; `default-deny` if none spoke, `evaluation-error` if one could not be evaluated. */
  readonly policies: readonly string[];
  /** `sha256:` and the digest of schema and policies that were in force. */
  readonly policySet: string;
}

const MAX_REMEMBERED = 10_000;
type EntityUid = { type: string; id: string };

/** The rules in force: read from files once, checked strictly, then asked. */
export class PolicySet {
  private readonly remembered = new Map<string, Decision>();

  private constructor(
    /** `sha256:` and the digest of every file, in the order of their names. */
    readonly digest: string,
    /** What each policy is for, by its id. */
    readonly reasons: ReadonlyMap<string, string>,
  ) {}

  /**
   * Reads `*.cedar` and `schema.cedarschema` from a folder.
   *
   * @throws Error naming what is wrong, if a file does not parse, does not fit the schema, or a policy has no id or no reason.
   */
  static load(folder: string): PolicySet {
    const schema = readFileSync(join(folder, 'schema.cedarschema'), 'utf8');
    const files = readdirSync(folder)
      .filter((file) => file.endsWith('.cedar'))
      .sort();
    if (files.length === 0) throw new Error(`There are no policies in ${folder}.`);
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    return PolicySet.parse(schema, text);
  }

  /** The same from texts. @throws Error as `load`. */
  static parse(schema: string, text: string): PolicySet {
    const digest = `sha256:${createHash('sha256').update(schema).update('\0').update(text).digest('hex')}`;
    const { policies, reasons } = named(text);
    const parsed = checkParsePolicySet({ staticPolicies: policies });
    if (parsed.type === 'failure') throw new Error(`The policies do not parse: ${messages(parsed.errors)}`);
    const valid = validate({
      schema,
      policies: { staticPolicies: policies },
      validationSettings: { mode: 'strict' },
    });
    if (valid.type === 'failure')
      throw new Error(`The policies cannot be checked: ${messages(valid.errors)}`);
    const found = [...valid.validationErrors, ...valid.validationWarnings];
    if (found.length > 0) {
      const faults = found.map((fault) => `${fault.policyId}: ${fault.error.message}`);
      throw new Error(`The policies do not fit the schema: ${faults.join('; ')}`);
    }
    const readySet = preparsePolicySet(digest, { staticPolicies: policies });
    if (readySet.type === 'failure')
      throw new Error(`The policies do not parse: ${messages(readySet.errors)}`);
    const readySchema = preparseSchema(digest, schema);
    if (readySchema.type === 'failure')
      throw new Error(`The schema does not parse: ${messages(readySchema.errors)}`);
    return new PolicySet(digest, reasons);
  }

  /**
   * Answers one request. Deny is the default, and **any** error while evaluating is a deny: Cedar skips a `forbid` that
   * fails, so an allow with an error beside it is not to be trusted.
   *
   * The answer depends on nothing but what the engine is asked, so the same question is answered from memory.
   */
  decide(request: AccessRequest): Decision {
    const question = questionOf(request);
    const key = JSON.stringify(question);
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const decision = this.evaluate(question);
    if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, decision);
    return decision;
  }

  private evaluate(question: Question): Decision {
    const answer = ask({
      ...question,
      preparsedPolicySetId: this.digest,
      preparsedSchemaName: this.digest,
      validateRequest: true,
    });
    if (answer?.type !== 'success' || answer.response.diagnostics.errors.length > 0)
      return this.decision(false, ['evaluation-error']);
    const { decision, diagnostics } = answer.response;
    const policies = diagnostics.reason.length > 0 ? [...diagnostics.reason].sort() : ['default-deny'];
    return this.decision(decision === 'allow', policies);
  }

  /** Frozen, because everybody who asks the same is given the same object. */
  private decision(allowed: boolean, policies: string[]): Decision {
    return Object.freeze({ allowed, policies: Object.freeze(policies), policySet: this.digest });
  }
}

type Call = Parameters<typeof statefulIsAuthorized>[0];
type Question = Pick<Call, 'principal' | 'action' | 'resource' | 'context' | 'entities'>;

/** @returns undefined where the engine throws, as it does for a question without a needed part. */
function ask(call: Call): ReturnType<typeof statefulIsAuthorized> | undefined {
  try {
    return statefulIsAuthorized(call);
  } catch {
    return undefined;
  }
}

/** Everything the engine is told, in one fixed order: it is the question, and the key it is remembered by. */
function questionOf({ action, principal, resource, purpose }: AccessRequest): Question {
  return {
    principal: uidOf(principal),
    action: { type: 'Vestibule::Action', id: action },
    resource: uidOf(resource),
    context: purpose === undefined ? {} : { purpose },
    entities: [...entitiesOfPrincipal(principal), ...entitiesOfResource(resource, principal)],
  };
}

function named(text: string): { policies: Record<string, string>; reasons: Map<string, string> } {
  const parts = policySetTextToParts(text);
  if (parts.type === 'failure') throw new Error(`The policies do not parse: ${messages(parts.errors)}`);
  if (parts.policy_templates.length > 0)
    throw new Error('A policy has a slot (?principal or ?resource): nothing fills it.');
  const policies: Record<string, string> = {};
  const reasons = new Map<string, string>();
  for (const policy of parts.policies) {
    const json = policyToJson(policy);
    if (json.type === 'failure') throw new Error(`A policy does not parse: ${messages(json.errors)}`);
    const { id, why } = json.json.annotations ?? {};
    if (!id) throw new Error(`A policy has no @id: ${policy.slice(0, 80)}`);
    if (!why) throw new Error(`The policy ${id} has no @why.`);
    if (policies[id] !== undefined) throw new Error(`Two policies are called ${id}.`);
    policies[id] = policy;
    reasons.set(id, why);
  }
  return { policies, reasons };
}

function messages(errors: readonly { message: string }[]): string {
  return errors.map((error) => error.message).join('; ');
}

function uid(type: string, id: string): EntityUid {
  return { type: `Vestibule::${type}`, id };
}

const TYPE = { staff: 'Staff', client: 'Client', intake: 'Intake', tenant: 'Tenant' } as const;

function uidOf(thing: AccessRequest['principal'] | AccessRequest['resource']): EntityUid {
  return uid(TYPE[thing.kind], thing.id);
}

function ref(type: string, id: string): { __entity: EntityUid } {
  return { __entity: uid(type, id) };
}

function entitiesOfPrincipal(principal: AccessRequest['principal']) {
  const tenant = ref('Tenant', principal.tenant);
  if (principal.kind === 'client') return [{ uid: uidOf(principal), attrs: { tenant }, parents: [] }];
  const parents = [
    ...principal.roles.map((role) => uid('Role', role)),
    ...principal.queues.map((queue) => uid('Queue', queue)),
  ];
  return [{ uid: uidOf(principal), attrs: { tenant, active: principal.active }, parents }];
}

function entitiesOfResource(resource: AccessRequest['resource'], principal: AccessRequest['principal']) {
  if (resource.kind === 'tenant') return [{ uid: uidOf(resource), attrs: {}, parents: [] }];
  const attrs = {
    tenant: ref('Tenant', resource.tenant),
    client: ref('Client', resource.id),
    queue: ref('Queue', resource.queue),
    state: ref('State', resource.state),
    level: resource.level,
    consult: ref('Consult', resource.consult),
    ...(resource.assignee === undefined ? {} : { assignee: ref('Staff', resource.assignee) }),
  };
  const client =
    principal.kind === 'client' && principal.id === resource.id
      ? []
      : [{ uid: uid('Client', resource.id), attrs: { tenant: ref('Tenant', resource.tenant) }, parents: [] }];
  return [{ uid: uidOf(resource), attrs, parents: [] }, ...client];
}
