import { identityLimits } from '@app/policies';
import { join } from 'node:path';
import type { Count } from './count.store';
import { limitReached, tooManySent, waitLeftS } from './limit';

const limits = identityLimits(join(__dirname, '../../../../policies/governance'));
const none: Count = { quarter: 0, hour: 0, day: 0, inARow: 0, lastAtMs: 0 };
const clear = { intake: none, network: none, record: none, address: none };

test.each([
  ['conversation', { ...clear, intake: { ...none, day: 10 } }],
  ['network', { ...clear, network: { ...none, hour: 60, day: 60 } }],
  ['record', { ...clear, record: { ...none, day: 10 } }],
  ['address', { ...clear, address: { ...none, day: 10 } }],
])('the limit of the %s closes the way by code', (limit, failures) => {
  expect(limitReached(failures, limits)).toBe(limit);
});

test('one failure fewer closes nothing', () => {
  const nine = { ...none, day: 9, hour: 9 };
  const network = { ...none, hour: 59, day: 900 };
  expect(limitReached({ intake: nine, network, record: nine, address: nine }, limits)).toBeUndefined();
});

test('the fourth mail in a quarter of an hour and the seventh in a day are too many', () => {
  expect(tooManySent({ ...none, quarter: 3, day: 6 }, limits)).toBe(false);
  expect(tooManySent({ ...none, quarter: 4, day: 4 }, limits)).toBe(true);
  expect(tooManySent({ ...none, quarter: 1, day: 7 }, limits)).toBe(true);
});

test.each([
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 2],
  [5, 10],
  [6, 30],
  [12, 3_600],
  [40, 3_600],
])('after %i failures in a row the wait is %i seconds, and over when they have passed', (inARow, waitS) => {
  const count = { ...none, inARow, lastAtMs: 1_000_000 };
  expect(waitLeftS(count, 1_000_000, limits)).toBe(waitS);
  expect(waitLeftS(count, 1_000_000 + waitS * 1_000, limits)).toBe(0);
});
