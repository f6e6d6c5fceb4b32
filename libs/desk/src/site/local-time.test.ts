import {
  dateAfter,
  instantsOf,
  isDate,
  isTimeZone,
  jumpNear,
  localTime,
  startOf,
  weekdayOf,
} from './local-time';

const iso = (instants: Date[]) => instants.map((instant) => instant.toISOString());

test('an hour that is skipped has no instant, one that comes twice has two', () => {
  expect(iso(instantsOf('America/New_York', { date: '2026-03-08', time: '02:30' }))).toEqual([]);
  expect(iso(instantsOf('America/New_York', { date: '2026-11-01', time: '01:30' }))).toEqual([
    '2026-11-01T05:30:00.000Z',
    '2026-11-01T06:30:00.000Z',
  ]);
  expect(iso(instantsOf('Europe/Madrid', { date: '2026-06-01', time: '24:00' }))).toEqual([
    '2026-06-01T22:00:00.000Z',
  ]);
});

test('the jump is found to the millisecond, and its absence too', () => {
  expect(jumpNear('Europe/Madrid', '2026-03-29')?.toISOString()).toBe('2026-03-29T01:00:00.000Z');
  expect(jumpNear('Australia/Lord_Howe', '2026-10-04')?.toISOString()).toBe('2026-10-03T15:30:00.000Z');
  expect(jumpNear('Europe/Madrid', '2026-06-01')).toBeUndefined();
  expect(jumpNear('Asia/Kathmandu', '2026-03-29')).toBeUndefined();
});

test('a day whose midnight is skipped begins at the jump', () => {
  // Egypt: on the last Friday of April, 00:00 becomes 01:00.
  expect(startOf('Africa/Cairo', '2026-04-24').toISOString()).toBe('2026-04-23T22:00:00.000Z');
  expect(localTime('Africa/Cairo', startOf('Africa/Cairo', '2026-04-24'))).toEqual({
    date: '2026-04-24',
    time: '01:00',
  });
  expect(startOf('America/New_York', '2026-11-22').toISOString()).toBe('2026-11-22T05:00:00.000Z');
});

test('the clocks of a place show its own date, also before 1970', () => {
  expect(localTime('America/New_York', new Date('2026-11-22T04:59:59.999Z'))).toEqual({
    date: '2026-11-21',
    time: '23:59',
  });
  expect(localTime('UTC', new Date('1969-12-31T23:59:59.999Z'))).toEqual({
    date: '1969-12-31',
    time: '23:59',
  });
});

test('the calendar knows its days', () => {
  expect(weekdayOf('2026-11-22')).toBe(0);
  expect(dateAfter('2028-02-28', 1)).toBe('2028-02-29');
  expect(dateAfter('2026-12-31', 1)).toBe('2027-01-01');
  expect([isDate('2026-02-28'), isDate('2026-02-30'), isDate('2026-13-01')]).toEqual([true, false, false]);
  expect([isTimeZone('Europe/Madrid'), isTimeZone('Europe/Vestibule')]).toEqual([true, false]);
});
