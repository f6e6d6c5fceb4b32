import { newId, type TenantId } from '@app/kernel';
import { newToken, readToken } from './token';

const tenantId = newId<TenantId>();

test('what is stored of a token is found again from its text, and is not its text', () => {
  const { text, hash } = newToken(tenantId);
  expect(readToken(text)).toEqual({ tenantId, hash });
  expect(text).toMatch(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{43}$/);
  expect(hash).toHaveLength(32);
});

test.each([
  '',
  '.',
  'secret',
  `${tenantId}`,
  `${tenantId}.`,
  `.secret`,
  `not-an-id.secret`,
  `${tenantId}.a.b`,
])('the text %j is no token', (text) => {
  expect(readToken(text)).toBeUndefined();
});
