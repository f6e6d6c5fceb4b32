import { birthDate } from './birth-date';

const TODAY = new Date('2026-01-05T12:00:00Z');

test.each([
  ['7', '3', '1985', '1985-03-07'],
  [' 29 ', '02', '2024', '2024-02-29'],
  ['29', '2', '2023', undefined],
  ['31', '4', '1990', undefined],
  ['6', '1', '2026', undefined],
  ['1', '1', '85', undefined],
  ['', '1', '1985', undefined],
  ['1', '', '1985', undefined],
])('day %p, month %p, year %p is %p', (day, month, year, date) => {
  expect(birthDate(day, month, year, TODAY)).toBe(date);
});
