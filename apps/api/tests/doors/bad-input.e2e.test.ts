import request from 'supertest';
import { type Api, Browser, signIn, startApi, startIntake, type Started } from '../harness';
import { HARD_TEXTS, wrongBodies } from './bad-bodies';
import { addressOf, codeOf, forgetLimits, type Route, routesOf, rowCounts, type Schema } from './routes';

let api: Api;
let routes: Route[];
let started: Started;
let staff: Browser;
let officer: Browser;
beforeAll(async () => {
  api = await startApi();
  routes = (await routesOf(new Browser(api))).filter(({ method }) => method === 'post');
  started = await startIntake(api, CLINIC);
  staff = await signIn(api, CLINIC, 'receptionist');
  officer = await signIn(api, CLINIC, 'compliance-officer');
  await staff.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
}, 120_000);
beforeEach(() => forgetLimits(api));
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';
const ID = '0190a1b2-0000-7000-8000-000000000000';

/** A body that each door takes. A door that is not here takes `{}`. */
const GOOD: Readonly<Record<string, Record<string, unknown>>> = {
  '/api/sites/{slug}/intakes': {
    locale: 'en',
    noticeVersion: 1,
    answers: { topic: 'other', name: 'Ana', contact: 'ana@test.example' },
    page: { url: 'https://a.example/', referrer: 'https://b.example/' },
  },
  '/api/client/verification': { fullName: 'Ana Test', dateOfBirth: '1980-01-31', identifier: 'A-1' },
  '/api/client/verification/code': { code: '123456' },
  '/api/client/consult/ready': { camera: 'ok', microphone: 'ok', sound: 'heard' },
  '/api/client/rating': { score: 5, comment: 'fine' },
  '/api/staff/sign-in': { organisation: CLINIC, email: 'a@test.example', password: 'not the one' },
  '/api/staff/sign-in/totp': { challenge: `${ID}.x`, code: '123456' },
  '/api/staff/intakes/{id}/notes': { clientMsgId: ID, text: 'a note' },
  '/api/staff/intakes/{id}/transfer': { queueId: ID, reason: 'theirs' },
  '/api/staff/intakes/{id}/close': { outcome: 'resolved' },
  '/api/staff/intakes/{id}/canned-replies/{replyId}': { locale: 'en' },
  '/api/staff/searches': {
    words: 'the letter',
    match: 'phrase',
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-02-01T00:00:00.000Z',
    queueId: ID,
    intakeId: ID,
    purpose: 'LEGAL',
  },
  '/api/officer/exports': {
    from: '2026-01-01T00:00:00.000Z',
    to: '2026-02-01T00:00:00.000Z',
    purpose: 'AUDIT',
  },
  '/api/officer/transcripts': { intakeId: ID, purpose: 'AUDIT' },
  '/api/officer/exports/{id}/redacted': { redactions: [{ seq: 1, reason: 'safety' }] },
  '/api/admin/officer-keys': { staffId: ID },
  '/api/officer/erasures': { intakeId: ID, purpose: 'DSAR' },
  '/api/officer/holds': { intakeId: ID, reason: 'a claim' },
};
const goodOf = ({ path }: Route) => GOOD[path] ?? {};

function cookieFor({ path, who }: Route): string {
  if (who === 'client') return started.client.cookie();
  return path.startsWith('/api/officer') ? officer.cookie() : staff.cookie();
}

function send(route: Route, body: string, type = 'application/json') {
  return request(api.app.getHttpServer())
    .post(addressOf(route, { slug: CLINIC, id: started.intakeId }))
    .set({ origin: api.base, cookie: cookieFor(route), ...(type !== '' && { 'content-type': type }) })
    .send(body);
}

test('a body that is not what its door takes is refused by name, and nothing is stored', async () => {
  const before = await rowCounts(api);
  let tried = 0;
  for (const route of routes) {
    const schema: Schema = route.body ?? {
      required: Object.keys(goodOf(route)),
      properties: Object.fromEntries(Object.keys(goodOf(route)).map((name) => [name, { type: 'string' }])),
    };
    for (const [name, body] of wrongBodies(goodOf(route), schema)) {
      const answer = await send(route, body);
      expect([route.path, name, answer.status, codeOf(answer)]).toEqual([
        route.path,
        name,
        400,
        'INPUT_MALFORMED',
      ]);
      tried += 1;
    }
  }
  expect(tried).toBeGreaterThan(routes.length * 12);
  expect(await rowCounts(api)).toEqual(before);
}, 60_000);

test('a body of 70 kB is refused as too large, and a body that is not said to be JSON is none', async () => {
  const before = await rowCounts(api);
  for (const route of routes) {
    const large = await send(route, JSON.stringify({ ...goodOf(route), more: 'x'.repeat(70_000) }));
    expect([route.path, large.status, codeOf(large)]).toEqual([route.path, 413, 'INPUT_TOO_LARGE']);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/xml',
    ]) {
      const other = await send(route, JSON.stringify(goodOf(route)), type);
      expect([route.path, type, other.status, codeOf(other)]).toEqual([
        route.path,
        type,
        400,
        'INPUT_MALFORMED',
      ]);
    }
    const latin = await send(route, JSON.stringify(goodOf(route)), 'application/json; charset=latin1');
    expect([route.path, latin.status, codeOf(latin)]).toEqual([route.path, 400, 'INPUT_MALFORMED']);
  }
  expect(await rowCounts(api)).toEqual(before);
});

test('no text in a body is our fault: whatever it holds, the answer is one that the door has', async () => {
  for (const route of routes.filter(({ path }) => path !== '/api/officer/exports'))
    for (const [name, value] of Object.entries(goodOf(route)))
      for (const text of typeof value === 'string' ? HARD_TEXTS : []) {
        if (route.path.startsWith('/api/client/verification')) continue; // each takes most of a second
        await forgetLimits(api);
        const { status, text: answer } = await send(
          route,
          JSON.stringify({ ...goodOf(route), [name]: text }),
        );
        expect([route.path, name, text, status < 500, answer.includes('UNEXPECTED')]).toEqual([
          route.path,
          name,
          text,
          true,
          false,
        ]);
      }
}, 60_000);

test('no text in an answer of the form is our fault, and a key of the form may be any word', async () => {
  const { path } = routes.find((route) => route.path.endsWith('/intakes')) as Route;
  for (const text of HARD_TEXTS)
    for (const answers of [
      { topic: text, name: 'Ana', contact: 'ana@test.example' },
      { topic: 'other', name: text, contact: 'ana@test.example' },
      { topic: 'other', name: 'Ana', contact: text },
      { topic: 'other', name: 'Ana', contact: 'ana@test.example', [text]: 'x' },
    ]) {
      await forgetLimits(api);
      const body = JSON.stringify({ ...GOOD['/api/sites/{slug}/intakes'], answers });
      const answer = await send(routes.find((route) => route.path === path) as Route, body);
      expect([JSON.stringify(answers), answer.status < 500]).toEqual([JSON.stringify(answers), true]);
      expect(answer.text).not.toContain('UNEXPECTED');
    }
}, 60_000);

test('no address and no query is our fault', async () => {
  const gets = (await routesOf(new Browser(api))).filter(
    ({ method, path }) => method === 'get' && path.includes('{'),
  );
  for (const route of gets)
    for (const text of HARD_TEXTS.filter((one) => one.isWellFormed())) {
      const path = route.path.replaceAll(/\{\w+\}/g, encodeURIComponent(text));
      const answer = await request(api.app.getHttpServer()).get(path).set('cookie', cookieFor(route));
      expect([path, answer.status < 500]).toEqual([path, true]);
    }
  for (const path of [
    '/api/client/messages?after=-1',
    '/api/client/messages?after=9999999999',
    '/api/client/messages?after=1&after=2',
    '/api/client/messages?after[$gt]=1',
    '/api/client/messages?__proto__=1',
    '/api/client/messages?before=1',
    '/api/client/messages?after=%00',
  ]) {
    const answer = await started.client.get(path);
    expect([path, answer.status, codeOf(answer)]).toEqual([path, 400, 'INPUT_MALFORMED']);
  }
  for (const [name, value] of [
    ['from', '2026-13-01T00:00:00.000Z'],
    ['from', '0000-01-01T00:00:00.000Z'],
    ['act', `a' OR 1=1`],
    ['actor', '%00'],
    ['before', '99999999999999999'],
    ['limit', '0'],
    ['limit', '1e9'],
    ['outcome', 'maybe'],
  ] as const) {
    const answer = await officer.get(`/api/officer/entries?${name}=${encodeURIComponent(value)}`);
    expect([name, value, answer.status, codeOf(answer)]).toEqual([name, value, 400, 'INPUT_MALFORMED']);
  }
});

test('a contact, an identifier and a slug that take long to look at do not: each is answered at once', async () => {
  const { path } = routes.find((route) => route.path.endsWith('/intakes')) as Route;
  const route = routes.find((one) => one.path === path) as Route;
  for (const contact of [
    `${'a'.repeat(64)}@${'a.'.repeat(60)}`,
    `${'a@'.repeat(120)}b`,
    `a@${'.'.repeat(250)}`,
    `+${'1-'.repeat(120)}x`,
  ]) {
    const from = performance.now();
    const answers = { topic: 'other', name: 'Ana', contact };
    await send(route, JSON.stringify({ ...GOOD[route.path], answers }));
    expect(performance.now() - from).toBeLessThan(500);
  }
  const from = performance.now();
  await new Browser(api).get(`/api/sites/${'a-'.repeat(3_000)}`);
  expect(performance.now() - from).toBeLessThan(500);
});
