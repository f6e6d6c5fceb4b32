import { mean, percentile, spread } from './figures';

test.each<[number[], number, number | undefined]>([
  [[], 0.5, undefined],
  [[7], 0.9, 7],
  [[1, 2, 3, 4], 0.5, 2.5],
  [[4, 1, 3, 2], 0.5, 2.5],
  [[10, 20, 30, 40, 50], 0.9, 46],
  [[10, 20, 30, 40, 50], 0, 10],
  [[10, 20, 30, 40, 50], 1, 50],
])('of %p the value at share %p is %p', (values, share, value) => {
  expect(percentile(values, share)).toBe(value);
});

test('a spread is in whole seconds, and of nothing there is none', () => {
  expect(spread([10.2, 20, 31.1])).toEqual({ mean: 20, median: 20, p90: 29 });
  expect(spread([])).toBeUndefined();
  expect(mean([])).toBeUndefined();
});

test('the given values stay in their order', () => {
  const values = [3, 1, 2];
  percentile(values, 0.5);
  expect(values).toEqual([3, 1, 2]);
});
