import { ConsultRoom } from '@app/consult';
import { systemClock } from '@app/kernel';
import { RemoteMediaRouter } from '@app/media';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { bundlePage, startBrowser } from '../../../libs/media/testing/browser';
import { flowsBetween, openPage, press, read, until } from '../../../libs/media/testing/call-pages';
import { CallServer } from '../../../libs/media/testing/call-server';
import { freePort, runSfu, SECRET, type SfuProcess, startSfu } from './node';

/** A call between two browsers whose media is carried by a node in a process of its own. */

const quiet = { warn: () => undefined, error: () => undefined };
let sfu: SfuProcess;
let port: number;
let router: RemoteMediaRouter;
let room: ConsultRoom;
let server: CallServer;
let browser: Browser;
let staff: Page;
let client: Page;

async function statusIs(wanted: string, withinMs = 10_000): Promise<void> {
  for (let waited = 0; router.status !== wanted; waited += 20) {
    if (waited > withinMs) throw new Error(`the node is ${router.status} and not ${wanted}`);
    await sleep(20);
  }
}

beforeAll(async () => {
  port = await freePort();
  sfu = await startSfu(port);
  router = new RemoteMediaRouter({ url: `ws://127.0.0.1:${port}`, secret: SECRET }, quiet);
  await statusIs('ready');
  room = new ConsultRoom(router, systemClock);
  room.admitClient();
  server = new CallServer(room, await bundlePage());
  server.isClientAdmitted = true;
  const origin = await server.listen();
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
  sfu?.child.kill('SIGKILL');
  await sfu?.ended;
});

test('two browsers see and hear each other through it', async () => {
  expect(await Promise.all([press(staff, 'start()'), press(client, 'start()')])).toEqual([
    'started',
    'started',
  ]);
  await flowsBetween([staff, client]);
  expect((await read(client)).stats.srtpCipher).toMatch(/GCM$/);
});

test('when it gives no sign of life the call is lost within 6 s, and built again when it does', async () => {
  const before = (await read(client)).states.length;
  sfu.child.kill('SIGSTOP');
  await statusIs('unavailable', 6_000);
  sfu.child.kill('SIGCONT');
  for (const page of [staff, client])
    await until(page, ({ states }) => states.length >= before + 2 && states.at(-1) === 'connected');
  await flowsBetween([staff, client]);
}, 60_000);

test('after kill -9 of it, and a start of another, both see each other again', async () => {
  const before = (await read(staff)).states.length;
  sfu.child.kill('SIGKILL');
  await sfu.ended;
  for (const page of [staff, client]) await until(page, ({ states }) => states.at(-1) === 'reconnecting');
  sfu = await startSfu(port);
  for (const page of [staff, client])
    await until(page, ({ states }) => states.length >= before + 2 && states.at(-1) === 'connected');
  await flowsBetween([staff, client]);
}, 60_000);

test('after SIGTERM it opens no rooms, carries the last call to its end, and ends', async () => {
  sfu.child.kill('SIGTERM');
  await statusIs('unavailable');
  await expect(router.openRoom()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
  await flowsBetween([staff, client]);
  expect(sfu.child.exitCode).toBeNull();
  room.end('staff');
  expect(await sfu.ended).toBe(0);
  expect(sfu.output()).not.toContain(SECRET);
});

test('started with a wrong environment it ends with one message, without a value', async () => {
  const { ended, output } = runSfu({ VESTIBULE_SFU_SECRET: 'hunter2', PORT: 'x' });
  expect(await ended).toBe(1);
  expect(output()).toMatch(/^The media node did not start\. The environment is not complete:$/m);
  for (const name of ['VESTIBULE_SFU_WORKER', 'VESTIBULE_SFU_SECRET', 'PORT'])
    expect(output()).toMatch(new RegExp(`^${name}: `, 'm'));
  expect(output()).not.toContain('hunter2');
});
