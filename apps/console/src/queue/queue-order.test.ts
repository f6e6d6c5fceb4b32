import type { QueueItem } from '../protocol';
import { arrivals, splitQueue } from './queue-order';

const item = (intakeId: string, over: Partial<QueueItem> = {}): QueueItem => ({
  intakeId,
  initials: 'AB',
  topic: { en: 'Results', es: 'Resultados' },
  queueId: 'q1',
  locale: 'en',
  state: 'waiting',
  waitingSince: '2026-01-01T10:00:00.000Z',
  outOfHours: false,
  assurance: 'ANON',
  unread: 0,
  ...over,
});
const mine = (intakeId: string, over: Partial<QueueItem> = {}) =>
  item(intakeId, { state: 'claimed', assignee: { id: 'me', name: 'Me' }, ...over });
const lobby = { consultId: 'c', state: 'waiting' as const, offeredAt: '2026-01-01T10:00:00.000Z' };
const ids = (items: QueueItem[]) => items.map((one) => one.intakeId);

test('who has waited longest stands first', () => {
  const lists = splitQueue(
    [
      item('late', { waitingSince: '2026-01-01T10:05:00.000Z' }),
      item('early', { waitingSince: '2026-01-01T09:00:00.000Z' }),
    ],
    'me',
  );
  expect(ids(lists.waiting)).toEqual(['early', 'late']);
});

test('a client in the lobby comes before unread messages, and those before the rest', () => {
  const lists = splitQueue(
    [mine('calm'), mine('unread', { unread: 2 }), mine('lobby', { consult: lobby })],
    'me',
  );
  expect(ids(lists.mine)).toEqual(['lobby', 'unread', 'calm']);
});

test('what a colleague holds is in neither list', () => {
  const lists = splitQueue([mine('theirs', { assignee: { id: 'other', name: 'Other' } })], 'me');
  expect(lists).toEqual({ waiting: [], mine: [] });
});

test('nothing is new at the first look', () => {
  expect(arrivals(undefined, splitQueue([item('a')], 'me'))).toEqual({ waiting: [], lobby: [] });
});

test('a new conversation and a client who came into the lobby are new, once', () => {
  const before = splitQueue([item('a'), mine('m')], 'me');
  const after = splitQueue([item('a'), item('b'), mine('m', { consult: lobby })], 'me');
  expect(ids(arrivals(before, after).waiting)).toEqual(['b']);
  expect(ids(arrivals(before, after).lobby)).toEqual(['m']);
  expect(arrivals(after, after)).toEqual({ waiting: [], lobby: [] });
});

test('a conversation of mine that I passed back is no arrival', () => {
  const before = splitQueue([mine('m')], 'me');
  expect(arrivals(before, splitQueue([item('m')], 'me')).waiting).toEqual([]);
});
