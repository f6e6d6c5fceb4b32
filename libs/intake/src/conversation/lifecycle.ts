import { AppError } from '@app/kernel';

export type IntakeState = 'waiting' | 'claimed' | 'closed';
export type IntakeEvent = 'claim' | 'transfer' | 'close';

/** Every step a conversation can take. A step that is not in this table does not happen. */
const NEXT: Record<IntakeState, Partial<Record<IntakeEvent, IntakeState>>> = {
  waiting: { claim: 'claimed' },
  claimed: { transfer: 'waiting', close: 'closed' },
  closed: {},
};

/** @throws AppError `INTAKE_CLOSED` if the conversation is closed, `STEP_NOT_ALLOWED` if the table has no such step. */
export function after(state: IntakeState, event: IntakeEvent): IntakeState {
  const next = NEXT[state][event];
  if (next !== undefined) return next;
  throw state === 'closed'
    ? new AppError('INTAKE_CLOSED', 'This conversation is closed.')
    : new AppError('STEP_NOT_ALLOWED', 'That cannot be done now.');
}
