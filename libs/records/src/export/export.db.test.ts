import type { TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { House, VERIFIER_PATH } from '../../testing/house';
import { filesOf, gpgVerify, manifestOf, verify } from '../../testing/judge';
import { SOFTWARE } from '../making/bundle-job.service';
import type { Export } from './export.store';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
let ready: Export;
let bundle: Buffer;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'LEGAL' } as const;
const CANARY = 'Canary Person';

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  await house.recordPersonal(clinic, CANARY);
  await house.write(clinic, [
    { at: '2025-05-31T23:59:59.999Z', intake: 'i-1' },
    { at: '2025-06-01T00:00:00.000Z', intake: 'i-1' },
    { at: '2025-06-02T00:00:00.000Z', intake: 'i-2' },
    { at: '2025-07-01T00:00:00.000Z', intake: 'i-3' },
    { at: '2025-07-01T00:00:00.001Z' },
    { at: '2025-06-30T23:59:59.999Z', intake: 'i-1' },
    { at: '2025-07-02T00:00:00.000Z', intake: 'i-1' },
  ]);
  ready = await house.ended(officer, await house.exports.request(officer, JUNE));
  bundle = await house.bundle(officer, ready.exportId);
});
afterAll(() => house.close());

test('the export of a period verifies, and says how large it is and what it is called', () => {
  expect(ready).toMatchObject({
    state: 'ready',
    purpose: 'LEGAL',
    requestedBy: { id: officer.staffId, name: 'An Officer' },
    progress: { done: 3, total: 3 },
    bytes: bundle.length,
    fileName: 'vestibule-a-clinic-2025-06-01-2025-07-01.zip',
  });
  expect(verify(bundle)).toEqual({ exitCode: 0, findings: [] });
});

test('GnuPG finds the signature of the manifest good', () => {
  expect(gpgVerify(bundle)).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('Good signature from "a-clinic"') as string,
  });
});

test('entries of the range that are dated outside the period are withheld, and it shows how many and where', () => {
  const first = 2;
  expect(manifestOf(bundle)).toMatchObject({
    scope: { kind: 'period', from: JUNE.from, to: JUNE.to },
    range: { from: first, to: first + 5 },
    withheld: [{ from: first + 2, to: first + 4 }],
    counts: { included: 3, withheld: 2 },
    heads: { 'i-1': 4, 'i-2': 1 },
    requestedBy: officer.staffId,
    software: SOFTWARE,
  });
});

test('a changed byte of an entry makes the verifier end with 1 and name the entry', () => {
  const changed = Buffer.from(bundle);
  const second = changed.indexOf('i-2', changed.indexOf('"act":"test.done"'));
  changed.write('i-9', second);
  const { exitCode, findings } = verify(changed);
  expect(exitCode).toBe(1);
  expect(findings[0]).toMatchObject({ index: 3 });
});

test('nothing that an opening holds stands in a bundle', async () => {
  const whole = { ...JUNE, to: '2030-01-01T00:00:00.000Z' };
  const all = await house.ended(officer, await house.exports.request(officer, whole));
  const everything = await house.bundle(officer, all.exportId);
  expect(verify(everything).exitCode).toBe(0);
  expect(everything.includes('test.personal')).toBe(true);
  expect(everything.includes(CANARY)).toBe(false);
});

test('a period without entries makes a bundle of none, which verifies', async () => {
  const empty = {
    from: '2001-01-01T00:00:00.000Z',
    to: '2002-01-01T00:00:00.000Z',
    purpose: 'AUDIT',
  } as const;
  const none = await house.ended(officer, await house.exports.request(officer, empty));
  expect(none).toMatchObject({ state: 'ready', progress: { done: 0, total: 0 } });
  expect(verify(await house.bundle(officer, none.exportId))).toEqual({ exitCode: 0, findings: [] });
});

test('asking, making and taking away are each on record, and the key that signs is, once', async () => {
  const of = async (act: string) =>
    (await house.entries(clinic, act)).filter(({ refs }) => refs?.['export'] === ready.exportId);
  expect(await of('export.requested')).toMatchObject([
    {
      actor: { kind: 'staff', id: officer.staffId },
      authz: { policies: ['O4-export-with-a-purpose'] },
      purpose: 'LEGAL',
      detail: { from: JUNE.from, to: JUNE.to },
    },
  ]);
  expect(await of('export.ready')).toMatchObject([
    {
      actor: { kind: 'system' },
      refs: { sha256: ready.sha256 },
      detail: { included: 3, bytes: bundle.length },
    },
  ]);
  expect(await of('export.downloaded')).toMatchObject([
    { actor: { id: officer.staffId }, authz: { policies: ['O3-review-the-log'] }, purpose: 'LEGAL' },
  ]);
  expect(await house.entries(clinic, 'key.created')).toMatchObject([
    { detail: { fingerprint: expect.stringMatching(/^[0-9A-F]{40}$/) as string } },
  ]);
});

test('the entry that says so is covered by a signed checkpoint when the request is answered', async () => {
  const exportId = await house.exports.request(officer, JUNE);
  const covered = await house.count(
    'export x JOIN audit_entry e USING (tenant_id, entry_id)',
    `x.export_id = '${exportId}' AND e.idx < (SELECT max(size) FROM audit_checkpoint c WHERE c.tenant_id = e.tenant_id)`,
  );
  expect(covered).toBe(1);
});

test('parts are sealed: none of a bundle is readable in the database, and a changed part is not handed out', async () => {
  const readable = await house.count('export_part', "position('manifest.json'::bytea in sealed) > 0");
  expect(readable).toBe(0);
  const { exportId } = await house.ended(officer, await house.exports.request(officer, JUNE));
  await house.db.owner(
    'UPDATE export_part SET sealed = set_byte(sealed, 500, get_byte(sealed, 500) # 1) WHERE export_id = $1',
    [exportId],
  );
  await expect(house.bundle(officer, exportId)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
});

test('what made a bundle is named by the name and version of the package', () => {
  const { name, version } = JSON.parse(
    readFileSync(resolve(VERIFIER_PATH, '../../../package.json'), 'utf8'),
  ) as Record<'name' | 'version', string>;
  expect(SOFTWARE).toBe(`${name} ${version}`);
  expect(filesOf(bundle).get('verify.mjs')).toEqual(readFileSync(VERIFIER_PATH));
});
