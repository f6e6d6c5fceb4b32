import { dayFigures, type IntakeTimes } from './day-figures';

const at = (instant: string) => new Date(instant);
const arrivedAt = (instant: string): IntakeTimes => ({
  createdAt: at(instant),
  queuedAt: at(instant),
  firstClaimedAt: null,
  firstResponseAt: null,
  closedAt: null,
  score: null,
});
const AUTUMN = {
  timeZone: 'America/New_York',
  from: at('2026-11-01T04:00:00Z'),
  to: at('2026-11-02T05:00:00Z'),
};
const SPRING = {
  timeZone: 'America/New_York',
  from: at('2026-03-08T05:00:00Z'),
  to: at('2026-03-09T04:00:00Z'),
};

test('an hour that comes twice is one row with both', () => {
  const { hours, arrived } = dayFigures(
    ['2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'].map(arrivedAt),
    AUTUMN,
  );
  expect(arrived).toBe(2);
  expect(hours[1]).toEqual({ hour: 1, arrived: 2, answered: 0 });
});

test('an hour that is skipped is a row with nothing', () => {
  const { hours } = dayFigures(['2026-03-08T06:59:00Z', '2026-03-08T07:00:00Z'].map(arrivedAt), SPRING);
  expect(hours.slice(1, 4).map(({ arrived }) => arrived)).toEqual([1, 0, 1]);
});

test('the first instant of a day is in it, the first of the next is not', () => {
  expect(
    dayFigures([arrivedAt('2026-11-01T04:00:00Z'), arrivedAt('2026-11-02T05:00:00Z')], AUTUMN).arrived,
  ).toBe(1);
});

test('a wait over an hour that comes twice is as long as it was', () => {
  const intake = { ...arrivedAt('2026-11-01T05:30:00Z'), firstClaimedAt: at('2026-11-01T06:30:00Z') };
  expect(dayFigures([intake], AUTUMN).asaSeconds?.mean).toBe(3_600);
});
