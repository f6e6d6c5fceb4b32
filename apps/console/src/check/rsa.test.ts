import { constants, createCipheriv, createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { openAesGcm } from './aes-gcm';
import { isPkcs1Signed, isPssSigned, toNumber } from './rsa';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = publicKey.export({ format: 'jwk' });
const KEY = {
  n: toNumber(Buffer.from(jwk.n ?? '', 'base64url')),
  e: toNumber(Buffer.from(jwk.e ?? '', 'base64url')),
};
const MESSAGE = Buffer.from('what was signed');
const hashOf = (name: string) => (bytes: Uint8Array) => createHash(name).update(bytes).digest();

test.each(['sha1', 'sha256', 'sha384', 'sha512'])(
  'a signature that Node makes with %s holds, and of another text it does not',
  (name) => {
    const made = sign(name, MESSAGE, privateKey);
    expect(isPkcs1Signed(KEY, name, hashOf(name), MESSAGE, made)).toBe(true);
    expect(isPkcs1Signed(KEY, name, hashOf(name), Buffer.from('another'), made)).toBe(false);
    expect(isPkcs1Signed(KEY, name, hashOf(name), MESSAGE, made.with(9, (made[9] ?? 0) ^ 1))).toBe(false);
  },
);

test.each([0, 20, 32])(
  'a signature by RSASSA-PSS with a salt of %d bytes holds, and changed it does not',
  (saltLength) => {
    const made = sign('sha256', MESSAGE, {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    });
    expect(isPssSigned(KEY, hashOf('sha256'), MESSAGE, made)).toBe(true);
    expect(isPssSigned(KEY, hashOf('sha256'), Buffer.from('another'), made)).toBe(false);
    expect(isPssSigned(KEY, hashOf('sha256'), MESSAGE, made.with(99, (made[99] ?? 0) ^ 1))).toBe(false);
  },
);

test.each([0, 1, 15, 16, 17, 1000])(
  'what Node seals with AES-256-GCM opens, %d bytes of it, and changed it does not',
  (length) => {
    const [key, nonce, aad, plain] = [32, 12, 21, length].map((size) => randomBytes(size)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad);
    const sealed = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    expect(Buffer.from(openAesGcm(key, nonce, aad, sealed) ?? 'nothing').equals(plain)).toBe(true);
    for (const at of [0, sealed.length - 1]) {
      expect(openAesGcm(key, nonce, aad, sealed.with(at, (sealed[at] ?? 0) ^ 1))).toBeUndefined();
    }
    expect(openAesGcm(key, nonce, aad.subarray(1), sealed)).toBeUndefined();
    expect(openAesGcm(key, nonce, aad, sealed.subarray(0, 15))).toBeUndefined();
  },
);
