import type { StaffId } from '@app/kernel';

/** Who did what to a hold so far. It stands until two people have ended it. */
export interface HoldFacts {
  readonly placedBy: StaffId;
  /** Who asked that it end, and waits for a second person. */
  readonly releaseAskedBy?: StaffId | undefined;
  readonly releasedBy?: StaffId | undefined;
}

/** What can be done to a hold that was placed: ask for its end, confirm what somebody else asked for, or say no to it. */
export type HoldStep = 'ask' | 'confirm' | 'decline';

/** What the step makes of the hold, or why it cannot be taken. */
export type HoldOutcome =
  | { readonly kind: 'changed'; readonly facts: HoldFacts }
  | {
      readonly kind: 'refused';
      readonly because: 'released' | 'asked-already' | 'not-asked' | 'same-person';
    };

/**
 * Decides a step. One person alone never ends a hold: whoever asked for its end cannot confirm it. Either of the two may
 * say no, which leaves the hold as it was before anybody asked.
 */
export function decideHold(facts: HoldFacts, step: HoldStep, by: StaffId): HoldOutcome {
  const { placedBy, releaseAskedBy, releasedBy } = facts;
  if (releasedBy !== undefined) return { kind: 'refused', because: 'released' };
  if (step === 'ask')
    return releaseAskedBy === undefined
      ? { kind: 'changed', facts: { placedBy, releaseAskedBy: by } }
      : { kind: 'refused', because: 'asked-already' };
  if (releaseAskedBy === undefined) return { kind: 'refused', because: 'not-asked' };
  if (step === 'decline') return { kind: 'changed', facts: { placedBy } };
  if (releaseAskedBy === by) return { kind: 'refused', because: 'same-person' };
  return { kind: 'changed', facts: { placedBy, releaseAskedBy, releasedBy: by } };
}
