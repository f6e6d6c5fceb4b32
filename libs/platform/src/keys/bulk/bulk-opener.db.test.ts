import { instantAt, newId, systemClock, type TenantId } from '@app/kernel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from '../../auditing/recording/recorder';
import { type TestDatabase, testDatabase } from '../../../testing';
import { openKeyFile } from '../kms/key-file';
import { Keys } from '../keys';
import { BulkOpener, type SealedPage } from './bulk-opener';
import { packedSql, rowsOf } from './page';

const MATCHER = join(__dirname, '../../../testing/matcher-of-a-test.cjs');
let db: TestDatabase;
let home: string;
let keys: Keys;
let recorder: Recorder;
let bulk: BulkOpener;
let tenantId: TenantId;
let owners: string[];
let page: SealedPage;

beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'bulk-'));
  keys = new Keys(await openKeyFile(join(home, 'root.key'), undefined), systemClock);
  recorder = new Recorder(db.database, keys, systemClock);
  bulk = new BulkOpener(db.database, keys);
  tenantId = await db.tenant();
  owners = [newId<string>(), newId<string>()];
  page = await pack(
    owners.flatMap((owner) => ['the letter', 'nothing', 'Brief'].map((text, n) => ({ owner, n, text }))),
  );
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

/** Seals rows and has PostgreSQL pack them. */
async function pack(rows: readonly { owner: string; n: number; text: string }[], content = 'message') {
  const sealed = await db.database.transaction(tenantId, async (tx) => {
    const all: { owner: number; n: number; item: string; sealed: Buffer }[] = [];
    for (const { owner, n, text } of rows) {
      const item = newId<string>();
      all.push({
        ...{ owner: owners.indexOf(owner), n, item },
        sealed: await keys.seal(tx, owner, { item, content }, text),
      });
    }
    return all;
  });
  const [row] = await db.owner<{ packed: Buffer }>(
    `SELECT ${packedSql({ owner: 'owner', n: 'n', at: 'at', item: 'item', sealed: 'sealed' })} AS packed FROM
       (SELECT owner, n, item, sealed, '2026-03-01T10:00:00.250Z'::timestamptz AS at
        FROM unnest($1::int[], $2::int[], $3::uuid[], $4::bytea[]) AS r (owner, n, item, sealed)) AS rows`,
    [
      sealed.map(({ owner }) => owner),
      sealed.map(({ n }) => n),
      sealed.map(({ item }) => item),
      sealed.map((one) => one.sealed),
    ],
  );
  return { owners, packed: row?.packed ?? Buffer.alloc(0) };
}

const receiptFor = (named: readonly string[]) =>
  recorder.recordRead(tenantId, { act: 'test.read', actor: { kind: 'system', id: 'a-test' } }, named);

async function look(pages: readonly SealedPage[], named: readonly string[] = owners, content = 'message') {
  async function* all() {
    for (const one of pages) yield await Promise.resolve({ ...one, packed: Buffer.from(one.packed) });
  }
  const looked = [];
  const looking = { content, matcherFile: MATCHER, input: 'letter' };
  for await (const one of bulk.look(await receiptFor(named), all(), looking)) looked.push(one);
  return looked;
}

test('PostgreSQL packs rows as they are read back', () => {
  const rows = [...rowsOf(page.packed)];
  expect(rows.map(({ owner, n, atMs }) => [owner, n, atMs])).toEqual(
    [0, 1].flatMap((owner) => [0, 1, 2].map((n) => [owner, n, Date.parse('2026-03-01T10:00:00.250Z')])),
  );
  expect(rows[0]?.sealed.length).toBe(100 + 'the letter'.length);
  expect(() => [...rowsOf(page.packed.subarray(0, -1))]).toThrow(RangeError);
});

test('finds which values match, in threads, and tells nothing of what they say', async () => {
  const at = instantAt(Date.parse('2026-03-01T10:00:00.250Z'));
  expect(await look([page])).toEqual([
    { found: owners.map((owner) => ({ owner, n: 0, at })), looked: 6, erased: [], unreadable: 0 },
  ]);
});

test('pages come back in their order, as many as there are', async () => {
  const one = await pack([{ owner: owners[0] ?? '', n: 7, text: 'a letter' }]);
  const looked = await look([page, one, page, page, one, one, page]);
  expect(looked.map(({ looked: count }) => count)).toEqual([6, 1, 6, 6, 1, 1, 6]);
});

test('a receipt that was not given for one of the owners opens nothing of the page', async () => {
  await expect(look([page], owners.slice(0, 1))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a value that was changed, or was sealed as something else, is counted and not looked at', async () => {
  const changed = Buffer.from(page.packed);
  changed.writeUInt8(changed.readUInt8(changed.length - 1) ^ 1, changed.length - 1);
  expect(await look([{ owners, packed: changed }])).toMatchObject([{ looked: 6, unreadable: 1 }]);
  expect(await look([page], owners, 'note')).toMatchObject([{ found: [], unreadable: 6 }]);
});

test('an owner whose key is gone is erased, and the others are still looked through', async () => {
  const [first = '', second = ''] = owners;
  const gone = newId<string>();
  const looked = await look([{ owners: [gone, second], packed: page.packed }], [gone, second]);
  expect(looked).toMatchObject([
    { found: [{ owner: second, n: 0 }], looked: 6, erased: [gone], unreadable: 0 },
  ]);
  expect(first).not.toBe(gone);
});

test('a matcher that fails ends the work with its error, and whoever stops reading stops the threads', async () => {
  async function* pages() {
    for (;;) yield await Promise.resolve({ ...page, packed: Buffer.from(page.packed) });
  }
  const broken = { content: 'message', matcherFile: '/nowhere.cjs', input: 'letter' };
  const all = bulk.look(await receiptFor(owners), pages(), broken);
  await expect(all.next()).rejects.toThrow('/nowhere.cjs');
  let count = 0;
  for await (const one of bulk.look(await receiptFor(owners), pages(), { ...broken, matcherFile: MATCHER })) {
    expect(one.looked).toBe(6);
    if (++count === 5) break;
  }
});
