import { SECOND } from '@app/kernel';
import type { EvidencePolicy } from '@app/policies';
import type { Standing } from './witness.store';

/** What came of asking a witness. */
export type Outcome =
  | { readonly kind: 'cosigned'; readonly size: number; readonly at: Date }
  | { readonly kind: 'failed'; readonly fault: string }
  /** It has seen another history: `fork`, or more of this log than there is: `set-back`. */
  | { readonly kind: 'refused'; readonly reason: 'fork' | 'set-back' };

/** What the log says of it, if anything. */
export type Alarm = 'witness.away' | 'witness.refused' | 'witness.back';

/**
 * Returns how a witness stands after it was asked, and what is to be recorded: that it refuses, at once; that it is away,
 * once it has been for as long as the policy says; that it is back, if one of those was recorded.
 */
export function afterAsking(
  before: Standing,
  outcome: Outcome,
  now: Date,
  { witnessAlarmSeconds }: EvidencePolicy,
): { readonly standing: Standing; readonly alarm?: Alarm } {
  if (outcome.kind === 'cosigned') {
    const standing = {
      size: outcome.size,
      cosignedAt: outcome.at,
      awaySince: undefined,
      fault: undefined,
      isRefusing: false,
      isAlarmed: false,
    };
    return { standing, ...(before.isAlarmed && { alarm: 'witness.back' }) };
  }
  const awaySince = before.awaySince ?? now;
  if (outcome.kind === 'refused') {
    const standing = { ...before, awaySince, fault: outcome.reason, isRefusing: true, isAlarmed: true };
    return { standing, ...(!before.isRefusing && { alarm: 'witness.refused' }) };
  }
  const isLong = now.getTime() - awaySince.getTime() >= witnessAlarmSeconds * SECOND;
  const standing = { ...before, awaySince, fault: outcome.fault, isAlarmed: before.isAlarmed || isLong };
  return { standing, ...(isLong && !before.isAlarmed && { alarm: 'witness.away' }) };
}
