import { mergeValues, recordFieldsOf } from './merge';

const label = { en: 'Next appointment', es: 'Próxima cita' };

test('a canned reply says which values of the record it asks for, each once', () => {
  expect(recordFieldsOf('{{record.a}} {{ record.b_2 }} {{record.a}} {{client.name}}')).toEqual(['a', 'b_2']);
});

test('values are filled in as they are, and one that the record does not have stays visible', () => {
  const values = [{ field: 'next_appointment', label, value: '$& on Monday' }];
  expect(mergeValues('See you {{record.next_appointment}}, {{record.doctor}}', values)).toBe(
    'See you $& on Monday, {{record.doctor}}',
  );
});
