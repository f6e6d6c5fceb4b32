import { canonicalize, NotCanonical, parseCanonical } from '@app/audit';

import vectors from '../vectors/canonical.json';

test.each(vectors.same)('$says', ({ json, canonical }) => {
  expect(canonicalize(JSON.parse(json)).toString('utf8')).toBe(canonical);
  expect(canonicalize(parseCanonical(Buffer.from(canonical))).toString('utf8')).toBe(canonical);
});

test.each(vectors.refused)('bytes are refused when there is $says', ({ hex }) => {
  expect(() => parseCanonical(Buffer.from(hex, 'hex'))).toThrow(NotCanonical);
});

test.each([
  ['a float', { a: { b: [1, 2.5] } }, 'a: b: 1: 2.5: not an integer'],
  ['a number beyond 2^53-1', { a: 2 ** 53 }, 'a: 9007199254740992: not an integer'],
  ['null', { a: [null] }, 'a: 0: null has no place here'],
  ['undefined', { a: undefined }, 'a: undefined: not a JSON value'],
  ['a lone surrogate', { a: '\ud800x' }, 'a: a string with a lone surrogate'],
  ['a key outside ASCII', { ä: 1 }, 'the key "ä"'],
])('%s is refused, and the error says where', (_name, value, message) => {
  expect(() => canonicalize(value as never)).toThrow(message);
});

test('nesting without end is refused and does not exhaust the stack', () => {
  const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
  expect(() => parseCanonical(Buffer.from(deep))).toThrow('nested deeper than 16');
});

test('a text in two Unicode forms has one canonical form', () => {
  expect(canonicalize('e\u0301').equals(canonicalize('\u00e9'))).toBe(true);
});

test('minus zero, which rounding makes, is written as 0 (RFC 8785, 3.2.2.3)', () => {
  expect(canonicalize([Math.round(-0.3)]).toString()).toBe('[0]');
});
