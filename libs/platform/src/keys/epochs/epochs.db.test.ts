import { type Clock, DAY, instantAt, later, MINUTE } from '@app/kernel';
import { KeyScene, memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';

const START = instantAt(1_800_000_000_000);
const BROKEN = { code: 'SEAL_BROKEN' };
let db: TestDatabase;
let now: Date;
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
});
beforeEach(() => {
  now = START;
});
afterAll(() => db.close());
const openScene = (kms?: ReturnType<typeof memoryKms>) => KeyScene.open(db, clock, kms);

test('after a change what is new is under the new version, what is old still opens, and the change is recorded', async () => {
  const scene = await openScene();
  const old = await scene.seal('old');
  await expect(scene.rotate()).resolves.toMatchObject({ version: 2 });
  const fresh = await scene.seal('fresh');
  for (const reader of [scene, scene.beside()]) {
    await expect(reader.open('old', old)).resolves.toBe('of old');
    await expect(reader.open('fresh', fresh)).resolves.toBe('of fresh');
  }
  const rows = await db.owner('SELECT owner, key_version FROM data_key WHERE tenant_id = $1 ORDER BY owner', [
    scene.tenantId,
  ]);
  expect(rows).toEqual([
    { owner: 'fresh', key_version: 2 },
    { owner: 'old', key_version: 1 },
  ]);
  expect(await scene.states()).toEqual(['decrypt-only', 'active']);
  expect(await scene.entries('key.rotated')).toEqual([{ from: 1, to: 2, by: 'somebody' }]);
});

test('a change that cannot be recorded does not happen', async () => {
  const scene = await openScene();
  await scene.seal('old');
  scene.recorder.setBehind(true);
  await expect(scene.rotate()).rejects.toMatchObject({ code: 'AUDIT_BACKLOG' });
  expect(await scene.states()).toEqual(['active']);
});

test('moving goes in batches, is recorded with counts, and when all is moved the old version has its date', async () => {
  const scene = await openScene();
  const sealed = new Map<string, Buffer>();
  for (let i = 0; i < 25; i += 1) sealed.set(`owner ${i}`, await scene.seal(`owner ${i}`));
  await scene.act((tx) => scene.keys.keepSecret(tx, 'a secret', Buffer.from('of the house')));
  await scene.rotate();
  await expect(scene.rotate()).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  await expect(scene.rewrap(10)).resolves.toEqual({ dataKeys: 10, secrets: 0, more: true });
  expect((await scene.versions())[0]?.retire_after).toBeNull();
  await expect(scene.rewrap(10)).resolves.toEqual({ dataKeys: 10, secrets: 0, more: true });
  now = later(now, MINUTE);
  await expect(scene.rewrap(10)).resolves.toEqual({ dataKeys: 5, secrets: 1, more: false });
  await expect(scene.rewrap(10)).resolves.toEqual({ dataKeys: 0, secrets: 0, more: false });
  expect((await scene.versions())[0]?.retire_after).toEqual(later(now, 30 * DAY));
  expect((await scene.entries('key.rewrapped')).map(({ by: _by, ...counts }) => counts)).toEqual([
    { to: 2, dataKeys: 10, secrets: 0, left: 16 },
    { to: 2, dataKeys: 10, secrets: 0, left: 6 },
    { to: 2, dataKeys: 5, secrets: 1, left: 0 },
  ]);
  const reader = scene.beside();
  for (const [owner, bytes] of sealed) await expect(reader.open(owner, bytes)).resolves.toBe(`of ${owner}`);
  const secret = await reader.act((tx) => reader.keys.readSecret(tx, 'a secret'));
  expect(secret?.toString()).toBe('of the house');
});

test('a destroyed version opens nothing any more, not even from a copy of its rows', async () => {
  const scene = await openScene();
  const erased = await scene.seal('erased');
  const kept = await scene.seal('kept');
  const backup = {
    tenantKey: await db.owner<{ wrapped: Buffer }>('SELECT * FROM tenant_key WHERE tenant_id = $1', [
      scene.tenantId,
    ]),
    dataKey: await db.owner("SELECT * FROM data_key WHERE tenant_id = $1 AND owner = 'erased'", [
      scene.tenantId,
    ]),
  };
  await scene.act((tx) => scene.keys.destroy(tx, 'erased'));
  await scene.rotate();
  await scene.rewrap();
  now = later(now, 30 * DAY - 1);
  await expect(scene.destroyDue()).resolves.toBeUndefined();
  now = later(now, 1);
  await expect(scene.destroyDue()).resolves.toEqual({ version: 1, outcome: 'destroyed' });
  await expect(scene.destroyDue()).resolves.toBeUndefined();
  expect(await scene.versions()).toMatchObject([
    { version: 1, state: 'destroyed', empty: true },
    { version: 2, state: 'active', empty: false },
  ]);
  expect(await scene.entries('key.destroyed')).toEqual([{ version: 1, by: 'key-clock' }]);
  await expect(scene.open('kept', kept)).resolves.toBe('of kept');

  // Whoever has the backup, the whole database and the KMS of today.
  const [row] = backup.dataKey as { data_key_id: Buffer; wrapped: Buffer }[];
  await db.owner('ALTER TABLE tenant_key DISABLE TRIGGER USER; ALTER TABLE data_key DISABLE TRIGGER USER');
  await db.owner(
    "UPDATE tenant_key SET state = 'decrypt-only', wrapped = $2 WHERE tenant_id = $1 AND version = 1",
    [scene.tenantId, backup.tenantKey[0]?.wrapped],
  );
  await db.owner(
    `INSERT INTO data_key (tenant_id, owner, data_key_id, key_version, wrapped, created_at) VALUES ($1, 'erased', $2, 1, $3, now())`,
    [scene.tenantId, row?.data_key_id, row?.wrapped],
  );
  await db.owner('ALTER TABLE tenant_key ENABLE TRIGGER USER; ALTER TABLE data_key ENABLE TRIGGER USER');
  await expect(scene.beside().open('erased', erased)).rejects.toMatchObject(BROKEN);
});

test('a version is not destroyed while a key stands under it, whoever asks', async () => {
  const scene = await openScene();
  const late = await scene.seal('late');
  await scene.rotate();
  await scene.rewrap();
  await db.owner('UPDATE tenant_key SET retire_after = now() WHERE tenant_id = $1 AND version = 1', [
    scene.tenantId,
  ]);
  const other = await scene.seal('other');
  // As a process would write it that had not heard of the change.
  await db.owner(`UPDATE data_key SET key_version = 1 WHERE tenant_id = $1 AND owner = 'other'`, [
    scene.tenantId,
  ]);
  now = later(now, 400 * DAY);
  await expect(scene.destroyDue()).resolves.toEqual({ version: 1, outcome: 'in use' });
  await expect(
    db.owner("UPDATE tenant_key SET state = 'destroyed' WHERE tenant_id = $1 AND version = 1", [
      scene.tenantId,
    ]),
  ).rejects.toMatchObject({ code: 'VK002' });
  await expect(scene.open('late', late)).resolves.toBe('of late');
  expect(other.length).toBeGreaterThan(0);
});

test('nothing is wrapped under a destroyed version, and none comes back', async () => {
  const scene = await openScene();
  await scene.rotate();
  await scene.rewrap();
  now = later(now, 30 * DAY);
  await scene.destroyDue();
  await expect(
    db.owner(
      `INSERT INTO data_key (tenant_id, owner, data_key_id, key_version, wrapped, created_at)
       VALUES ($1, 'x', sha256('')::bytea, 1, '', now())`.replace(
        "sha256('')::bytea",
        "substring(sha256('') for 16)",
      ),
      [scene.tenantId],
    ),
  ).rejects.toMatchObject({ code: 'VK001' });
  await expect(
    db.owner("UPDATE tenant_key SET state = 'decrypt-only' WHERE tenant_id = $1 AND version = 1", [
      scene.tenantId,
    ]),
  ).rejects.toMatchObject({ code: 'VK001' });
});

test('a KMS that fails to destroy leaves the version as it was, and the next try succeeds', async () => {
  const kms = memoryKms();
  let fails = true;
  const scene = await openScene({
    ...kms,
    destroy: (...words) => (fails ? Promise.reject(new Error('the KMS is away')) : kms.destroy(...words)),
  });
  await scene.seal('x');
  await scene.rotate();
  await scene.rewrap();
  now = later(now, 30 * DAY);
  await expect(scene.destroyDue()).rejects.toThrow('the KMS is away');
  expect(await scene.states()).toEqual(['decrypt-only', 'active']);
  expect(await scene.entries('key.destroyed')).toEqual([]);
  fails = false;
  await expect(scene.destroyDue()).resolves.toEqual({ version: 1, outcome: 'destroyed' });
});

test('a KMS that destroys only after days is asked, waited for, and the entry comes when it is done', async () => {
  const kms = memoryKms();
  let gone: Date | undefined;
  const scene = await openScene({
    ...kms,
    destroyDelayDays: 7,
    destroy: async (kek, notBefore, at) =>
      (gone ??= (await kms.destroy(kek, notBefore, at), later(at, 7 * DAY))),
    status: () => Promise.resolve(gone === undefined ? 'usable' : now < gone ? 'destroying' : 'destroyed'),
  });
  await scene.seal('x');
  await scene.rotate();
  await scene.rewrap();
  now = later(now, 30 * DAY);
  await expect(scene.destroyDue()).resolves.toEqual({ version: 1, outcome: 'later' });
  expect((await scene.versions())[0]).toMatchObject({
    state: 'decrypt-only',
    retire_after: later(now, 7 * DAY),
  });
  await expect(scene.destroyDue()).resolves.toBeUndefined();
  expect(await scene.entries('key.destroyed')).toEqual([]);
  now = later(now, 7 * DAY);
  await expect(scene.destroyDue()).resolves.toEqual({ version: 1, outcome: 'destroyed' });
  expect(await scene.entries('key.destroyed')).toHaveLength(1);
});
