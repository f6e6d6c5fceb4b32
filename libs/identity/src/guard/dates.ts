/** Something found at a place in a list of units. */
export interface Found {
  readonly value: string;
  readonly at: number;
}

const MONTHS = new Map(
  [
    'jan january ene enero',
    'feb february febrero',
    'mar march marzo',
    'apr april abr abril',
    'may mayo',
    'jun june junio',
    'jul july julio',
    'aug august ago agosto',
    'sep sept september septiembre set setiembre',
    'oct october octubre',
    'nov november noviembre',
    'dec december dic diciembre',
  ].flatMap((names, i) => names.split(' ').map((name) => [name, i + 1] as const)),
);
/** Words that stand between the parts of a date: "3rd of February", "3 de febrero del 2001", "1.º de mayo". */
const BETWEEN = new Set('of the st nd rd th de del o a er ro day dia year ano'.split(' '));
const FIRST = new Set(['first', 'primero']);
const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Returns `YYYY-MM-DD` if there is such a day. */
export function dayOf(year: number, month: number, day: number): string | undefined {
  if (month === 2 && day === 29 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)))
    return undefined;
  return monthDayOf(month, day) && `${String(year).padStart(4, '0')}-${monthDayOf(month, day) ?? ''}`;
}

/** Returns `MM-DD` if a year can have such a day. */
function monthDayOf(month: number, day: number): string | undefined {
  const length = MONTH_LENGTHS[month - 1];
  if (length === undefined || day < 1 || day > length) return undefined;
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

interface Part {
  readonly at: number;
  readonly number?: number;
  readonly digits: number;
  readonly month?: number;
}

function partsOf(units: readonly string[]): Part[] {
  return units.flatMap((unit, at): Part[] => {
    const month = MONTHS.get(unit);
    if (month !== undefined) return [{ at, digits: 0, month }];
    if (FIRST.has(unit)) return [{ at, digits: 1, number: 1 }];
    if (/^\d+$/.test(unit)) return [{ at, digits: unit.length, number: Number(unit) }];
    return BETWEEN.has(unit) ? [] : [{ at, digits: 0 }];
  });
}

/**
 * Returns every day that the units can be read as, with its year, as `YYYY-MM-DD`: year first or last, day first or month
 * first, months as numbers or words of English and Spanish, years of two digits in this century and in the last.
 */
export function daysIn(units: readonly string[]): Found[] {
  const parts = partsOf(units);
  return parts.flatMap((first, i) => {
    const days = [...joined(units[first.at] ?? '')];
    const second = parts[i + 1];
    const third = parts[i + 2];
    if (second !== undefined && third !== undefined)
      for (const [y, m, d] of [
        [first, second, third],
        [first, third, second],
        [third, second, first],
        [third, first, second],
      ] as const)
        for (const year of yearsOf(y)) {
          const day = d.number === undefined || d.digits > 2 ? undefined : dayOf(year, monthOf(m), d.number);
          if (day !== undefined) days.push(day);
        }
    return [...new Set(days)].map((value) => ({ value, at: first.at }));
  });
}

/** Returns the days without their year, as `MM-DD`. */
export function monthDaysIn(units: readonly string[]): Found[] {
  const parts = partsOf(units);
  return parts.flatMap((first, i) => {
    const second = parts[i + 1];
    if (second === undefined) return [];
    const read = [
      [first, second],
      [second, first],
    ] as const;
    return read.flatMap(([m, d]) => {
      const value = d.number === undefined || d.digits > 2 ? undefined : monthDayOf(monthOf(m), d.number);
      return value === undefined ? [] : [{ value, at: first.at }];
    });
  });
}

/** Returns the times of day that the units can be read as, as `HH:MM`; both halves of the day where it is not said which. */
export function timesIn(units: readonly string[]): Found[] {
  return units.flatMap((unit, at): Found[] => {
    if (['noon', 'midday', 'mediodia'].includes(unit)) return [{ value: '12:00', at }];
    if (['midnight', 'medianoche'].includes(unit)) return [{ value: '00:00', at }];
    const hour = /^\d{1,2}$/.test(unit) ? Number(unit) : 24;
    if (hour > 23) return [];
    const marked = ['h', 'hs', 'hrs', 'hours', 'horas', 'oclock'].includes(units[at + 1] ?? '');
    const after = at + (marked ? 2 : 1);
    const hasMinutes = /^[0-5]\d$/.test(units[after] ?? '');
    const half = halfAt(units, hasMinutes ? after + 1 : after);
    const spoken = marked || ['at', 'las', 'la'].includes(units[at - 1] ?? '') || units[at + 2] === 'clock';
    if (!hasMinutes && half === undefined && !spoken) return [];
    const minutes = hasMinutes ? (units[after] ?? '00') : '00';
    return hoursOf(hour, half).map((h) => ({ value: `${String(h).padStart(2, '0')}:${minutes}`, at }));
  });
}

/** Reads "am", "pm", "a. m." or "p. m." at a place. */
function halfAt(units: readonly string[], at: number): 'am' | 'pm' | undefined {
  const unit = units[at] === 'a' || units[at] === 'p' ? `${units[at]}${units[at + 1] ?? ''}` : units[at];
  return unit === 'am' || unit === 'pm' ? unit : undefined;
}

function hoursOf(hour: number, half: 'am' | 'pm' | undefined): number[] {
  if (hour > 12 || (hour === 0 && half === undefined)) return [hour];
  const [am, pm] = [hour % 12, (hour % 12) + 12];
  if (half !== undefined) return [half === 'am' ? am : pm];
  return [am, pm];
}

function monthOf(part: Part): number {
  if (part.month !== undefined) return part.month;
  return part.digits <= 2 ? (part.number ?? 0) : 0;
}

function yearsOf({ number, digits }: Part): number[] {
  if (number === undefined) return [];
  if (digits === 4) return [number];
  return digits === 2 ? [1900 + number, 2000 + number] : [];
}

/** A date in one run of eight digits. */
function* joined(unit: string): Iterable<string> {
  if (!/^\d{8}$/.test(unit)) return;
  const part = (from: number, to: number) => Number(unit.slice(from, to));
  const days = [
    dayOf(part(0, 4), part(4, 6), part(6, 8)),
    dayOf(part(4, 8), part(2, 4), part(0, 2)),
    dayOf(part(4, 8), part(0, 2), part(2, 4)),
  ];
  for (const day of days) if (day !== undefined) yield day;
}
