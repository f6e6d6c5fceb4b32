import { MINUTE } from '@app/kernel';
import { Revocations } from '@app/platform';
import { House } from '../testing/house';

/** Timers as they are asked for; each is real and runs. */
const asked = jest.spyOn(globalThis, 'setInterval');

test('The room itself ends what has expired every half minute, and keeps no process alive for it.', async () => {
  const house = await House.open();
  const person = await house.person(await house.tenant('a-clinic'));
  await house.app.init();
  const at = asked.mock.calls.findIndex(([, ms]) => ms === 30_000);
  const timer = asked.mock.results[at]?.value as NodeJS.Timeout;
  const round = asked.mock.calls[at]?.[0] as () => void;
  expect(timer.hasRef()).toBe(false);

  const { principal } = await house.enter(person);
  house.clock.step(15 * MINUTE);
  const heard = new Promise((resolve) => house.app.get(Revocations).listen(resolve));
  round();
  round();
  expect(await heard).toEqual({
    tenantId: person.tenantId,
    sessionId: principal.sessionId,
    reason: 'expired',
  });

  const cleared = jest.spyOn(globalThis, 'clearInterval');
  round();
  await house.close();
  expect(cleared).toHaveBeenCalledWith(timer);
});
