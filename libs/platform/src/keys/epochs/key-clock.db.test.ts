import { type Clock, DAY, HOUR, instantAt, later } from '@app/kernel';
import { KeyScene, memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { Client } from 'pg';
import { Keys } from '../keys';

const START = instantAt(1_800_000_000_000);
const BROKEN = { code: 'SEAL_BROKEN' };
const PLACE = { item: 'item', content: 'message' };
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

test('the clock changes keys when their week is over, moves what is there, and destroys when backups are gone', async () => {
  const scene = await openScene();
  const sealed = await scene.seal('one');
  const dateOf = (version: number) => scene.act((tx) => scene.tenantKeys.destructionOf(tx, version));
  expect(await dateOf(1)).toEqual(later(START, 37 * DAY - HOUR));
  now = later(START, 7 * DAY - HOUR - 1);
  await expect(scene.keyClock.pass()).resolves.toBe(true);
  expect(await scene.states()).toEqual(['active']);
  now = later(START, 7 * DAY - HOUR);
  await scene.keyClock.pass();
  expect(await scene.states()).toEqual(['decrypt-only', 'active']);
  expect(await dateOf(1)).toEqual(later(START, 37 * DAY - HOUR));
  for (let day = 8; day <= 60; day += 1) {
    now = later(START, day * DAY);
    await scene.keyClock.pass();
    await expect(scene.open('one', sealed)).resolves.toBe('of one');
  }
  expect(scene.faults).toEqual([]);
  expect(await scene.states()).toEqual([
    'destroyed', // of day 7, on day 37
    'destroyed', // of day 14, on day 44
    'destroyed', // of day 21, on day 51
    'destroyed', // of day 28, on day 58
    'decrypt-only',
    'decrypt-only',
    'decrypt-only',
    'decrypt-only',
    'active', // since day 56
  ]);
  expect(await dateOf(1)).toBeUndefined();
});

test('of two processes one keeps the clock, and lets go of it when it ends', async () => {
  const scene = await openScene();
  await scene.seal('one');
  const held = new Client({ connectionString: db.urls.sequencer });
  await held.connect();
  await held.query('SELECT pg_advisory_lock(7301007)');
  now = later(START, 8 * DAY);
  await expect(scene.keyClock.pass()).resolves.toBe(false);
  expect(await scene.states()).toEqual(['active']);
  await held.end();
  await expect(scene.keyClock.pass()).resolves.toBe(true);
  expect(await scene.states()).toEqual(['decrypt-only', 'active']);
});

test('a tenant whose key cannot be changed is named, and does not keep the others from it', async () => {
  const stranger = await db.tenant('stranger');
  const scene = await openScene();
  const foreign = new Keys(memoryKms(), clock);
  await db.database.transaction(stranger, (tx) => foreign.seal(tx, 'x', PLACE, 'x'));
  await scene.seal('one');
  now = later(START, 7 * DAY);
  await scene.keyClock.pass();
  expect(await scene.states()).toEqual(['decrypt-only', 'active']);
  expect(scene.faults).toEqual([[`the key of ${stranger}`, expect.objectContaining(BROKEN)]]);
});
