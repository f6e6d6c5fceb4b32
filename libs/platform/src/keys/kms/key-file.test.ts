import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openKeyFile } from './key-file';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'key-file-'));
  path = join(home, 'keys', 'root.key');
});
afterEach(() => rm(home, { recursive: true }));

const KEY = Buffer.alloc(32, 7);
/** Of before there were epochs: the root key itself. */
const KEK = { tenantId: 't', version: 1, kek: 'root' };
const PASSPHRASE = 'a long passphrase for a test';

test.each([undefined, PASSPHRASE])(
  'what was wrapped before a restart is unwrapped after it (passphrase: %p)',
  async (given) => {
    const wrapped = await (await openKeyFile(path, given)).wrap(KEK, KEY, 'here');
    const again = await openKeyFile(path, given);
    await expect(again.unwrap(KEK, wrapped, 'here')).resolves.toEqual(KEY);
    await expect(again.unwrap(KEK, wrapped, 'elsewhere')).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  },
);

test('nobody but its owner may read the file or enter its folder, and nothing else is left there', async () => {
  await openKeyFile(path, undefined);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
  expect(await readdir(dirname(path))).toEqual(['root.key']);
});

test.each([0o640, 0o604, 0o644])('a file of mode %o is refused', async (mode) => {
  await openKeyFile(path, undefined);
  await chmod(path, mode);
  await expect(openKeyFile(path, undefined)).rejects.toThrow('can be read by others');
});

test('with a passphrase the key is not in the file, and no other passphrase opens it', async () => {
  const kms = await openKeyFile(path, PASSPHRASE);
  const wrapped = await kms.wrap(KEK, KEY, 'here');
  const text = await readFile(path, 'utf8');
  expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['key', 'salt', 'sealed', 'version']);
  await expect(openKeyFile(path, undefined)).rejects.toThrow('set VESTIBULE_PASSPHRASE');
  const wrong = openKeyFile(path, 'another long passphrase');
  await expect(wrong).rejects.toThrow('does not open the root key file');
  await expect(wrong).rejects.not.toThrow('another long passphrase');
  // Trying has changed nothing.
  await expect((await openKeyFile(path, PASSPHRASE)).unwrap(KEK, wrapped, 'here')).resolves.toEqual(KEY);
});

test.each(['', '{}', 'not json', '{"version":1,"sealed":"no"}', '{"version":2,"sealed":"no","key":"AA=="}'])(
  'a damaged file is refused and not replaced: %p',
  async (text) => {
    await openKeyFile(path, undefined);
    await writeFile(path, text);
    await expect(openKeyFile(path, undefined)).rejects.toThrow('is damaged');
    await expect(readFile(path, 'utf8')).resolves.toBe(text);
  },
);

test('a file whose key has another length is refused', async () => {
  await openKeyFile(path, undefined);
  await writeFile(path, JSON.stringify({ version: 1, sealed: 'no', key: 'AAAA' }));
  await expect(openKeyFile(path, undefined)).rejects.toThrow('is damaged');
});

test.each([undefined, PASSPHRASE])(
  'of first starts at the same moment all have one key (passphrase: %p)',
  async (given) => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openKeyFile(path, given)));
    const [first] = opened;
    if (first === undefined) throw new Error('none');
    const wrapped = await first.wrap(KEK, KEY, 'here');
    for (const kms of opened) await expect(kms.unwrap(KEK, wrapped, 'here')).resolves.toEqual(KEY);
  },
);
