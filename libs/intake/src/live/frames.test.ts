import { parsePost, parseReceipt, parseSince, parseTyping } from './frames';

const intakeId = '0190a1b2-0000-7000-8000-000000000000';
const clientMsgId = '0190a1b2-0000-7000-8000-00000000000a';

function codeOf(act: () => unknown): string {
  try {
    act();
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
}

test.each([
  ['a word', 'hello', 'taken'],
  ['lines and tabs', 'one\n\ttwo\r\nthree', 'taken'],
  ['another script with marks', 'שָׁלוֹם नमस्ते e\u0301', 'taken'],
  ['a face of several parts', '👩🏽‍⚕️', 'taken'],
  ['4,000 units', '👍'.repeat(2_000), 'taken'],
  ['4,001 units', `${'👍'.repeat(2_000)}x`, 'INPUT_TOO_LARGE'],
  ['nothing', '', 'INPUT_MALFORMED'],
  ['white space of every kind', ' \t\n\u00a0\u2003\u3000', 'INPUT_MALFORMED'],
  ['a NUL', 'a\0', 'INPUT_MALFORMED'],
  ['a bell', '\u0007ring', 'INPUT_MALFORMED'],
  ['an escape of a terminal', '\u001b[31mred', 'INPUT_MALFORMED'],
  ['a C1 control', 'a\u0085b', 'INPUT_MALFORMED'],
  ['half of a pair', 'a\ud83d', 'INPUT_MALFORMED'],
  ['a number', 7, 'INPUT_MALFORMED'],
])('a text of %s', (_, text, code) => {
  expect(codeOf(() => parsePost({ intakeId, clientMsgId, text }))).toBe(code);
});

test('an id has one spelling, so that one message has one id', () => {
  const body = { intakeId, clientMsgId, text: 'x' };
  expect(codeOf(() => parsePost({ ...body, clientMsgId: clientMsgId.toUpperCase() }))).toBe(
    'INPUT_MALFORMED',
  );
  expect(codeOf(() => parsePost({ ...body, intakeId: intakeId.toUpperCase() }))).toBe('INPUT_MALFORMED');
});

test.each([-1, 1.5, 2_147_483_648, Number.NaN, Infinity, '1', null])('%p is no message number', (seq) => {
  expect(codeOf(() => parseSince({ intakeId, after: seq }))).toBe('INPUT_MALFORMED');
  expect(codeOf(() => parseReceipt({ intakeId, delivered: seq }))).toBe('INPUT_MALFORMED');
  expect(codeOf(() => parseReceipt({ intakeId, read: seq }))).toBe('INPUT_MALFORMED');
});

test('the largest number that the table keeps is one, a receipt may say neither, and typing is on or off', () => {
  expect(parseSince({ intakeId, after: 2_147_483_647 }).after).toBe(2_147_483_647);
  expect(parseReceipt({ intakeId })).toEqual({ intakeId });
  expect(codeOf(() => parseTyping({ intakeId, on: 'yes' }))).toBe('INPUT_MALFORMED');
});
