import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { ACTOR, aClock, aRecorder } from '../../testing/services';
import { TenantService } from './tenant.service';

const CLINIC = { slug: 'river-clinic', name: 'River Clinic', sector: 'clinic' } as const;
const clock = aClock('2026-11-23T12:00:00Z');
const nothing = () => Promise.resolve();
let db: TestDatabase;
let tenants: TenantService;

beforeAll(async () => {
  db = await testDatabase();
  tenants = new TenantService(db.database, aRecorder(db.database, clock), clock);
});
afterAll(() => db.close());

const count = async (table: string) =>
  (await db.owner<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n;

test('a tenant that could not be set up is not there, and its name is free', async () => {
  const add = tenants.add(ACTOR, CLINIC, () => Promise.reject(new Error('no disk')));
  await expect(add).rejects.toThrow('no disk');
  for (const table of ['tenant', 'audit_head', 'address', 'audit_pending'])
    expect(await count(table)).toBe(0);
});

test('of two that are set up at once under one name, one is', async () => {
  let calls = 0;
  const setUp = () => Promise.resolve(void calls++);
  const ids = await Promise.all([1, 2, 3].map(() => tenants.add(ACTOR, CLINIC, setUp)));
  const made = ids.filter((id) => id !== undefined);
  expect(made).toHaveLength(1);
  expect(calls).toBe(1);
  expect(await tenants.bySlug('river-clinic')).toBe(made[0]);
});

test('a new tenant has a log, and its first entry says so', async () => {
  const tenantId = await tenants.bySlug('river-clinic');
  expect(await db.owner('SELECT size FROM audit_head WHERE tenant_id = $1', [tenantId])).toEqual([
    { size: '0' },
  ]);
  const [row] = await db.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending WHERE tenant_id = $1', [
    tenantId,
  ]);
  expect(JSON.parse(row?.entry.toString('utf8') ?? '')).toMatchObject({
    act: 'tenant.created',
    actor: ACTOR,
  });
});

test.each([
  [{ slug: 'River' }, ['slug']],
  [{ slug: 'x', name: '' }, ['slug', 'name']],
])('a tenant with %j is refused', async (change, fields) => {
  await expect(tenants.add(ACTOR, { ...CLINIC, ...change }, nothing)).rejects.toEqual(
    expect.objectContaining({ code: 'INPUT_MALFORMED', extra: { fields } }),
  );
});

test('there is no tenant under a name that nobody took', async () => {
  expect(await tenants.bySlug('lake-clinic')).toBeUndefined();
});
