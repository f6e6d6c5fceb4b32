import { FakeMediaRouter, mediaRouterContract } from '@app/consult/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { workerBin } from '../../testing/worker-bin';
import { MediasoupRouter } from '../mediasoup/mediasoup-router';
import { NodeLink } from './node-link';
import { RemoteMediaRouter } from './remote-router';
import { MediaRouterServer } from './router-server';

const SECRET = 'a secret of the tests, which is long enough';
const quiet = { warn: () => undefined, error: () => undefined };

async function until(holds: () => boolean, withinMs = 5_000): Promise<void> {
  for (let waited = 0; !holds(); waited += 10) {
    if (waited > withinMs) throw new Error(`not within ${withinMs} ms`);
    await sleep(10);
  }
}

mediaRouterContract('mediasoup on a node of its own', async () => {
  const mediasoup = new MediasoupRouter(
    { workerBin: workerBin(), listenIp: '127.0.0.1', port: 0, workers: 1 },
    quiet,
  );
  await mediasoup.whenReady(AbortSignal.timeout(10_000));
  const server = new MediaRouterServer(mediasoup, SECRET, quiet);
  const port = await server.listen(0, '127.0.0.1');
  const router = new RemoteMediaRouter({ url: `ws://127.0.0.1:${port}`, secret: SECRET }, quiet);
  await until(() => router.status === 'ready');
  return {
    router,
    killMedia: () => {
      for (const pid of mediasoup.counters.workerPids) process.kill(pid, 'SIGKILL');
    },
    close: async () => {
      await router.close();
      await server.close();
      await mediasoup.close();
    },
  };
});

describe('between an api process and a media node', () => {
  let media: FakeMediaRouter;
  let server: MediaRouterServer;
  let port: number;
  let lines: string[];
  const routers: RemoteMediaRouter[] = [];
  const url = () => `ws://127.0.0.1:${port}`;
  const log = { warn: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };

  function reach(secret = SECRET): RemoteMediaRouter {
    const router = new RemoteMediaRouter({ url: url(), secret }, log);
    routers.push(router);
    return router;
  }

  async function ready(): Promise<RemoteMediaRouter> {
    const router = reach();
    await until(() => router.status === 'ready');
    return router;
  }

  async function serve(at = 0): Promise<void> {
    server = new MediaRouterServer(media, SECRET, log);
    port = await server.listen(at, '127.0.0.1');
  }

  beforeEach(async () => {
    media = new FakeMediaRouter();
    lines = [];
    await serve();
  });
  afterEach(async () => {
    await Promise.all(routers.splice(0).map((router) => router.close()));
    await server.close();
  });

  test.each([
    ['a wrong secret', 'another secret of the tests, which is long enough'],
    ['the beginning of the secret', SECRET.slice(0, -1)],
  ])('%s is refused, says so and opens no room', async (_, secret) => {
    const router = reach(secret);
    await until(() => router.status === 'unavailable');
    expect(lines).toContain('A connection was refused: it did not show the secret.');
    expect(lines.join()).not.toContain(secret);
    expect(lines.join()).toMatch(/media node cannot be reached: .*400/);
    await expect(router.openRoom()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    expect(media.rooms.size).toBe(0);
  });

  test('a connection without a secret is refused', async () => {
    const socket = io(url(), { path: '/media', transports: ['websocket'], reconnection: false });
    await new Promise((resolve) => socket.once('connect_error', resolve));
    socket.close();
    expect(lines).toContain('A connection was refused: it did not show the secret.');
  });

  test('when the connection breaks, rooms are lost, the node closes them, and new ones work', async () => {
    const router = await ready();
    const statuses: string[] = [];
    router.onStatus((status) => statuses.push(status));
    const room = await router.openRoom();
    const send = await room.openTransport('send');
    let lost = 0;
    room.onLost(() => lost++);

    await server.close();
    await until(() => lost === 1);
    expect(media.rooms.size).toBe(0);
    expect(router.status).toBe('unavailable');
    await expect(room.openTransport('recv')).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    await expect(send.stats()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });

    const coming = router.openRoom();
    await serve(port);
    const next = await coming;
    expect((await next.openTransport('recv')).direction).toBe('recv');
    expect(statuses).toEqual(['unavailable', 'ready']);
    expect(lost).toBe(1);
  });

  test('an api process that goes away takes its rooms with it, and leaves those of others', async () => {
    const [one, other] = [await ready(), await ready()];
    await one.openRoom();
    const room = await other.openRoom();
    await one.close();
    await until(() => media.rooms.size === 1);
    expect((await room.openTransport('send')).direction).toBe('send');
  });

  test('a connection finds nothing that was opened over another', async () => {
    const router = await ready();
    const room = await router.openRoom();
    const transport = await room.openTransport('recv');
    const nobody = { onStatus: () => undefined, onRoomLost: () => undefined, onGone: () => undefined };
    const stranger = await NodeLink.connect({ url: url(), secret: SECRET }, nobody);
    const { roomId } = (router as unknown as { lines: Map<string, { roomId: string }> }).lines.values().next()
      .value as { roomId: string };
    const theirs = { roomId, transportId: transport.id };

    await expect(stranger.call('transport.stats', theirs)).rejects.toMatchObject({
      code: 'VIDEO_UNAVAILABLE',
    });
    await expect(stranger.call('transport.open', { roomId, direction: 'recv' })).rejects.toMatchObject({
      code: 'VIDEO_UNAVAILABLE',
    });
    await expect(stranger.call('transport.close', theirs)).rejects.toMatchObject({
      code: 'VIDEO_UNAVAILABLE',
    });
    await stranger.call('room.close', { roomId });
    // Even a room of the same name is another one.
    await stranger.call('room.open', { roomId });
    await stranger.call('room.close', { roomId });
    stranger.close();
    expect(await transport.stats()).toMatchObject({ direction: 'recv' });
  });

  test('a room whose opening nobody waits for any more does not stay', async () => {
    const gate = Promise.withResolvers<void>();
    const open = media.openRoom.bind(media);
    media.openRoom = () => gate.promise.then(open);
    const router = await ready();
    const coming = router.openRoom();
    const refused = expect(coming).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    await until(() => server.roomCount === 1);
    await router.close();
    await refused;
    await until(() => server.roomCount === 0);
    gate.resolve();
    await sleep(20);
    expect(media.rooms.size).toBe(0);
  });

  test('the status of the node is the status here', async () => {
    const router = await ready();
    media.setStatus('preparing');
    await until(() => router.status === 'preparing');
    media.setStatus('ready');
    await until(() => router.status === 'ready');
  });

  test('a frame that is too large is refused, and the connection stays', async () => {
    const router = await ready();
    const room = await router.openRoom();
    const send = await room.openTransport('send');
    const cname = 'x'.repeat(200_000);
    const large = { codecs: [], headerExtensions: [], encodings: [], rtcp: { cname } };
    await expect(send.produce({ kind: 'audio', rtpParameters: large, paused: false })).rejects.toMatchObject({
      code: 'INPUT_MALFORMED',
    });
    expect(await send.stats()).toMatchObject({ direction: 'send' });
  });

  test('whoever sends a frame that is too large all the same is cut off', async () => {
    const socket = io(url(), {
      path: '/media',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: { authorization: `Bearer ${SECRET}` },
    });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    socket.emit('room.open', { roomId: 'x'.repeat(200_000) });
    await gone;
    socket.close();
  });

  test.each([
    ['a frame that does not exist', 'room.list', {}],
    ['a name that every object has', 'constructor', {}],
    ['a frame without its fields', 'transport.open', {}],
    ['a frame with a field too many', 'room.open', { roomId: crypto.randomUUID(), pipe: true }],
    ['an id that is none', 'room.open', { roomId: '../1' }],
    ['no body', 'room.open', undefined],
  ])('%s is refused', async (_, name, body) => {
    const socket = io(url(), {
      path: '/media',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: { authorization: `Bearer ${SECRET}` },
    });
    const reply: unknown = await socket.timeout(2_000).emitWithAck(name, body);
    socket.close();
    expect(reply).toMatchObject({ ok: false, error: { code: 'INPUT_MALFORMED' } });
    expect(media.rooms.size).toBe(0);
  });

  test('a node that drains opens no rooms, says so, and waits until the last one has ended', async () => {
    const router = await ready();
    const room = await router.openRoom();
    let drained = false;
    const draining = server.drain(new AbortController().signal).then(() => (drained = true));
    await until(() => router.status === 'unavailable');
    await expect(router.openRoom()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
    expect((await room.openTransport('send')).direction).toBe('send');
    expect(drained).toBe(false);
    room.close();
    await draining;
  });

  test('a node does not wait longer than it is told to', async () => {
    const router = await ready();
    await router.openRoom();
    await server.drain(AbortSignal.timeout(50));
    expect(server.roomCount).toBe(1);
  });

  test('a node says over HTTP whether it can be used, and nothing else', async () => {
    const ask = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect((await ask('/health')).status).toBe(200);
    media.setStatus('preparing');
    expect((await ask('/health')).status).toBe(503);
    expect((await ask('/')).status).toBe(404);
  });
});
