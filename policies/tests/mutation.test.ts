import {
  type PolicyJson,
  policySetTextToParts,
  policyToJson,
  policyToText,
} from '@cedar-policy/cedar-wasm/nodejs';
import { PolicySet } from '../src';
import { answersAll, policyText, schemaText } from './cases';

/** One change to the rules that somebody could make by mistake, and the rules as they are then. */
type Mutant = [says: string, text: string];

const PARTS = policySetTextToParts(policyText());
if (PARTS.type === 'failure') throw new Error('The policies do not parse.');
const TEXTS = PARTS.policies;
const POLICIES = TEXTS.map((text): PolicyJson => {
  const answer = policyToJson(text);
  if (answer.type === 'failure') throw new Error('A policy does not parse.');
  return answer.json;
});

function textOf(policy: PolicyJson): string {
  const answer = policyToText(policy);
  if (answer.type === 'failure') throw new Error('A changed policy cannot be written.');
  return answer.text;
}

function withPolicy(at: number, text: string): string {
  return TEXTS.map((kept, index) => (index === at ? text : kept)).join('\n');
}

/** Every version of an expression that has lost one side of one `&&` or `||`. */
function withoutOneSide(expression: unknown): unknown[] {
  const [operator, sides] =
    Object.entries(expression as Record<string, { left: unknown; right: unknown }>)[0] ?? [];
  if (sides === undefined || (operator !== '&&' && operator !== '||')) return [];
  const { left, right } = sides;
  return [
    left,
    right,
    ...withoutOneSide(left).map((changed) => ({ [operator]: { left: changed, right } })),
    ...withoutOneSide(right).map((changed) => ({ [operator]: { left, right: changed } })),
  ];
}

const NAMED = POLICIES.map((policy, at) => ({ policy, at, id: String(policy.annotations?.['id']) }));

const DELETED = NAMED.map(({ at, id }): Mutant => [id, withPolicy(at, '')]);

const CONDITIONS = NAMED.flatMap(({ policy, at, id }) =>
  policy.conditions.flatMap(({ kind, body }) =>
    withoutOneSide(body).map((changed): Mutant => {
      const conditions = [{ kind, body: changed as typeof body }];
      const text = textOf({ ...policy, conditions });
      return [
        `${id}: ${text
          .slice(text.lastIndexOf(`\n${kind}`))
          .replace(/\s+/g, ' ')
          .trim()}`,
        withPolicy(at, text),
      ];
    }),
  ),
);

const ACTION_LISTS = NAMED.flatMap(({ policy, at, id }) => {
  const { action } = policy;
  if (action.op !== 'in' || !('entities' in action)) return [];
  return action.entities.map((left, index): Mutant => {
    const entities = action.entities.filter((_, other) => other !== index);
    return [
      `${id} without ${JSON.stringify(left)}`,
      withPolicy(at, textOf({ ...policy, action: { op: 'in', entities } })),
    ];
  });
});

/** True if the rules are refused at load, or if a case is answered otherwise than it says. */
function isNoticed(text: string): boolean {
  let rules: PolicySet;
  try {
    rules = PolicySet.parse(schemaText(), text);
  } catch (error) {
    expect(String(error)).toContain('do not fit the schema');
    return true;
  }
  return !answersAll(rules);
}

test('the rules as they are answer every case', () => {
  expect(isNoticed(TEXTS.join('\n'))).toBe(false);
  const written = TEXTS.join('\n').match(/^@id\(/gm)?.length;
  expect([DELETED.length, CONDITIONS.length > 30, ACTION_LISTS.length > 20]).toEqual([written, true, true]);
});

test.each(DELETED)('a case notices that a policy was deleted: %s', (_id, text) => {
  expect(isNoticed(text)).toBe(true);
});

test.each(CONDITIONS)('a case notices that half a condition was deleted, leaving %s', (_says, text) => {
  expect(isNoticed(text)).toBe(true);
});

test.each(ACTION_LISTS)('a case notices that an action was taken out of a rule: %s', (_says, text) => {
  expect(isNoticed(text)).toBe(true);
});
