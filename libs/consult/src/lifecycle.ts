import { AppError } from '@app/kernel';

export type ConsultState = 'offered' | 'accepted' | 'waiting' | 'live' | 'ended' | 'declined';
export type ConsultEvent = 'accept' | 'decline' | 'ready' | 'admit' | 'leave' | 'withdraw' | 'end';
export type ConsultActor = 'client' | 'staff' | 'system';

interface Step {
  readonly to: ConsultState;
  readonly by: readonly ConsultActor[];
}

/**
 * Every step there is. `ready` again from the lobby takes a new device check. `end` is the staff member's once the call
 * is live; before, it is the system's alone, for a conversation that closes under an open offer.
 */
const STEPS: Readonly<Record<ConsultState, Partial<Record<ConsultEvent, Step>>>> = {
  offered: {
    accept: { to: 'accepted', by: ['client'] },
    decline: { to: 'declined', by: ['client'] },
    withdraw: { to: 'ended', by: ['staff'] },
    end: { to: 'ended', by: ['system'] },
  },
  accepted: {
    ready: { to: 'waiting', by: ['client'] },
    decline: { to: 'declined', by: ['client'] },
    leave: { to: 'ended', by: ['client'] },
    withdraw: { to: 'ended', by: ['staff'] },
    end: { to: 'ended', by: ['system'] },
  },
  waiting: {
    ready: { to: 'waiting', by: ['client'] },
    admit: { to: 'live', by: ['staff'] },
    leave: { to: 'ended', by: ['client'] },
    withdraw: { to: 'ended', by: ['staff'] },
    end: { to: 'ended', by: ['system'] },
  },
  live: {
    leave: { to: 'ended', by: ['client'] },
    end: { to: 'ended', by: ['staff', 'system'] },
  },
  ended: {},
  declined: {},
};

/** Returns the state after an event. Throws STEP_NOT_ALLOWED when there is no such step for this actor. */
export function after(state: ConsultState, event: ConsultEvent, by: ConsultActor): ConsultState {
  const step = STEPS[state][event];
  if (step?.by.includes(by) !== true) {
    throw new AppError('STEP_NOT_ALLOWED', 'The call is not at a point where this can be done.');
  }
  return step.to;
}

/** Whether nothing can happen to it any more. */
export function isOver(state: ConsultState): boolean {
  return Object.keys(STEPS[state]).length === 0;
}

/** Whether somebody of this kind may have media now: a client only once admitted, staff from the lobby on. */
export function mayEnter(state: ConsultState, actor: 'client' | 'staff'): boolean {
  return state === 'live' || (actor === 'staff' && state === 'waiting');
}
