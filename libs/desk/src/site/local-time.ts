import { DAY, HOUR, instantAt, midnightOf, utcMs } from '@app/kernel';

/** What a clock on the wall shows, somewhere. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  /** `HH:MM`, from 00:00 to 23:59. */
  readonly time: string;
}

/** Widest offsets from UTC that a zone has had: 12 hours behind, 14 ahead, and an hour of summer for good measure. */
const WIDEST_OFFSET_MS = 15 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Whether the name is a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** Returns what the clocks of a time zone show at an instant. */
export function localTime(timeZone: string, instant: Date): LocalTime {
  const shown = wallClock(timeZone, instant.getTime());
  const [date = '', time = ''] = iso(shown).split('T');
  return { date, time: time.slice(0, 5) };
}

/** Returns the day of the week of a date, 0 for Sunday. */
export function weekdayOf(date: string): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  return instantAt(midnightOf(date)).getUTCDay() as 0 | 1 | 2 | 3 | 4 | 5 | 6;
}

/** Returns the date `days` later in the calendar, which no time zone changes. */
export function dateAfter(date: string, days: number): string {
  return iso(midnightOf(date) + days * DAY).slice(0, 10);
}

/** Whether there is such a date in the calendar: 30 February is not one. */
export function isDate(date: string): boolean {
  const at = midnightOf(date);
  return !Number.isNaN(at) && iso(at).startsWith(date);
}

/**
 * Returns every instant at which the clocks of a zone show this: none if it is skipped in spring, two if the hour comes
 * twice in autumn, earliest first.
 *
 * @param time - `HH:MM`; `24:00` is midnight at the end of the day.
 */
export function instantsOf(timeZone: string, { date, time }: LocalTime): Date[] {
  const shown = midnightOf(date) + minutesOf(time) * 60_000;
  const offsets = new Set([
    offsetAt(timeZone, shown - WIDEST_OFFSET_MS),
    offsetAt(timeZone, shown + WIDEST_OFFSET_MS),
  ]);
  return [...offsets]
    .map((offset) => shown - offset)
    .filter((instant) => wallClock(timeZone, instant) === shown)
    .sort((a, b) => a - b)
    .map((instant) => instantAt(instant));
}

/** Returns the instant at which the zone's clocks jump on or about this date, if they do: what they show first after it. */
export function jumpNear(timeZone: string, date: string): Date | undefined {
  const midnight = midnightOf(date);
  let before = midnight - WIDEST_OFFSET_MS;
  let after = midnight + DAY + WIDEST_OFFSET_MS;
  const offset = offsetAt(timeZone, before);
  if (offsetAt(timeZone, after) === offset) return undefined;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(timeZone, middle) === offset) before = middle;
    else after = middle;
  }
  return instantAt(after);
}

/** Returns when a date begins in a zone. Where midnight is skipped, the day begins when the clocks have jumped. */
export function startOf(timeZone: string, date: string): Date {
  const [first] = instantsOf(timeZone, { date, time: '00:00' });
  const begins = first ?? jumpNear(timeZone, date);
  if (begins === undefined) throw new Error(`${date} does not begin in ${timeZone}.`);
  return begins;
}

/** Returns `HH:MM` as minutes since midnight. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

function offsetAt(timeZone: string, instant: number): number {
  return wallClock(timeZone, instant) - instant;
}

/** What the clocks show, as the instant at which they would show it in UTC. */
function wallClock(timeZone: string, instant: number): number {
  const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(instant)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  const millisecond = ((instant % 1_000) + 1_000) % 1_000;
  return utcMs(year, month, day, hour, minute, second, millisecond);
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format;
}

function iso(instant: number): string {
  return instantAt(instant).toISOString();
}
