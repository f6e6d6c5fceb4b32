import type { TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { House } from '../../testing/house';
import { verify } from '../../testing/judge';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
let tenants = 0;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'AUDIT' } as const;

beforeAll(async () => {
  house = await House.open();
});
beforeEach(async () => {
  clinic = await house.tenant(`clinic-${(tenants += 1)}`);
  officer = await house.staff(clinic);
  await house.write(clinic, [
    { at: '2025-05-01T00:00:00.000Z' },
    { at: '2025-06-02T00:00:00.000Z' },
    { at: '2025-06-03T00:00:00.000Z' },
    { at: '2025-08-01T00:00:00.000Z' },
  ]);
});
afterAll(() => house.close());

/** Asks for June while the log is whole, changes it before the bundle is made, and returns what the log says of how it ended. */
async function failureAfter(change: string) {
  await house.runner.stop();
  const exportId = await house.exports.request(officer, JUNE);
  await house.tamper(change, [clinic]);
  house.runner.start();
  expect(await house.ended(officer, exportId)).toMatchObject({ state: 'failed' });
  expect(await house.count('export_part', `export_id = '${exportId}'`)).toBe(0);
  const [failed] = await house.entries(clinic, 'export.failed');
  expect(failed).toMatchObject({ outcome: 'refused', refs: { export: exportId } });
  return failed?.detail;
}

const CHANGED = "convert_to(replace(convert_from(entry, 'UTF8'), 'test.done', 'test.gone'), 'UTF8')";
const FORGED = `UPDATE audit_entry SET entry = changed, leaf_hash = sha256('\\x00'::bytea || changed)
  FROM (SELECT ${CHANGED} AS changed FROM audit_entry WHERE tenant_id = $1 AND idx = 1) c
  WHERE tenant_id = $1 AND idx = 1`;

test('an entry whose bytes were changed makes the export fail, and the log names the entry', async () => {
  expect(
    await failureAfter(`UPDATE audit_entry SET entry = ${CHANGED} WHERE tenant_id = $1 AND idx = 2`),
  ).toEqual({ reason: 'log-altered', entry: 2 });
});

test('an entry that was changed together with its leaf hash makes it fail: the signed root is another', async () => {
  expect(await failureAfter(FORGED)).toEqual({ reason: 'log-altered' });
});

test('a missing entry makes it fail, even outside the period', async () => {
  expect(await failureAfter('DELETE FROM audit_entry WHERE tenant_id = $1 AND idx = 0')).toEqual({
    reason: 'log-altered',
    entry: 0,
  });
});

test('a forged entry far outside the period makes it fail too, where the proof of the range does not look', async () => {
  const school = await house.tenant(`school-${tenants}`);
  await house.write(
    school,
    Array.from({ length: 300 }, (_, i) => ({
      at: i < 299 ? '2025-05-01T00:00:00.000Z' : '2025-06-01T00:00:00.000Z',
    })),
  );
  clinic = school;
  officer = await house.staff(school);
  expect(await failureAfter(FORGED)).toEqual({ reason: 'log-altered' });
});

test('a log that was forged is not signed any more, so that no export of it is answered or made', async () => {
  const sealed = `(SELECT max(size) FROM audit_checkpoint WHERE tenant_id = '${clinic}') >= 4`;
  await house.until(async () => (await house.count('tenant', sealed)) > 0);
  await house.tamper(FORGED, [clinic]);
  await expect(house.exports.request(officer, JUNE)).rejects.toMatchObject({ code: 'AUDIT_BACKLOG' });
  house.runner.wake();
  await house.until(async () => (await house.exports.list(officer)).every(({ state }) => state === 'failed'));
  expect(await house.entries(clinic, 'export.failed')).toMatchObject([
    { detail: { reason: 'not-checkpointed' } },
  ]);
}, 60_000);

test('one that was moved out of the period in the columns that entries are found by is in the bundle all the same', async () => {
  await house.tamper(
    "UPDATE audit_entry SET at = '1999-01-01', intake_id = 'i-9' WHERE tenant_id = $1 AND idx = 2",
    [clinic],
  );
  const done = await house.ended(officer, await house.exports.request(officer, JUNE));
  expect(done).toMatchObject({ state: 'ready', progress: { done: 2, total: 2 } });
  expect(verify(await house.bundle(officer, done.exportId)).exitCode).toBe(0);
});
