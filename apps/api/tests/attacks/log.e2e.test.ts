import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { type Instance, RunningClient, startInstance } from '../instance';

let instance: Instance;
beforeAll(async () => {
  instance = await startInstance();
}, 120_000);
afterAll(async () => {
  await instance.stop();
  const { folder } = JSON.parse(await readFile(join(instance.home, 'postgres.json'), 'utf8')) as {
    folder: string;
  };
  for (const place of [instance.home, folder]) await rm(place, { recursive: true, force: true });
}, 60_000);

const CANARY = 'Quillfeather';
const MAIL = 'zebedee@canary.example';

test('no line of the log says who somebody is, where they are or what they wrote, whatever goes wrong', async () => {
  const owner = new Client({ connectionString: instance.databaseUrl });
  await owner.connect();
  const client = new RunningClient(instance.address);
  await client.start('juniper-clinic', `Zebedee ${CANARY}`);
  const socket = await client.socket();
  const post = (text: string) =>
    socket.timeout(5_000).emitWithAck('message.post', {
      intakeId: client.intakeId,
      clientMsgId: randomUUID(),
      text,
    }) as Promise<{ ok: boolean }>;
  await expect(post(`${CANARY} says hello`)).resolves.toMatchObject({ ok: true });
  const signIn = (email: string) =>
    client.call('POST', '/api/staff/sign-in', { organisation: 'juniper-clinic', email, password: CANARY });
  await expect(signIn(MAIL)).rejects.toThrow('401');
  await expect(
    client.call('POST', `/api/sites/${CANARY}/intakes?${CANARY}`, { [CANARY]: MAIL }),
  ).rejects.toThrow('400');

  // Now every fault that there is: entries cannot be written, then tables are not there.
  await owner.query('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await expect(post(`${CANARY} again`)).resolves.toMatchObject({ ok: false });
  await expect(signIn(`other.${MAIL}`)).rejects.toThrow('503');
  await owner.query('GRANT INSERT ON audit_pending TO vestibule_app');
  for (const table of ['message', 'intake', 'staff_member']) {
    await owner.query(`ALTER TABLE ${table} RENAME TO ${table}_away`);
    await post(`${CANARY} once more`);
    await signIn(MAIL).catch(() => undefined);
    await client.call('GET', '/api/client/messages').catch(() => undefined);
    await client
      .call('POST', '/api/sites/juniper-clinic/intakes', {
        locale: 'en',
        noticeVersion: 1,
        answers: { topic: 'other', name: CANARY, contact: MAIL },
      })
      .catch(() => undefined);
    await owner.query(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
  socket.close();
  await owner.end();
  await sleep(500);

  expect(instance.log()).toContain('ready at');
  // The faults were told, so there is something to look through.
  expect(instance.log().match(/"level":"error"/g)?.length).toBeGreaterThan(5);
  expect(instance.log()).not.toMatch(
    /Quillfeather|canary\.example|127\.0\.0\.1(?!:\d)|once more|says hello/i,
  );
  expect(instance.log()).not.toContain(client.intakeId);
  expect(instance.log()).not.toMatch(/SELECT|INSERT|UPDATE |\$1/);
}, 60_000);
