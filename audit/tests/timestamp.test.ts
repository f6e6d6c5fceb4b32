import { createHash, X509Certificate } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type AuthorityKind, LocalAuthority } from './local-authority';

interface Info {
  readonly time: string;
  readonly authority: string;
  readonly policy: string;
  readonly nonce?: string;
}
type Check = (stamp: { token: Buffer; imprint: Buffer; caPem?: string }, primitives: object) => Info;

const load = createRequire(__filename);
const VERIFY = join(__dirname, '..', 'verify');
const { checkTimestamp } = load(join(VERIFY, 'timestamp.mjs')) as { checkTimestamp: Check };
const { certificatesInPem, leadsTo, readCertificate } = load(join(VERIFY, 'stamp', 'certificate.mjs')) as {
  certificatesInPem: (pem: string) => object[];
  leadsTo: (
    own: object | undefined,
    trusted: object[],
    others: object[],
    at: string,
    primitives: object,
  ) => boolean;
  readCertificate: (der: Uint8Array) => object;
};
const { nodePrimitives } = load(join(VERIFY, 'primitives.mjs')) as { nodePrimitives: object };

const TEXT = 'a.log/one\n12\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const IMPRINT = createHash('sha256').update(TEXT).digest();
const check = (token: Buffer, caPem?: string, imprint = IMPRINT) =>
  checkTimestamp({ token, imprint, ...(caPem !== undefined && { caPem }) }, nodePrimitives);
const made: LocalAuthority[] = [];
const authority = (kind: AuthorityKind = {}) => {
  const one = new LocalAuthority(kind);
  made.push(one);
  return one;
};

afterAll(() => {
  for (const one of made) one.remove();
});

test.each<AuthorityKind>([
  { key: 'rsa', hash: 'sha256' },
  { key: 'rsa', hash: 'sha512', certificateHash: 'sha512' },
  { key: 'rsa', certificateHash: 'sha1' },
  { key: 'p256', hash: 'sha256' },
  { key: 'p384', hash: 'sha384' },
])('a stamp of an authority with %j holds, as OpenSSL says, too', (kind) => {
  const one = authority(kind);
  const token = one.stamp(TEXT);
  expect(one.verify(token, TEXT)).toContain('Verification: OK');
  const info = check(token, one.ca);
  expect(info).toMatchObject({ authority: 'Test Authority', policy: '1.2.3.4.1' });
  expect(Math.abs(Date.parse(info.time) - Date.now())).toBeLessThan(60_000);
});

test('without trusted certificates it is not asked who the authority is; with others it is untrusted', () => {
  const [one, other] = [authority({ key: 'p256' }), authority({ key: 'p256' })];
  const token = one.stamp(TEXT);
  expect(check(token).authority).toBe('Test Authority');
  expect(() => check(token, other.ca)).toThrow(expect.objectContaining({ code: 'untrusted' }));
  expect(check(token, other.ca + one.ca).authority).toBe('Test Authority');
  expect(() => check(token, 'no certificate')).toThrow('There is no certificate among those that were given');
});

test.each([{ key: 'rsa' as const }, { key: 'p256' as const }])(
  'no byte of a stamp can be changed, and checking changes none: %j',
  (kind) => {
    const one = authority(kind);
    const token = one.stamp(TEXT);
    const { ca } = one;
    const before = token.toString('hex');
    const unnoticed: number[] = [];
    for (let at = 0; at < token.length; at++) {
      const changed = Buffer.from(token);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      try {
        check(changed, ca);
        unnoticed.push(at);
      } catch (error) {
        if (
          (error as { code?: string }).code !== undefined &&
          (error as { code?: string }).code !== 'untrusted'
        )
          throw error;
      }
    }
    expect(unnoticed).toEqual([]);
    check(token, ca);
    expect(token.toString('hex')).toBe(before);
  },
);

test('a stamp on something else, half a stamp, and what is no stamp are refused', () => {
  const one = authority({ key: 'p256' });
  const token = one.stamp(TEXT);
  expect(() => check(token, one.ca, Buffer.alloc(32, 1))).toThrow('It is about something else');
  for (const length of [0, 1, 2, 9, 100, token.length - 1])
    expect(() => check(token.subarray(0, length), one.ca)).toThrow(Error);
  expect(() => check(Buffer.concat([token, Buffer.alloc(1)]), one.ca)).toThrow('It is malformed');
  expect(() => check(Buffer.from('3003020102', 'hex'), one.ca)).toThrow(Error);
});

test.each([
  ['without any purpose', 'serverAuth'],
  ['with time stamping among others', 'critical,timeStamping,serverAuth'],
  ['whose purpose is not critical', 'timeStamping'],
])('a stamp by a certificate %s is refused', (_what, purposes) => {
  const one = authority({ key: 'p256', purposes });
  expect(() => one.stamp(TEXT)).toThrow(/ts/i);
  expect(() => check(one.forge(TEXT), one.ca)).toThrow(
    'The certificate that signed it is not one for time stamps',
  );
});

test('a stamp from before or after the time of its certificate is refused', () => {
  const one = authority({ key: 'p256' });
  const now = new Date().toISOString().replace(/[-:T]|\.\d+/g, '');
  expect(check(one.forge(TEXT, now), one.ca).policy).toBe('1.2.3.4.1');
  expect(() => check(one.forge(TEXT, '20200101000000Z'), one.ca)).toThrow('was not valid at that time');
  expect(() => check(one.forge(TEXT, '20991231235959Z'), one.ca)).toThrow('was not valid at that time');
});

test('the nonce of the request comes back', () => {
  const one = authority({ key: 'p256' });
  expect(check(one.stamp(TEXT), one.ca).nonce).toMatch(/^[0-9a-f]{10,}$/);
  expect(check(one.stamp(TEXT, '-no_nonce'), one.ca).nonce).toBeUndefined();
});

test('certificates that all sign each other are each looked at once', () => {
  const [one, other] = [authority({ key: 'p256' }), authority({ key: 'p256' })];
  const certificates = Array.from({ length: 8 }, (_, i) =>
    readCertificate(new X509Certificate(one.selfSigned('Everybody', i + 1)).raw),
  );
  let asked = 0;
  const verifySignature = () => (asked += 1) > 0;
  const now = new Date().toISOString();
  const [own, ...others] = certificates;
  const primitives = { verifySignature };
  expect(leadsTo(own, certificatesInPem(other.ca), others, now, primitives)).toBe(false);
  expect(asked).toBeLessThan(64);
  expect(leadsTo(own, others.slice(-1), others, now, primitives)).toBe(true);
});
