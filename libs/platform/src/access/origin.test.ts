import { isOurOrigin } from './origin';

const OURS = new Set(['https://intake.example.org']);
const NONE = new Set<string>();

test.each([
  ['https://intake.example.org', true],
  ['http://intake.example.org', false],
  ['https://intake.example.org:443', false],
  ['https://intake.example.org/', false],
  ['https://intake.example.org.evil.example', false],
  ['https://INTAKE.example.org', false],
  ['https://user@intake.example.org', false],
  ['null', false],
  ['', false],
  [undefined, false],
])('with a public address, %p is ours: %p', (origin, expected) => {
  // What the request says of its host counts for nothing.
  expect(isOurOrigin(origin, 'intake.example.org', OURS)).toBe(expected);
  expect(isOurOrigin(origin, 'evil.example', OURS)).toBe(expected);
});

test.each([
  ['http://127.0.0.1:3000', '127.0.0.1:3000', true],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://[::1]:3000', '[::1]:3000', true],
  ['http://rebound.example:3000', 'rebound.example:3000', false],
  ['http://127.0.0.1:3001', '127.0.0.1:3000', false],
  ['http://127.0.0.1', '127.0.0.1:3000', false],
  ['http://evil.example', '127.0.0.1:3000', false],
  ['http://127.0.0.1:3000.evil.example', '127.0.0.1:3000', false],
  ['null', '127.0.0.1:3000', false],
  ['null', undefined, false],
  ['not an address', 'not an address', false],
  [undefined, undefined, false],
])('in a demo without one, %p asked of %p is ours: %p', (origin, host, expected) => {
  expect(isOurOrigin(origin, host, NONE)).toBe(expected);
});
