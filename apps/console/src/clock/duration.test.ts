import { clockText, lengthText } from './duration';

test.each([
  [0, '0:00'],
  [-500, '0:00'],
  [61_000, '1:01'],
  [3_599_999, '59:59'],
  [3_600_000, '1:00:00'],
])('%d ms on a clock is %s', (ms, text) => {
  expect(clockText(ms)).toBe(text);
});

test.each([
  [45, '45 s'],
  [60, '1 min'],
  [74, '1 min 14 s'],
  [1_120, '18 min'],
  [3_600, '1 h'],
  [4_800, '1 h 20 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(lengthText(seconds)).toBe(text.replaceAll(' ', '\u00a0'));
});
