import { randomUUID } from 'node:crypto';
import { aCamera, aFingerprint, aMicrophone, browserCapabilities } from '../../testing/rtp';
import { type FakePage, RoomScene, settled } from '../../testing/room';

let scene: RoomScene;
let staff: FakePage;
let client: FakePage;

beforeEach(async () => {
  scene = new RoomScene();
  ({ staff, client } = await scene.twoPages());
});

const MALFORMED: [string, string, () => unknown][] = [
  ['an unknown frame', 'consumer.resume', () => ({ consumerId: randomUUID() })],
  ['the name of an inherited property', 'constructor', () => ({})],
  ['no body', 'capabilities', () => null],
  ['an unknown field', 'transport.create', () => ({ direction: 'send', enableSctp: true })],
  ['an id that the page chose', 'produce', () => client.producing('mic', { id: 'mine' })],
  ['pipe', 'produce', () => client.producing('mic', { pipe: true })],
  ['appData', 'produce', () => client.producing('mic', { appData: { peerId: 'staff-1' } })],
  ['a source of the other kind', 'produce', () => client.producing('mic', { kind: 'video' })],
  ['an unknown source', 'produce', () => client.producing('mic', { source: 'recording' })],
  ['a direction that there is not', 'transport.create', () => ({ direction: 'pipe' })],
  [
    '50,000 encodings',
    'produce',
    () =>
      client.producing('webcam', {
        rtpParameters: { ...aCamera(), encodings: Array(50_000).fill({ rid: 'r0' }) },
      }),
  ],
  [
    'no encoding',
    'produce',
    () => client.producing('webcam', { rtpParameters: { ...aCamera(), encodings: [] } }),
  ],
  [
    'two encodings of a microphone',
    'produce',
    () =>
      client.producing('mic', { rtpParameters: { ...aMicrophone(), encodings: [{ ssrc: 1 }, { ssrc: 2 }] } }),
  ],
  [
    '51 codecs',
    'join',
    () => ({
      rtpCapabilities: { ...browserCapabilities(), codecs: Array(51).fill(browserCapabilities().codecs[0]) },
    }),
  ],
  [
    '51 header extensions',
    'join',
    () => {
      const [extension] = browserCapabilities().headerExtensions;
      return { rtpCapabilities: { ...browserCapabilities(), headerExtensions: Array(51).fill(extension) } };
    },
  ],
  [
    'no fingerprint',
    'transport.connect',
    () => ({ transportId: client.sendId, dtlsParameters: { role: 'client', fingerprints: [] } }),
  ],
  [
    'five fingerprints',
    'transport.connect',
    () => ({
      transportId: client.sendId,
      dtlsParameters: { fingerprints: Array(5).fill(aFingerprint().fingerprints[0]) },
    }),
  ],
  [
    'a SHA-1 fingerprint',
    'transport.connect',
    () => ({
      transportId: client.sendId,
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-1', value: Array(20).fill('AB').join(':') }] },
    }),
  ],
  [
    'a fingerprint of the wrong length',
    'transport.connect',
    () => ({
      transportId: client.sendId,
      dtlsParameters: { fingerprints: [{ algorithm: 'sha-512', value: Array(32).fill('AB').join(':') }] },
    }),
  ],
  ['an id that is none', 'producer.close', () => ({ producerId: '../../1' })],
];

test.each(MALFORMED)('%s is refused as malformed', async (_, event, body) => {
  await expect(client.ask(event, body())).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
});

test('the routes of another peer are not found', async () => {
  const mine = await client.produce('mic');
  const theirs = staff.sendId;
  for (const [event, body] of [
    ['transport.connect', client.connecting(theirs)],
    ['transport.restart-ice', { transportId: theirs }],
    ['produce', client.producing('webcam', { transportId: theirs })],
  ] as const) {
    await expect(client.ask(event, body)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
  for (const event of ['producer.pause', 'producer.resume', 'producer.close']) {
    await expect(staff.ask(event, { producerId: mine })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  }
});

test('the routes and producers of another room are not found', async () => {
  const elsewhere = await new RoomScene().twoPages();
  const producerId = await elsewhere.client.produce('mic');
  const { sendId } = elsewhere.client;
  await expect(client.ask('transport.connect', client.connecting(sendId))).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(client.ask('producer.close', { producerId })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('nothing can be sent on the route for receiving', async () => {
  const wrong = client.producing('mic', { transportId: client.recvId });
  await expect(client.ask('produce', wrong)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('a route is connected once', async () => {
  await client.ask('transport.connect', client.connecting());
  await expect(client.ask('transport.connect', client.connecting())).rejects.toMatchObject({
    code: 'STEP_NOT_ALLOWED',
  });
});

test('there is one route in each direction, also when both are asked for at once', async () => {
  const page = scene.seat('staff-2', 'staff');
  await page.ask('capabilities');
  const before = scene.router.transports.length;
  const answers = await Promise.allSettled(
    Array.from({ length: 5 }, () => page.ask('transport.create', { direction: 'send' })),
  );
  expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', ...Array(4).fill('rejected')]);
  expect(scene.router.transports.length).toBe(before + 1);
});

test('there is one producer a source, also when two are asked for at once', async () => {
  const answers = await Promise.allSettled([client.produce('webcam'), client.produce('webcam')]);
  expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected']);
});

test('a client cannot share a screen', async () => {
  await expect(client.produce('screen')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a page that joins without a route to receive on is refused', async () => {
  const page = scene.seat('staff-2', 'staff');
  await page.ask('capabilities');
  await expect(page.ask('join', { rtpCapabilities: browserCapabilities() })).rejects.toMatchObject({
    code: 'STEP_NOT_ALLOWED',
  });
});

test('a flood is stopped, malformed or not, and passes when it has slowed down', async () => {
  const flood = async (body: unknown) => {
    const answers = await Promise.allSettled(
      Array.from({ length: 30 }, () => client.ask('producer.close', body)),
    );
    return answers.map((answer) =>
      answer.status === 'rejected' ? (answer.reason as { code: string }).code : 'done',
    );
  };
  const codes = await flood({ producerId: 'not an id' });
  expect(codes.filter((code) => code === 'INPUT_MALFORMED')).toHaveLength(18);
  expect(codes.filter((code) => code === 'TOO_MANY')).toHaveLength(12);
  scene.nowMs += 10_000;
  await settled();
  expect((await flood({ producerId: randomUUID() })).filter((code) => code === 'NOT_FOUND')).toHaveLength(5);
});

test('a flood of one peer leaves the others alone', async () => {
  await Promise.allSettled(Array.from({ length: 100 }, () => client.ask('stats')));
  await expect(staff.ask('stats')).resolves.toMatchObject({ stats: [{}, {}] });
});

test('what comes back too late for a peer who left is thrown away', async () => {
  const page = scene.seat('staff-2', 'staff');
  await page.ask('capabilities');
  const before = scene.router.transports.length;
  const asked = page.ask('transport.create', { direction: 'send' });
  await Promise.resolve();
  page.seat?.leave();
  await expect(asked).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(scene.router.transports.length).toBe(before);
});
