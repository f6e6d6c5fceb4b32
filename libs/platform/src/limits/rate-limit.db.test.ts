import { createHash } from 'node:crypto';
import { type Clock, instantAt, later, MINUTE } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { RateLimit } from './rate-limit';

let db: TestDatabase;
let now = instantAt(1_800_000_000_000);
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

const KEY = Buffer.alloc(32, 1);
const LIMIT = { times: 3, withinMs: MINUTE };

async function take(key: string, what = 'start'): Promise<number | 'through'> {
  try {
    await new RateLimit(db.database, KEY, clock).take(what, key, LIMIT);
    return 'through';
  } catch (error) {
    return (error as { extra: { retryAfterS: number } }).extra.retryAfterS;
  }
}

test('so many go through in a window, the others hear how long to wait, and the window ends by itself', async () => {
  expect([await take('a'), await take('a'), await take('a')]).toEqual(['through', 'through', 'through']);
  expect(await take('a')).toBe(60);
  now = later(now, 59_500);
  // Whoever keeps asking does not push the end away.
  expect(await take('a')).toBe(1);
  now = later(now, 500);
  expect(await take('a')).toBe('through');
});

test('one key does not use up another, nor one thing another thing', async () => {
  for (let i = 0; i < 4; i += 1) await take('b');
  expect([await take('c'), await take('b', 'claim')]).toEqual(['through', 'through']);
});

test('of many at the same moment no more go through than one after the other', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, () => take('d')));
  expect(taken.filter((one) => one === 'through')).toHaveLength(LIMIT.times);
});

test('what was counted for is not in the table', async () => {
  await take('192.0.2.77');
  const rows = await db.owner<{ key: string }>('SELECT key FROM rate_limit');
  expect(rows.length).toBeGreaterThan(3);
  expect(JSON.stringify(rows)).not.toContain('192.0.2.77');
  // Nor its plain digest: there are few enough addresses to try them all.
  const digest = createHash('sha256').update('192.0.2.77').digest();
  for (const { key } of rows) expect(Buffer.from(key.split(':')[1] ?? '', 'base64url')).not.toEqual(digest);
});
