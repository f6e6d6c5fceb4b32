import { AppendQueue } from './append-queue';

test('the first goes at once, and what arrives meanwhile goes together', async () => {
  const batches: number[][] = [];
  const queue = new AppendQueue<number, number>(async (batch) => {
    batches.push([...batch]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return batch.map((n) => n * 10);
  });
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => queue.add(n)));
  expect(answers).toEqual([10, 20, 30, 40, 50]);
  expect(batches).toEqual([[1], [2], [3, 4, 5]]);
});

test('one that fails fails alone', async () => {
  const queue = new AppendQueue<number, number>(async (batch) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (batch.includes(4)) throw new Error('four');
    return [...batch];
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => queue.add(n)));
  expect(outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : 'failed'))).toEqual([
    1,
    2,
    3,
    'failed',
    5,
  ]);
});

test('no batch is larger than 64', async () => {
  let largest = 0;
  const queue = new AppendQueue<number, number>(async (batch) => {
    largest = Math.max(largest, batch.length);
    await new Promise((resolve) => setTimeout(resolve, 1));
    return [...batch];
  });
  await Promise.all(Array.from({ length: 300 }, (_, n) => queue.add(n)));
  expect(largest).toBe(64);
});
