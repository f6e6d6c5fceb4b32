/** What the officer asked for. Days are of the officer's own calendar, both included; empty means no limit. */
export interface LogFilter {
  from: string;
  to: string;
  act: string;
  actor: string;
  intake: string;
  outcome: '' | 'ok' | 'refused';
}

export const NO_FILTER: LogFilter = { from: '', to: '', act: '', actor: '', intake: '', outcome: '' };

/** Entries fetched at once. */
export const PAGE_SIZE = 50;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Returns which field cannot be asked for as it stands, or undefined. */
export function problemOf(filter: LogFilter): 'period' | 'intake' | undefined {
  if (filter.from !== '' && filter.to !== '' && filter.to < filter.from) return 'period';
  if (filter.intake.trim() !== '' && !UUID.test(filter.intake.trim())) return 'intake';
  return undefined;
}

/** Returns the query of `GET /api/officer/entries`, from the start of the first day up to the end of the last. */
export function queryOf(filter: LogFilter, before?: number): string {
  const query = new URLSearchParams();
  if (filter.from !== '') query.set('from', dayStart(filter.from));
  if (filter.to !== '') query.set('to', dayEnd(filter.to));
  if (filter.act !== '') query.set('act', filter.act);
  if (filter.actor !== '') query.set('actor', filter.actor);
  if (filter.intake.trim() !== '') query.set('intake', filter.intake.trim().toLowerCase());
  if (filter.outcome !== '') query.set('outcome', filter.outcome);
  if (before !== undefined) query.set('before', String(before));
  query.set('limit', String(PAGE_SIZE));
  return query.toString();
}

/** Returns the instant at which a day (`YYYY-MM-DD`, of this machine's time zone) begins. */
export function dayStart(day: string): string {
  return new Date(`${day}T00:00:00.000`).toISOString();
}

/** Returns the instant at which a day has ended: the start of the next one, however long the day was. */
export function dayEnd(day: string): string {
  const start = new Date(`${day}T00:00:00.000`);
  start.setDate(start.getDate() + 1);
  return start.toISOString();
}

/** Returns the day of an instant in this machine's time zone, as a date field wants it. */
export function dayOf(instant: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}
