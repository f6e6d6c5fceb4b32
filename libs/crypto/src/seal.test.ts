import { randomBytes } from 'node:crypto';
import { open } from './open';
import { DataKey, keyIdOf, OVERHEAD_BYTES, seal, type SealContext } from './seal';

const dek = DataKey.generate();
const here: SealContext = { tenant: 't', owner: 'intake-1', item: 'message-1', content: 'message' };
const broken = expect.objectContaining({ code: 'SEAL_BROKEN' });

test('a sealed text opens to the same text', () => {
  expect(open(dek, seal(dek, 'my ex has a key to the flat', here), here).toString('utf8')).toBe(
    'my ex has a key to the flat',
  );
});

test('sealing adds exactly 100 bytes and never gives the same bytes twice', () => {
  const first = seal(dek, 'yes', here);
  expect(first.length).toBe(3 + 100);
  expect(OVERHEAD_BYTES).toBe(100);
  expect(first.equals(seal(dek, 'yes', here))).toBe(false);
  expect(keyIdOf(first)?.equals(dek.id)).toBe(true);
});

test('one flipped bit anywhere breaks the seal', () => {
  const sealed = seal(dek, 'yes', here);
  for (let i = 0; i < sealed.length; i++) {
    const tampered = Buffer.from(sealed);
    tampered[i] = (tampered[i] ?? 0) ^ 1;
    expect(() => open(dek, tampered, here)).toThrow(broken);
  }
});

test.each([
  ['tenant', { ...here, tenant: 'u' }],
  ['owner', { ...here, owner: 'intake-2' }],
  ['row', { ...here, item: 'message-2' }],
  ['kind of value', { ...here, content: 'note' }],
  ['split of the same letters', { ...here, tenant: 'tintake', owner: '-1' }],
])('a value moved to another %s does not open', (_where, elsewhere) => {
  expect(() => open(dek, seal(dek, 'yes', here), elsewhere)).toThrow(broken);
});

test('another key with the same id does not open it: the commitment says no before the cipher runs', () => {
  const impostor = new DataKey(dek.id, randomBytes(32));
  expect(() => open(impostor, seal(dek, 'yes', here), here)).toThrow(broken);
});

test.each([0, 1, 99])('%d bytes are not a sealed value', (length) => {
  expect(() => open(dek, randomBytes(length), here)).toThrow(broken);
});

test('bytes after the tag break the seal', () => {
  expect(() => open(dek, Buffer.concat([seal(dek, 'yes', here), Buffer.from([0])]), here)).toThrow(broken);
});

test('a key does not show itself in a log', () => {
  expect(JSON.stringify({ dek })).toBe('{"dek":"[DataKey]"}');
});
