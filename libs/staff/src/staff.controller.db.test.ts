import { MINUTE, SECOND, type TenantId } from '@app/kernel';
import { checkDoors } from '@app/platform';
import { ModulesContainer } from '@nestjs/core';
import type { Server } from 'node:http';
import request from 'supertest';
import { House, type Person } from '../testing/house';

const ORIGIN = 'https://intake.example.org';
let house: House;
let server: Server;
let clinic: TenantId;
let person: Person;
let administrator: Person;

beforeAll(async () => {
  house = await House.open(ORIGIN);
  await house.app.init();
  server = house.app.getHttpServer() as Server;
  clinic = await house.tenant('a-clinic');
  person = await house.person(clinic);
  administrator = await house.person(clinic, ['administrator']);
});
afterAll(() => house.close());

const post = (path: string, body: object, cookie = '') =>
  request(server).post(path).set('Origin', ORIGIN).set('Cookie', cookie).send(body);
const get = (path: string, cookie = '') => request(server).get(path).set('Cookie', cookie);

async function enter(who: Person) {
  house.clock.step(31 * SECOND);
  const { organisation, email, password } = who;
  const first = await post('/api/staff/sign-in', { organisation, email, password }).expect(200);
  expect(Object.keys(first.body as object)).toEqual(['challenge']);
  const { challenge } = first.body as { challenge: string };
  const second = await post('/api/staff/sign-in/totp', { challenge, code: await house.code(who) }).expect(
    200,
  );
  const set = second.headers['set-cookie']?.[0] ?? '';
  return { me: second.body as { sessionEndsAt: string }, set, cookie: set.split(';')[0] ?? '' };
}

test('Every door of the room names its permission.', () => {
  // The keys' doors are the platform's: they are in every program.
  const doors = checkDoors(house.app.get(ModulesContainer)).filter(
    ({ action }) => !action.startsWith('key.'),
  );
  expect(doors.map(({ who, action }) => `${who} ${action}`)).toEqual([
    'anyone staff.sign-in',
    'anyone staff.sign-in',
    'staff self.read',
    'staff self.read',
    'staff self.read',
    'staff staff.list',
    'staff staff.manage',
    'staff staff.manage',
  ]);
});

test('Signing in sets a cookie that scripts, other sites and plain http do not get, and says who one is.', async () => {
  const { me, set, cookie } = await enter(person);
  expect(set).toMatch(/^vestibule_staff=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
  expect(me).toEqual({
    staffId: person.staffId,
    name: expect.any(String) as string,
    roles: ['receptionist'],
    tenant: { name: 'a-clinic', slug: 'a-clinic', sector: 'clinic' },
    queues: [],
    sessionEndsAt: new Date(house.clock.now().getTime() + 15 * MINUTE).toISOString(),
  });
  await get('/api/staff/me', cookie).expect(200, me);
});

test('Signing out ends the session, takes the cookie back and clears what the page kept.', async () => {
  const { cookie } = await enter(person);
  const out = await post('/api/staff/sign-out', {}, cookie).expect(204);
  expect(out.headers['clear-site-data']).toBe('"cache", "storage"');
  expect(out.headers['set-cookie']?.[0]).toMatch(/^vestibule_staff=; Path=\/; Expires=Thu, 01 Jan 1970/);
  const me = await get('/api/staff/me', cookie).expect(401);
  expect(me.body).toMatchObject({ error: { code: 'SIGNED_OUT' } });
});

test('A socket ticket is given for a session, and for nothing else.', async () => {
  const { cookie } = await enter(person);
  const { body } = await post('/api/staff/socket-ticket', {}, cookie).expect(200);
  expect(body).toEqual({ ticket: expect.stringContaining(`${clinic}.`) as string });
  await post('/api/staff/socket-ticket', {}).expect(401);
});

test('An administrator lists, disables and enables staff; a disabled person is out at once.', async () => {
  const admin = await enter(administrator);
  const { cookie } = await enter(person);
  const { body } = await get('/api/admin/staff', admin.cookie).expect(200);
  expect((body as { staff: object[] }).staff).toHaveLength(2);
  await post(`/api/admin/staff/${person.staffId}/disable`, {}, admin.cookie).expect(204);
  await get('/api/staff/me', cookie).expect(401);
  await post(`/api/admin/staff/${person.staffId}/enable`, {}, admin.cookie).expect(204);
  await post(`/api/admin/staff/${administrator.staffId}/disable`, {}, admin.cookie).expect(409);
  await post('/api/admin/staff/someone/disable', {}, admin.cookie).expect(400);
});

test('Nobody else does.', async () => {
  const { cookie } = await enter(person);
  await get('/api/admin/staff', cookie).expect(403);
  await post(`/api/admin/staff/${administrator.staffId}/disable`, {}, cookie).expect(403);
  await get('/api/admin/staff').expect(401);
});

test('A request that does not come from our pages changes nothing.', async () => {
  const { cookie } = await enter(person);
  for (const path of ['/api/staff/sign-in', '/api/staff/sign-in/totp', '/api/staff/sign-out'])
    await request(server).post(path).set('Cookie', cookie).send({}).expect(403);
  await get('/api/staff/me', cookie).expect(200);
});

test.each([
  ['/api/staff/sign-in', { organisation: 'a', email: 'b' }],
  ['/api/staff/sign-in', { organisation: 'a', email: 'b', password: 'c', more: 'd' }],
  ['/api/staff/sign-in', { organisation: 'a', email: ['b'], password: 'c' }],
  ['/api/staff/sign-in/totp', { challenge: 'a', code: '12345' }],
  ['/api/staff/sign-in/totp', { challenge: 'a', code: 123456 }],
])('%s refuses a body that is not its own: %j', async (path, body) => {
  const { body: answer } = await post(path, body).expect(400);
  expect(answer).toMatchObject({ error: { code: 'INPUT_MALFORMED' } });
});

test('Who must wait is told for how long.', async () => {
  const guess = () => post('/api/staff/sign-in', { organisation: 'a-clinic', email: 'x@y.z', password: 'w' });
  for (let i = 0; i < 5; i++) await guess().expect(401);
  const { headers, body } = await guess().expect(429);
  expect(headers['retry-after']).toBe('30');
  expect(body).toMatchObject({ error: { code: 'TOO_MANY' } });
});
