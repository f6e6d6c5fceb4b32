import { Pace } from './pace';

const LIMITS = {
  message: { burst: 3, perSecond: 2 },
  read: { burst: 1, perSecond: 0.1 },
  signal: { burst: 1, perSecond: 1 },
};

/** Returns a pace, and how to let time go by. */
function standing(): { pace: Pace; wait: (ms: number) => void } {
  let now = 1_000;
  return { pace: new Pace(LIMITS, () => now), wait: (ms) => (now += ms) };
}

const refused = (retryAfterS: number) =>
  expect.objectContaining({ code: 'TOO_MANY', extra: { retryAfterS } }) as Error;

test('a burst goes through, and what comes after it waits', () => {
  const { pace, wait } = standing();
  for (let i = 0; i < 3; i += 1) pace.take('message');
  expect(() => pace.take('message')).toThrow(refused(1));
  wait(500);
  pace.take('message');
  expect(() => pace.take('message')).toThrow(refused(1));
});

test('a long silence gives no more than a burst', () => {
  const { pace, wait } = standing();
  wait(3_600_000);
  for (let i = 0; i < 3; i += 1) pace.take('message');
  expect(() => pace.take('message')).toThrow(refused(1));
});

test('one kind does not use up another, and the wait is said in whole seconds', () => {
  const { pace } = standing();
  pace.take('read');
  expect(() => pace.take('read')).toThrow(refused(10));
  pace.take('message');
  pace.take('signal');
});

test('whoever keeps asking too early is not put off further', () => {
  const { pace, wait } = standing();
  pace.take('signal');
  for (let i = 0; i < 9; i += 1) {
    wait(100);
    expect(() => pace.take('signal')).toThrow(refused(1));
  }
  wait(100);
  pace.take('signal');
});
