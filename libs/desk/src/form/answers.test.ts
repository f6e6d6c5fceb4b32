import { AppError, newId, type QueueId } from '@app/kernel';
import { aDefinition } from '../../testing/site';
import { checkAnswers, contactOf } from './answers';

const { form } = aDefinition(newId<QueueId>());
const BILL = { topic: 'bill', name: 'Ana Ruiz', contact: 'ana@home.example' };
const ILL = { ...BILL, topic: 'ill', since: 'today', fever: '39' };

function refused(answers: Record<string, unknown>): unknown {
  try {
    checkAnswers(form, answers);
  } catch (error) {
    if (error instanceof AppError) return [error.code, error.extra['fields']];
    throw error;
  }
  return 'nothing';
}

test('answers come back checked, with the words of what was chosen', () => {
  expect(checkAnswers(form, ILL)).toEqual({
    topic: 'ill',
    name: 'Ana Ruiz',
    contact: { kind: 'email', value: 'ana@home.example' },
    shown: [
      { field: 'since', label: form[1]?.label, value: 'today', option: { en: 'Today', es: 'Hoy' } },
      { field: 'fever', label: form[2]?.label, value: '39' },
    ],
  });
});

test('what is typed is trimmed, in one normal form, with one kind of line break', () => {
  const { name, shown } = checkAnswers(form, {
    ...BILL,
    name: '  Jose\u0301   Ruiz ',
    more: ' one\r\ntwo\t',
  });
  expect(name).toBe('Jos\u00e9 Ruiz');
  expect(shown).toEqual([{ field: 'more', label: form[5]?.label, value: 'one\ntwo' }]);
});

test('an empty answer is no answer', () => {
  expect(checkAnswers(form, { ...BILL, since: '', more: '   ' }).shown).toEqual([]);
});

test.each<[string, Record<string, unknown>, string, string[]]>([
  ['nothing at all', {}, 'INPUT_MALFORMED', ['topic', 'name', 'contact']],
  ['a required answer of a branch that was asked', { ...ILL, fever: ' ' }, 'INPUT_MALFORMED', ['fever']],
  ['an answer of a branch that was not asked', { ...BILL, since: 'today' }, 'INPUT_MALFORMED', ['since']],
  [
    'a branch of a branch that was not asked',
    { ...BILL, since: 'today', fever: '39' },
    'INPUT_MALFORMED',
    ['since', 'fever'],
  ],
  ['a branch that another answer closes', { ...ILL, since: 'longer' }, 'INPUT_MALFORMED', ['fever']],
  ['an option that is not offered', { ...BILL, topic: 'pill' }, 'INPUT_MALFORMED', ['topic']],
  [
    'a field that the form does not have',
    { ...BILL, colour: 'red' },
    'INPUT_MALFORMED',
    ['an unknown field'],
  ],
  ['a number for a text', { ...BILL, name: 5 }, 'INPUT_MALFORMED', ['name']],
  ['a list for a text', { ...BILL, contact: ['ana@home.example'] }, 'INPUT_MALFORMED', ['contact']],
  ['a line break in a name', { ...BILL, name: 'Ana\nRuiz' }, 'INPUT_MALFORMED', ['name']],
  ['a zero byte in a text', { ...BILL, more: 'a\u0000b' }, 'INPUT_MALFORMED', ['more']],
  ['no way to reach somebody', { ...BILL, contact: 'call me' }, 'INPUT_MALFORMED', ['contact']],
  ['a name over 120', { ...BILL, name: 'a'.repeat(121) }, 'INPUT_TOO_LARGE', ['name']],
  ['a text over its own limit', { ...ILL, fever: '9'.repeat(21) }, 'INPUT_TOO_LARGE', ['fever']],
  ['a long text over 2,000', { ...BILL, more: 'a'.repeat(2_001) }, 'INPUT_TOO_LARGE', ['more']],
  [
    'a length and something else',
    { ...BILL, contact: 'x', more: 'a'.repeat(2_001) },
    'INPUT_MALFORMED',
    ['contact', 'more'],
  ],
])('%s is refused, by field', (_says, answers, code, fields) => {
  expect(refused(answers)).toEqual([code, fields]);
});

test('a field that is inherited is not an answer', () => {
  const inherited = Object.create({ name: 'Ana Ruiz' }) as Record<string, unknown>;
  expect(refused(Object.assign(inherited, { topic: 'bill', contact: BILL.contact }))).toEqual([
    'INPUT_MALFORMED',
    ['name'],
  ]);
});

test.each<[string, { kind: string; value: string } | undefined]>([
  ['Ana@Home.Example', { kind: 'email', value: 'Ana@home.example' }],
  ['ana+intake@home.example', { kind: 'email', value: 'ana+intake@home.example' }],
  ['+1 (555) 010-9999', { kind: 'phone', value: '+15550109999' }],
  ['555.010.9999', { kind: 'phone', value: '5550109999' }],
  ['ana@home', undefined],
  ['ana@home.example, eva@home.example', undefined],
  ['Ana <ana@home.example>', undefined],
  ['ana@home.example\r\nBcc: eva@home.example', undefined],
  [`${'a'.repeat(65)}@home.example`, undefined],
  [`a@${'b'.repeat(250)}.example`, undefined],
  ['12345', undefined],
  ['1234567890123456', undefined],
  ['+', undefined],
  ['1+5550109999', undefined],
])('%p as a way to reach somebody', (text, contact) => {
  expect(contactOf(text)).toEqual(contact);
});
