import { ConsultRoom } from '@app/consult';
import { systemClock } from '@app/kernel';
import { observer } from 'mediasoup';
import type { Browser, Page } from 'playwright-core';
import { bundlePage, startBrowser } from '../testing/browser';
import { flowsBetween, openPage, press, read, until } from '../testing/call-pages';
import { CallServer } from '../testing/call-server';
import { workerBin } from '../testing/worker-bin';
import { MediasoupRouter } from './mediasoup/mediasoup-router';

/** Real DTLS and SRTP between two browsers: a worker can pass every other test here and die at the first handshake. */

let router: MediasoupRouter;
let room: ConsultRoom;
let server: CallServer;
let browser: Browser;
let origin: string;
let staff: Page;
let client: Page;
/** Transports that stand in the workers now, by what mediasoup itself reports. */
let transports = 0;

const flowing = () => flowsBetween([staff, client]);

beforeAll(async () => {
  observer.on('newworker', (worker) =>
    worker.observer.on('newrouter', (made) =>
      made.observer.on('newtransport', (transport) => {
        transports++;
        transport.observer.on('close', () => transports--);
      }),
    ),
  );
  const pageScript = await bundlePage();
  router = new MediasoupRouter(
    { workerBin: workerBin(), listenIp: '127.0.0.1', port: 0, workers: 1 },
    { warn: () => undefined, error: () => undefined },
  );
  await router.whenReady(AbortSignal.timeout(10_000));
  room = new ConsultRoom(router, systemClock);
  server = new CallServer(room, pageScript);
  origin = await server.listen();
  browser = await startBrowser();
  [staff, client] = await Promise.all([
    openPage(browser, origin, 'staff'),
    openPage(browser, origin, 'client'),
  ]);
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await router?.close();
});

test('a client who was not admitted gets no ticket, no seat and no transport', async () => {
  expect(await press(staff, 'start()')).toBe('started');
  const before = transports;
  expect(await press(client, 'start()')).toBe('STEP_NOT_ALLOWED');
  expect((await read(client)).states).toEqual(['connecting', 'ended by refused']);
  expect(room.peerIds).toEqual(['staff']);
  expect(transports).toBe(before);
});

test('two browsers see and hear each other over SRTP', async () => {
  room.admitClient();
  server.isClientAdmitted = true;
  await client.reload();
  expect(await press(client, 'start()')).toBe('started');
  await flowing();
  for (const page of [staff, client]) {
    const { stats, peers, errors } = await read(page);
    expect(stats.srtpCipher).toMatch(/^SRTP_AEAD_AES_(128|256)_GCM$/);
    expect(stats.protocol).toBe('udp');
    expect(peers).toHaveLength(1);
    expect(errors).toEqual([]);
  }
  expect(transports).toBe(4);
});

test('muting and turning the camera off stop what is sent, and the other side knows', async () => {
  await press(client, `consult.pause('mic')`);
  await press(client, `consult.pause('webcam')`);
  await until(
    staff,
    ({ remote }) => remote['client mic'] === 'paused' && remote['client webcam'] === 'paused',
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = (await read(staff)).stats.framesReceived;
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect((await read(staff)).stats.framesReceived).toBe(before);
  await press(client, `consult.resume('mic')`);
  await press(client, `consult.resume('webcam')`);
  await until(staff, ({ remote }) => remote['client mic'] === 'on' && remote['client webcam'] === 'on');
  await flowing();
});

test('staff can share a screen and stop', async () => {
  await press(staff, 'share()');
  await until(client, ({ remote }) => remote['staff screen'] === 'on');
  await press(staff, `consult.unpublish('screen')`);
  await until(client, ({ remote }) => !('staff screen' in remote));
});

test('connections that break are made again with new tickets, and the call is built again', async () => {
  server.cut();
  for (const page of [staff, client]) {
    const back = await until(page, ({ states }) => states.at(-1) === 'connected' && states.length >= 4);
    expect(back.states.slice(-2)).toEqual(['reconnecting', 'connected']);
  }
  await flowing();
  expect(transports).toBe(4);
});

test('after kill -9 of the worker the room is lost, rebuilt, and both see each other again', async () => {
  const [pid] = router.counters.workerPids;
  const before = (await read(staff)).states.length;
  const killedAt = performance.now();
  process.kill(pid ?? 0, 'SIGKILL');
  for (const page of [staff, client]) {
    const { states } = await until(page, (now) => now.states.length >= before + 2);
    expect(states.slice(before)).toEqual(['reconnecting', 'connected']);
  }
  await flowing();
  expect(performance.now() - killedAt).toBeLessThan(5_000);
  expect(router.counters.workerPids).not.toContain(pid);
  expect(transports).toBe(4);
});

test('a route that breaks for seconds is renewed, and the call goes on', async () => {
  const [pid] = router.counters.workerPids;
  const statesBefore = (await read(client)).states.length;
  const framesBefore = server.frames.length;
  process.kill(pid ?? 0, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  process.kill(pid ?? 0, 'SIGCONT');
  await flowing();
  expect(server.frames.slice(framesBefore)).toContain('transport.restart-ice');
  expect((await read(client)).states.length).toBe(statesBefore);
}, 40_000);

test('the end reaches both pages and leaves no transport', async () => {
  room.end('staff');
  for (const page of [staff, client]) await until(page, ({ states }) => states.at(-1) === 'ended by staff');
  expect(transports).toBe(0);
});
