import { type ExportId, SECOND, type TenantId } from '@app/kernel';
import { Database, type StaffPrincipal, type Tx } from '@app/platform';
import { House } from '../../testing/house';
import { manifestOf, verify } from '../../testing/judge';
import { createHash } from 'node:crypto';
import { IncludedEntries, PAGE, type Read } from './log-pages';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
const COUNT = 20_000;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'AUDIT' } as const;

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  const start = Date.UTC(2025, 5, 1);
  for (let from = 0; from < COUNT; from += 5_000)
    await house.write(
      clinic,
      Array.from({ length: 5_000 }, (_, i) => ({
        at: new Date(start + (from + i) * 100).toISOString(),
        intake: `i-${(from + i) % 700}`,
      })),
    );
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => house.close());

const parts = (exportId: ExportId) =>
  house.db.owner<{ part: number }>('SELECT part FROM export_part WHERE export_id = $1 ORDER BY part', [
    exportId,
  ]);

/** Looks over the shoulder of each transaction: how many rows each query returned. */
function watchQueries(seen: (sql: string, rows: number) => void): void {
  const database = house.app.get(Database);
  const transaction = database.transaction.bind(database);
  jest.spyOn(database, 'transaction').mockImplementation((tenantId, act) =>
    transaction(tenantId, (tx) =>
      act({
        ...tx,
        query: async (sql, values) => {
          const rows = await tx.query(sql, values);
          seen(sql, rows.length);
          return rows as never;
        },
      } satisfies Tx),
    ),
  );
}

test(`${COUNT} entries are exported ${PAGE} at a time, never all of them, and few are read once`, async () => {
  const pages: number[] = [];
  watchQueries((sql, rows) => {
    if (sql.startsWith('SELECT idx, entry FROM audit_entry')) pages.push(rows);
  });
  const exportId = await house.exports.request(officer, JUNE);
  const done = await house.ended(officer, exportId);
  expect(done).toMatchObject({ state: 'ready', progress: { done: COUNT, total: COUNT } });
  expect(Math.max(...pages)).toBe(PAGE);
  // The range has some more entries: the log has said of those in it that their time is not now.
  expect(pages).toHaveLength(COUNT / PAGE + 1);
  const bundle = await house.bundle(officer, exportId);
  expect(verify(bundle)).toEqual({ exitCode: 0, findings: [] });
  expect(Object.keys(manifestOf(bundle)['heads'] as object)).toHaveLength(700);
});

test('entries that are too many to keep are read again, and are the same', async () => {
  let reads = 0;
  const read: Read = (act) => {
    reads += 1;
    return house.app.get(Database).transaction(clinic, act);
  };
  const entries = new IncludedEntries(
    read,
    { range: { from: 0, to: 2 * PAGE }, withheld: [{ from: 5, to: PAGE + 5 }] },
    100_000,
  );
  const all = async () => {
    const hash = createHash('sha256');
    let count = 0;
    for await (const entry of entries.read()) {
      hash.update(entry);
      count += 1;
    }
    return { count, sha256: hash.digest('hex') };
  };
  const first = await all();
  expect(first.count).toBe(PAGE);
  expect(await all()).toEqual(first);
  expect(reads).toBe(4);
  const indexes: number[] = [];
  for await (const { index } of entries.placed()) indexes.push(index);
  expect([indexes.length, indexes[4], indexes[5], indexes.at(-1)]).toEqual([PAGE, 4, PAGE + 5, 2 * PAGE - 1]);
});

test('an export that was interrupted between two parts is made anew after the next start, each part once', async () => {
  const exportId = await house.exports.request(officer, JUNE);
  await house.until(async () => (await parts(exportId)).length >= 2);
  await house.runner.stop();
  expect(await house.exports.get(officer, exportId)).toMatchObject({ state: 'waiting' });
  house.runner.start();
  const done = await house.ended(officer, exportId);
  expect(done.state).toBe('ready');
  const rows = await parts(exportId);
  expect(rows.map(({ part }) => part)).toEqual(rows.map((_, i) => i));
  expect(verify(await house.bundle(officer, exportId)).exitCode).toBe(0);
  expect(await readyEntries(exportId)).toBe(1);
});

test('one whose process was killed is taken up when it has been still for a minute, and not before', async () => {
  const exportId = await house.exports.request(officer, JUNE);
  await house.until(async () => (await parts(exportId)).length >= 2);
  await house.runner.stop();
  const touched = (secondsAgo: number) =>
    house.db.owner(
      "UPDATE export SET state = 'running', touched_at = now() - $2 * interval '1 second' WHERE export_id = $1",
      [exportId, secondsAgo],
    );
  await touched(50);
  house.runner.start();
  await new Promise((resolve) => setTimeout(resolve, SECOND));
  expect(await house.exports.get(officer, exportId)).toMatchObject({ state: 'running' });
  expect((await parts(exportId)).length).toBeGreaterThan(1);
  await touched(61);
  house.runner.wake();
  expect(await house.ended(officer, exportId)).toMatchObject({ state: 'ready' });
  expect(await readyEntries(exportId)).toBe(1);
  expect(verify(await house.bundle(officer, exportId)).exitCode).toBe(0);
});

test('a runner whose export was taken up by somebody else writes nothing more', async () => {
  const exportId = await house.exports.request(officer, JUNE);
  await house.until(async () => (await parts(exportId)).length >= 1);
  await house.db.owner("UPDATE export SET touched_at = now() + interval '1 hour' WHERE export_id = $1", [
    exportId,
  ]);
  const then = await parts(exportId);
  await new Promise((resolve) => setTimeout(resolve, 2 * SECOND));
  expect(await parts(exportId)).toEqual(then);
  expect(await house.exports.get(officer, exportId)).toMatchObject({ state: 'running' });
});

test('progress never goes back and ends with the number of entries', async () => {
  const told: number[] = [];
  const exportId = await house.exports.request(officer, JUNE);
  let state = 'waiting';
  while (state !== 'ready') {
    const { progress, ...now } = await house.exports.get(officer, exportId);
    told.push(progress.done);
    state = now.state;
  }
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(new Set(told).size).toBeGreaterThan(2);
  expect(told.at(-1)).toBe(COUNT);
});

async function readyEntries(exportId: ExportId): Promise<number> {
  return (await house.entries(clinic, 'export.ready')).filter(({ refs }) => refs?.['export'] === exportId)
    .length;
}
