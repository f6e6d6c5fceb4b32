import { type Clock, instantAt, later, MINUTE, newId, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueReceipt } from '../auditing/recording/receipt';
import { openKeyFile } from './kms/key-file';
import { Keys } from './keys';
import type { KmsProvider } from './kms/kms-provider';

let db: TestDatabase;
let home: string;
let kms: KmsProvider;
let tenantId: TenantId;
let now = instantAt(1_800_000_000_000);
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'keys-'));
  kms = await openKeyFile(join(home, 'root.key'), undefined);
  tenantId = await db.tenant();
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

const PLACE = { item: 'item', content: 'message' };
const sealed = (keys: Keys, owner: string, text = 'what was said', tenant = tenantId) =>
  db.database.transaction(tenant, (tx) => keys.seal(tx, owner, PLACE, text));
const opened = (keys: Keys, owner: string, bytes: Buffer, place = PLACE, owners = [owner]) =>
  db.database.transaction(tenantId, async (tx) =>
    (await keys.open(tx, issueReceipt(tenantId, newId(), owners), owner, place, bytes)).toString('utf8'),
  );

test('what one process sealed another opens, with the same root', async () => {
  const bytes = await sealed(new Keys(kms, clock), 'one');
  await expect(opened(new Keys(kms, clock), 'one', bytes)).resolves.toBe('what was said');
});

test('another root opens nothing', async () => {
  const bytes = await sealed(new Keys(kms, clock), 'one');
  const stranger = await openKeyFile(join(home, 'stranger.key'), undefined);
  await expect(opened(new Keys(stranger, clock), 'one', bytes)).rejects.toMatchObject({
    code: 'SEAL_BROKEN',
  });
});

test('a value that was moved opens nowhere: not at another place, for another owner, or with a bit changed', async () => {
  const keys = new Keys(kms, clock);
  const bytes = await sealed(keys, 'one');
  await sealed(keys, 'two');
  const broken = { code: 'SEAL_BROKEN' };
  await expect(opened(keys, 'one', bytes, { ...PLACE, item: 'other' })).rejects.toMatchObject(broken);
  await expect(opened(keys, 'one', bytes, { ...PLACE, content: 'note' })).rejects.toMatchObject(broken);
  await expect(opened(keys, 'two', bytes)).rejects.toMatchObject(broken);
  await expect(opened(keys, 'never', bytes)).rejects.toMatchObject(broken);
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await expect(opened(keys, 'one', changed)).rejects.toMatchObject(broken);
  }
});

test("a receipt for somebody else's values, or one that nobody issued, opens none", async () => {
  const keys = new Keys(kms, clock);
  const bytes = await sealed(keys, 'one');
  const denied = { code: 'ACCESS_DENIED' };
  await expect(opened(keys, 'one', bytes, PLACE, ['two'])).rejects.toMatchObject(denied);
  const issued = issueReceipt(newId<TenantId>(), newId(), ['one']);
  const forged = Object.create(issued) as typeof issued;
  for (const receipt of [issued, forged])
    await expect(
      db.database.transaction(tenantId, (tx) => keys.open(tx, receipt, 'one', PLACE, bytes)),
    ).rejects.toThrow();
});

test('a key that a transaction made and took back is not used afterwards', async () => {
  const keys = new Keys(kms, clock);
  const failed = db.database.transaction(tenantId, async (tx) => {
    await keys.seal(tx, 'rolled-back', PLACE, 'gone');
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(keys.sealAtOnce(tenantId, 'rolled-back', PLACE, 'text')).toBeUndefined();
  const bytes = await sealed(keys, 'rolled-back');
  await expect(opened(new Keys(kms, clock), 'rolled-back', bytes)).resolves.toBe('what was said');
});

test('of many who seal for a new owner at the same moment each can be opened', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => sealed(new Keys(kms, clock), 'new')));
  const keys = new Keys(kms, clock);
  for (const bytes of all) await expect(opened(keys, 'new', bytes)).resolves.toBe('what was said');
});

test('a key stays in memory for five minutes and no longer, and is one of a thousand', async () => {
  const keys = new Keys(kms, clock);
  const isHeld = (owner: string) => keys.sealAtOnce(tenantId, owner, PLACE, 'x') !== undefined;
  await sealed(keys, 'kept');
  expect(isHeld('kept')).toBe(true);
  now = later(now, 5 * MINUTE - 1);
  expect(isHeld('kept')).toBe(true);
  now = later(now, 1);
  expect(isHeld('kept')).toBe(false);
  await sealed(keys, 'first');
  await db.database.transaction(tenantId, async (tx) => {
    for (let i = 0; i < 1_000; i += 1) await keys.seal(tx, `owner ${i}`, PLACE, 'x');
  });
  expect([isHeld('first'), isHeld('owner 0'), isHeld('owner 999')]).toEqual([false, true, true]);
}, 60_000);

test('a secret is kept once, whoever comes second has the first, and another tenant has none', async () => {
  const keys = new Keys(kms, clock);
  const keep = (text: string) =>
    db.database.transaction(tenantId, (tx) => keys.keepSecret(tx, 'pass', Buffer.from(text)));
  const [first, second] = await Promise.all([keep('one'), keep('two')]);
  expect(first).toEqual(second);
  const other = await db.tenant('another-clinic');
  await expect(db.database.transaction(other, (tx) => keys.readSecret(tx, 'pass'))).resolves.toBeUndefined();
  const rows = await db.owner<{ wrapped: Buffer }>(`SELECT wrapped FROM secret WHERE name = 'pass'`);
  expect(rows.map(({ wrapped }) => wrapped.includes(first))).toEqual([false]);
});
