import type { Locale } from '../connection/protocol';

export interface Formats {
  /** "14:05" or "2:05 PM". */
  time(instant: string | Date): string;
  /** "Monday, November 22". */
  day(instant: string | Date): string;
  /** "Nov 22, 2026, 2:05 PM EST": a time with a day is read elsewhere and later, so it names its zone. */
  dateTime(instant: string | Date): string;
  /** "2026-11-22" in the time zone: the same for two instants of one day. */
  dayKey(instant: string | Date): string;
  number(value: number): string;
  /** "42 s", "3 min", "1 h 5 min": of whole seconds. */
  duration(seconds: number): string;
  /** "Monday" of 0 = Sunday … 6 = Saturday. */
  weekday(day: number): string;
}

/** A Sunday, so that day n of the week is n days later. */
const SUNDAY_UTC = Date.UTC(2023, 0, 1, 12);
const DAY_MS = 86_400_000;

export function formats(locale: Locale, timeZone?: string): Formats {
  const zone = timeZone === undefined ? {} : { timeZone };
  const make = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...zone, ...options });
    return (instant: string | Date) => format.format(new Date(instant));
  };
  const key = new Intl.DateTimeFormat('en-CA', {
    ...zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  const number = new Intl.NumberFormat(locale);
  return {
    time: make({ hour: 'numeric', minute: '2-digit' }),
    day: make({ weekday: 'long', month: 'long', day: 'numeric' }),
    dateTime: make({
      year: 'numeric',
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
      timeZoneName: 'short',
    }),
    dayKey: (instant) => key.format(new Date(instant)),
    number: (value) => number.format(value),
    duration: (seconds) => {
      const whole = Math.max(0, Math.round(seconds));
      if (whole < 60) return `${number.format(whole)} s`;
      const minutes = Math.round(whole / 60);
      if (minutes < 60) return `${number.format(minutes)} min`;
      const rest = minutes % 60;
      return `${number.format(Math.floor(minutes / 60))} h${rest > 0 ? ` ${number.format(rest)} min` : ''}`;
    },
    weekday: (day) => weekday.format(new Date(SUNDAY_UTC + day * DAY_MS)),
  };
}

const RULES: Record<Locale, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  es: new Intl.PluralRules('es'),
};

/** Picks the form of a word that `count` takes in `locale`; `other` is the one every language has. */
export function plural(locale: Locale, count: number, forms: { one: string; other: string }): string {
  return RULES[locale].select(count) === 'one' ? forms.one : forms.other;
}
