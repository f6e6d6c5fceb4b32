import { keyIdOf } from '@app/crypto';
import { type Clock, DAY, instantAt, later, newId, type TenantId } from '@app/kernel';
import { memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { createDecipheriv } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { issueReceipt } from '../auditing/recording/receipt';
import { KeyEar } from './cache/key-ear';
import { Keys } from './keys';

const kms = memoryKms();
const PLACE = { item: 'item', content: 'message' };
const BROKEN = { code: 'SEAL_BROKEN' };
let db: TestDatabase;
let tenantId: TenantId;
let now: Date;
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
  tenantId = await db.tenant();
});
beforeEach(() => {
  now = instantAt(1_800_000_000_000);
});
afterAll(() => db.close());

const newKeys = () => new Keys(kms, clock);
const receiptFor = (...owners: string[]) => issueReceipt(tenantId, newId(), owners);
const sealed = (keys: Keys, owner: string, text = 'what was said') =>
  db.database.transaction(tenantId, (tx) => keys.seal(tx, owner, PLACE, text));
const opened = (keys: Keys, owner: string, bytes: Buffer) =>
  db.database.transaction(tenantId, async (tx) =>
    (await keys.open(tx, receiptFor(owner), owner, PLACE, bytes)).toString('utf8'),
  );
const destroyed = (keys: Keys, owner: string) =>
  db.database.transaction(tenantId, (tx) => keys.destroy(tx, owner));
const rowsOf = (owner: string) =>
  db.owner<{ state: string; sealed: string }>(
    'SELECT state, sealed FROM data_key WHERE tenant_id = $1 AND owner = $2 ORDER BY created_at, state DESC',
    [tenantId, owner],
  );

test('a disclosed value is opened by its one-time key with AES-256-GCM alone, and by no other', async () => {
  const keys = newKeys();
  const [one, two] = [await sealed(keys, 'disclosed', 'first'), await sealed(keys, 'disclosed', 'second')];
  const { plaintext, key } = await db.database.transaction(tenantId, (tx) =>
    keys.disclose(tx, receiptFor('disclosed'), 'disclosed', PLACE, one),
  );
  expect(plaintext.toString()).toBe('first');
  const decrypt = (bytes: Buffer) => {
    const aad = Buffer.concat(
      [bytes.subarray(0, 84)].concat(
        [tenantId, 'disclosed', PLACE.item, PLACE.content].flatMap((part) => {
          const size = Buffer.alloc(4);
          size.writeUInt32BE(Buffer.byteLength(part));
          return [size, Buffer.from(part)];
        }),
      ),
    );
    const cipher = createDecipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(aad);
    cipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([cipher.update(bytes.subarray(84, -16)), cipher.final()]).toString();
  };
  expect(decrypt(one)).toBe('first');
  expect(() => decrypt(two)).toThrow();
});

test('without a receipt for its owner nothing is disclosed, and no data key is handed out', async () => {
  const keys = newKeys();
  const bytes = await sealed(keys, 'kept');
  const denied = { code: 'ACCESS_DENIED' };
  await db.database.transaction(tenantId, async (tx) => {
    const other = receiptFor('another');
    await expect(keys.disclose(tx, other, 'kept', PLACE, bytes)).rejects.toMatchObject(denied);
    await expect(keys.dataKeysOf(tx, other, ['another', 'kept'])).rejects.toMatchObject(denied);
    const found = await keys.dataKeysOf(tx, receiptFor('kept', 'nobody'), ['kept', 'nobody']);
    expect([...found].map(([owner, own]) => [owner, own.map(({ id }) => id)])).toEqual([
      ['kept', [keyIdOf(bytes)]],
    ]);
  });
});

test('destroyed keys open nothing any more, here and in every process that had them in memory', async () => {
  const [here, there] = [newKeys(), newKeys()];
  const ear = new KeyEar(db.urls.app, there, () => undefined);
  ear.start();
  await ear.listening();
  const bytes = await sealed(here, 'erased');
  const other = await sealed(here, 'survivor');
  await expect(opened(there, 'erased', bytes)).resolves.toBe('what was said');
  expect(there.sealAtOnce(tenantId, 'erased', PLACE, 'x')).toBeDefined();
  await expect(destroyed(here, 'erased')).resolves.toEqual({ keyVersions: [1] });
  await expect(opened(here, 'erased', bytes)).rejects.toMatchObject(BROKEN);
  for (let i = 0; i < 50 && there.sealAtOnce(tenantId, 'erased', PLACE, 'x') !== undefined; i += 1)
    await sleep(10);
  expect(there.sealAtOnce(tenantId, 'erased', PLACE, 'x')).toBeUndefined();
  await expect(opened(there, 'erased', bytes)).rejects.toMatchObject(BROKEN);
  await expect(opened(there, 'survivor', other)).resolves.toBe('what was said');
  await expect(destroyed(here, 'erased')).resolves.toEqual({ keyVersions: [] });
  await ear.stop();
});

test('keys whose destruction was rolled back still open', async () => {
  const keys = newKeys();
  const bytes = await sealed(keys, 'spared');
  const failed = db.database.transaction(tenantId, async (tx) => {
    await keys.destroy(tx, 'spared');
    await expect(keys.open(tx, receiptFor('spared'), 'spared', PLACE, bytes)).rejects.toMatchObject(BROKEN);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  await expect(opened(keys, 'spared', bytes)).resolves.toBe('what was said');
});

test('a key that was read just before it was destroyed is not remembered after it', async () => {
  const keys = newKeys();
  const bytes = await sealed(newKeys(), 'race');
  await db.database.transaction(tenantId, async (tx) => {
    await keys.open(tx, receiptFor('race'), 'race', PLACE, bytes);
    await destroyed(newKeys(), 'race');
    keys.heed({ tenantId, owner: 'race', gone: true }); // as the notice arrives, before this transaction ends
  });
  expect(keys.sealAtOnce(tenantId, 'race', PLACE, 'x')).toBeUndefined();
  await expect(opened(keys, 'race', bytes)).rejects.toMatchObject(BROKEN);
});

test('a process that would not hear of it keeps no key in memory, and does again when it hears', async () => {
  const keys = newKeys();
  const faults: unknown[] = [];
  const ear = new KeyEar(db.urls.app, keys, (error) => faults.push(error));
  const isHeld = () => keys.sealAtOnce(tenantId, 'deaf', PLACE, 'x') !== undefined;
  ear.start();
  await ear.listening();
  await sealed(keys, 'deaf');
  expect(isHeld()).toBe(true);
  await db.owner(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'vestibule keys'",
  );
  for (let i = 0; i < 100 && isHeld(); i += 1) await sleep(10);
  expect([isHeld(), faults.length > 0]).toEqual([false, true]);
  await sealed(keys, 'deaf');
  expect(isHeld()).toBe(false);
  for (let i = 0; i < 50 && !isHeld(); i += 1) {
    await sleep(100);
    await sealed(keys, 'deaf');
  }
  expect(isHeld()).toBe(true);
  await ear.stop();
});

test('a legal hold that the database knows of keeps the keys, and is said as HELD', async () => {
  const keys = newKeys();
  const bytes = await sealed(keys, 'held');
  await db.owner(`
    CREATE FUNCTION hold_it() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'held' USING ERRCODE = 'VH001'; END $$;
    CREATE TRIGGER hold_it BEFORE DELETE ON data_key FOR EACH ROW WHEN (OLD.owner = 'held') EXECUTE FUNCTION hold_it();
  `);
  await expect(destroyed(keys, 'held')).rejects.toMatchObject({ code: 'HELD' });
  await expect(opened(keys, 'held', bytes)).resolves.toBe('what was said');
});

test('after ninety days the next value has a new key, and the old one still opens what it sealed', async () => {
  const keys = newKeys();
  const first = await sealed(keys, 'old');
  now = later(now, 90 * DAY - 1);
  expect(keyIdOf(await sealed(keys, 'old'))).toEqual(keyIdOf(first));
  now = later(now, 1);
  expect(keys.sealAtOnce(tenantId, 'old', PLACE, 'x')).toBeUndefined();
  const second = await sealed(keys, 'old');
  expect(keyIdOf(second)).not.toEqual(keyIdOf(first));
  expect((await rowsOf('old')).map(({ state }) => state)).toEqual(['decrypt-only', 'active']);
  for (const reader of [keys, newKeys()])
    for (const bytes of [first, second])
      await expect(opened(reader, 'old', bytes)).resolves.toBe('what was said');
  await destroyed(keys, 'old');
  expect(await rowsOf('old')).toEqual([]);
});

test('after a million values the next one has a new key; they are counted as they are sealed', async () => {
  const keys = newKeys();
  const first = await sealed(keys, 'many');
  for (let i = 0; i < 600; i += 1)
    if (keys.sealAtOnce(tenantId, 'many', PLACE, 'x') === undefined) await sealed(keys, 'many');
  const [row] = await rowsOf('many');
  expect(Number(row?.sealed)).toBeGreaterThan(600 - 256);
  expect(Number(row?.sealed)).toBeLessThanOrEqual(601);
  await db.owner("UPDATE data_key SET sealed = 999999 WHERE owner = 'many'");
  const again = newKeys();
  await expect(opened(again, 'many', first)).resolves.toBe('what was said');
  expect(keyIdOf(await sealed(again, 'many'))).not.toEqual(keyIdOf(first));
});

test('a new key on demand is used by every process at once, and of many who ask together one makes it', async () => {
  const [here, there] = [newKeys(), newKeys()];
  const ear = new KeyEar(db.urls.app, there, () => undefined);
  ear.start();
  await ear.listening();
  const first = await sealed(there, 'renewed');
  await Promise.all(
    Array.from({ length: 4 }, () => db.database.transaction(tenantId, (tx) => here.renew(tx, 'renewed'))),
  );
  const states = (await rowsOf('renewed')).map(({ state }) => state);
  expect(states.filter((state) => state === 'active')).toHaveLength(1);
  expect(states.length).toBeGreaterThan(1);
  for (let i = 0; i < 50 && there.sealAtOnce(tenantId, 'renewed', PLACE, 'x') !== undefined; i += 1)
    await sleep(10);
  const second = await sealed(there, 'renewed');
  expect(keyIdOf(second)).not.toEqual(keyIdOf(first));
  await expect(opened(there, 'renewed', first)).resolves.toBe('what was said');
  await ear.stop();
});

test('a value under a key that another process has just made opens in one that knows only the old key', async () => {
  const [here, there] = [newKeys(), newKeys()];
  await opened(there, 'ahead', await sealed(here, 'ahead'));
  await db.database.transaction(tenantId, (tx) => here.renew(tx, 'ahead'));
  await expect(opened(there, 'ahead', await sealed(here, 'ahead'))).resolves.toBe('what was said');
});

test('sealing waits for nobody who holds the row of the key', async () => {
  const keys = newKeys();
  await sealed(keys, 'busy');
  now = later(now, 91 * DAY);
  await db.database.transaction(tenantId, async (tx) => {
    await tx.query("SELECT 1 FROM data_key WHERE tenant_id = $1 AND owner = 'busy' FOR UPDATE", [tenantId]);
    await expect(opened(keys, 'busy', await sealed(keys, 'busy'))).resolves.toBe('what was said');
  });
  expect(await rowsOf('busy')).toHaveLength(1);
});
