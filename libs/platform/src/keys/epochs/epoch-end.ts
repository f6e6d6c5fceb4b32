import { DAY, HOUR, later } from '@app/kernel';

/** For the moving of what is under a version, and the clock's own minutes. */
const LEAD_MS = HOUR;

/**
 * Returns when a version's epoch is over: an hour before its days are, so that what was erased when it was young is
 * unreadable everywhere within the epoch and the backups' days after that, as the certificate says.
 */
export function epochEnd(since: Date, epochDays: number): Date {
  return later(since, epochDays * DAY - LEAD_MS);
}
