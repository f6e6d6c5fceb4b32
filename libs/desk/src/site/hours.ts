import { dateAfter, instantsOf, jumpNear, localTime, weekdayOf } from './local-time';

/** One stretch of a day. Past midnight it is two: until `24:00`, and from `00:00`. */
export interface Interval {
  /** `HH:MM`. */
  readonly opens: string;
  /** `HH:MM`, later than `opens`; `24:00` is the end of the day. */
  readonly closes: string;
}

/** When a desk is open, by the clocks of its own time zone. */
export interface OpeningTimes {
  readonly timeZone: string;
  /** Every week. Day 0 is Sunday. */
  readonly hours: readonly (Interval & { readonly day: number })[];
  /** Dates that have other hours, or none. They replace the hours of that day of the week. */
  readonly exceptions: readonly { readonly date: string; readonly hours: readonly Interval[] }[];
}

/** How far ahead an opening is looked for. A desk that is closed for longer has no next opening. */
const HORIZON_DAYS = 400;

/** Whether a desk is open at an instant: what the clocks there show lies in an interval of that date. */
export function isOpen(times: OpeningTimes, instant: Date): boolean {
  const { date, time } = localTime(times.timeZone, instant);
  return intervalsOf(times, date).some(({ opens, closes }) => opens <= time && time < closes);
}

/**
 * Returns the first instant from now on at which a desk is open: the given one if it is open now. Nothing if it does
 * not open in the next 400 days.
 *
 * A desk opens when the clocks reach `opens`; or, where they jump over it, at the jump; or again, where an hour comes twice.
 */
export function nextOpening(times: OpeningTimes, instant: Date): Date | undefined {
  if (isOpen(times, instant)) return instant;
  const today = localTime(times.timeZone, instant).date;
  for (let days = 0; days <= HORIZON_DAYS; days++) {
    const date = dateAfter(today, days);
    const intervals = intervalsOf(times, date);
    if (intervals.length === 0) continue;
    const jump = jumpNear(times.timeZone, date);
    const candidates = intervals.flatMap(({ opens }) => instantsOf(times.timeZone, { date, time: opens }));
    if (jump !== undefined) candidates.push(jump);
    const [first] = candidates
      .filter((candidate) => candidate > instant && isOpen(times, candidate))
      .sort((a, b) => a.getTime() - b.getTime());
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Returns what is wrong with intervals of one day, or nothing: each ends after it begins, and no two overlap. */
export function intervalFault(intervals: readonly Interval[]): string | undefined {
  const inOrder = [...intervals].sort((a, b) => a.opens.localeCompare(b.opens));
  if (inOrder.some(({ opens, closes }) => closes <= opens))
    return 'An interval closes after it opens. Past midnight it is two: until 24:00, and from 00:00.';
  if (inOrder.some(({ opens }, at) => at > 0 && opens < (inOrder[at - 1]?.closes ?? '')))
    return 'Two intervals of a day overlap.';
  return undefined;
}

function intervalsOf({ hours, exceptions }: OpeningTimes, date: string): readonly Interval[] {
  const exception = exceptions.find((one) => one.date === date);
  if (exception !== undefined) return exception.hours;
  const day = weekdayOf(date);
  return hours.filter((one) => one.day === day);
}
