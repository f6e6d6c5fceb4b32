import { ModulesContainer } from '@nestjs/core';
import { checkDoors } from '@app/platform';
import type { Socket } from 'socket.io-client';
import {
  type Api,
  Browser,
  callUpTo,
  connect,
  mediaSocket,
  post,
  signIn,
  startApi,
  startIntake,
  type Started,
} from '../harness';
import { codeOf, forgetLimits, rowCounts } from './routes';

let api: Api;
let started: Started;
let staff: Browser;
beforeAll(async () => {
  api = await startApi();
  started = await startIntake(api, 'juniper-clinic');
  staff = await signIn(api, 'juniper-clinic', 'receptionist');
  await staff.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
  await callUpTo('live', staff, started);
}, 120_000);
beforeEach(() => forgetLimits(api));
afterAll(() => api.close());

const ID = '0190a1b2-0000-7000-8000-000000000000';

/** What each event of a conversation takes, but for the conversation. */
const CHAT: Readonly<Record<string, Record<string, unknown>>> = {
  'message.post': { clientMsgId: ID, text: 'hello' },
  'messages.since': { after: 0 },
  receipt: { delivered: 1, read: 1 },
  typing: { on: true },
};

/** What each frame of a call takes, where that is not nothing. */
const MEDIA: Readonly<Record<string, Record<string, unknown>>> = {
  'transport.create': { direction: 'send' },
  'transport.connect': { transportId: ID, dtlsParameters: {} },
  'transport.restart-ice': { transportId: ID },
  join: { rtpCapabilities: {} },
  produce: { transportId: ID, kind: 'audio', source: 'mic', rtpParameters: {} },
  'producer.pause': { producerId: ID },
  'producer.resume': { producerId: ID },
  'producer.close': { producerId: ID },
};

/** Frames that a socket may send at once, however slow they are to answer. */
const PACE = 4;

/** Bodies that are not the one given. */
function wrongBodies(good: Record<string, unknown>): unknown[] {
  const bodies: unknown[] = [
    null,
    1,
    'text',
    true,
    [],
    [good],
    { ...good, unknown: 1 },
    Buffer.from('bytes'),
  ];
  bodies.push(JSON.parse(`{"__proto__":{"on":true}${Object.keys(good).length > 0 ? '' : ',"a":1'}}`));
  bodies.push({ ...good, constructor: {} });
  for (const name of Object.keys(good).filter((one) => one !== 'delivered' && one !== 'read')) {
    const { [name]: _, ...rest } = good;
    bodies.push(rest);
  }
  for (const name of Object.keys(good))
    for (const value of [null, {}, [], Buffer.from('bytes'), '\ud800', '\0'])
      bodies.push({ ...good, [name]: value });
  return bodies;
}

/** Sends each body over sockets of their own, fewer than their pace, and expects a refusal of each. */
async function expectRefusals(
  open: () => Promise<Socket>,
  event: string,
  bodies: readonly unknown[],
): Promise<void> {
  for (let from = 0; from < bodies.length; from += PACE) {
    const socket = await open();
    for (const body of bodies.slice(from, from + PACE)) {
      const answer = (await socket.timeout(5_000).emitWithAck(event, body)) as { ok: boolean; error: object };
      const code = answer.ok
        ? 'taken'
        : codeOf({ status: 400, text: JSON.stringify({ error: answer.error }) });
      expect([event, JSON.stringify(body).slice(0, 80), code]).toEqual([
        event,
        JSON.stringify(body).slice(0, 80),
        'INPUT_MALFORMED',
      ]);
    }
    socket.close();
  }
}

test('these are all the events that there are', () => {
  const events = checkDoors(api.app.get(ModulesContainer)).filter(({ kind }) => kind === 'event');
  expect(events).toHaveLength(Object.keys(CHAT).length + Object.keys(MEDIA).length + 2);
});

test.each(Object.entries(CHAT))(
  '%s refuses what it does not take, and stores nothing',
  async (event, more) => {
    const before = await rowCounts(api);
    const good = { intakeId: started.intakeId, ...more };
    await expectRefusals(() => started.client.socket('client'), event, wrongBodies(good));
    expect(await rowCounts(api)).toEqual(before);
  },
);

test.each(['capabilities', 'stats', ...Object.keys(MEDIA)])(
  '%s refuses what it does not take',
  async (event) => {
    await expectRefusals(
      () => mediaSocket(api, staff, `/api/staff/intakes/${started.intakeId}`),
      event,
      wrongBodies(MEDIA[event] ?? {}),
    );
  },
);

test.each([
  ['too long', 'x'.repeat(4_001), 'INPUT_TOO_LARGE'],
  ['nothing but space', ' \u3000\n', 'INPUT_MALFORMED'],
  ['half of a pair', 'a\ud800', 'INPUT_MALFORMED'],
  ['a control character', 'a\u0007', 'INPUT_MALFORMED'],
  ['an escape of a terminal', '\u001b[2J', 'INPUT_MALFORMED'],
  ['a C1 control', 'a\u009b', 'INPUT_MALFORMED'],
])('a message is refused that is %s', async (_, text, code) => {
  const socket = await started.client.socket('client');
  await expect(post(socket, started.intakeId, text)).resolves.toMatchObject({ ok: false, error: { code } });
  socket.close();
});

test('a body without a way to answer, an event that there is not, and no body at all change nothing', async () => {
  const before = await rowCounts(api);
  const socket = await started.client.socket('client');
  socket.emit('message.post', { intakeId: started.intakeId });
  socket.emit('message.post');
  socket.emit('no.such.event', { intakeId: started.intakeId });
  socket.emit('constructor');
  socket.emit('toString', {});
  await expect(socket.timeout(5_000).emitWithAck('message.post')).resolves.toMatchObject({
    ok: false,
    error: { code: 'INPUT_MALFORMED' },
  });
  expect(await rowCounts(api)).toEqual(before);
  await expect(post(socket, started.intakeId, 'still here')).resolves.toMatchObject({ ok: true });
  socket.close();
});

describe('a frame that no page of ours sends', () => {
  test.each([
    [
      'larger than 64 KiB',
      (id: string) => `42["message.post",{"intakeId":"${id}","text":"${'x'.repeat(66_000)}"}]`,
    ],
    ['not of Socket.IO', () => '4garbage'],
    ['with a number that is none', () => '42[1,'],
    ['with a name of the protocol', () => '42["disconnect"]'],
    ['with bytes that never come', () => '451-["message.post",{"_placeholder":true,"num":0}]'],
    ['with a thousand parts', () => '451000-["message.post",{"_placeholder":true,"num":0}]'],
    ['to another namespace', () => '40/admin,{}'],
    ['of bytes', () => Buffer.from([4, 2, 0, 255])],
  ])('%s ends its own socket at most, and no other', async (_, frame) => {
    const before = await rowCounts(api);
    const other = await started.client.socket('client');
    const raw = await rawSocket();
    raw.send(frame(started.intakeId));
    raw.send('42["message.post",{}]');
    await expect(post(other, started.intakeId, 'still here')).resolves.toMatchObject({ ok: true });
    raw.close();
    other.close();
    await new Browser(api).get('/healthz').expect(200);
    expect(await rowCounts(api)).toEqual({ ...before, message: (before['message'] ?? 0) + 1 });
  });

  test.each([
    ['as text', (deep: string) => [`420["message.post",${deep}]`]],
    ['with bytes', (deep: string) => [`451-0["message.post",${deep}]`, Buffer.from('bytes')]],
  ])('of thirty thousand levels %s is refused or ends its socket', async (_, frames) => {
    const { body } = await started.client.post('/api/client/socket-ticket').expect(200);
    const raw = await rawSocket();
    const said = new Promise((resolve) => {
      raw.addEventListener('close', () => resolve('closed'));
      raw.addEventListener('message', ({ data }) => {
        if (String(data).startsWith('430')) resolve(String(data));
      });
    });
    raw.send(`40${JSON.stringify(body)}`);
    await new Promise((resolve) => raw.addEventListener('message', resolve, { once: true }));
    for (const frame of frames('['.repeat(30_000) + ']'.repeat(30_000))) raw.send(frame);
    expect(await said).toMatch(/^closed$|"code":"INPUT_MALFORMED"/);
    raw.close();
    await new Browser(api).get('/healthz').expect(200);
  });

  test('larger than 64 KiB is not read to its end: the socket is closed', async () => {
    const raw = await rawSocket();
    const closed = new Promise((resolve) => raw.addEventListener('close', resolve));
    raw.send(`42["typing","${'x'.repeat(70_000)}"]`);
    await closed;
    await expect(connect(api, '/', 'no ticket')).rejects.toMatchObject({ code: 'SIGNED_OUT' });
  });
});

/** A socket of the lowest kind, past its handshake, that has sent nothing yet. */
async function rawSocket(): Promise<WebSocket> {
  const url = `${api.base.replace('http', 'ws')}/socket/?EIO=4&transport=websocket`;
  const options = { headers: { origin: api.base } } as unknown as string[];
  const raw = new WebSocket(url, options);
  await new Promise((resolve, reject) => {
    raw.addEventListener('message', resolve, { once: true });
    raw.addEventListener('error', reject, { once: true });
  });
  return raw;
}
