import type { Socket } from 'socket.io-client';
import {
  type Api,
  type Browser,
  callUpTo,
  connect,
  mediaSocket,
  post,
  signIn,
  startApi,
  startIntake,
  type Started,
} from '../harness';
import { codeOf, forgetLimits } from '../doors/routes';

let api: Api;
let rosa: Browser;
beforeAll(async () => {
  api = await startApi();
  rosa = await signIn(api, CLINIC, 'receptionist');
}, 120_000);
beforeEach(() => forgetLimits(api));
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';
const SAID = 'a secret that was said';

async function taken(by: Browser = rosa, topic?: string): Promise<Started> {
  const started = await startIntake(api, CLINIC, 'Zebedee Quillfeather', topic);
  await by.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
  return started;
}

/** Everything that a socket hears, as text. */
function listen(socket: Socket): string[] {
  const heard: string[] = [];
  socket.onAny((event: string, body) => heard.push(`${event} ${JSON.stringify(body)}`));
  return heard;
}

async function queueOf(browser: Browser, name: string): Promise<string> {
  const { body } = await browser.get('/api/staff/queue').expect(200);
  const found = (body as { queues: { id: string; name: string }[] }).queues.find(
    (queue) => queue.name === name,
  );
  if (found === undefined) throw new Error(`no queue ${name}`);
  return found.id;
}

/** Asks for everything of a conversation that staff can ask for. */
async function everything(
  who: Browser,
  intakeId: string,
): Promise<[door: string, answer: { status: number; text: string }][]> {
  const at = `/api/staff/intakes/${intakeId}`;
  const note = { clientMsgId: '0190a1b2-0000-7000-8000-000000000000', text: 'a note' };
  const answers: [string, { status: number; text: string }][] = [];
  for (const door of ['', '/messages', '/notes', '/record']) answers.push([door, await who.get(at + door)]);
  for (const [door, body] of [
    ['/notes', note],
    ['/transfer', { queueId: note.clientMsgId, reason: 'mine' }],
    ['/close', { outcome: 'resolved' }],
    ['/verification', {}],
    ['/consult', {}],
    ['/consult/admit', {}],
    ['/consult/ticket', {}],
    ['/consult/end', {}],
    ['/consult/withdraw', {}],
  ] as const)
    answers.push([door, await who.post(at + door, body)]);
  return answers;
}

test('whoever handed a conversation on hears, reads and does nothing in it any more, and their media is gone', async () => {
  const started = await taken();
  const { client, intakeId } = started;
  await callUpTo('waiting', rosa, started);
  const media = await mediaSocket(api, rosa, `/api/staff/intakes/${intakeId}`);
  const late = await rosa.post(`/api/staff/intakes/${intakeId}/consult/ticket`).expect(200);
  const [desk, page] = [await rosa.socket('staff'), await client.socket('client')];
  const gone = new Promise((resolve) => media.once('disconnect', resolve));
  await rosa
    .post(`/api/staff/intakes/${intakeId}/transfer`, {
      queueId: await queueOf(rosa, 'Nurse line'),
      reason: 'a nurse',
    })
    .expect(204);
  await gone;
  await expect(connect(api, '/consult', (late.body as { ticket: string }).ticket)).rejects.toMatchObject({
    code: 'STEP_NOT_ALLOWED',
  });
  const heard = listen(desk);
  await expect(post(page, intakeId, SAID)).resolves.toMatchObject({ ok: true });
  await expect(page.emitWithAck('typing', { intakeId, on: true })).resolves.toMatchObject({ ok: true });
  for (const [event, body] of [
    ['message.post', { clientMsgId: '0190a1b2-0000-7000-8000-000000000001', text: 'still me' }],
    ['messages.since', { after: 0 }],
    ['receipt', { read: 5 }],
    ['typing', { on: true }],
  ] as const)
    await expect(desk.emitWithAck(event, { intakeId, ...body })).resolves.toMatchObject({
      ok: false,
      error: { code: 'ACCESS_DENIED' },
    });
  for (const [door, answer] of await everything(rosa, intakeId))
    expect([door, answer.status, codeOf(answer)]).toEqual([door, 403, 'ACCESS_DENIED']);
  expect(heard.join()).not.toMatch(/secret|Quillfeather|typing|receipts/);
  for (const socket of [desk, page]) socket.close();
});

test.each(['compliance-officer', 'administrator'] as const)(
  'a %s opens no conversation, waiting or taken, and hears nothing of it',
  async (role) => {
    const who = await signIn(api, CLINIC, role);
    const waiting = await startIntake(api, CLINIC, 'Zebedee Quillfeather');
    const { client, intakeId } = await taken();
    const socket = await who.socket('staff');
    const heard = listen(socket);
    const page = await client.socket('client');
    await expect(post(page, intakeId, SAID)).resolves.toMatchObject({ ok: true });
    for (const id of [waiting.intakeId, intakeId]) {
      for (const [door, answer] of await everything(who, id)) {
        expect([door, answer.status, codeOf(answer)]).toEqual([door, 403, 'ACCESS_DENIED']);
        expect(answer.text).not.toMatch(/secret|Quillfeather/);
      }
      const claim = await who.post(`/api/staff/intakes/${id}/claim`);
      expect(codeOf(claim)).toBe('ACCESS_DENIED');
      await expect(socket.emitWithAck('messages.since', { intakeId: id, after: 0 })).resolves.toMatchObject({
        ok: false,
        error: { code: 'ACCESS_DENIED' },
      });
    }
    expect(codeOf(await who.get('/api/staff/queue'))).toBe('ACCESS_DENIED');
    expect(heard).toEqual([]);
    for (const one of [socket, page]) one.close();
  },
);

test('a supervisor reads the conversations of their queues, and does nothing in one that is not theirs', async () => {
  const supervisor = await signIn(api, CLINIC, 'supervisor');
  const { intakeId } = await taken();
  for (const [door, answer] of await everything(supervisor, intakeId)) {
    if (['', '/messages', '/notes'].includes(door) && answer.status === 200) continue;
    expect([door, codeOf(answer)]).toEqual([
      door,
      expect.stringMatching(/^(ACCESS_DENIED|ASSURANCE_TOO_LOW)$/),
    ]);
  }
  const socket = await supervisor.socket('staff');
  await expect(post(socket, intakeId, 'from above')).resolves.toMatchObject({
    ok: false,
    error: { code: 'ACCESS_DENIED' },
  });
  socket.close();
});

test('nobody takes a conversation of a queue that they do not serve, or manages what their role does not', async () => {
  const billing = await startIntake(api, CLINIC, 'Zebedee Quillfeather', 'medicine');
  expect(codeOf(await rosa.post(`/api/staff/intakes/${billing.intakeId}/claim`))).toBe('ACCESS_DENIED');
  for (const path of [
    '/api/supervisor/today',
    '/api/officer/entries',
    '/api/officer/exports',
    '/api/admin/staff',
  ])
    expect([path, codeOf(await rosa.get(path))]).toEqual([path, 'ACCESS_DENIED']);
  const id = '0190a1b2-0000-7000-8000-000000000000';
  expect(codeOf(await rosa.post(`/api/admin/staff/${id}/disable`))).toBe('ACCESS_DENIED');
});

test("a client reaches no conversation but their own by a socket, and a session's secret of one tenant is none in another", async () => {
  const other = await taken();
  const own = await startIntake(api, CLINIC);
  const socket = await own.client.socket('client');
  for (const [event, body] of [
    ['message.post', { clientMsgId: '0190a1b2-0000-7000-8000-000000000001', text: 'not mine' }],
    ['messages.since', { after: 0 }],
    ['receipt', { read: 5 }],
    ['typing', { on: true }],
  ] as const)
    await expect(socket.emitWithAck(event, { intakeId: other.intakeId, ...body })).resolves.toMatchObject({
      ok: false,
      error: { code: 'ACCESS_DENIED' },
    });
  socket.close();
  const [law] = await api.db.owner<{ tenant_id: string }>(
    `SELECT tenant_id FROM tenant WHERE slug = 'larkspur-legal'`,
  );
  const [name, secret] = own.client.cookie().split('=');
  const moved = `${name ?? ''}=${law?.tenant_id ?? ''}.${secret?.split('.')[1] ?? ''}`;
  expect((await fetch(`${api.base}/api/client/intake`, { headers: { cookie: moved } })).status).toBe(401);
});

test('a client has no ticket and no frame for a call before they are admitted', async () => {
  const started = await taken();
  await callUpTo('waiting', rosa, started);
  expect(codeOf(await started.client.post('/api/client/consult/ticket'))).toBe('ACCESS_DENIED');
  await rosa.post(`/api/staff/intakes/${started.intakeId}/consult/admit`).expect(200);
  const media = await mediaSocket(api, started.client, '/api/client');
  await expect(media.emitWithAck('produce', {})).resolves.toMatchObject({ ok: false });
  const left = new Promise((resolve) => media.once('disconnect', resolve));
  await started.client.post('/api/client/consult/leave').expect(200);
  await left;
  expect(codeOf(await started.client.post('/api/client/consult/ticket'))).toBe('ACCESS_DENIED');
});

test('a challenge of somebody who has been disabled signs nobody in', async () => {
  const who = api.signIns.find(({ organisation, role }) => organisation === CLINIC && role === 'clinician');
  if (who === undefined) throw new Error('the demo has no clinician');
  const { organisation, email, password, totpSecret } = who;
  const { generate } = await import('otplib');
  const first = await rosa.post('/api/staff/sign-in', { organisation, email, password }).expect(200);
  const admin = await signIn(api, CLINIC, 'administrator');
  const { body } = await admin.get('/api/admin/staff').expect(200);
  const { staffId } = (body as { staff: { staffId: string; email: string }[] }).staff.find(
    (one) => one.email === email,
  ) ?? {
    staffId: '',
  };
  await admin.post(`/api/admin/staff/${staffId}/disable`).expect(204);
  const { challenge } = first.body as { challenge: string };
  const code = await generate({ secret: totpSecret });
  expect(codeOf(await rosa.post('/api/staff/sign-in/totp', { challenge, code }))).toBe('SIGN_IN_FAILED');
  expect(codeOf(await rosa.post('/api/staff/sign-in', { organisation, email, password }))).toBe(
    'SIGN_IN_FAILED',
  );
  await admin.post(`/api/admin/staff/${staffId}/enable`).expect(204);
  expect(codeOf(await rosa.post('/api/staff/sign-in/totp', { challenge, code }))).toBe('SIGN_IN_FAILED');
});
