import { DAY, later } from '@app/kernel';

/** What must be known of a conversation before it is erased; nothing if there is no such. */
export interface ErasureFacts {
  readonly erasedAt: Date | undefined;
  readonly held: boolean;
}

/** What is decided: nothing stands in the way, or what does. */
export type ErasureOutcome = 'erase' | 'not-found' | 'erased-already' | 'held';

/** Decides whether a conversation may be erased now. Who may ask for it is the policies' answer. */
export function decideErasure(facts: ErasureFacts | undefined): ErasureOutcome {
  if (facts === undefined) return 'not-found';
  if (facts.erasedAt !== undefined) return 'erased-already';
  return facts.held ? 'held' : 'erase';
}

/** Days, all of them whole: the length of an epoch, how long backups are kept, how long the KMS takes to destroy a key. */
export interface ErasureTimes {
  readonly epochDays: number;
  readonly backupDays: number;
  readonly destroyDelayDays: number;
}

/**
 * Returns the instant by which no copy can be read. The version of the tenant's key that wraps the conversation's keys is
 * replaced when its epoch ends, which is at most one epoch away; it is destroyed when the last backup that was made under
 * it is gone, and the KMS may take its time for that.
 */
export function unreadableBy(
  erasedAt: Date,
  { epochDays, backupDays, destroyDelayDays }: ErasureTimes,
): Date {
  return later(erasedAt, (epochDays + backupDays + destroyDelayDays) * DAY);
}
