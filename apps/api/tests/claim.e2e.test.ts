import { CLINIC as DEMO_CLINIC } from '../src/demo/clinic';
import { type Api, post, signIn, startApi, startIntake } from './harness';

let api: Api;
beforeAll(async () => {
  api = await startApi();
}, 120_000);
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';

test('of two who claim at once one wins, and the other is told who', async () => {
  const { intakeId } = await startIntake(api, CLINIC);
  const [rosa, sam] = await Promise.all([
    signIn(api, CLINIC, 'receptionist'),
    signIn(api, CLINIC, 'supervisor'),
  ]);
  const claims = await Promise.all(
    [rosa, sam].map((who) => who.post(`/api/staff/intakes/${intakeId}/claim`)),
  );
  const lost = claims.find(({ status }) => status === 409);
  const won = claims.find(({ status }) => status === 200);
  if (won === undefined) throw new Error('nobody won');
  const winner = (won.body as { assignee: { id: string; name: string } }).assignee;
  expect(lost?.body).toEqual({
    error: { code: 'ALREADY_CLAIMED', message: `${winner.name} has taken this conversation.`, by: winner },
  });
});

test('a conversation goes from the queue to its end, and every step leaves its line', async () => {
  const { client, intakeId } = await startIntake(api, CLINIC, 'Marta Ruiz Soler');
  const rosa = await signIn(api, CLINIC, 'receptionist');
  const { body: before } = await rosa.get('/api/staff/queue').expect(200);
  const item = (before as { items: { intakeId: string; initials: string }[] }).items.find(
    (one) => one.intakeId === intakeId,
  );
  expect(item?.initials).toBe('MS');
  expect(JSON.stringify(before)).not.toMatch(/Marta|Soler|ana@test/);

  await rosa.post(`/api/staff/intakes/${intakeId}/claim`).expect(200);
  const [clientSocket, staffSocket] = [await client.socket('client'), await rosa.socket('staff')];
  const heard: string[] = [];
  clientSocket.on('message.posted', ({ message }: { message: { text: string } }) => heard.push(message.text));
  await expect(post(staffSocket, intakeId, 'Good morning.')).resolves.toMatchObject({ ok: true, seq: 2 });
  await expect(post(clientSocket, intakeId, 'I need a refill.')).resolves.toMatchObject({ ok: true, seq: 3 });
  const again = await post(clientSocket, intakeId, 'once', '5b7e3c1a-92f4-4c58-8f57-2f8f0f5d8a10');
  await expect(post(clientSocket, intakeId, 'once', '5b7e3c1a-92f4-4c58-8f57-2f8f0f5d8a10')).resolves.toEqual(
    again,
  );
  await client.post('/api/client/rating', { score: 5 }).expect(409);
  await rosa.post(`/api/staff/intakes/${intakeId}/close`, { outcome: 'resolved' }).expect(204);
  await client.post('/api/client/rating', { score: 5, comment: 'quick' }).expect(204);
  await expect(post(clientSocket, intakeId, 'one more thing')).resolves.toMatchObject({
    ok: false,
    error: { code: 'INTAKE_CLOSED' },
  });
  // Sent again because its acknowledgement was lost: it is kept, and says so.
  await expect(post(clientSocket, intakeId, 'once', '5b7e3c1a-92f4-4c58-8f57-2f8f0f5d8a10')).resolves.toEqual(
    again,
  );
  const { body } = await client.get('/api/client/messages?after=0').expect(200);
  const { messages } = body as { messages: { seq: number; text: string; event?: string }[] };
  expect(messages.map(({ seq, text, event }) => [seq, event ?? text])).toEqual([
    [1, 'claimed'],
    [2, 'Good morning.'],
    [3, 'I need a refill.'],
    [4, 'once'],
    [5, 'closed'],
  ]);
  expect(heard).toContain('Good morning.');
  clientSocket.close();
  staffSocket.close();
});

test('a colleague of the same queue does not read a conversation that somebody took', async () => {
  const { intakeId } = await startIntake(api, CLINIC);
  const rosa = await signIn(api, CLINIC, 'receptionist');
  await rosa.post(`/api/staff/intakes/${intakeId}/claim`).expect(200);
  const officer = await signIn(api, CLINIC, 'compliance-officer');
  for (const path of ['', '/messages', '/notes', '/record']) {
    const { status, body } = await officer.get(`/api/staff/intakes/${intakeId}${path}`);
    expect([status, (body as { error: { code: string } }).error.code]).toEqual([403, 'ACCESS_DENIED']);
  }
});

test('a value of a record is not sent before identity is confirmed: staff see which, and nothing is stored', async () => {
  const { client, intakeId } = await startIntake(api, CLINIC);
  const rosa = await signIn(api, CLINIC, 'receptionist');
  await rosa.post(`/api/staff/intakes/${intakeId}/claim`).expect(200);
  const socket = await rosa.socket('staff');
  const clientSocket = await client.socket('client');
  const heard: string[] = [];
  clientSocket.onAny((_event, body) => heard.push(JSON.stringify(body)));
  const [identifier] = demoIdentifiers();
  await expect(post(socket, intakeId, `Is your number ${identifier}?`)).resolves.toMatchObject({
    ok: false,
    error: { code: 'DISCLOSURE_REFUSED', fields: [expect.any(String)] },
  });
  await expect(post(socket, intakeId, 'How are you today?')).resolves.toMatchObject({ ok: true });
  expect(heard.join()).not.toContain(identifier);
  const [{ count } = { count: '' }] = await api.db.owner<{ count: string }>(
    `SELECT count(*) FROM message WHERE intake_id = $1 AND author_kind = 'staff'`,
    [intakeId],
  );
  expect(count).toBe('1');
  socket.close();
  clientSocket.close();
});

function demoIdentifiers(): string[] {
  const [, ...rows] = DEMO_CLINIC.records
    .csv(() => '2030-01-01')
    .trim()
    .split('\n');
  return rows.map((row) => row.split(',')[0] ?? '');
}
