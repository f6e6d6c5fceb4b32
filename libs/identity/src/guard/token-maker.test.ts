import { blindToken } from '@app/crypto';
import fc from 'fast-check';
import { tokenMaker } from './token-maker';

test('a token is the HMAC that the crypto room makes, one after the other and at any length', () => {
  const key = Buffer.alloc(32, 7);
  const token = tokenMaker(key);
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (value) => token(value).equals(blindToken(key, value))),
  );
  for (const value of ['', 'x'.repeat(4_096), 'x'.repeat(4_097), 'é'.repeat(9_000), 'short'])
    expect(token(value)).toEqual(blindToken(key, value));
});
