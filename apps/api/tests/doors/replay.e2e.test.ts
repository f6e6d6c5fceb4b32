import { generate } from 'otplib';
import { randomUUID } from 'node:crypto';
import {
  type Api,
  Browser,
  callUpTo,
  connect,
  post,
  signIn,
  startApi,
  startIntake,
  type Started,
} from '../harness';
import { codeOf } from './routes';

let api: Api;
let started: Started;
let staff: Browser;
beforeAll(async () => {
  api = await startApi();
  started = await startIntake(api, CLINIC);
  staff = await signIn(api, CLINIC, 'receptionist');
  await staff.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
}, 120_000);
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';

async function ticketOf(browser: Browser, path: string): Promise<string> {
  const { body } = await browser.post(path).expect(200);
  return (body as { ticket: string }).ticket;
}

test.each([
  ['a client', () => started.client, '/api/client/socket-ticket'],
  ['staff', () => staff, '/api/staff/socket-ticket'],
])("%s's ticket opens one socket, of its own kind, once", async (_, browser, path) => {
  const ticket = await ticketOf(browser(), path);
  const socket = await connect(api, '/', ticket);
  await expect(connect(api, '/', ticket)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  socket.close();
  await expect(connect(api, '/consult', await ticketOf(browser(), path))).rejects.toMatchObject({
    code: 'STEP_NOT_ALLOWED',
  });
});

test('of two sockets that are opened with one ticket at the same moment, one is', async () => {
  const ticket = await ticketOf(started.client, '/api/client/socket-ticket');
  const tried = await Promise.allSettled(Array.from({ length: 8 }, () => connect(api, '/', ticket)));
  const opened = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  expect(opened).toHaveLength(1);
  for (const socket of opened) socket.close();
});

test('a ticket of a call opens one media socket, once, and no chat', async () => {
  await callUpTo('live', staff, started);
  const door = `/api/staff/intakes/${started.intakeId}/consult/ticket`;
  const ticket = await ticketOf(staff, door);
  const socket = await connect(api, '/consult', ticket);
  await expect(connect(api, '/consult', ticket)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  await expect(connect(api, '/', await ticketOf(staff, door))).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  socket.close();
});

test.each([
  undefined,
  '',
  '.',
  'a.b',
  {},
  [],
  1,
  null,
  '__proto__',
  `${randomUUID()}.x`,
  `${randomUUID()}.${'x'.repeat(9_000)}`,
])('nothing opens a socket but a ticket: %p', async (ticket) => {
  for (const namespace of ['/', '/consult'] as const)
    await expect(connect(api, namespace, ticket as string)).rejects.toMatchObject({ code: 'SIGNED_OUT' });
});

test('a challenge and a code of the authenticator sign in once', async () => {
  const who = api.signIns.find(({ organisation, role }) => organisation === CLINIC && role === 'clinician');
  if (who === undefined) throw new Error('the demo has no clinician');
  const { organisation, email, password, totpSecret } = who;
  const browser = new Browser(api);
  const challenge = async () => {
    const { body } = await browser.post('/api/staff/sign-in', { organisation, email, password }).expect(200);
    return (body as { challenge: string }).challenge;
  };
  const [first, second] = [await challenge(), await challenge()];
  const code = await generate({ secret: totpSecret });
  await browser.post('/api/staff/sign-in/totp', { challenge: first, code }).expect(200);
  for (const again of [first, second]) {
    const answer = await new Browser(api).post('/api/staff/sign-in/totp', { challenge: again, code });
    expect([answer.status, codeOf(answer), answer.get('set-cookie')]).toEqual([
      401,
      'SIGN_IN_FAILED',
      undefined,
    ]);
  }
});

describe('an id that a page made for its message', () => {
  test('with another text gives the same answer, and the first text is kept', async () => {
    const socket = await started.client.socket('client');
    const id = randomUUID();
    const first = await post(socket, started.intakeId, 'what I said', id);
    await expect(post(socket, started.intakeId, 'what I never said', id)).resolves.toEqual(first);
    const { body } = await started.client.get('/api/client/messages').expect(200);
    const { messages } = body as { messages: { clientMsgId?: string; text: string }[] };
    expect(messages.filter(({ clientMsgId }) => clientMsgId === id).map(({ text }) => text)).toEqual([
      'what I said',
    ]);
    expect(messages.map(({ text }) => text)).not.toContain('what I never said');
    socket.close();
  });

  test("that is somebody else's makes a message of one's own, leaves theirs as it was and tells nothing of it", async () => {
    const [client, desk] = [await started.client.socket('client'), await staff.socket('staff')];
    const id = randomUUID();
    const mine = await post(client, started.intakeId, 'mine', id);
    const theirs = await post(desk, started.intakeId, 'theirs', id);
    if (!mine.ok || !theirs.ok) throw new Error('both are messages');
    expect(theirs.messageId).not.toBe(mine.messageId);
    for (const [who, door, own] of [
      [started.client, '/api/client', 'mine'],
      [staff, `/api/staff/intakes/${started.intakeId}`, 'theirs'],
    ] as const) {
      const { body } = await who.get(`${door}/messages?after=${mine.seq - 1}`).expect(200);
      const { messages } = body as { messages: { clientMsgId?: string; text: string }[] };
      expect(messages.map(({ text }) => text)).toEqual(['mine', 'theirs']);
      expect(messages.filter(({ clientMsgId }) => clientMsgId === id).map(({ text }) => text)).toEqual([own]);
    }
    client.close();
    desk.close();
  });

  test('of a note with another text gives the note that was kept', async () => {
    const door = `/api/staff/intakes/${started.intakeId}/notes`;
    const id = randomUUID();
    const first = await staff.post(door, { clientMsgId: id, text: 'called back' }).expect(201);
    const again = await staff.post(door, { clientMsgId: id, text: 'never called' }).expect(201);
    expect(again.body).toEqual(first.body);
  });
});
