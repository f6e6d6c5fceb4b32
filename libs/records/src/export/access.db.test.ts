import type { TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { House } from '../../testing/house';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'DSAR' } as const;
const denied = { code: 'ACCESS_DENIED' };

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
});
afterAll(() => house.close());

test('a receptionist is refused at each door, and each refusal is on record', async () => {
  const receptionist = await house.staff(clinic, 'receptionist', 'A Receptionist');
  const { exportId } = await house.ended(officer, await house.exports.request(officer, JUNE));
  const before = await house.count('export');
  await expect(house.exports.request(receptionist, JUNE)).rejects.toMatchObject(denied);
  await expect(house.exports.list(receptionist)).rejects.toMatchObject(denied);
  await expect(house.exports.get(receptionist, exportId)).rejects.toMatchObject(denied);
  await expect(house.exports.download(receptionist, exportId)).rejects.toMatchObject(denied);
  await expect(house.log.read(receptionist, { limit: 5 })).rejects.toMatchObject(denied);
  expect(await house.count('export')).toBe(before);
  const refused = (await house.entries(clinic)).filter(({ actor }) => actor.id === receptionist.staffId);
  expect(refused.map(({ act, outcome }) => `${act} ${outcome}`)).toEqual([
    'export.create refused',
    'export.read refused',
    'export.read refused',
    'export.read refused',
    'audit.read refused',
  ]);
});

test('while the log cannot be written, nothing is asked for, read or taken away', async () => {
  const { exportId } = await house.ended(officer, await house.exports.request(officer, JUNE));
  const before = await house.count('export');
  const unavailable = { code: 'AUDIT_UNAVAILABLE' };
  await house.withoutLog(async () => {
    await expect(house.exports.request(officer, JUNE)).rejects.toMatchObject(unavailable);
    await expect(house.exports.download(officer, exportId)).rejects.toMatchObject(unavailable);
    await expect(house.log.read(officer, { limit: 5 })).rejects.toMatchObject(unavailable);
  });
  expect(await house.count('export')).toBe(before);
});

test('an export that cannot be recorded as ready is not ready, and becomes so when the log can be written again', async () => {
  await house.until(async () => (await house.count('audit_pending')) === 0);
  const exportId = await house.exports.request(officer, JUNE);
  const partsOf = () => house.count('export_part', `export_id = '${exportId}'`);
  await house.ended(officer, exportId);
  await house.db.owner("UPDATE export SET state = 'waiting' WHERE export_id = $1", [exportId]);
  await house.withoutLog(async () => {
    house.runner.wake();
    await house.until(async () => (await partsOf()) === 1 && (await stateOf(exportId)) === 'running');
    await house.until(
      async () => (await house.count('export', "state = 'running' AND done = total AND total >= 0")) === 1,
    );
  });
  expect(await stateOf(exportId)).toBe('running');
  await house.db.owner(
    "UPDATE export SET touched_at = touched_at - interval '61 seconds' WHERE export_id = $1",
    [exportId],
  );
  house.runner.wake();
  expect(await house.ended(officer, exportId)).toMatchObject({ state: 'ready' });
  expect(await partsOf()).toBe(1);
});

test("another tenant's export is not found, and its bundle neither", async () => {
  const { exportId } = await house.ended(officer, await house.exports.request(officer, JUNE));
  const other = await house.staff(await house.tenant('a-school'));
  await expect(house.exports.get(other, exportId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(house.exports.download(other, exportId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await house.exports.list(other)).toEqual([]);
  expect(await house.exports.list(officer)).not.toEqual([]);
});

async function stateOf(exportId: string): Promise<string | undefined> {
  const [row] = await house.db.owner<{ state: string }>('SELECT state FROM export WHERE export_id = $1', [
    exportId,
  ]);
  return row?.state;
}
