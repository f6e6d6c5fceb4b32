import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AccessRequest, ACTIONS, PolicySet } from '../src';

const POLICIES = join(__dirname, '..');
export const ACCESS = join(POLICIES, 'access');

interface WrittenCase {
  readonly says: string;
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly purpose?: string;
  readonly expect: 'allow' | 'deny';
  readonly by: readonly string[];
}

interface Cast {
  readonly principals: Readonly<Record<string, AccessRequest['principal']>>;
  readonly resources: Readonly<Record<string, AccessRequest['resource']>>;
}

export interface Case {
  readonly says: string;
  readonly request: AccessRequest;
  readonly allowed: boolean;
  readonly by: readonly string[];
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(join(POLICIES, 'cases', file), 'utf8'));
}

export const CAST = readJson('cast.json') as Cast;

export const CASES: readonly Case[] = readdirSync(join(POLICIES, 'cases'))
  .filter((file) => file.endsWith('.json') && file !== 'cast.json')
  .flatMap((file) => (readJson(file) as { cases: WrittenCase[] }).cases)
  .map(read);

/** @throws Error if a case speaks of somebody or something that is not in the cast. */
function read(written: WrittenCase): Case {
  const { says, purpose, expect, by } = written;
  const principal = CAST.principals[written.principal];
  const resource = CAST.resources[written.resource];
  const action = ACTIONS.find((name) => name === written.action);
  if (!principal || !resource || !action) throw new Error(`Not in the cast: ${JSON.stringify(written)}`);
  const request = { action, principal, resource, ...(purpose === undefined ? {} : { purpose }) };
  return { says, request, allowed: expect === 'allow', by };
}

export function schemaText(): string {
  return readFileSync(join(ACCESS, 'schema.cedarschema'), 'utf8');
}

/** The text of all rules, in the order in which they are loaded. */
export function policyText(): string {
  const files = readdirSync(ACCESS).filter((file) => file.endsWith('.cedar'));
  return files
    .sort()
    .map((file) => readFileSync(join(ACCESS, file), 'utf8'))
    .join('\n');
}

/** Whether a set of rules gives every case the right answer; the reasons do not count here. */
export function answersAll(rules: PolicySet): boolean {
  return CASES.every(({ request, allowed }) => rules.decide(request).allowed === allowed);
}
