import { messageNumbers } from './message-numbers';

test.each([
  ['3', [3]],
  ['3, 5-7', [3, 5, 6, 7]],
  ['5–7;3 3', [3, 5, 6, 7]],
  [' 10 ', [10]],
])('%j are messages', (text, numbers) => {
  expect(messageNumbers(text, 10)).toEqual(numbers);
});

test.each(['', ' , ', '0', '11', '7-5', '3-11', 'three', '1.5', '-3', '3-', '99999999999'])(
  '%j is refused',
  (text) => {
    expect(messageNumbers(text, 10)).toBeUndefined();
  },
);
