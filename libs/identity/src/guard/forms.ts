import { compact, fold, unitsOf } from './fold';
import { daysIn, type Found, monthDaysIn, timesIn } from './dates';

/** Shorter than this, a value says nothing that ordinary words do not say too, and it is not guarded. */
export const MIN_GUARDED = 4;
/** A run of so many units is looked up whole; a longer one as long as it has no more than so many characters. */
const MAX_UNITS = 6;
const MAX_SPELLED = 18;
/** Digits of a phone number without which it reaches nobody. */
const MIN_PHONE = 7;
/** Digits of an identifier that name somebody even without its letters. */
const MIN_BARE_DIGITS = 6;
/** A date and a time this far apart, in units, are read as one appointment. */
const NEAR = 8;

/*
 * What follows is one language with two sides: how a value is written down to be guarded, and how every value that may
 * stand in a text is written down to be looked up. Words begin with `w:`, days `d:`, a day with a time `t:`, addresses `e:`.
 */

export function formsOfIdentifier(value: string): string[] {
  const units = unitsOf(fold(value));
  const digits = units.filter((unit) => /^\d/.test(unit)).join('');
  const bare = digits.length >= MIN_BARE_DIGITS ? [`w:${digits}`] : [];
  return unique([...runs(units), ...bare]);
}

/** @param iso - `YYYY-MM-DD`. */
export function formsOfDay(iso: string): string[] {
  return [`d:${iso}`];
}

export function formOfEmail(address: string): string {
  return `e:${fold(address.trim())}`;
}

/** The whole number and its ends, so that it is found with and without country and area. */
export function formsOfPhone(value: string): string[] {
  const units = unitsOf(fold(value));
  const digits = units
    .filter((unit) => /^\d/.test(unit))
    .join('')
    .replace(/^0+/, '');
  const forms = runs(units);
  for (let length = MIN_PHONE; length <= digits.length; length++) forms.push(`w:${digits.slice(-length)}`);
  return unique(forms);
}

/** Any other value: as words, and as a day, with its time if it has one. */
export function formsOfValue(value: string): string[] {
  const units = unitsOf(fold(value));
  const forms = runs(units);
  if (/[^\s@]@[^\s@]/.test(value)) forms.push(formOfEmail(value));
  if (units.length > 12) return unique(forms);
  const iso = /^\s*(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})/.exec(value);
  if (iso !== null) return unique([...forms, `d:${iso[1]}`, `t:${iso[1]?.slice(5)} ${iso[2]}`]);
  for (const day of daysIn(units)) forms.push(`d:${day.value}`);
  return unique([...forms, ...appointments(monthDaysIn(units), timesIn(units))]);
}

/** Returns everything in a text that may be a guarded value, in every way that it may be meant. */
export function candidatesIn(text: string): Set<string> {
  const folded = fold(text);
  const units = unitsOf(folded);
  const found = new Set<string>();
  for (let start = 0; start < units.length; start++) {
    let run = '';
    for (let end = start; end < units.length; end++) {
      run += units[end];
      if (end - start >= MAX_UNITS && run.length > MAX_SPELLED) break;
      if (run.length < MIN_GUARDED) continue;
      found.add(`w:${run}`);
      if (run.length >= MIN_PHONE && run.length <= MAX_SPELLED && /^\d+$/.test(run))
        for (const end of numberEnds(run)) found.add(`w:${end}`);
    }
  }
  for (const day of daysIn(units)) found.add(`d:${day.value}`);
  for (const form of appointments(monthDaysIn(units), timesIn(units))) found.add(form);
  for (const address of addressesIn(folded)) found.add(`e:${address}`);
  return found;
}

/** A number behind zeros or a country code (ITU-T E.164: one to three digits) that are written as one with it. */
function numberEnds(digits: string): string[] {
  return [digits, digits.replace(/^0+/, '')].flatMap((number) =>
    [0, 1, 2, 3].map((code) => number.slice(code)).filter((end) => end.length >= MIN_PHONE),
  );
}

/** A run as it is looked up; of a run that is too long to be, every part that is not. */
function runs(units: readonly string[]): string[] {
  const whole = units.join('');
  if (whole.length < MIN_GUARDED) return [];
  if (units.length <= MAX_UNITS || whole.length <= MAX_SPELLED) return [`w:${whole}`];
  return units
    .slice(0, units.length - MAX_UNITS + 1)
    .map((_, at) => units.slice(at, at + MAX_UNITS).join(''))
    .filter((run) => run.length >= MIN_GUARDED)
    .map((run) => `w:${run}`);
}

function appointments(days: readonly Found[], times: readonly Found[]): string[] {
  return days.flatMap((day) =>
    times.filter((time) => Math.abs(time.at - day.at) <= NEAR).map((time) => `t:${day.value} ${time.value}`),
  );
}

/** Looks from each `@` outwards; an address that is glued to a word before or after it is found too. */
function* addressesIn(folded: string): Iterable<string> {
  const text = folded.replace(/\s*(?:@|\(at\)|\[at\])\s*/g, '@');
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const local = /[\p{L}\p{N}._%+'#&*/=?^{|}~!$-]*$/u.exec(text.slice(Math.max(0, at - 64), at))?.[0] ?? '';
    const domain = /^[\p{L}\p{N}.-]*/u.exec(text.slice(at + 1, at + 256))?.[0] ?? '';
    for (const name of ends(local))
      for (const host of heads(domain)) if (name !== '' && host.includes('.')) yield `${name}@${host}`;
  }
}

function ends(local: string): string[] {
  const cuts = [...local.matchAll(/[^\p{L}\p{N}]/gu)].map((cut) => cut.index + 1);
  return [0, ...cuts].map((cut) => local.slice(cut));
}

function heads(domain: string): string[] {
  const cuts = [...domain.matchAll(/[.-]/g)].map((cut) => cut.index);
  return [...cuts, domain.length].map((cut) => domain.slice(0, cut));
}

function unique(forms: readonly string[]): string[] {
  return [...new Set(forms)];
}

/** Whether an identifier is long enough to be guarded. */
export function canBeGuarded(identifier: string): boolean {
  return compact(identifier).length >= MIN_GUARDED;
}
