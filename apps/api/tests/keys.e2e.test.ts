import type { Config } from '@app/platform';
import { softHsmToken } from '@app/platform/testing';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, type Browser, post, signIn, startApi, startIntake } from './harness';

const CLINIC = 'juniper-clinic';
let api: Api;
beforeAll(async () => {
  const kms: Config['kms'] = { kind: 'pkcs11', ...softHsmToken('first') };
  api = await startApi({ kms });
}, 120_000);
afterAll(() => api.close());

interface View {
  kms: string;
  toMove: number;
  versions: { version: number; state: string; dataKeys: number; secrets: number }[];
}
const viewOf = async (administrator: Browser) =>
  (await administrator.get('/api/admin/keys').expect(200)).body as View;
const said = async (client: Browser) =>
  (
    (await client.get('/api/client/messages?after=0').expect(200)).body as { messages: { text: string }[] }
  ).messages.map(({ text }) => text);

test('the whole program keeps its keys in a token: conversations, sign-in, the log, and a change of the key under way', async () => {
  const { client, intakeId } = await startIntake(api, CLINIC, 'Marta Ruiz Soler');
  const rosa = await signIn(api, CLINIC, 'receptionist');
  await rosa.post(`/api/staff/intakes/${intakeId}/claim`).expect(200);
  const socket = await rosa.socket('staff');
  await expect(post(socket, intakeId, 'before the change')).resolves.toMatchObject({ ok: true });

  const administrator = await signIn(api, CLINIC, 'administrator');
  const before = await viewOf(administrator);
  expect(before).toMatchObject({ kms: 'pkcs11', toMove: 0, versions: [{ version: 1, state: 'active' }] });
  await administrator.post('/api/admin/keys/change').expect(202, { version: 2 });
  await expect(post(socket, intakeId, 'while it is changed')).resolves.toMatchObject({ ok: true });
  let after = await viewOf(administrator);
  for (let i = 0; i < 100 && after.toMove > 0; i += 1) {
    await sleep(50);
    after = await viewOf(administrator);
  }
  const [fresh, old] = after.versions;
  expect(fresh).toMatchObject({ version: 2, state: 'active' });
  expect(fresh?.dataKeys).toBeGreaterThanOrEqual(before.versions[0]?.dataKeys ?? 1);
  expect(old).toMatchObject({ version: 1, state: 'decrypt-only', dataKeys: 0, secrets: 0 });

  await expect(post(socket, intakeId, 'after the change')).resolves.toMatchObject({ ok: true });
  socket.close();
  expect(await said(client)).toEqual(
    expect.arrayContaining(['before the change', 'while it is changed', 'after the change']),
  );
  // The second factor's secret was moved as well.
  await (await signIn(api, CLINIC, 'supervisor')).get('/api/supervisor/today').expect(200);
  // No key file stands beside the database.
  expect(
    (await readdir(join(api.home, 'keys')).catch(() => [])).filter((name) => name === 'root.key'),
  ).toEqual([]);
});

test('who is not an administrator neither sees nor changes keys', async () => {
  for (const role of ['receptionist', 'compliance-officer', 'supervisor'] as const) {
    const person = await signIn(api, CLINIC, role);
    await person.get('/api/admin/keys').expect(403);
    await person.post('/api/admin/keys/change').expect(403);
  }
  const { client } = await startIntake(api, CLINIC);
  await client.get('/api/admin/keys').expect(401);
});
