import { randomBytes } from 'node:crypto';
import { hashPassword, isPassword, keyFromPassphrase } from './passphrase';
import { unwrap, wrap } from './wrap';

const kek = randomBytes(32);
const key = randomBytes(32);

test('a wrapped key unwraps under the same key and name only', () => {
  const wrapped = wrap(kek, key, 'tenant/1');
  expect(unwrap(kek, wrapped, 'tenant/1')).toEqual(key);
  expect(() => unwrap(kek, wrapped, 'tenant/2')).toThrow(expect.objectContaining({ code: 'SEAL_BROKEN' }));
  expect(() => unwrap(randomBytes(32), wrapped, 'tenant/1')).toThrow(
    expect.objectContaining({ code: 'SEAL_BROKEN' }),
  );
});

test('a password is known again, another is not, and a hash that cannot be read is a no', async () => {
  const hashed = await hashPassword('correct horse');
  for (const part of ['$argon2id$v=19$', 'm=19456', 't=2', 'p=1']) expect(hashed).toContain(part);
  await expect(isPassword(hashed, 'correct horse')).resolves.toBe(true);
  await expect(isPassword(hashed, 'correct house')).resolves.toBe(false);
  await expect(isPassword('not a hash', 'correct horse')).resolves.toBe(false);
});

test('the same passphrase and salt give the same key, another salt another', async () => {
  const salt = randomBytes(16);
  const first = await keyFromPassphrase('open sesame', salt);
  expect(first).toHaveLength(32);
  expect(await keyFromPassphrase('open sesame', salt)).toEqual(first);
  expect(await keyFromPassphrase('open sesame', randomBytes(16))).not.toEqual(first);
});
