import { endingOf, isConversation } from './conversation-number';
import { shareGone, stateOf } from './erasure-state';

const one = { erasedAt: '2026-03-01T00:00:00.000Z', unreadableBy: '2026-04-07T00:00:00.000Z' };
const at = (instant: string) => Date.parse(instant);

test('an erasure waits for its date, is late after it, and is done when the log says so', () => {
  expect(stateOf(one, at('2026-03-02T00:00:00Z'))).toBe('pending');
  expect(stateOf(one, at('2026-04-07T00:00:01Z'))).toBe('overdue');
  expect(stateOf({ ...one, effectiveAt: '2026-04-05T00:00:00.000Z' }, at('2026-05-01T00:00:00Z'))).toBe(
    'effective',
  );
});

test('today lies where it does between both dates, and never beyond them', () => {
  expect(shareGone(one, at('2026-02-01T00:00:00Z'))).toBe(0);
  expect(shareGone(one, at('2026-03-19T12:00:00Z'))).toBe(0.5);
  expect(shareGone(one, at('2026-05-01T00:00:00Z'))).toBe(1);
  expect(shareGone({ ...one, effectiveAt: one.erasedAt }, at('2026-03-02T00:00:00Z'))).toBe(1);
});

test('the number of a conversation is taken as the log shows it, with blanks around it', () => {
  expect(isConversation(' 0190a1b2-0000-7000-8000-0000000000ab ')).toBe(true);
  expect(isConversation('0190a1b2-0000-7000-8000-0000000000a')).toBe(false);
  expect(isConversation('')).toBe(false);
  expect(endingOf(' 0190a1b2-0000-7000-8000-0000000000ab ')).toBe('0000ab');
});
