import type { FormField } from '@app/ui';
import { answersToSend, isContact, problemsOf, visibleFields } from './form-rules';

const label = { en: 'l', es: 'l' };
const FORM: FormField[] = [
  {
    id: 'topic',
    kind: 'topic',
    label,
    required: true,
    options: [
      { value: 'ill', label },
      { value: 'bill', label },
    ],
  },
  {
    id: 'since',
    kind: 'choice',
    label,
    required: true,
    when: { field: 'topic', equals: ['ill'] },
    options: [{ value: 'today', label }],
  },
  { id: 'fever', kind: 'text', label, required: true, when: { field: 'since', equals: ['today'] } },
  { id: 'contact', kind: 'contact', label, required: true },
  { id: 'more', kind: 'long-text', label, required: false, maxLength: 5 },
];
const ids = (answers: Record<string, string>) => visibleFields(FORM, answers).map(({ id }) => id);

test('a branch is asked only after the answer that opens it', () => {
  expect(ids({})).toEqual(['topic', 'contact', 'more']);
  expect(ids({ topic: 'ill' })).toEqual(['topic', 'since', 'contact', 'more']);
});

test('a branch of a branch is closed with its parent, though its answer is still there', () => {
  expect(ids({ topic: 'bill', since: 'today' })).toEqual(['topic', 'contact', 'more']);
});

test('answers to questions that are not asked any more are not sent', () => {
  const answers = { topic: 'bill', since: 'today', fever: 'no', contact: ' a@b.org ', more: '' };
  expect(answersToSend(FORM, answers)).toEqual({ topic: 'bill', contact: 'a@b.org' });
});

test('each missing or wrong answer is named in the order of the form', () => {
  expect([...problemsOf(FORM, { topic: 'ill', contact: 'call me', more: 'too long' })]).toEqual([
    ['since', 'choice'],
    ['contact', 'contact'],
    ['more', 'too-long'],
  ]);
});

test.each([
  ['name@example.org', true],
  ['+1 (555) 010-9999', true],
  ['555.010.9999', true],
  ['12345', false],
  ['name@example', false],
  ['', false],
])('%p counts as a way to reach somebody: %p', (answer, is) => {
  expect(isContact(answer)).toBe(is);
});
