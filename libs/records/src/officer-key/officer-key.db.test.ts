import type { TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { GpgHome } from '../../testing/gpg-home';
import { House } from '../../testing/house';
import { verify } from '../../testing/judge';
import { OfficerKeyring } from './officer-key.service';

let house: House;
let keyring: OfficerKeyring;
let gpg: GpgHome;
let publicKey: string;
let tenants = 0;
let clinic: TenantId;
let officer: StaffPrincipal;
let ada: StaffPrincipal;
let ben: StaffPrincipal;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'LEGAL' } as const;

beforeAll(async () => {
  house = await House.open();
  keyring = house.app.get(OfficerKeyring);
  gpg = new GpgHome();
  publicKey = gpg.makeKey('An Officer <officer@example.org>');
});
beforeEach(async () => {
  clinic = await house.tenant(`clinic-${(tenants += 1)}`);
  officer = await house.staff(clinic);
  ada = await house.staff(clinic, 'administrator', 'Ada');
  ben = await house.staff(clinic, 'administrator', 'Ben');
});
afterAll(async () => {
  gpg.close();
  await house.close();
});

const propose = (who = ada, key: string | null = publicKey) =>
  keyring.propose(who, { staffId: officer.staffId, ...(key !== null && { publicKey: key }) });
const pin = async () => keyring.decide(ben, await propose(), 'confirm');
const exported = async () => {
  const { exportId } = await house.ended(officer, await house.exports.request(officer, JUNE));
  return exportId;
};
const bytesOf = async (who: StaffPrincipal, exportId: Awaited<ReturnType<typeof exported>>) => {
  const download = await house.exports.download(who, exportId);
  const chunks: Uint8Array[] = [];
  for await (const chunk of download.parts) chunks.push(chunk);
  return { ...download, bytes: Buffer.concat(chunks) };
};

test('two administrators pin a key, and from then on GnuPG opens what the officer takes away, and the zip in it verifies', async () => {
  const exportId = await exported();
  const plain = await bytesOf(officer, exportId);
  expect(plain).toMatchObject({
    mediaType: 'application/zip',
    fileName: expect.stringMatching(/\.zip$/) as string,
  });
  const keyId = await propose();
  expect((await bytesOf(officer, exportId)).mediaType).toBe('application/zip');
  await keyring.decide(ben, keyId, 'confirm');
  const sealed = await bytesOf(officer, exportId);
  expect(sealed).toMatchObject({
    mediaType: 'application/pgp-encrypted',
    fileName: `${plain.fileName}.pgp`,
  });
  expect(sealed.bytes.includes('manifest.json')).toBe(false);
  const opened = gpg.decrypt(sealed.bytes);
  expect(opened?.equals(plain.bytes)).toBe(true);
  expect(verify(opened ?? Buffer.alloc(0)).exitCode).toBe(0);
  const [downloaded] = (await house.entries(clinic, 'export.downloaded')).slice(-1);
  expect(downloaded?.refs?.['to0']).toMatch(/^[0-9A-F]{40}$/);
  expect(await house.exports.get(officer, exportId)).toMatchObject({ encrypted: true });
});

test('an export of an officer with a key is encrypted to it whoever takes it away', async () => {
  const exportId = await exported();
  await pin();
  const colleague = await house.staff(clinic, 'compliance-officer', 'A Colleague');
  const { mediaType, bytes } = await bytesOf(colleague, exportId);
  expect(mediaType).toBe('application/pgp-encrypted');
  expect(gpg.decrypt(bytes)).toBeDefined();
});

test('each step is on record, with the fingerprint, and answered under a signed checkpoint', async () => {
  await pin();
  await keyring.decide(ada, await propose(ben, null), 'confirm');
  const acts = (await house.entries(clinic)).filter(({ act }) => act.startsWith('officer-key.'));
  expect(acts.map(({ act, actor, refs }) => [act, actor.id, refs?.['fingerprint'] !== undefined])).toEqual([
    ['officer-key.proposed', ada.staffId, true],
    ['officer-key.pinned', ben.staffId, true],
    ['officer-key.proposed', ben.staffId, false],
    ['officer-key.pinned', ada.staffId, false],
  ]);
  for (const entry of acts)
    expect(entry).toMatchObject({
      refs: { staff: officer.staffId },
      authz: { policies: ['O7-pin-keys-of-officers'] },
    });
  const covered = await house.count(
    'audit_entry e',
    `e.tenant_id = '${clinic}' AND e.act = 'officer-key.pinned' AND e.idx < (SELECT max(size) FROM audit_checkpoint c WHERE c.tenant_id = e.tenant_id)`,
  );
  expect(covered).toBe(2);
  expect((await bytesOf(officer, await exported())).mediaType).toBe('application/zip');
});

test('one administrator alone pins none, and that they tried is on record', async () => {
  const keyId = await propose();
  await expect(keyring.decide(ada, keyId, 'confirm')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  const [refused] = (await house.entries(clinic, 'officer-key.manage')).slice(-1);
  expect(refused).toMatchObject({ outcome: 'refused', detail: { reason: 'same-person' } });
  await expect(
    house.db.owner(
      "UPDATE officer_key SET state = 'pinned', decided_by = proposed_by, decided_at = now() WHERE key_id = $1",
      [keyId],
    ),
  ).rejects.toMatchObject({ code: '23514' });
  expect((await keyring.list(ben))[0]?.pinned).toBeUndefined();
});

test('an officer who is an administrator as well neither proposes nor confirms their own key', async () => {
  const both = { ...officer, roles: ['compliance-officer', 'administrator'] } as const;
  await expect(keyring.propose(both, { staffId: officer.staffId, publicKey })).rejects.toMatchObject({
    code: 'STEP_NOT_ALLOWED',
  });
  const keyId = await propose();
  await expect(keyring.decide(both, keyId, 'confirm')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect((await keyring.list(ada))[0]?.pinned).toBeUndefined();
});

test('a change waits alone, is taken back by who made it, and is decided once', async () => {
  const keyId = await propose();
  await expect(propose(ben)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(await keyring.list(ben)).toMatchObject([
    { officer: { id: officer.staffId }, proposed: { keyId, proposedBy: { name: 'Ada' } } },
  ]);
  await keyring.decide(ada, keyId, 'reject');
  await expect(keyring.decide(ben, keyId, 'confirm')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  await expect(propose(ben)).resolves.toBeDefined();
});

test.each([
  ['not-a-key', () => 'hello'],
  ['several', () => publicKey + publicKey],
])('a key that nothing can be encrypted to is refused with the reason: %s', async (reason, key) => {
  await expect(propose(ada, key())).rejects.toMatchObject({ code: 'KEY_REFUSED', extra: { reason } });
  expect(await house.count('officer_key', `tenant_id = '${clinic}'`)).toBe(0);
});

test('a pinned key that cannot be used any more gives no file, and nothing is opened', async () => {
  const exportId = await exported();
  await pin();
  await house.db.owner("UPDATE officer_key SET public_key = 'gone' WHERE tenant_id = $1", [clinic]);
  const before = (await house.entries(clinic, 'export.downloaded')).length;
  await expect(house.exports.download(officer, exportId)).rejects.toMatchObject({ code: 'KEY_REFUSED' });
  expect((await house.entries(clinic, 'export.downloaded')).length).toBe(before);
});

test('whoever may not sees none, proposes none, confirms none, and each try is on record', async () => {
  const keyId = await propose();
  for (const attempt of [
    () => keyring.list(officer),
    () => propose(officer),
    () => keyring.decide(officer, keyId, 'confirm'),
  ])
    await expect(attempt()).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
  const refused = (await house.entries(clinic, 'officer-key.manage')).filter(
    ({ actor }) => actor.id === officer.staffId,
  );
  expect(refused.map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused']);
});

test('without the log no key is proposed and none is pinned', async () => {
  const keyId = await propose();
  const other = await house.staff(clinic, 'compliance-officer', 'Another');
  await house.withoutLog(async () => {
    await expect(keyring.propose(ada, { staffId: other.staffId, publicKey })).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
    await expect(keyring.decide(ben, keyId, 'confirm')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
  expect(await house.count('officer_key', `tenant_id = '${clinic}' AND state <> 'proposed'`)).toBe(0);
  expect(await house.count('officer_key', `tenant_id = '${clinic}'`)).toBe(1);
});

test('nobody of another organisation decides', async () => {
  const keyId = await propose();
  const stranger = await house.staff(await house.tenant(`elsewhere-${tenants}`), 'administrator', 'Eve');
  await expect(keyring.decide(stranger, keyId, 'confirm')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(keyring.propose(stranger, { staffId: officer.staffId, publicKey })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
