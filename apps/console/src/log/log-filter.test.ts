import { dayEnd, dayOf, dayStart, NO_FILTER, problemOf, queryOf } from './log-filter';

test('no filter asks for a page of everything', () => {
  expect(queryOf(NO_FILTER)).toBe('limit=50');
});

test('a period reaches from the start of its first day to the end of its last', () => {
  const query = new URLSearchParams(queryOf({ ...NO_FILTER, from: '2026-03-01', to: '2026-03-01' }));
  const span = Date.parse(query.get('to') ?? '') - Date.parse(query.get('from') ?? '');
  expect(span).toBe(24 * 60 * 60 * 1_000);
});

test('a day ends where the next one begins', () => {
  expect(dayOf(new Date(dayStart('2026-03-01')))).toBe('2026-03-01');
  expect(dayEnd('2026-02-28')).toBe(dayStart('2026-03-01'));
});

test('what is left empty is not asked for, and the next page names the last one', () => {
  const query = new URLSearchParams(queryOf({ ...NO_FILTER, outcome: 'refused', act: 'record.read' }, 42));
  expect(Object.fromEntries(query)).toEqual({
    outcome: 'refused',
    act: 'record.read',
    before: '42',
    limit: '50',
  });
});

test('a period that ends before it begins, and half a conversation number, are caught', () => {
  expect(problemOf({ ...NO_FILTER, from: '2026-03-02', to: '2026-03-01' })).toBe('period');
  expect(problemOf({ ...NO_FILTER, intake: '0197a2c4' })).toBe('intake');
  expect(problemOf({ ...NO_FILTER, intake: ' 0197a2c4-1111-7aaa-8bbb-000000000001 ' })).toBeUndefined();
});
