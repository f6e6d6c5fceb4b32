import { generate } from 'otplib';
import { newTotpSecret, otpauthUri, stepOf } from './totp';

const secret = newTotpSecret();
const now = new Date(Date.UTC(2026, 5, 1, 9, 0, 15));
const epoch = now.getTime() / 1_000;
const step = Math.floor(epoch / 30);

test.each([
  ['two steps ago', -60, undefined],
  ['the step before', -30, step - 1],
  ['this step', 0, step],
  ['the step after', 30, step + 1],
  ['in two steps', 60, undefined],
])(
  'a code of %s belongs to the step that it was made in, if that is near enough',
  async (_, shift, expected) => {
    expect(await stepOf(secret, await generate({ secret, epoch: epoch + shift }), now)).toBe(expected);
  },
);

test('RFC 6238, appendix B, is reproduced to six digits', async () => {
  const rfc = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  expect(await stepOf(rfc, '287082', new Date(59_000))).toBe(1);
});

test('a secret has 160 bits, and no two are alike', () => {
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
  expect(newTotpSecret()).not.toBe(newTotpSecret());
});

test('an authenticator app is told who issued the secret and for whom', () => {
  expect(otpauthUri('A clinic', 'a@example.org', 'GEZDGNBVGY3TQOJQ')).toBe(
    'otpauth://totp/A%20clinic:a%40example.org?secret=GEZDGNBVGY3TQOJQ&issuer=A%20clinic',
  );
});
