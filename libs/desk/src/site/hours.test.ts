import fc from 'fast-check';
import { intervalFault, isOpen, nextOpening, type OpeningTimes } from './hours';

const WEEKDAYS = [1, 2, 3, 4, 5];
const split = WEEKDAYS.flatMap((day) => [
  { day, opens: '09:00', closes: '13:00' },
  { day, opens: '14:00', closes: '17:30' },
]);
const NEW_YORK: OpeningTimes = {
  timeZone: 'America/New_York',
  hours: split,
  exceptions: [
    { date: '2026-11-26', hours: [] },
    { date: '2026-11-27', hours: [{ opens: '10:00', closes: '12:00' }] },
    { date: '2026-11-28', hours: [{ opens: '10:00', closes: '11:00' }] },
  ],
};
const MADRID: OpeningTimes = { ...NEW_YORK, timeZone: 'Europe/Madrid', exceptions: [] };
/** Open in the small hours of Sundays, where clocks jump. */
const sundays = (timeZone: string, opens: string, closes: string): OpeningTimes => ({
  timeZone,
  hours: [{ day: 0, opens, closes }],
  exceptions: [],
});
const NIGHT = (timeZone: string): OpeningTimes => ({
  timeZone,
  hours: [
    { day: 5, opens: '22:00', closes: '24:00' },
    { day: 6, opens: '00:00', closes: '02:00' },
  ],
  exceptions: [],
});

describe('a desk', () => {
  test.each<[string, OpeningTimes, string, boolean]>([
    ['opens at the minute (EST)', NEW_YORK, '2026-11-23T14:00:00Z', true],
    ['is closed a millisecond before', NEW_YORK, '2026-11-23T13:59:59.999Z', false],
    ['is closed at the minute at which it closes', NEW_YORK, '2026-11-23T18:00:00Z', false],
    ['is closed between two intervals of a day', NEW_YORK, '2026-11-23T18:30:00Z', false],
    ['is open in the second interval', NEW_YORK, '2026-11-23T19:00:00Z', true],
    ['is closed on a Sunday', NEW_YORK, '2026-11-22T15:00:00Z', false],
    ['opens an hour of UTC earlier in summer', NEW_YORK, '2026-07-06T13:00:00Z', true],
    ['is closed on a date that has no hours', NEW_YORK, '2026-11-26T15:00:00Z', false],
    ['keeps the other hours of a date', NEW_YORK, '2026-11-27T16:59:00Z', true],
    ['does not keep the hours of the week on such a date', NEW_YORK, '2026-11-27T19:00:00Z', false],
    ['opens on a date that the week has no hours for', NEW_YORK, '2026-11-28T15:30:00Z', true],
    ['goes by the date there, not by UTC', NIGHT('America/New_York'), '2026-11-28T03:30:00Z', true],
    ['stays open over midnight', NIGHT('Europe/Madrid'), '2026-11-27T23:00:00Z', true],
    [
      'opens at a jump over its opening',
      sundays('America/New_York', '02:30', '03:30'),
      '2026-03-08T07:00:00Z',
      true,
    ],
    [
      'is shut when its hour is skipped',
      sundays('America/New_York', '02:00', '03:00'),
      '2026-03-08T07:00:00Z',
      false,
    ],
    [
      'is open in the hour that comes twice',
      sundays('Europe/Madrid', '02:00', '03:00'),
      '2026-10-25T00:30:00Z',
      true,
    ],
    ['and again when it comes', sundays('Europe/Madrid', '02:00', '03:00'), '2026-10-25T01:30:00Z', true],
    [
      'knows a jump of half an hour',
      sundays('Australia/Lord_Howe', '02:00', '02:45'),
      '2026-10-03T15:40:00Z',
      true,
    ],
  ])('%s', (_says, times, instant, open) => {
    expect(isOpen(times, new Date(instant))).toBe(open);
  });
});

describe('the next opening', () => {
  test.each<[string, OpeningTimes, string, string | undefined]>([
    ['is now while a desk is open', NEW_YORK, '2026-11-23T15:00:00Z', '2026-11-23T15:00:00.000Z'],
    ['is after lunch', NEW_YORK, '2026-11-23T18:10:00Z', '2026-11-23T19:00:00.000Z'],
    ['is on Monday after Friday evening', MADRID, '2026-11-27T20:00:00Z', '2026-11-30T08:00:00.000Z'],
    [
      'passes over a closed date to its other hours',
      NEW_YORK,
      '2026-11-25T23:00:00Z',
      '2026-11-27T15:00:00.000Z',
    ],
    [
      'is by summer time when the clocks jump first',
      NEW_YORK,
      '2026-03-06T23:00:00Z',
      '2026-03-09T13:00:00.000Z',
    ],
    ['is by winter time when they jump back', MADRID, '2026-10-23T16:00:00Z', '2026-10-26T08:00:00.000Z'],
    [
      'is at the jump over it',
      sundays('America/New_York', '02:30', '03:30'),
      '2026-03-08T06:00:00Z',
      '2026-03-08T07:00:00.000Z',
    ],
    [
      'is a week later when its hour is skipped',
      sundays('America/New_York', '02:00', '03:00'),
      '2026-03-08T05:00:00Z',
      '2026-03-15T06:00:00.000Z',
    ],
    [
      'comes again with the hour that comes twice',
      sundays('America/New_York', '01:00', '01:20'),
      '2026-11-01T05:40:00Z',
      '2026-11-01T06:00:00.000Z',
    ],
    [
      'is at half past one, where half an hour comes twice',
      sundays('Australia/Lord_Howe', '01:30', '01:40'),
      '2026-04-04T14:45:00Z',
      '2026-04-04T15:00:00.000Z',
    ],
    ['is nothing for a desk that never opens', { ...MADRID, hours: [] }, '2026-11-23T12:00:00Z', undefined],
  ])('%s', (_says, times, instant, expected) => {
    expect(nextOpening(times, new Date(instant))?.toISOString()).toBe(expected);
  });
});

const MINUTE_MS = 60_000;
const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
const anInterval = fc
  .tuple(fc.integer({ min: 0, max: 95 }), fc.integer({ min: 1, max: 96 }))
  .filter(([opens, closes]) => opens < closes)
  .map(([opens, closes]) => ({ opens: clock(opens * 15), closes: clock(closes * 15) }));
const someTimes = fc.record({
  timeZone: fc.constantFrom(
    'America/New_York',
    'Europe/Madrid',
    'Australia/Lord_Howe',
    'Africa/Cairo',
    'Asia/Kathmandu',
  ),
  hours: fc.array(
    fc.tuple(fc.integer({ min: 0, max: 6 }), anInterval).map(([day, interval]) => ({ day, ...interval })),
    {
      maxLength: 4,
    },
  ),
  exceptions: fc.array(
    fc.record({
      date: fc.constantFrom(
        '2026-03-08',
        '2026-03-29',
        '2026-04-05',
        '2026-04-24',
        '2026-10-04',
        '2026-10-25',
        '2026-11-01',
      ),
      hours: fc.array(anInterval, { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
});
/** Quarters of an hour about the days on which clocks jump, in these zones. */
const someInstant = fc
  .tuple(
    fc.constantFrom(
      '2026-03-07',
      '2026-03-28',
      '2026-04-04',
      '2026-04-23',
      '2026-10-03',
      '2026-10-24',
      '2026-10-31',
    ),
    fc.integer({ min: 0, max: 4 * 48 * 15 }),
  )
  .map(([date, minutes]) => new Date(Date.parse(`${date}T00:00:00Z`) + minutes * MINUTE_MS));

test('the next opening is open, and no minute between now and then is', () => {
  fc.assert(
    fc.property(someTimes, someInstant, (times, instant) => {
      const opening = nextOpening(times, instant);
      const until = opening?.getTime() ?? instant.getTime() + 9 * 24 * 60 * MINUTE_MS;
      if (opening !== undefined) expect(isOpen(times, opening)).toBe(true);
      // Everything here stands on whole minutes, so a step of five minutes from the instant misses no quarter of an hour.
      for (let at = instant.getTime(); at < until; at += 5 * MINUTE_MS)
        if (isOpen(times, new Date(at))) throw new Error(`open at ${new Date(at).toISOString()} already`);
    }),
    { numRuns: 40 },
  );
});

test('the minute before an opening is closed', () => {
  fc.assert(
    fc.property(someTimes, someInstant, (times, instant) => {
      const opening = nextOpening(times, instant);
      if (opening === undefined || opening <= instant) return;
      expect(isOpen(times, new Date(opening.getTime() - 1))).toBe(false);
    }),
    { numRuns: 150 },
  );
});

test.each([
  [
    'two that touch are fine',
    [
      { opens: '09:00', closes: '12:00' },
      { opens: '12:00', closes: '13:00' },
    ],
    false,
  ],
  [
    'two that overlap are not',
    [
      { opens: '11:00', closes: '13:00' },
      { opens: '09:00', closes: '11:01' },
    ],
    true,
  ],
  ['one that ends before it begins is not', [{ opens: '22:00', closes: '02:00' }], true],
  ['one that ends as it begins is not', [{ opens: '22:00', closes: '22:00' }], true],
])('of intervals of a day: %s', (_says, intervals, wrong) => {
  expect(intervalFault(intervals) !== undefined).toBe(wrong);
});
