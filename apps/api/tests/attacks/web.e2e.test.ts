import { request as ask } from 'node:http';
import { connect as dial } from 'node:net';
import { io } from 'socket.io-client';
import { type Api, Browser, connect, startApi, startIntake, type Started } from '../harness';
import { codeOf } from '../doors/routes';

let api: Api;
let started: Started;
beforeAll(async () => {
  api = await startApi();
  started = await startIntake(api, 'juniper-clinic');
}, 120_000);
afterAll(() => api.close());

interface Raw {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Sends a path exactly as it is written: fetch and supertest would tidy it. */
function raw(path: string, method = 'GET', headers: Record<string, string> = {}): Promise<Raw> {
  const { port } = new URL(api.base);
  return new Promise((resolve, reject) => {
    const asked = ask({ host: '127.0.0.1', port, path, method, headers }, (answer) => {
      let text = '';
      answer.on('data', (part: Buffer) => (text += part.toString('utf8')));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.on('error', reject);
    asked.end();
  });
}

test.each([
  '/p/%2e%2e',
  '/p/%2e%2e/%2e%2e/etc/passwd',
  '/p/..%2f..%2fpackage.json',
  '/p/%252e%252e%252fpackage.json',
  '/p/juniper-clinic/..;/..;/api/staff/me',
  '/console/..;/api/staff/me',
  '/console/..%2f..%2fpackage.json',
  '/console/assets/..%2f..%2f..%2fpackage.json',
  '/console/assets/%2e%2e/%2e%2e/%2e%2e/package.json',
  '/portal/assets/../../../package.json',
  '/portal/assets/..%5c..%5cpackage.json',
  '/portal/assets/%00',
  '/portal/assets/.git/config',
  '/portal/assets/',
  '/portal/assets',
  '//portal/assets/..//..//package.json',
  '/p/%ff',
  '/p/%',
  '/api/sites/%ff',
  '/api/sites/..%2f..%2fstaff%2fme',
  '/api//staff/me',
  '/API/STAFF/ME',
  '/api/staff/me/',
  '/api/staff/me%00',
  '/api/staff/me;a=b',
  '/%2e%2e/%2e%2e/etc/passwd',
])('%s leads to no file and to no data', async (path) => {
  const { status, text, headers } = await raw(path);
  expect(text).not.toMatch(/"dependencies"|root:x:|\[core\]|staffId/);
  expect(headers['location']).toBeUndefined();
  if (status >= 400) expect(codeOf({ status, text })).toMatch(/^(NOT_FOUND|INPUT_MALFORMED|SIGNED_OUT)$/);
  else expect(text).toMatch(/^<!doctype html>/i);
});

test.each([
  ['the pages', '/', 'GET'],
  ['a deep page', '/console/a/b', 'GET'],
  ['an answer', '/api/sites', 'GET'],
  ['nothing', '/no/such/thing', 'GET'],
  ['a static file that is not there', '/portal/assets/none.js', 'GET'],
  ['a path that is none', '/p/%ff', 'GET'],
  ['a refusal', '/api/staff/me', 'GET'],
  ['a foreign origin', '/api/staff/sign-in', 'POST'],
  ['a method that there is not', '/api/staff/me', 'DELETE'],
  ['a question about methods', '/api/staff/me', 'OPTIONS'],
  ['only the head', '/api/sites', 'HEAD'],
])('the headers that keep a browser safe are on %s', async (_, path, method) => {
  const { headers } = await raw(path, method);
  expect(headers['content-security-policy']).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
  expect(headers['content-security-policy']).not.toMatch(/unsafe|\*/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
    'permissions-policy': expect.stringContaining('geolocation=()'),
  });
  expect(headers['x-powered-by']).toBeUndefined();
  expect(headers['access-control-allow-origin']).toBeUndefined();
});

test('a cookie that somebody planted before is not the one that a session gets', async () => {
  const planted = `${started.client.cookie().split('=')[1]?.split('.')[0] ?? ''}.planted`;
  const answer = await fetch(`${api.base}/api/sites/juniper-clinic/intakes`, {
    method: 'POST',
    headers: {
      origin: api.base,
      cookie: `vestibule_client=${planted}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      locale: 'en',
      noticeVersion: 1,
      answers: { topic: 'other', name: 'Ana', contact: 'ana@test.example' },
    }),
  });
  const [cookie] = answer.headers.getSetCookie();
  expect(answer.status).toBe(201);
  expect(cookie).toMatch(/^vestibule_client=[^;]+; Max-Age=86400; Path=\/; .*HttpOnly; SameSite=Strict/);
  expect(cookie).not.toContain('planted');
  const tried = await raw('/api/client/intake', 'GET', { cookie: `vestibule_client=${planted}` });
  expect(tried.status).toBe(401);
});

test.each(['https://elsewhere.example', 'null', 'http://127.0.0.1', undefined])(
  'a page of %s opens no socket, even with a good ticket',
  async (origin) => {
    const { body } = await started.client.post('/api/client/socket-ticket').expect(200);
    const socket = io(api.base, {
      path: '/socket',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: body as object,
      ...(origin !== undefined && { extraHeaders: { origin } }),
    });
    const opened = await new Promise((resolve) => {
      socket.once('connect', () => resolve('opened'));
      socket.once('connect_error', () => resolve('refused'));
    });
    socket.close();
    expect(opened).toBe('refused');
    // The ticket was not looked at, so it is still good for the page that it was given to.
    (await connect(api, '/', (body as { ticket: string }).ticket)).close();
  },
);

test('there is no way to a socket but a websocket: no polling', async () => {
  const { status, text } = await raw('/socket/?EIO=4&transport=polling', 'GET', { origin: api.base });
  expect([status, text]).toEqual([400, expect.not.stringContaining('sid')]);
});

test('a header of 20 kB, a thousand headers and half a request are answered or dropped, and the next is served', async () => {
  expect((await raw('/api/sites', 'GET', { 'x-long': 'x'.repeat(20_000) })).status).toBe(431);
  const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-${i}`, '1']));
  expect((await raw('/api/sites', 'GET', many)).status).toBeLessThan(500);
  const { port } = new URL(api.base);
  const half = Array.from({ length: 200 }, () => dial(Number(port), '127.0.0.1'));
  for (const socket of half)
    socket.on('error', () => undefined).write('POST /api/staff/sign-in HTTP/1.1\r\nHost: a\r\n');
  await new Browser(api).get('/healthz').expect(200);
  for (const socket of half) socket.destroy();
});

test('a websocket that says nothing is closed after ten seconds', async () => {
  const options = { headers: { origin: api.base } } as unknown as string[];
  const url = `${api.base.replace('http', 'ws')}/socket/?EIO=4&transport=websocket`;
  const silent = Array.from({ length: 20 }, () => new WebSocket(url, options));
  const closed = Promise.all(
    silent.map((socket) => new Promise((resolve) => socket.addEventListener('close', resolve))),
  );
  const from = performance.now();
  await closed;
  expect(performance.now() - from).toBeLessThan(13_000);
});
