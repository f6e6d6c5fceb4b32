import { DAY, instantAt, later, newId } from '@app/kernel';
import { fakeAwsKms, fakeVault, memoryKms, softHsmToken } from '@app/platform/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KmsConfig } from '../../config/kms-config';
import { type KekRef, KekGone, type KmsProvider } from './kms-provider';
import { openKms } from './open-kms';

/** What a provider runs against in this suite: one with keys, one that knows nothing of it. */
interface Stand {
  /** Opens it as another process would, with the same keys behind it. */
  open(): Promise<KmsProvider>;
  /** The same kind with other keys. */
  stranger(): Promise<KmsProvider>;
  close(): Promise<void>;
}

const NOW = instantAt(1_800_000_000_000);
let now = NOW;

/** The address of what answers is taken from the configuration, as the program does it. */
const STANDS: Record<string, () => Promise<Stand>> = {
  'memory (tests)': async () => {
    const kms = memoryKms();
    return { open: async () => kms, stranger: async () => memoryKms(), close: async () => undefined };
  },
  'key file': () => keyFileStand(undefined),
  'key file, sealed under a passphrase': () => keyFileStand('a long passphrase for a test'),
  'PKCS#11 on SoftHSM 2': async () => {
    const configs = [softHsmToken('first'), softHsmToken('second')];
    const open = (i: number) => openKms({ kind: 'pkcs11', ...(configs[i] as (typeof configs)[0]) }, NO_FILE);
    return { open: () => open(0), stranger: () => open(1), close: async () => undefined };
  },
  'Vault Transit, against a fake': async () => {
    const [one, two] = [await fakeVault('a-token'), await fakeVault('a-token')];
    const open = (url: string) =>
      openKms({ kind: 'vault', url, mount: 'transit', token: 'a-token' }, NO_FILE);
    return {
      open: () => open(one.url),
      stranger: () => open(two.url),
      close: async () => void (await Promise.all([one.close(), two.close()])),
    };
  },
  'AWS KMS, against a fake': async () => {
    const [one, two] = [await fakeAwsKms(() => now), await fakeAwsKms(() => now)];
    const open = (endpoint: string) => openKms({ kind: 'aws', region: 'eu-central-1', endpoint }, NO_FILE);
    return {
      open: () => open(one.url),
      stranger: () => open(two.url),
      close: async () => void (await Promise.all([one.close(), two.close()])),
    };
  },
};
const NO_FILE = { path: '/nowhere', passphrase: undefined };
const NO_PASSPHRASE: KmsConfig = { kind: 'file' };

async function keyFileStand(passphrase: string | undefined): Promise<Stand> {
  const home = await mkdtemp(join(tmpdir(), 'kms-'));
  const open = (name: string) => openKms(NO_PASSPHRASE, { path: join(home, name, 'root.key'), passphrase });
  return { open: () => open('one'), stranger: () => open('two'), close: () => rm(home, { recursive: true }) };
}

// The package finds who we are in the environment; the fake looks at the form of the signature only.
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'not-a-secret' };

describe.each(Object.keys(STANDS))('%s', (name) => {
  const KEY = Buffer.alloc(32, 7);
  const tenantId = newId<string>();
  const broken = { code: 'SEAL_BROKEN' };
  let stand: Stand;
  let kms: KmsProvider;
  let one: KekRef;
  let two: KekRef;
  beforeAll(async () => {
    Object.assign(process.env, CREDENTIALS);
    now = NOW;
    stand = await (STANDS[name] as () => Promise<Stand>)();
    kms = await stand.open();
    one = await kms.createKek(tenantId, 1);
    two = await kms.createKek(tenantId, 2);
  });
  afterAll(async () => {
    await kms.close();
    await stand.close();
    for (const variable of Object.keys(CREDENTIALS)) delete process.env[variable];
  });

  test('is healthy', async () => {
    await expect(kms.health()).resolves.toBeUndefined();
  });

  test('what one process wrapped another unwraps, and it is not readable in what was wrapped', async () => {
    const wrapped = await kms.wrap(one, KEY, 'here');
    expect(wrapped.includes(KEY)).toBe(false);
    await expect((await stand.open()).unwrap(one, wrapped, 'here')).resolves.toEqual(KEY);
  });

  test('the same key wrapped twice is not the same bytes', async () => {
    expect((await kms.wrap(one, KEY, 'here')).equals(await kms.wrap(one, KEY, 'here'))).toBe(false);
  });

  test('asking for a version again is the same key, also for two who ask together', async () => {
    const others = [await stand.open(), await stand.open()];
    const [again, beside] = await Promise.all(others.map((other) => other.createKek(tenantId, 3)));
    const wrapped = await kms.wrap(again as KekRef, KEY, 'here');
    await expect(kms.unwrap(beside as KekRef, wrapped, 'here')).resolves.toEqual(KEY);
    await expect(kms.unwrap(await kms.createKek(tenantId, 3), wrapped, 'here')).resolves.toEqual(KEY);
    await expect(kms.createKek(tenantId, 1)).resolves.toEqual(one);
  });

  test('nothing opens with another context, version, tenant or root, with a changed byte, or cut short', async () => {
    const wrapped = await kms.wrap(one, KEY, 'here');
    const other = await kms.createKek(newId<string>(), 1);
    const stranger = await stand.stranger();
    const foreign = await stranger.createKek(tenantId, 1);
    await expect(kms.unwrap(one, wrapped, 'elsewhere')).rejects.toMatchObject(broken);
    await expect(kms.unwrap(two, wrapped, 'here')).rejects.toMatchObject(broken);
    await expect(kms.unwrap(other, wrapped, 'here')).rejects.toMatchObject(broken);
    await expect(stranger.unwrap(foreign, wrapped, 'here')).rejects.toMatchObject(broken);
    for (const at of [0, 9, 20, wrapped.length - 1]) {
      const changed = Buffer.from(wrapped);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(kms.unwrap(one, changed, 'here')).rejects.toMatchObject(broken);
    }
    for (const length of [0, 5, wrapped.length - 1])
      await expect(kms.unwrap(one, wrapped.subarray(0, length), 'here')).rejects.toMatchObject(broken);
    await stranger.close();
  });

  test('what was re-wrapped opens under the new key alone, and only with its context', async () => {
    const moved = await kms.rewrap(one, two, await kms.wrap(one, KEY, 'here'), 'here');
    await expect(kms.unwrap(two, moved, 'here')).resolves.toEqual(KEY);
    await expect(kms.unwrap(one, moved, 'here')).rejects.toMatchObject(broken);
    await expect(kms.rewrap(one, two, await kms.wrap(one, KEY, 'here'), 'there')).rejects.toMatchObject(
      broken,
    );
    await expect(kms.rewrap(one, two, moved, 'here')).rejects.toMatchObject(broken);
  });

  test('a key is not destroyed before its time, and does all until then', async () => {
    const wrapped = await kms.wrap(one, KEY, 'here');
    await expect(kms.destroy(one, later(now, 1), now)).rejects.toThrow(RangeError);
    await expect(kms.status(one)).resolves.toBe('usable');
    await expect(kms.unwrap(one, wrapped, 'here')).resolves.toEqual(KEY);
  });

  test('a destroyed key opens nothing, in no process, does not come back, and its neighbours stand', async () => {
    const [dead, alive] = [await kms.wrap(one, KEY, 'here'), await kms.wrap(two, KEY, 'here')];
    const goneAt = await kms.destroy(one, now, now);
    expect(goneAt).toEqual(later(now, kms.destroyDelayDays * DAY));
    await expect(kms.destroy(one, now, now)).resolves.toEqual(goneAt);
    await expect(kms.status(one)).resolves.toBe(kms.destroyDelayDays > 0 ? 'destroying' : 'destroyed');
    for (const process of [kms, await stand.open()]) {
      await expect(process.unwrap(one, dead, 'here')).rejects.toMatchObject(broken);
      await expect(process.unwrap(two, alive, 'here')).resolves.toEqual(KEY);
      await expect(process.createKek(tenantId, 1)).rejects.toBeInstanceOf(KekGone);
    }
    now = goneAt;
    await expect(kms.status(one)).resolves.toBe('destroyed');
    await expect(kms.destroy(one, now, now)).resolves.toEqual(now);
    await expect(kms.unwrap(one, dead, 'here')).rejects.toMatchObject(broken);
    await expect(kms.status(two)).resolves.toBe('usable');
  });
});
