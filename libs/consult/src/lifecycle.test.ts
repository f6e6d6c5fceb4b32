import {
  after,
  type ConsultActor,
  type ConsultEvent,
  type ConsultState,
  isOver,
  mayEnter,
} from './lifecycle';

const STATES: ConsultState[] = ['offered', 'accepted', 'waiting', 'live', 'ended', 'declined'];
const EVENTS: ConsultEvent[] = ['accept', 'decline', 'ready', 'admit', 'leave', 'withdraw', 'end'];
const ACTORS: ConsultActor[] = ['client', 'staff', 'system'];

/** Written out a second time on purpose: a step that appears in the table by accident is not in this list. */
const ALLOWED = [
  'offered accept client accepted',
  'offered decline client declined',
  'offered withdraw staff ended',
  'offered end system ended',
  'accepted decline client declined',
  'accepted ready client waiting',
  'accepted leave client ended',
  'accepted withdraw staff ended',
  'accepted end system ended',
  'waiting ready client waiting',
  'waiting admit staff live',
  'waiting leave client ended',
  'waiting withdraw staff ended',
  'waiting end system ended',
  'live leave client ended',
  'live end staff ended',
  'live end system ended',
];

test('the steps of a consult are these and no others', () => {
  const found: string[] = [];
  for (const state of STATES) {
    for (const event of EVENTS) {
      for (const by of ACTORS) {
        try {
          found.push(`${state} ${event} ${by} ${after(state, event, by)}`);
        } catch (error) {
          expect(error).toMatchObject({ code: 'STEP_NOT_ALLOWED' });
        }
      }
    }
  }
  expect(found).toEqual(ALLOWED);
});

test('an ended or declined consult is over', () => {
  expect(STATES.filter(isOver)).toEqual(['ended', 'declined']);
});

test('a client has media only while the consult is live, staff from the lobby on', () => {
  expect(STATES.filter((state) => mayEnter(state, 'client'))).toEqual(['live']);
  expect(STATES.filter((state) => mayEnter(state, 'staff'))).toEqual(['waiting', 'live']);
});
