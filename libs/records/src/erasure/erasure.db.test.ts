import { DAY, type ExportId, type IntakeId, newId, type TenantId } from '@app/kernel';
import { Database, KeyClock, Keys, Revocations, type StaffPrincipal } from '@app/platform';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { House, VERIFIER_PATH } from '../../testing/house';
import { readAll, SAID, startIntake } from '../../testing/intake';
import { ownerOf, placeOf } from '../export/export.store';
import { Holds } from '../holds/hold.service';
import { Certificates } from './certificate.service';
import { EffectiveErasures } from './effective.service';
import { Erasures } from './erasure.service';

let house: House;
let erasures: Erasures;
let holds: Holds;
let clinic: TenantId;
let officer: StaffPrincipal;
let second: StaffPrincipal;
let intakeId: IntakeId;
beforeAll(async () => {
  house = await House.open();
  erasures = house.app.get(Erasures);
  holds = house.app.get(Holds);
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  second = await house.staff(clinic, 'administrator');
});
beforeEach(async () => {
  intakeId = await startIntake(house, clinic);
});
afterAll(() => house.close());

const erase = () => erasures.request(officer, intakeId, 'DSAR');
const rows = (table: string) => house.count(table, `intake_id = '${intakeId}'`);

test('what was erased opens no more, with a receipt and a key that was in memory a moment ago', async () => {
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
  await erase();
  expect(await readAll(house, clinic, intakeId)).toEqual([]);
  expect(
    house.app.get(Keys).sealAtOnce(clinic, intakeId, { item: 'x', content: 'message' }, 'x'),
  ).toBeUndefined();
});

test('what stands open for the conversation hears that it was erased', async () => {
  const told: (string | undefined)[] = [];
  house.app.get(Revocations).listen(({ intakeId: gone, reason }) => told.push(`${gone} ${reason}`));
  await erase();
  expect(told).toContain(`${intakeId} erased`);
  expect(await house.count('data_key', `owner = '${intakeId}'`)).toBe(0);
});

test('its openings, tries of proof, sessions and tickets are gone, and the link to a record; what happened stays', async () => {
  await house.until(async () => (await house.count('audit_pending')) === 0);
  await erase();
  expect([await rows('verification'), await rows('client_session')]).toEqual([0, 0]);
  expect(await house.count('socket_ticket', `stands_for ->> 'intakeId' = '${intakeId}'`)).toBe(0);
  const openings = await house.db.owner(
    `SELECT 1 FROM audit_opening o JOIN audit_entry e ON e.tenant_id = o.tenant_id AND e.entry_id = o.entry_id WHERE e.intake_id = $1`,
    [intakeId],
  );
  expect(openings).toEqual([]);
  const [left] = await house.db.owner(
    'SELECT state, outcome, record_id, erased_at IS NOT NULL AS erased FROM intake WHERE intake_id = $1',
    [intakeId],
  );
  expect(left).toEqual({ state: 'closed', outcome: 'erased', record_id: null, erased: true });
  expect(await rows('message')).toBe(1);
  expect(
    (await house.entries(clinic)).filter(({ intake }) => intake?.id === intakeId).map(({ act }) => act),
  ).toEqual(['intake.started', 'erase.requested']);
});

test('it is answered when a signed checkpoint covers its entry, which states both dates', async () => {
  const erased = await erase();
  const [entry] = await house.db.owner<{ entry: Buffer }>(
    `SELECT entry FROM audit_entry WHERE act = 'erase.requested' AND intake_id = $1
     AND idx < (SELECT max(size) FROM audit_checkpoint WHERE tenant_id = $2)`,
    [intakeId, clinic],
  );
  expect(JSON.parse(entry?.entry.toString('utf8') ?? '{}')).toMatchObject({
    purpose: 'DSAR',
    refs: { erasure: erased.erasureId },
    detail: { erasedAt: erased.erasedAt, unreadableBy: erased.unreadableBy },
    authz: { policies: ['H3-erase-with-a-purpose'] },
  });
  expect(Date.parse(erased.unreadableBy) - Date.parse(erased.erasedAt)).toBe(37 * DAY);
});

test('under a hold nothing is erased, and that it was tried is on record', async () => {
  const holdId = await holds.place(officer, intakeId, 'a claim');
  await expect(erase()).rejects.toMatchObject({ code: 'HELD' });
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
  expect((await house.entries(clinic, 'erase.requested')).at(-1)).toMatchObject({
    outcome: 'refused',
    intake: { id: intakeId },
    detail: { reason: 'held' },
  });
  await holds.step(officer, holdId, 'ask');
  await holds.step(second, holdId, 'confirm');
  await erase();
  expect(await readAll(house, clinic, intakeId)).toEqual([]);
  const [hold] = await holds.list(officer).then((list) => list.filter((one) => one.holdId === holdId));
  expect(hold).toMatchObject({ intakeId, releasedBy: { id: second.staffId } });
  expect(hold?.reason).toBeUndefined();
});

test('a hold and an erasure at the same moment: one of them is first, and the other is refused', async () => {
  for (let i = 0; i < 4; i += 1) {
    intakeId = await startIntake(house, clinic);
    const [held, erased] = await Promise.allSettled([holds.place(officer, intakeId, 'a claim'), erase()]);
    expect([held.status, erased.status].filter((status) => status === 'fulfilled')).toHaveLength(1);
    const keysLeft = await house.count('data_key', `owner = '${intakeId}'`);
    expect(keysLeft).toBe(held.status === 'fulfilled' ? 1 : 0);
    const refused = [held, erased].find((one) => one.status === 'rejected');
    expect((refused as PromiseRejectedResult).reason).toMatchObject({
      code: expect.stringMatching(/^(HELD|ERASED)$/),
    });
  }
});

test('nothing is sealed for it any more, no hold is placed on it, and it is erased once', async () => {
  await erase();
  const seal = () =>
    house.app
      .get(Database)
      .transaction(clinic, (tx) =>
        house.app.get(Keys).seal(tx, intakeId, { item: 'x', content: 'message' }, 'x'),
      );
  await expect(seal()).rejects.toMatchObject({ code: 'ERASED' });
  await expect(holds.place(officer, intakeId, 'too late')).rejects.toMatchObject({ code: 'ERASED' });
  await expect(erase()).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  await expect(
    house.db.owner('UPDATE intake SET erased_at = NULL WHERE intake_id = $1', [intakeId]),
  ).rejects.toMatchObject({ code: 'VE001' });
});

test('who may not, erases nothing and sees nothing; without the log, and without the disk, nothing happens', async () => {
  await expect(erasures.request(second, intakeId, 'DSAR')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await expect(erasures.list(second)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  await house.withoutLog(async () => {
    await expect(erase()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expect(erasures.list(officer)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
  const folder = join(house.home, 'erasure-journal');
  const { renameSync, rmSync } = await import('node:fs');
  renameSync(folder, `${folder}.away`);
  writeFileSync(folder, 'in the way');
  try {
    await expect(erase()).rejects.toThrow();
  } finally {
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
  }
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
  expect(await rows('erasure')).toBe(0);
});

test('another organisation finds nothing to erase', async () => {
  const stranger = await house.staff(await house.tenant(`elsewhere`));
  await expect(erasures.request(stranger, intakeId, 'DSAR')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
});

test('the certificate verifies offline and states both dates; when the last key is destroyed, that too', async () => {
  const { erasureId } = await erase();
  const vkey = await house.vkey(clinic);
  const verify = (text: string) => {
    const file = join(house.home, 'a.tlog-proof');
    writeFileSync(file, text);
    writeFileSync(join(house.home, 'log.vkey'), `${vkey}\n`);
    return spawnSync(process.execPath, [VERIFIER_PATH, file, '--vkey', join(house.home, 'log.vkey')], {
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    });
  };
  const first = await house.app.get(Certificates).of(officer, erasureId);
  const said = verify(first.text);
  expect([said.status, said.stdout.includes('erase.requested')]).toEqual([0, true]);
  const [row] = (await erasures.list(officer)).filter((one) => one.erasureId === erasureId);
  expect([
    said.stdout.includes(row?.erasedAt ?? '-'),
    said.stdout.includes(row?.unreadableBy ?? '-'),
  ]).toEqual([true, true]);
  const forged = first.text.replace(
    /^extra (.)/m,
    (_, letter: string) => `extra ${letter === 'A' ? 'B' : 'A'}`,
  );
  expect(verify(forged).status).toBe(1);

  await house.app.get(EffectiveErasures).look();
  expect(await effectiveAt(erasureId)).toBeNull();
  // The epoch is over: the next version wraps what is left, and the old one waits for the backups.
  await house.db.owner(`UPDATE tenant_key SET created_at = now() - interval '8 days'`);
  await house.app.get(KeyClock).pass();
  await house.app.get(EffectiveErasures).look();
  expect(await effectiveAt(erasureId)).toBeNull();
  await house.db.owner(
    `UPDATE tenant_key SET retire_after = retire_after - interval '31 days' WHERE state = 'decrypt-only'`,
  );
  await house.app.get(KeyClock).pass();
  await house.app.get(EffectiveErasures).look();
  expect(await effectiveAt(erasureId)).not.toBeNull();
  const entries = await house.entries(clinic, 'erase.effective');
  expect(entries.at(-1)).toMatchObject({ intake: { id: intakeId }, refs: { erasure: erasureId } });
  await house.until(async () => (await house.count('audit_pending')) === 0);
  await house.until(
    async () =>
      (
        await house.app
          .get(Certificates)
          .of(officer, erasureId)
          .catch(() => ({ text: '' }))
      ).text !== '',
  );
  const last = await house.app.get(Certificates).of(officer, erasureId);
  expect(last.fileName).toBe(`erasure-${intakeId}-effective.tlog-proof`);
  const saidLast = verify(last.text);
  expect([saidLast.status, saidLast.stdout.includes('erase.effective')]).toEqual([0, true]);
});

async function effectiveAt(erasureId: string): Promise<Date | null> {
  const [row] = await house.db.owner<{ effective_at: Date | null }>(
    'SELECT effective_at FROM erasure WHERE erasure_id = $1',
    [erasureId],
  );
  return row?.effective_at ?? null;
}

test('an export of the conversation that lies here is gone with it; one of a period, which holds no words, stays', async () => {
  const [own, period] = [newId<ExportId>(), newId<ExportId>()];
  await house.db.owner(
    `INSERT INTO export (tenant_id, export_id, intake_id, period_from, period_to, purpose, requested_by, requested_at, entry_id, state, bytes, sha256, touched_at)
     VALUES ($1, $2, $4, NULL, NULL, 'DSAR', $5, now(), $2, 'ready', 3, '', now()),
            ($1, $3, NULL, now(), now(), 'AUDIT', $5, now(), $3, 'ready', 3, '', now())`,
    [clinic, own, period, intakeId, officer.staffId],
  );
  await house.app.get(Database).transaction(clinic, async (tx) => {
    for (const id of [own, period])
      await tx.query('INSERT INTO export_part (tenant_id, export_id, part, sealed) VALUES ($1, $2, 0, $3)', [
        clinic,
        id,
        await house.app.get(Keys).seal(tx, ownerOf(id), placeOf(id, 0), SAID),
      ]);
  });
  await erase();
  expect([
    await house.count('export_part', `export_id = '${own}'`),
    await house.count('data_key', `owner = '${ownerOf(own)}'`),
  ]).toEqual([0, 0]);
  await expect(house.exports.download(officer, own)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(await house.exports.get(officer, own)).toMatchObject({
    state: 'failed',
    failure: { reason: 'erased' },
  });
  expect(await house.count('export_part', `export_id = '${period}'`)).toBe(1);
});

test('the remains of a key are cleared out of its table at once', async () => {
  await erase();
  const [stat] = await house.db.owner<{ vacuums: string }>(
    `SELECT vacuum_count AS vacuums FROM pg_stat_user_tables WHERE relname = 'data_key'`,
  );
  expect(Number(stat?.vacuums)).toBeGreaterThan(0);
});
