import { instantAt } from '@app/kernel';
import { decideErasure, unreadableBy } from './erasure';

const AT = instantAt(Date.parse('2026-03-01T10:00:00.000Z'));

test('what is not there, what is gone and what is held is not erased; the rest is', () => {
  expect(decideErasure(undefined)).toBe('not-found');
  expect(decideErasure({ erasedAt: AT, held: false })).toBe('erased-already');
  expect(decideErasure({ erasedAt: undefined, held: true })).toBe('held');
  expect(decideErasure({ erasedAt: undefined, held: false })).toBe('erase');
});

test('the last copy is gone an epoch, the life of a backup, and the patience of the KMS later', () => {
  const times = { epochDays: 7, backupDays: 30, destroyDelayDays: 0 };
  expect(unreadableBy(AT, times).toISOString()).toBe('2026-04-07T10:00:00.000Z');
  expect(unreadableBy(AT, { ...times, destroyDelayDays: 7 }).toISOString()).toBe('2026-04-14T10:00:00.000Z');
});
