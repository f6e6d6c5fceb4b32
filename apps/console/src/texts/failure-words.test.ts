import { failureWords, waitWords } from './failure-words';
import { TEXTS } from './texts';

const { en, es } = TEXTS;

test('a rate limit says how long to wait, rounded up', () => {
  expect(failureWords({ code: 'TOO_MANY', retryAfterSeconds: 95 }, en)).toBe(
    'Too many tries. Wait 2 minutes, then try again.',
  );
  expect(failureWords({ code: 'TOO_MANY', retryAfterSeconds: 0.4 }, es)).toContain('1 segundo');
  expect(waitWords(59.2, en)).toBe('60 seconds');
});

test('each refusal has its own words, in both languages', () => {
  expect(failureWords({ code: 'ACCESS_DENIED' }, en)).toBe(en.failure.ACCESS_DENIED);
  expect(failureWords({ code: 'UNREACHABLE' }, es)).toBe(es.failure.NETWORK);
});

test('an act that was done and is not signed yet is not told as one to be tried again', () => {
  const unsigned = { code: 'AUDIT_BACKLOG', extra: { entry: 'an-entry' } };
  expect(failureWords(unsigned, en)).toMatch(/was done.*Look/);
  expect(failureWords(unsigned, es)).toBe(es.failure.NOT_SIGNED_YET);
  expect(failureWords({ code: 'AUDIT_BACKLOG', extra: {} }, en)).toBe(en.failure.AUDIT_BACKLOG);
});

test('what has no words, and what is no error of ours, is told as our fault', () => {
  expect(failureWords({ code: 'SOMETHING_NEW' }, en)).toBe(en.failure.UNEXPECTED);
  expect(failureWords(new TypeError('x'), en)).toBe(en.failure.UNEXPECTED);
  expect(failureWords(undefined, en)).toBe(en.failure.UNEXPECTED);
});
