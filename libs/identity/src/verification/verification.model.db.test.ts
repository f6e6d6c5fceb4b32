import { HOUR, MINUTE } from '@app/kernel';
import fc from 'fast-check';
import { not, RIGHT, Room, type TestClient, WRONG } from '../../testing/room';
import type { Tried } from './verification.service';

let room: Room;
beforeEach(async () => {
  room = await Room.open({ backOffSeconds: [0], failuresPerNetworkPerHour: 1_000 });
  await room.importRecords();
});
afterEach(() => room.close());

/** A hundred wait for ten connections; who finds none in time has not been heard, and tries again. */
async function insisting(client: TestClient, code: string): Promise<Tried> {
  for (;;) {
    try {
      return await client.code(code);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('timeout exceeded')) throw error;
    }
  }
}

const failed = async () => {
  const acts = await room.acts();
  return acts.filter((act) => act === 'identity.failed').length;
};

test('a hundred guesses at one moment use up a hundred tries, and the right one among them comes too late', async () => {
  const client = await room.client();
  await client.claim();
  const right = client.received();
  const answers = await Promise.all(Array.from({ length: 100 }, () => insisting(client, not(right))));
  expect(answers.filter(({ answer }) => answer.result === 'not-verified')).toHaveLength(100);
  expect(await room.db.owner('SELECT tries FROM verification')).toEqual([{ tries: 100 }]);
  const counted = await room.db.owner(
    "SELECT kind, sum(count)::int AS n FROM identity_count WHERE kind LIKE 'failed%' AND window_start > 'epoch' GROUP BY kind ORDER BY kind",
  );
  expect(counted).toEqual(
    ['failed-address', 'failed-intake', 'failed-network', 'failed-record'].map((kind) => ({ kind, n: 100 })),
  );
  expect(await failed()).toBe(100);
  await expect(client.code(right)).resolves.toMatchObject({ answer: { result: 'not-verified' } });
}, 120_000);

test('guesses at one moment from twenty conversations at one record: the eleventh is too late, whichever it is', async () => {
  // Three mails a quarter of an hour is another limit; here everybody has a code.
  Object.assign(room.limits, { sendsPerAddressPer15Minutes: 100, sendsPerAddressPerDay: 100 });
  const clients: { client: TestClient; code: string }[] = [];
  for (let i = 0; i < 20; i++) {
    const client = await room.client();
    client.ip = `198.51.${i}.1`;
    await client.claim();
    clients.push({ client, code: client.received() });
  }
  await Promise.all(clients.slice(0, 12).map(({ client, code }) => client.code(not(code))));
  // Counted one after the other: exactly one of them was the tenth.
  expect((await room.acts()).filter((act) => act === 'identity.locked')).toHaveLength(1);
  const late = await Promise.all(clients.slice(12).map(({ client, code }) => client.code(code)));
  expect(late.map(({ answer }) => answer.result)).toEqual(Array<string>(8).fill('not-verified'));
}, 120_000);

type Step =
  | { readonly do: 'claim'; readonly who: number; readonly right: boolean }
  | { readonly do: 'guess'; readonly who: number; readonly code: string }
  | { readonly do: 'repeat'; readonly who: number; readonly from: number }
  | { readonly do: 'clock'; readonly minutes: number };

const who = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('claim' as const), who, right: fc.boolean() }),
  fc.record({ do: fc.constant('guess' as const), who, code: fc.stringMatching(/^[0-9]{6}$/) }),
  fc.record({ do: fc.constant('repeat' as const), who, from: who }),
  fc.record({ do: fc.constant('clock' as const), minutes: fc.integer({ min: -120, max: 120 }) }),
);

/** What must be true of one conversation, kept beside the program. */
interface Model {
  code: string | undefined;
  claimedAt: number;
  tries: number;
}

test('no sequence of claims, guesses, repeated codes and clock steps verifies without the live code from the mailbox', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      await room.db.owner('DELETE FROM identity_count');
      const clients = [await room.client(), await room.client()];
      const models: Model[] = clients.map(() => ({ code: undefined, claimedAt: 0, tries: 0 }));
      let failures = 0;
      let offset = 0;
      for (const one of steps) {
        if (one.do === 'clock') {
          const minutes = Math.max(-120, Math.min(120, offset + one.minutes)) - offset;
          offset += minutes;
          room.clock.step(minutes * MINUTE);
          continue;
        }
        const [client, model] = [clients[one.who], models[one.who]];
        if (client === undefined || model === undefined) throw new Error('there are two');
        if (one.do === 'claim') {
          room.mailbox.length = 0;
          const { answer } = await client.claim(one.right ? RIGHT : WRONG);
          expect(answer).toEqual({ state: 'code-sent' });
          const code = room.mailbox.length === 0 ? undefined : client.received();
          Object.assign(model, { code, claimedAt: room.clock.now().getTime(), tries: 0 });
          continue;
        }
        const code = one.do === 'guess' ? one.code : (models[one.from]?.code ?? '000000');
        const { answer, recordId } = await client.code(code);
        model.tries += 1;
        const age = room.clock.now().getTime() - model.claimedAt;
        const live = model.code !== undefined && age >= -MINUTE && age < 10 * MINUTE && model.tries <= 5;
        expect(recordId !== undefined).toBe(answer.result === 'verified');
        if (answer.result === 'verified') {
          expect({ code, live }).toEqual({ code: model.code, live: true });
          model.code = undefined;
          continue;
        }
        failures += 1;
        // The other way about: while nothing is locked, the right code is never refused.
        if (failures <= 10)
          expect({ live, right: code === model.code }).not.toEqual({ live: true, right: true });
      }
      room.clock.step(49 * HOUR);
    }),
    { numRuns: 40 },
  );
}, 180_000);
