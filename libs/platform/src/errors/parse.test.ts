import { z } from 'zod';
import { idSchema, Nothing, parse, Shape } from './parse';

const Person = z.strictObject({ name: z.string().max(5), age: z.number().int().optional() });

function refusal(schema: z.ZodType, input: unknown): unknown {
  try {
    parse(schema, input);
    return 'taken';
  } catch (error) {
    const { code, message, extra } = error as { code: string; message: string; extra: object };
    return [code, message, extra];
  }
}

test.each([
  [{ name: 'Ana' }, 'taken'],
  [{ name: 'Zebedee' }, ['INPUT_TOO_LARGE', 'Too long: name.', { fields: ['name'] }]],
  [
    { name: 'Zebedee', age: 'x' },
    ['INPUT_MALFORMED', 'Not what this door takes: name, age.', { fields: ['name', 'age'] }],
  ],
  [{}, ['INPUT_MALFORMED', 'Not what this door takes: name.', { fields: ['name'] }]],
  [
    { name: 'Ana', 'secret-value': 1 },
    ['INPUT_MALFORMED', 'Not what this door takes: an unknown field.', { fields: ['an unknown field'] }],
  ],
  [null, ['INPUT_MALFORMED', 'Not what this door takes: the whole.', { fields: ['the whole'] }]],
])('of %j the fields are named that are wrong, and no value', (input, expected) => {
  expect(refusal(Person, input)).toEqual(expected);
});

test('no more than ten fields are named', () => {
  const many = z.record(z.string(), z.number());
  const input = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, 'x']));
  expect(refusal(many, input)).toMatchObject([
    'INPUT_MALFORMED',
    expect.anything(),
    { fields: { length: 10 } },
  ]);
});

test('a door without fields takes no body for an empty one, and nothing else', () => {
  const shape = new Shape(Nothing);
  expect(shape.transform(undefined)).toEqual({});
  for (const body of [{ a: 1 }, [], 'x', 0, false, JSON.parse('{"__proto__":1}') as unknown])
    expect(() => shape.transform(body)).toThrow('Not what this door takes');
});

test.each([
  '0190A1B2-0000-7000-8000-000000000000',
  '0190a1b2-0000-7000-8000-000000000000 ',
  '0190a1b200007000800000000000000',
  '{0190a1b2-0000-7000-8000-000000000000}',
  '',
])('%p is not how an id is written', (id) => {
  expect(refusal(idSchema(), id)).not.toBe('taken');
});
