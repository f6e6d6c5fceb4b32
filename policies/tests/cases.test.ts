import { ACTIONS, PolicySet } from '../src';
import { ACCESS, CASES } from './cases';

const RULES = PolicySet.load(ACCESS);

test.each(CASES)('$says', ({ request, allowed, by }) => {
  const { allowed: was, policies } = RULES.decide(request);
  expect({ allowed: was, policies }).toEqual({ allowed, policies: by });
});

test('no two cases say the same', () => {
  const said = CASES.map(({ says }) => says);
  expect(said.filter((says, at) => said.indexOf(says) !== at)).toEqual([]);
});

test.each(ACTIONS)('%s is allowed in one case and denied in another', (action) => {
  const answers = CASES.filter(({ request }) => request.action === action).map(({ allowed }) => allowed);
  expect(new Set(answers)).toEqual(new Set([true, false]));
});
