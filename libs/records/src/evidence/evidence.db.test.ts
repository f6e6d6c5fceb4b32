import { parseCheckpoint, parseVkey } from '@app/audit';
import { Anchors, type StaffPrincipal, Witnesses } from '@app/platform';
import type { Server } from 'node:http';
import request from 'supertest';
import { LocalAuthority } from '../../../../audit/tests/local-authority';
import { WitnessProcess } from '../../../../audit/tests/witness-process';
import { House, VERIFIER_PATH } from '../../testing/house';
import type { Evidence } from './evidence.service';

const authority = new LocalAuthority({ key: 'p256' });
const witness = new WitnessProcess();
let alone: House;
let house: House;

beforeAll(async () => {
  witness.follow([]);
  alone = await House.open();
  house = await House.open(VERIFIER_PATH, {
    witnesses: [{ url: 'http://127.0.0.1:9', vkey: witness.vkey() }],
    tsa: { url: await authority.serve(), caFile: authority.caFile },
  });
});
afterAll(async () => {
  await alone.close();
  await house.close();
  await witness.remove();
  authority.remove();
});

const seenBy = (where: House, who: StaffPrincipal) =>
  request(where.app.getHttpServer() as Server)
    .get('/api/evidence')
    .set('Cookie', `vestibule_staff=${who.sessionId}`)
    .set('Host', '127.0.0.1');

async function evidence(where: House, who: StaffPrincipal): Promise<Evidence> {
  const { body } = await seenBy(where, who).expect(200);
  return body as Evidence;
}

test('with nobody outside, it says so, and what is signed', async () => {
  const tenantId = await alone.tenant('alone');
  const officer = await alone.staff(tenantId);
  await alone.write(tenantId, [{ at: '2026-06-01T00:00:00.000Z' }, { at: '2026-06-02T00:00:00.000Z' }]);
  await alone.until(async () => {
    const { checkpoint, log } = await evidence(alone, officer);
    return checkpoint !== undefined && log.unsignedSince === undefined && log.entries >= 2;
  });
  const seen = await evidence(alone, officer);
  expect(seen).toMatchObject({
    checkpoint: { size: seen.log.entries },
    witnesses: [],
    isHeld: false,
    anchors: { isConfigured: false, stamps: [] },
    policy: { witnessAlarmSeconds: 900 },
    alarms: [],
  });
  expect(seen.log.unsignedSince).toBeUndefined();
  expect(parseVkey(seen.log.vkey).name).toBe(seen.log.origin);
  expect(parseCheckpoint(seen.checkpoint?.text ?? '')).toMatchObject({
    origin: seen.log.origin,
    size: seen.log.entries,
  });
});

test('a witness that is away is named with the reason, and each stamp with its time', async () => {
  const tenantId = await house.tenant('watched');
  const officer = await house.staff(tenantId);
  await house.write(tenantId, [{ at: '2026-06-01T00:00:00.000Z' }]);
  await house.until(async () => (await evidence(house, officer)).checkpoint !== undefined);
  await house.app.get(Witnesses).pass();
  await house.app.get(Anchors).stampNow(tenantId);
  const seen = await evidence(house, officer);
  expect(seen.witnesses).toMatchObject([
    { name: 'witness.example/w1', size: 0, fault: 'unreachable', isRefusing: false },
  ]);
  expect(seen.witnessed).toBe(0);
  expect(seen.anchors).toMatchObject({ isConfigured: true, stamps: [{ size: expect.any(Number) }] });
  expect(seen.anchors.fault).toBeUndefined();
});

test('an entry that no checkpoint covers is seen, with the time since when', async () => {
  const tenantId = await alone.tenant('unsigned');
  const officer = await alone.staff(tenantId);
  await alone.db.owner('REVOKE INSERT ON audit_checkpoint FROM vestibule_sequencer');
  try {
    await alone.write(tenantId, [{ at: '2026-06-01T00:00:00.000Z' }]);
    expect((await evidence(alone, officer)).log).toMatchObject({
      unsignedSince: '2026-06-01T00:00:00.000Z',
    });
  } finally {
    await alone.db.owner('GRANT INSERT ON audit_checkpoint TO vestibule_sequencer');
  }
});

test('alarms are shown, the newest first, and no other entries', async () => {
  const tenantId = await alone.tenant('alarmed');
  const officer = await alone.staff(tenantId);
  const at = new Date().toISOString();
  await alone.write(tenantId, [{ at, act: 'witness.away' }, { at }, { at, act: 'witness.back' }]);
  expect((await evidence(alone, officer)).alarms.map(({ act }) => act)).toEqual([
    'witness.back',
    'witness.away',
  ]);
});

test('an administrator sees it, a receptionist does not and stands in the log', async () => {
  const tenantId = await alone.tenant('roles');
  await seenBy(alone, await alone.staff(tenantId, 'administrator')).expect(200);
  await seenBy(alone, await alone.staff(tenantId, 'receptionist')).expect(403);
  expect(await alone.entries(tenantId, 'evidence.read')).toMatchObject([{ outcome: 'refused' }]);
});

test('the program does not start when the certificates of the authority cannot be read', async () => {
  await expect(
    House.open(VERIFIER_PATH, { tsa: { url: 'http://127.0.0.1:9', caFile: '/nowhere/ca.pem' } }),
  ).rejects.toMatchObject({
    code: 'ENOENT',
  });
});
