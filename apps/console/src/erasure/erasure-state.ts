import type { Erasure } from '../protocol';

/** `pending`: copies in backups can still be read, and the stated date lies ahead. */
export type ErasureState = 'pending' | 'effective' | 'overdue';

/** @param nowMs - since 1970. */
export function stateOf(one: Pick<Erasure, 'unreadableBy' | 'effectiveAt'>, nowMs: number): ErasureState {
  if (one.effectiveAt !== undefined) return 'effective';
  return nowMs > Date.parse(one.unreadableBy) ? 'overdue' : 'pending';
}

/** Returns how much of the time between both dates has gone by, from 0 to 1; 1 once no copy can be read. */
export function shareGone(
  one: Pick<Erasure, 'erasedAt' | 'unreadableBy' | 'effectiveAt'>,
  nowMs: number,
): number {
  if (one.effectiveAt !== undefined) return 1;
  const from = Date.parse(one.erasedAt);
  const share = (nowMs - from) / (Date.parse(one.unreadableBy) - from);
  return Math.min(1, Math.max(0, share));
}
