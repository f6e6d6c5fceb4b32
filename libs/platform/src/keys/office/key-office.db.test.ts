import { parseEntry } from '@app/audit';
import { DAY, HOUR, later, newId, type StaffId, systemClock, type TenantId } from '@app/kernel';
import { memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { PolicySet } from '@app/policies';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Gate } from '../../access/gate';
import type { Role, StaffPrincipal } from '../../access/principal';
import { Recorder } from '../../auditing/recording/recorder';
import { Sequencer } from '../../auditing/sequencer';
import { CheckpointSigner } from '../../auditing/signer';
import { connect } from '../../database/connect';
import { KeyClock } from '../epochs/key-clock';
import { TenantKeys } from '../epochs/tenant-keys';
import { Keys } from '../keys';
import { KeyOffice } from './key-office';

const LIMITS = { epochDays: 7, backupDays: 30 };
const PLACE = { item: 'item', content: 'message' };
const kms = memoryKms();
let db: TestDatabase;
let source: DataSource;
let home: string;
let tenantId: TenantId;
let keys: Keys;
let office: KeyOffice;
let keyClock: KeyClock;
let log: { pass(): Promise<void> };
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'office-'));
  source = await connect(db.urls.sequencer, 2, () => undefined);
  tenantId = await db.tenant();
  keys = new Keys(kms, systemClock);
  const recorder = new Recorder(db.database, keys, systemClock);
  const tenantKeys = new TenantKeys(keys, recorder, systemClock, LIMITS);
  const sequencer = new Sequencer(source, systemClock, recorder);
  const signer = new CheckpointSigner(source, db.database, keys, systemClock, join(home, 'states'));
  keyClock = new KeyClock(db.urls.sequencer, db.database, tenantKeys, systemClock, LIMITS, () => undefined);
  const gate = new Gate(PolicySet.load(join(__dirname, '../../../../../policies/access')), recorder);
  office = new KeyOffice(db.database, gate, tenantKeys, keyClock, signer, kms, systemClock, LIMITS);
  log = {
    async pass() {
      await sequencer.pass();
      await signer.pass();
    },
  };
});
afterAll(async () => {
  await source.destroy();
  await db.close();
  await rm(home, { recursive: true });
});

const staff = (role: Role): StaffPrincipal => ({
  kind: 'staff',
  tenantId,
  staffId: newId<StaffId>(),
  sessionId: newId(),
  name: 'Example Person',
  roles: [role],
  queues: [],
});
const acts = async () => {
  const rows = await db.owner<{ entry: Buffer }>(
    `SELECT entry FROM audit_pending WHERE tenant_id = $1 UNION ALL SELECT entry FROM audit_entry WHERE tenant_id = $1`,
    [tenantId],
  );
  return rows.map(({ entry }) => parseEntry(entry)).map(({ act, outcome }) => `${act} ${outcome}`);
};

test('an administrator sees the versions, changes the key, and sees the old one emptied and its date', async () => {
  for (const owner of ['one', 'two'])
    await db.database.transaction(tenantId, (tx) => keys.seal(tx, owner, PLACE, 'x'));
  const administrator = staff('administrator');
  const before = await office.view(administrator);
  expect(before).toMatchObject({
    kms: 'memory',
    epochDays: 7,
    backupDays: 30,
    destroyDelayDays: 0,
    toMove: 0,
  });
  expect(before.versions).toMatchObject([{ version: 1, state: 'active', dataKeys: 2, secrets: 0 }]);
  expect(before.nextChangeAt).toBe(
    later(new Date(before.versions[0]?.since ?? ''), 7 * DAY - HOUR).toISOString(),
  );

  let isAnswered = false;
  const changing = office.change(administrator).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await sleep(400);
  expect(isAnswered).toBe(false); // recorded, but no checkpoint covers it
  await log.pass();
  await expect(changing).resolves.toEqual({ version: 2 });
  // The signer has kept its own key meanwhile: a secret under the new version.
  const during = await office.view(administrator);
  expect(during.toMove).toBe(2);
  await expect(office.change(administrator)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });

  await keyClock.pass();
  const after = await office.view(administrator);
  expect(after.toMove).toBe(0);
  expect(after.versions).toMatchObject([
    { version: 2, state: 'active', dataKeys: 2, secrets: 1 },
    { version: 1, state: 'decrypt-only', dataKeys: 0, secrets: 0, replacedAt: expect.any(String) as string },
  ]);
  const left = Date.parse(after.versions[1]?.destroyAt ?? '') - systemClock.now().getTime();
  expect(Math.abs(left - 30 * DAY)).toBeLessThan(60_000);
  expect(await acts()).toEqual(expect.arrayContaining(['key.rotated ok', 'key.rewrapped ok']));
});

test.each<Role>(['compliance-officer', 'supervisor', 'clinician', 'receptionist'])(
  'a %s sees and changes nothing, and the attempt is recorded',
  async (role) => {
    const person = staff(role);
    const denied = { code: 'ACCESS_DENIED' };
    await expect(office.view(person)).rejects.toMatchObject(denied);
    await expect(office.change(person)).rejects.toMatchObject(denied);
    expect(await acts()).toEqual(expect.arrayContaining(['key.read refused', 'key.rotate refused']));
    const [row] = await db.owner<{ n: string }>('SELECT count(*) AS n FROM tenant_key WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(Number(row?.n)).toBe(2);
  },
);
