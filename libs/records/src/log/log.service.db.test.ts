import type { TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { House } from '../../testing/house';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
let ids: string[];
const day = (n: number) => `2025-06-0${n}T00:00:00.000Z`;

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  ids = await house.write(clinic, [
    { at: day(1), act: 'test.opened', intake: 'i-1' },
    { at: day(2), act: 'test.read', intake: 'i-2' },
    { at: day(3), act: 'test.read', intake: 'i-1' },
    { at: day(4), act: 'test.closed' },
  ]);
});
afterAll(() => house.close());

const written = { from: day(1), to: day(9) };
const found = async (filter: object) =>
  (await house.log.read(officer, { ...written, limit: 50, ...filter })).entries.map(({ entryId }) => entryId);
const of = (...numbers: number[]) => numbers.map((n) => ids[n - 1]);

test('shows the newest first, and of a filter what it lets through', async () => {
  expect(await found({})).toEqual(of(4, 3, 2, 1));
  expect(await found({ act: 'test.read' })).toEqual(of(3, 2));
  expect(await found({ intake: 'i-1' })).toEqual(of(3, 1));
  expect(await found({ from: day(2), to: day(4) })).toEqual(of(3, 2));
  expect(await found({ actor: 'a-test', outcome: 'ok', limit: 1 })).toEqual(of(4));
  expect(await found({ outcome: 'refused' })).toEqual([]);
  expect(await found({ actor: officer.staffId })).toEqual([]);
});

test('goes on where the last page ended, and says when there is no more', async () => {
  const first = await house.log.read(officer, { ...written, limit: 3 });
  expect(first.entries.map(({ entryId }) => entryId)).toEqual(of(4, 3, 2));
  const second = await house.log.read(officer, { ...written, limit: 3, before: first.next });
  expect(second.entries.map(({ entryId }) => entryId)).toEqual(of(1));
  expect(second.next).toBeUndefined();
});

test('begins with entries that have no place yet, among them the reading itself with its filter', async () => {
  const filter = { actor: officer.staffId, act: 'audit.read', limit: 2 };
  const waiting = await withoutSequencer(async () => {
    await house.log.read(officer, filter);
    await house.log.read(officer, filter);
    return house.log.read(officer, filter);
  });
  expect(waiting.entries).toMatchObject([{ detail: filter }, { detail: filter }]);
  expect(waiting.entries[0]).toMatchObject({
    act: 'audit.read',
    outcome: 'ok',
    actor: { kind: 'staff', id: officer.staffId, name: 'An Officer' },
    policies: ['O3-review-the-log'],
  });
  expect(waiting.entries.map(({ index }) => index)).toEqual([undefined, undefined]);
  await house.until(async () => (await house.count('audit_pending')) === 0);
  const next = await house.log.read(officer, { ...filter, limit: 200, before: waiting.next });
  const seen = next.entries.filter(({ index }) => index !== undefined).map(({ entryId }) => entryId);
  expect(seen).toEqual(expect.arrayContaining(waiting.entries.map(({ entryId }) => entryId)));
  expect(seen).toHaveLength(next.entries.length);
});

test('names staff as they are called now, offers what a log can be filtered by, and says what is signed', async () => {
  const clerk = await house.staff(clinic, 'receptionist', 'Old Name');
  await expect(house.log.read(clerk, { limit: 1 })).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await house.db.owner("UPDATE staff_member SET name = 'New Name' WHERE staff_id = $1", [clerk.staffId]);
  await house.until(async () => (await house.count('audit_pending')) === 0);
  const page = await house.log.read(officer, { actor: clerk.staffId, limit: 5 });
  expect(page.entries).toMatchObject([{ outcome: 'refused', actor: { name: 'New Name' } }]);
  expect(page.actors).toEqual([
    { id: officer.staffId, name: 'An Officer' },
    { id: clerk.staffId, name: 'New Name' },
  ]);
  expect(page.acts).toEqual(['audit.read', 'clock.skew', 'test.closed', 'test.opened', 'test.read']);
  await house.until(async () => (await house.log.read(officer, { limit: 1 })).checkpoint.size >= 4);
});

test('shows nothing of another tenant', async () => {
  const other = await house.staff(await house.tenant('a-school'), 'compliance-officer', 'Somebody Else');
  const { entries, actors, acts } = await house.log.read(other, { limit: 50 });
  expect(entries.map(({ act }) => act)).toEqual(['audit.read']);
  expect(actors).toEqual([{ id: other.staffId, name: 'Somebody Else' }]);
  expect(acts).not.toContain('test.read');
});

test('does not show an entry whose bytes were changed, and names it', async () => {
  await house.tamper(
    `UPDATE audit_entry SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'test.closed', 'test.open'), 'UTF8')
     WHERE tenant_id = $1 AND entry_id = $2`,
    [clinic, ids[3]],
  );
  await expect(house.log.read(officer, { ...written, limit: 5 })).rejects.toMatchObject({
    code: 'UNEXPECTED',
    message: 'Entry 3 of the log is not what was recorded: it was changed.',
  });
  expect(await found({ act: 'test.read' })).toEqual(of(3, 2));
});

/** Nothing gets a place in the log while this runs: the sequencer's lock is ours. */
async function withoutSequencer<T>(act: () => Promise<T>): Promise<T> {
  await house.db.owner('SELECT pg_advisory_lock(7301004)');
  try {
    return await act();
  } finally {
    await house.db.owner('SELECT pg_advisory_unlock(7301004)');
  }
}
