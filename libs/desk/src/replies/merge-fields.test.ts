import fc from 'fast-check';
import { fieldsOf, fill, type Merge, recordFieldsOf } from './merge-fields';

const KNOWN: Merge = {
  client: { name: 'Ana' },
  staff: { name: 'Kim' },
  site: { name: 'River Clinic' },
  record: { next_appointment: '2 December, 10:30', empty: '' },
};
const UNKNOWN: Merge = { client: KNOWN.client, staff: KNOWN.staff, site: KNOWN.site };
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

test('a reply is filled with names and with values of the record', () => {
  const body =
    '{{client.name}}, {{ staff.name }} of {{site.name}}: {{record.next_appointment}}. {{client.name}}!';
  expect(fill(body, KNOWN)).toBe('Ana, Kim of River Clinic: 2 December, 10:30. Ana!');
  expect(fieldsOf(body)).toEqual(['client.name', 'staff.name', 'site.name', 'record.next_appointment']);
  expect(recordFieldsOf(body)).toEqual(['next_appointment']);
});

test('what is filled in is not looked at again', () => {
  const named = { ...UNKNOWN, client: { name: '{{record.next_appointment}} $& {{staff.name}}' } };
  expect(fill('Hello {{client.name}}', named)).toBe('Hello {{record.next_appointment}} $& {{staff.name}}');
});

test('a value of the record is not filled in without a record', () => {
  expect(() => fill('On {{record.next_appointment}}', UNKNOWN)).toThrow(refusal('ASSURANCE_TOO_LOW'));
});

test.each(['record.balance', 'record.empty', 'record.constructor'])(
  'a record without the value leaves no hole: %s',
  (field) => {
    expect(() => fill(`It is {{${field}}}`, KNOWN)).toThrow(refusal('NOT_FOUND'));
  },
);

test.each([
  '{{client.nmae}}',
  '{{client}}',
  '{{record}}',
  '{{record.}}',
  '{{record.Next}}',
  '{{record.__proto__}}',
  '{{client.constructor}}',
  '{{}}',
  '{{{client.name}}}',
  '{{client.name',
  'client.name}}',
  '{{client.name}',
])('a text with %p is refused', (body) => {
  expect(() => fieldsOf(body)).toThrow(refusal('INPUT_MALFORMED'));
});

test('a text without fields is left as it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !/\{\{|\}\}/.test(text)),
      (text) => {
        expect(fill(text, UNKNOWN)).toBe(text);
      },
    ),
  );
});
