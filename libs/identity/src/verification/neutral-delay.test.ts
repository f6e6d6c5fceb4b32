import { neutralDelay, type Pace, systemPace } from './neutral-delay';

function pace(tookMs: number, jitter: number): Pace & { slept: number[] } {
  let now = 50;
  const slept: number[] = [];
  return {
    floorMs: 800,
    jitterMs: 200,
    slept,
    elapsedMs: () => (now += now === 50 ? 1 : tookMs),
    sleep: (ms) => Promise.resolve(slept.push(ms)),
    random: () => jitter,
  };
}

test.each([
  [0, 0, 800],
  [120, 0, 680],
  [120, 200, 880],
  [800, 0, 0],
  [900, 5, 705],
])('work of %i ms with %i ms of jitter waits %i ms more', async (took, jitter, wait) => {
  const its = pace(took, jitter);
  await expect(neutralDelay(its, () => Promise.resolve('answer'))).resolves.toBe('answer');
  expect(its.slept).toEqual([wait]);
});

test('an error waits as an answer does', async () => {
  const its = pace(100, 0);
  await expect(neutralDelay(its, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(its.slept).toEqual([700]);
});

test('a running program waits in real time', async () => {
  const started = performance.now();
  await neutralDelay(systemPace({ answerFloorMs: 60, answerJitterMs: 5 }), () => Promise.resolve());
  expect(performance.now() - started).toBeGreaterThanOrEqual(59);
});
