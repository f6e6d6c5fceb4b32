import { type Clock, DAY, instantAt, later, newId, type TenantId } from '@app/kernel';
import { fakeVault, softHsmToken, type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueReceipt } from '../../auditing/recording/receipt';
import { Recorder } from '../../auditing/recording/recorder';
import type { KmsConfig } from '../../config/kms-config';
import { TenantKeys } from '../epochs/tenant-keys';
import { Keys } from '../keys';
import { openKms } from './open-kms';
import type { KmsProvider } from './kms-provider';

const PLACE = { item: 'item', content: 'message' };
const START = instantAt(1_800_000_000_000);
const BY = { actor: { kind: 'system', id: 'test' } } as const;
let db: TestDatabase;
let home: string;
let now = START;
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'providers-'));
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

const file = () => ({ path: join(home, 'root.key'), passphrase: undefined });
function processOn(kms: KmsProvider) {
  const keys = new Keys(kms, clock);
  const recorder = new Recorder(db.database, keys, clock);
  return { keys, tenantKeys: new TenantKeys(keys, recorder, clock, { epochDays: 7, backupDays: 30 }) };
}
const seal = ({ keys }: ReturnType<typeof processOn>, tenantId: TenantId, owner: string) =>
  db.database.transaction(tenantId, (tx) => keys.seal(tx, owner, PLACE, `of ${owner}`));
const open = ({ keys }: ReturnType<typeof processOn>, tenantId: TenantId, owner: string, bytes: Buffer) =>
  db.database.transaction(tenantId, async (tx) =>
    (await keys.open(tx, issueReceipt(tenantId, newId(), [owner]), owner, PLACE, bytes)).toString(),
  );

async function vault(): Promise<KmsConfig> {
  const { url, close } = await fakeVault('a-token');
  ended.push(close);
  return { kind: 'vault', url, mount: 'transit', token: 'a-token' };
}
const ended: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(ended.map((end) => end())));

test.each<[string, () => Promise<KmsConfig>]>([
  ['SoftHSM', async () => ({ kind: 'pkcs11', ...softHsmToken('first') })],
  ['a key file', async () => ({ kind: 'file' })],
  ['Vault, as its fake answers', vault],
])(
  'a whole life of keys on %s: sealed, changed, moved, restarted, erased, destroyed',
  async (_on, configured) => {
    now = START;
    const config = await configured();
    const tenantId = await db.tenant(`life-${newId<string>().slice(24)}`);
    const first = processOn(await openKms(config, file()));
    const kept = await seal(first, tenantId, 'kept');
    const erased = await seal(first, tenantId, 'erased');
    await db.database.transaction(tenantId, (tx) => first.keys.destroy(tx, 'erased'));
    await db.database.transaction(tenantId, (tx) => first.tenantKeys.rotate(tx, BY));
    await db.database.transaction(tenantId, (tx) => first.tenantKeys.rewrapSome(tx));
    now = later(now, 30 * DAY);
    const second = processOn(await openKms(config, file()));
    await expect(
      db.database.transaction(tenantId, (tx) => second.tenantKeys.destroyDue(tx)),
    ).resolves.toEqual({
      version: 1,
      outcome: 'destroyed',
    });
    const third = processOn(await openKms(config, file()));
    await expect(open(third, tenantId, 'kept', kept)).resolves.toBe('of kept');
    await expect(open(third, tenantId, 'kept', await seal(third, tenantId, 'kept'))).resolves.toBe('of kept');
    await expect(open(third, tenantId, 'erased', erased)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  },
);

test('destroying a version writes over its file: not one byte of the wrapped key is left in the folder', async () => {
  const tenantId = newId<string>();
  const kms = await openKms({ kind: 'file' }, file());
  const kek = await kms.createKek(tenantId, 1);
  const path = join(home, 'epochs', `${kek.kek}.key`);
  const { key } = JSON.parse(await readFile(path, 'utf8')) as { key: string };
  await kms.destroy(kek, now, now);
  for (const name of await readdir(join(home, 'epochs')))
    expect(await readFile(join(home, 'epochs', name), 'utf8')).not.toContain(key.slice(0, 12));
  // Power that went in the middle of the writing over leaves a destroyed key, too.
  await writeFile(path, Buffer.alloc(40, 0xff));
  await expect(kms.status(kek)).resolves.toBe('destroyed');
});

test('versions from before there were epochs stand under the root key itself, are read, and get keys of their own', async () => {
  now = START;
  const kms = await openKms({ kind: 'file' }, file());
  const tenantId = await db.tenant('of-before');
  const old = processOn(kms);
  const bytes = await seal(old, tenantId, 'one');
  const [row] = await db.owner<{ wrapped: Buffer; kek: string }>(
    'SELECT wrapped, kek FROM tenant_key WHERE tenant_id = $1',
    [tenantId],
  );
  const root = { tenantId, version: 1, kek: 'root' };
  const shared = await kms.rewrap(
    { ...root, kek: row?.kek ?? '' },
    root,
    row?.wrapped ?? Buffer.alloc(0),
    `vestibule/tenant-key/v1|${tenantId}|1`,
  );
  await db.owner("UPDATE tenant_key SET kek = 'root', wrapped = $2 WHERE tenant_id = $1", [tenantId, shared]);

  const fresh = processOn(kms);
  await expect(open(fresh, tenantId, 'one', bytes)).resolves.toBe('of one');
  await db.database.transaction(tenantId, (tx) => fresh.tenantKeys.adopt(tx));
  const [after] = await db.owner<{ kek: string }>('SELECT kek FROM tenant_key WHERE tenant_id = $1', [
    tenantId,
  ]);
  expect(after?.kek).toBe(`${tenantId}.1`);
  await expect(open(processOn(kms), tenantId, 'one', bytes)).resolves.toBe('of one');
});

test('a database whose keys another kind of KMS keeps says so, and opens nothing', async () => {
  const tenantId = await db.tenant('moved');
  const bytes = await seal(processOn(await openKms({ kind: 'file' }, file())), tenantId, 'one');
  const other = processOn(await openKms(await vault(), file()));
  await expect(open(other, tenantId, 'one', bytes)).rejects.toThrow(
    'is kept by "file": VESTIBULE_KMS names "vault"',
  );
});

describe('what is wrong is said at the start, without a value', () => {
  test.each<[string, () => Promise<KmsConfig>, string]>([
    [
      'a library that is not there',
      async () => ({ kind: 'pkcs11', module: '/nowhere.so', token: 't', pin: '271828' }),
      'the PKCS#11 library cannot be loaded',
    ],
    [
      'a token that is not there',
      async () => ({
        kind: 'pkcs11',
        ...softHsmToken('untouched'),
        token: 'other',
      }),
      'there is no token of that label',
    ],
    [
      'a wrong PIN',
      async () => ({
        kind: 'pkcs11',
        ...softHsmToken('untouched'),
        pin: '314159',
      }),
      'VESTIBULE_KMS_PIN: the token does not take it',
    ],
    [
      'a token that Vault does not take',
      async () => ({ ...(await vault()), token: 'wrong' }) as KmsConfig,
      'Vault answers 403',
    ],
  ])('%s', async (_what, config, words) => {
    const opening = openKms(await config(), file());
    await expect(opening).rejects.toThrow(words);
    await expect(opening).rejects.not.toThrow(/314159|271828|wrong/);
  });
});

test('Vault trims from the oldest up, so a younger version is not destroyed before an older one', async () => {
  const kms = await openKms(await vault(), file());
  const tenantId = newId<string>();
  const [one, two] = [await kms.createKek(tenantId, 1), await kms.createKek(tenantId, 2)];
  await kms.createKek(tenantId, 3);
  await expect(kms.destroy(two, now, now)).rejects.toThrow('version 1 of this key stands');
  await kms.destroy(one, now, now);
  await expect(kms.destroy(two, now, now)).resolves.toEqual(now);
});
