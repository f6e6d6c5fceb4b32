/** Where the time comes from. Passed in, so that a test can stand still or step. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** Returns the instant so many milliseconds after another; before it, if they are negative. */
export function later(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

/** Returns the instant at so many milliseconds after 1970-01-01T00:00Z. */
export function instantAt(ms: number): Date {
  return new Date(ms);
}

/** Returns the midnight, UTC, at which a date begins: milliseconds after 1970-01-01T00:00Z. NaN if it is no date. */
export function midnightOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** Returns milliseconds after 1970-01-01T00:00Z of an instant as the house writes it: `2026-11-22T06:41:00.000Z`. */
export function msOf(instant: string): number {
  return Date.parse(instant);
}

/** Returns milliseconds after 1970-01-01T00:00Z of a date and a time in UTC. Months are 1 to 12. */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  ms = 0,
): number {
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
