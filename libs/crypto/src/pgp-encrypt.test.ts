import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateKey } from 'openpgp';
import { encryptTo, PgpKeyRefused, readRecipient } from './pgp-encrypt';

const NOW = new Date('2026-11-22T00:00:00Z');
const LATER = new Date('2030-01-01T00:00:00Z');
const MADE = { userIDs: [{ name: 'An Officer' }], date: NOW, format: 'armored' } as const;

const made = (more: object) =>
  generateKey({ type: 'ecc', curve: 'curve25519Legacy', ...MADE, ...more } as never) as unknown as Promise<{
    publicKey: string;
    privateKey: string;
  }>;

/** GnuPG with a keyring of its own. */
function gpg(folder: string, ...args: string[]) {
  mkdirSync(join(folder, 'home'), { mode: 0o700, recursive: true });
  return spawnSync('gpg', ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
    cwd: folder,
    env: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
      GNUPGHOME: join(folder, 'home'),
      LC_ALL: 'C',
    },
    encoding: 'utf8',
  });
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgp-'));
});
afterEach(() => {
  gpg(folder, '--version');
  spawnSync('gpgconf', ['--kill', 'all'], {
    env: { GNUPGHOME: join(folder, 'home'), PATH: '/usr/bin:/bin' },
  });
  rmSync(folder, { recursive: true });
});

/** Pieces as a bundle has them, the same ones each time. */
async function* pieces(count: number, size: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(Buffer.alloc(size, i));
}

test('a key that GnuPG made is encrypted to, and GnuPG gives back the same bytes', async () => {
  gpg(folder, '--quick-generate-key', 'An Officer <officer@example.org>', 'default', 'default', 'never');
  const armored = gpg(folder, '--armor', '--export').stdout;
  const recipient = await readRecipient(armored, new Date());
  expect(recipient.fingerprint).toMatch(/^[0-9A-F]{40}$/);
  expect(recipient.userIds).toEqual(['An Officer <officer@example.org>']);
  const message = await encryptTo([recipient.publicKey], pieces(20, 70_001), 'a.zip', new Date());
  await pipeline(Readable.from(message), createWriteStream(join(folder, 'a.zip.pgp')));
  const opened = gpg(folder, '--output', 'a.zip', '--decrypt', 'a.zip.pgp');
  expect([opened.status, opened.stderr]).toEqual([0, expect.stringContaining('encrypted with')]);
  const expected = createHash('sha256');
  for await (const piece of pieces(20, 70_001)) expected.update(piece);
  expect(
    createHash('sha256')
      .update(readFileSync(join(folder, 'a.zip')))
      .digest('hex'),
  ).toBe(expected.digest('hex'));
  // Integrity protected, version 1: what GnuPG 2.2 reads.
  expect(gpg(folder, '--list-packets', 'a.zip.pgp').stdout).toContain('mdc_method: 2');
});

test('each of two recipients can open it, and a third cannot', async () => {
  const keys = await Promise.all([made({}), made({}), made({})]);
  const recipients = keys.slice(0, 2).map(({ publicKey }) => publicKey);
  const message = await encryptTo(recipients, pieces(1, 10), 'a.zip', NOW);
  await pipeline(Readable.from(message), createWriteStream(join(folder, 'a.pgp')));
  for (const [i, { privateKey }] of keys.entries()) {
    const own = join(folder, String(i));
    mkdirSync(own);
    writeFileSync(join(own, 'key.asc'), privateKey);
    gpg(own, '--import', 'key.asc');
    const { status } = gpg(own, '--output', 'out', '--decrypt', join(folder, 'a.pgp'));
    spawnSync('gpgconf', ['--kill', 'all'], { env: { GNUPGHOME: join(own, 'home'), PATH: '/usr/bin:/bin' } });
    expect([i, status === 0]).toEqual([i, i < 2]);
  }
}, 30_000);

test('it streams: never more than a few megabytes are taken ahead of what was given', async () => {
  const { publicKey } = await made({});
  let taken = 0;
  async function* counted() {
    for await (const piece of pieces(200, 262_144)) {
      taken += piece.length;
      yield piece;
    }
  }
  let given = 0;
  let ahead = 0;
  for await (const chunk of await encryptTo([publicKey], counted(), 'a.zip', NOW)) {
    given += chunk.length;
    ahead = Math.max(ahead, taken - given);
  }
  expect(given).toBeGreaterThan(200 * 262_144);
  expect(ahead).toBeLessThan(8_000_000);
}, 60_000);

test.each([
  ['not-a-key', () => Promise.resolve('hello')],
  ['not-a-key', () => Promise.resolve('')],
  ['private', async () => (await made({})).privateKey],
  ['several', async () => (await made({})).publicKey + (await made({})).publicKey],
  [
    'version',
    async () => (await made({ type: 'curve25519', curve: undefined, config: { v6Keys: true } })).publicKey,
  ],
  ['no-encryption', async () => (await made({ curve: 'ed25519Legacy', subkeys: [] })).publicKey],
  ['no-encryption', async () => (await made({ keyExpirationTime: 3_600 })).publicKey],
] as const)('a key is refused: %s', async (fault, key) => {
  const armored = await key();
  await expect(readRecipient(armored, LATER)).rejects.toEqual(new PgpKeyRefused(fault));
  await expect(readRecipient(armored, LATER)).rejects.toMatchObject({ fault });
  await expect(encryptTo([armored], pieces(1, 1), 'a', LATER)).rejects.toMatchObject({ fault });
});
