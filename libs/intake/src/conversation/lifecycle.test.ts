import { after, type IntakeEvent, type IntakeState } from './lifecycle';

const STATES: IntakeState[] = ['waiting', 'claimed', 'closed'];
const EVENTS: IntakeEvent[] = ['claim', 'transfer', 'close'];

test('the whole table, as a person reads it', () => {
  expect(STATES.map((state) => `${state}: ${EVENTS.map((event) => step(state, event)).join(' ')}`)).toEqual([
    'waiting: claimed STEP_NOT_ALLOWED STEP_NOT_ALLOWED',
    'claimed: STEP_NOT_ALLOWED waiting closed',
    'closed: INTAKE_CLOSED INTAKE_CLOSED INTAKE_CLOSED',
  ]);
});

function step(state: IntakeState, event: IntakeEvent): string {
  try {
    return after(state, event);
  } catch (error) {
    return (error as { code: string }).code;
  }
}
