import { type HoldId, type IntakeId, newId, type TenantId } from '@app/kernel';
import { Database, type StaffPrincipal } from '@app/platform';
import { House } from '../../testing/house';
import { startIntake } from '../../testing/intake';
import { Holds } from './hold.service';

let house: House;
let holds: Holds;
let clinic: TenantId;
let officer: StaffPrincipal;
let second: StaffPrincipal;
let intakeId: IntakeId;
beforeAll(async () => {
  house = await House.open();
  holds = house.app.get(Holds);
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  second = await house.staff(clinic, 'administrator', 'An Administrator');
});
beforeEach(async () => {
  intakeId = await startIntake(house, clinic);
});
afterAll(() => house.close());

const REASON = 'Claim of a patient named Quillfeather, letter of 3 March';
const place = () => holds.place(officer, intakeId, REASON);
const released = async () => {
  const holdId = await place();
  await holds.step(officer, holdId, 'ask');
  await holds.step(second, holdId, 'confirm');
  return holdId;
};
const asApp = (sql: string, values: readonly unknown[] = [intakeId]) =>
  house.app.get(Database).transaction(clinic, (tx) => tx.query(sql, values));

/** The four places at which something of the conversation could be destroyed, as the application's role and as the owner. */
const DESTROY: [what: string, sql: () => [string, readonly unknown[]]][] = [
  ['its data keys', () => ['DELETE FROM data_key WHERE owner = $1', [intakeId]]],
  [
    'the openings of its entries',
    () => [
      `DELETE FROM audit_opening o USING (
         SELECT entry_id FROM audit_entry WHERE intake_id = $1 UNION ALL
         SELECT entry_id FROM audit_pending WHERE convert_from(entry, 'UTF8')::jsonb -> 'intake' ->> 'id' = $1
       ) e WHERE o.entry_id = e.entry_id`,
      [intakeId],
    ],
  ],
  [
    "a version of the tenant's key that wraps one of them",
    () => ['DELETE FROM tenant_key WHERE tenant_id = $1', [clinic]],
  ],
];

describe('while a hold stands', () => {
  test.each(DESTROY)(
    'the database refuses to destroy %s, whoever asks, and takes it when the hold is over',
    async (_what, sql) => {
      const holdId = await place();
      const destroy = () => house.db.owner(...sql());
      const code = await destroy().then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
      expect(code).toBe('VH001');
      await holds.step(officer, holdId, 'ask');
      await expect(destroy()).rejects.toMatchObject({ code: 'VH001' });
      await holds.step(second, holdId, 'confirm');
      await house.db.owner('BEGIN');
      await expect(destroy()).resolves.toBeDefined();
      await house.db.owner('ROLLBACK');
    },
  );

  test('nothing is pruned from the log, with a hold or without', async () => {
    await house.until(async () => (await house.count('audit_pending')) === 0);
    await expect(house.db.owner('DELETE FROM audit_entry WHERE intake_id = $1', [intakeId])).rejects.toThrow(
      'append-only',
    );
  });

  test('the tables of keys and openings cannot be emptied at one stroke', async () => {
    for (const table of ['data_key', 'audit_opening', 'tenant_key', 'hold'])
      await expect(house.db.owner(`TRUNCATE ${table}`)).rejects.toThrow('append-only');
  });

  test("a hold on one conversation keeps nobody else's key", async () => {
    await place();
    const other = await startIntake(house, clinic);
    await house.db.owner('BEGIN');
    await house.db.owner('DELETE FROM data_key WHERE owner = $1', [other]);
    await house.db.owner('ROLLBACK');
  });

  test('the application hears that a hold keeps it, in words', async () => {
    await place();
    await house.db.owner('GRANT DELETE ON data_key TO vestibule_app');
    await expect(asApp('DELETE FROM data_key WHERE owner = $1')).rejects.toMatchObject({ code: 'HELD' });
  });
});

test('the reason is sealed, committed to by the entry, and shown to who may release the hold', async () => {
  const holdId = await place();
  const [stored] = await house.db.owner<{ sealed_reason: Buffer }>(
    'SELECT sealed_reason FROM hold WHERE hold_id = $1',
    [holdId],
  );
  expect(stored?.sealed_reason.includes('Quillfeather')).toBe(false);
  const [entry] = (await house.entries(clinic, 'hold.placed')).slice(-1);
  expect(entry).toMatchObject({
    intake: { id: intakeId },
    refs: { hold: holdId },
    sealed: { reason: expect.any(String) },
    authz: { policies: ['H1-place-a-hold'] },
  });
  expect(JSON.stringify(entry)).not.toContain('Quillfeather');
  const [listed] = await holds.list(second);
  expect(listed).toMatchObject({ holdId, intakeId, reason: REASON, placedBy: { name: 'An Officer' } });
  const [read] = (await house.entries(clinic, 'hold.read')).slice(-1);
  expect(Object.values(read?.refs ?? {})).toContain(holdId);
});

test('one person alone does not release, and that they tried is on record', async () => {
  const holdId = await place();
  await holds.step(officer, holdId, 'ask');
  await expect(holds.step(officer, holdId, 'confirm')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  const [refused] = (await house.entries(clinic, 'hold.released')).slice(-1);
  expect(refused).toMatchObject({
    outcome: 'refused',
    refs: { hold: holdId },
    detail: { reason: 'same-person' },
  });
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(1);
  await expect(
    house.db.owner('UPDATE hold SET released_by = release_asked_by, released_at = now() WHERE hold_id = $1', [
      holdId,
    ]),
  ).rejects.toMatchObject({ code: '23514' });
});

test('a release answers when a signed checkpoint covers its entry', async () => {
  const holdId = await released();
  const [covered] = await house.db.owner(
    `SELECT 1 FROM audit_entry e WHERE e.tenant_id = $1 AND e.act = 'hold.released'
       AND convert_from(e.entry, 'UTF8')::jsonb -> 'refs' ->> 'hold' = $2
       AND e.idx < (SELECT max(size) FROM audit_checkpoint WHERE tenant_id = $1)`,
    [clinic, holdId],
  );
  expect(covered).toBeDefined();
});

test('a hold that is over stays over, and a new one may be placed', async () => {
  const holdId = await released();
  await expect(holds.step(officer, holdId, 'ask')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  await expect(
    house.db.owner('UPDATE hold SET released_by = NULL, released_at = NULL WHERE hold_id = $1', [holdId]),
  ).rejects.toThrow('does not change');
  await place();
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(1);
});

test('who may not, places none, sees none and releases none, and each try is on record', async () => {
  const clerk = await house.staff(clinic, 'receptionist');
  const holdId = await place();
  for (const attempt of [
    () => holds.place(clerk, intakeId, REASON),
    () => holds.place(second, intakeId, REASON),
    () => holds.list(clerk),
    () => holds.step(clerk, holdId, 'ask'),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  const refused = (await house.entries(clinic)).filter(
    ({ outcome, act }) => outcome === 'refused' && act.startsWith('hold.'),
  );
  expect(refused.slice(-4).map(({ act, actor }) => [act, actor.id])).toEqual([
    ['hold.place', clerk.staffId],
    ['hold.place', second.staffId],
    ['hold.read', clerk.staffId],
    ['hold.release', clerk.staffId],
  ]);
});

test('another organisation neither places nor finds it', async () => {
  const elsewhere = await house.tenant('elsewhere');
  const stranger = await house.staff(elsewhere);
  await expect(holds.place(stranger, intakeId, REASON)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const holdId = await place();
  await expect(holds.step(stranger, holdId, 'ask')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(holds.step(stranger, newId<HoldId>(), 'ask')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await holds.list(stranger)).toEqual([]);
});

test('without the log no hold is placed, none is read, none is released', async () => {
  const holdId = await place();
  await holds.step(officer, holdId, 'ask');
  const before = await house.count('hold');
  await house.withoutLog(async () => {
    for (const attempt of [
      () => place(),
      () => holds.list(officer),
      () => holds.step(second, holdId, 'confirm'),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
  expect(await house.count('hold')).toBe(before);
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(1);
});

test('of an erasure and a hold at the same moment one comes first: the key is never gone under a hold', async () => {
  // Holds the lock that the hold wants, as an erasure does, until the key is gone.
  await house.db.owner('BEGIN');
  await house.db.owner('SELECT 1 FROM intake_head WHERE intake_id = $1 FOR UPDATE', [intakeId]);
  const placing = place().then(
    () => 'placed',
    () => 'refused',
  );
  await house.db.owner('DELETE FROM data_key WHERE owner = $1', [intakeId]);
  await house.db.owner('ROLLBACK');
  await expect(placing).resolves.toBe('placed');
  expect(await house.count('data_key', `owner = '${intakeId}'`)).toBe(1);
});
