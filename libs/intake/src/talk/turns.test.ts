import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from './turns';

test('those with one key go one after the other, in the order in which they came', async () => {
  const turns = new Turns();
  const seen: string[] = [];
  const take = (name: string, ms: number) =>
    turns.take('a', async () => {
      seen.push(`${name} begins`);
      await sleep(ms);
      seen.push(`${name} ends`);
      return name;
    });
  await expect(Promise.all([take('slow', 20), take('quick', 0), take('last', 5)])).resolves.toEqual([
    'slow',
    'quick',
    'last',
  ]);
  expect(seen).toEqual([
    'slow begins',
    'slow ends',
    'quick begins',
    'quick ends',
    'last begins',
    'last ends',
  ]);
});

test('another key does not wait', async () => {
  const turns = new Turns();
  let go = () => undefined as void;
  const stuck = turns.take('a', () => new Promise<void>((resolve) => (go = resolve)));
  await expect(turns.take('b', () => Promise.resolve('done'))).resolves.toBe('done');
  go();
  await stuck;
});

test('one that fails hears of it alone, and the next has its turn', async () => {
  const turns = new Turns();
  const failed = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', () => Promise.resolve('yes'));
  await expect(failed).rejects.toThrow('no');
  await expect(next).resolves.toBe('yes');
});

test('nothing is kept of a key when the last has gone', async () => {
  const turns = new Turns();
  await Promise.all([turns.take('a', () => Promise.resolve()), turns.take('a', () => Promise.resolve())]);
  await sleep(0);
  expect((turns as unknown as { last: Map<string, unknown> }).last.size).toBe(0);
});
