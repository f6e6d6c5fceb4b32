import { type HoldId, type IntakeId, newId, type TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { House } from '../../testing/house';
import { readAll, SAID, startIntake } from '../../testing/intake';
import { Holds } from '../holds/hold.service';
import { Erasures } from './erasure.service';
import { lockForErasure } from './erasure.store';
import { ErasureJournal } from './journal';
import { Replay } from './replay.service';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
let second: StaffPrincipal;
let intakeId: IntakeId;
beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  second = await house.staff(clinic, 'administrator');
});
beforeEach(async () => {
  intakeId = await startIntake(house, clinic);
});
afterAll(() => house.close());

const erase = () => house.app.get(Erasures).request(officer, intakeId, 'RETENTION');
const replay = () => house.app.get(Replay).run();
const acts = async (act: string) =>
  (await house.entries(clinic, act)).filter((entry) => entry.intake?.id === intakeId);

/** Sets the rows of one conversation back to what they are now, as an older backup of the database would. */
async function setBackAfter(change: () => Promise<unknown>): Promise<void> {
  const keys = await house.db.owner<Record<string, unknown>>('SELECT * FROM data_key WHERE owner = $1', [
    intakeId,
  ]);
  const heldBefore = await house.db.owner<Record<string, unknown>>(
    'SELECT * FROM hold WHERE intake_id = $1',
    [intakeId],
  );
  await change();
  await house.db.owner(`SET session_replication_role = replica`);
  await house.db.owner('DELETE FROM erasure WHERE intake_id = $1', [intakeId]);
  await house.db.owner('DELETE FROM hold WHERE intake_id = $1', [intakeId]);
  await house.db.owner(
    `UPDATE intake SET erased_at = NULL, state = 'waiting', closed_at = NULL WHERE intake_id = $1`,
    [intakeId],
  );
  await house.db.owner('DELETE FROM data_key WHERE owner = $1', [intakeId]);
  for (const [table, kept] of [
    ['data_key', keys],
    ['hold', heldBefore],
  ] as const)
    for (const row of kept)
      await house.db.owner(`INSERT INTO ${table} SELECT (json_populate_record(NULL::${table}, $1)).*`, [
        JSON.stringify(row, bytesAsHex),
      ]);
  await house.db.owner(`SET session_replication_role = DEFAULT`);
}

/** Bytes as PostgreSQL writes them. `JSON.stringify` has made an object of a Buffer before it asks. */
function bytesAsHex(_: string, value: unknown): unknown {
  const bytes = value as { type?: string; data?: number[] } | null;
  return bytes?.type === 'Buffer' && bytes.data !== undefined
    ? `\\x${Buffer.from(bytes.data).toString('hex')}`
    : value;
}

test('a conversation that was erased after the backup is erased again before anything is served, and that is on record', async () => {
  let erased: Awaited<ReturnType<typeof erase>> | undefined;
  await setBackAfter(async () => (erased = await erase()));
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
  await replay();
  expect(await readAll(house, clinic, intakeId)).toEqual([]);
  const [listed] = (await house.app.get(Erasures).list(officer)).filter((one) => one.intakeId === intakeId);
  expect(listed).toEqual({ ...erased, requestedBy: { id: officer.staffId, name: 'An Officer' } });
  expect(await acts('erase.replayed')).toMatchObject([
    {
      actor: { kind: 'system', id: 'restore' },
      refs: { erasure: erased?.erasureId },
      detail: { erasedAt: erased?.erasedAt, unreadableBy: erased?.unreadableBy },
    },
  ]);
});

test('a database that knows it all is left alone, however often it starts', async () => {
  await erase();
  const before = (await house.entries(clinic)).length;
  await replay();
  await replay();
  expect((await house.entries(clinic)).length).toBe(before);
});

test('a hold placed after the backup stands again, with its reason, and one released after it is over: then the erasure is done', async () => {
  const holds = house.app.get(Holds);
  let holdId: Awaited<ReturnType<typeof holds.place>> | undefined;
  await setBackAfter(async () => (holdId = await holds.place(officer, intakeId, 'a claim of today')));
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(0);
  await replay();
  const [hold] = (await holds.list(second)).filter((one) => one.intakeId === intakeId);
  expect(hold).toMatchObject({ holdId, reason: 'a claim of today', placedBy: { id: officer.staffId } });

  await setBackAfter(async () => {
    if (holdId === undefined) throw new Error('no hold');
    await holds.step(second, holdId, 'ask');
    await holds.step(officer, holdId, 'confirm');
    await erase();
  });
  expect(await house.count('held_intake', `intake_id = '${intakeId}'`)).toBe(1);
  await replay();
  expect(await readAll(house, clinic, intakeId)).toEqual([]);
  expect(await acts('hold.replayed')).toHaveLength(2);
});

test('an erasure that had begun and did not happen is not done by a start, only by whoever asks again', async () => {
  const journal = house.app.get(ErasureJournal);
  await house.db.owner('REVOKE INSERT ON erasure FROM vestibule_app');
  await expect(erase()).rejects.toThrow();
  await house.db.owner('GRANT INSERT ON erasure TO vestibule_app');
  const act = (await journal.read(clinic)).find(
    (one) => 'intakeId' in one.act && one.act.intakeId === intakeId,
  );
  expect(act).toBeUndefined(); // it failed before it came to the journal
  await replay();
  expect(await readAll(house, clinic, intakeId)).toEqual([SAID, SAID]);
});

test('a start waits for an act that another process is about to commit, and does not take it for one that did not happen', async () => {
  const journal = house.app.get(ErasureJournal);
  const settle = jest.spyOn(journal, 'settle');
  const act = {
    kind: 'hold-placed',
    ...{ id: newId<HoldId>(), intakeId, sealedReason: '', placedBy: officer.staffId },
    placedAt: '2026-03-01T00:00:00.000Z',
  } as const;
  let start = Promise.resolve();
  await house.db.database.transaction(clinic, async (tx) => {
    await lockForErasure(tx, intakeId);
    await journal.keep(tx, act);
    start = replay();
    await sleep(500);
    await tx.query(
      "INSERT INTO hold (tenant_id, hold_id, intake_id, sealed_reason, placed_by, placed_at) VALUES ($1, $2, $3, '', $4, $5)",
      [clinic, act.id, intakeId, act.placedBy, act.placedAt],
    );
  });
  await start;
  await journal.settled(clinic);
  const said = settle.mock.calls.filter(([, { id }]) => id === act.id).map(([, , phase]) => phase);
  expect(new Set(said)).toEqual(new Set(['done']));
});

test('the start after a restore ends every session, says so in the log, and does it once', async () => {
  const marker = join(house.home, 'restored.json');
  const said = {
    kind: 'database',
    madeAt: '2026-03-01T00:00:00.000Z',
    restoredAt: '2026-03-02T00:00:00.000Z',
  };
  writeFileSync(marker, JSON.stringify(said));
  await replay();
  expect(existsSync(marker)).toBe(false);
  expect(await house.count('client_session', 'ended_at IS NULL')).toBe(0);
  expect(await house.count('socket_ticket')).toBe(0);
  const entries = await house.entries(clinic, 'backup.restored');
  expect(entries).toMatchObject([{ detail: { madeAt: said.madeAt, restoredAt: said.restoredAt } }]);
  await replay();
  expect(await house.entries(clinic, 'backup.restored')).toHaveLength(1);
});
