import type { TenantId } from '@app/kernel';
import { checkDoors, type StaffPrincipal } from '@app/platform';
import { ModulesContainer } from '@nestjs/core';
import type { Server } from 'node:http';
import request from 'supertest';
import { House } from '../testing/house';
import { verify } from '../testing/judge';

let house: House;
let clinic: TenantId;
let officer: StaffPrincipal;
const JUNE = { from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: 'LEGAL' };

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  await house.write(clinic, [{ at: '2025-06-02T00:00:00.000Z' }]);
});
afterAll(() => house.close());

const as = (who: StaffPrincipal) => {
  const agent = request.agent(house.app.getHttpServer() as Server);
  return agent
    .set('Cookie', `vestibule_staff=${who.sessionId}`)
    .set('Host', '127.0.0.1')
    .set('Origin', 'http://127.0.0.1');
};

test('every door of the room has its lock', () => {
  const doors = checkDoors(house.app.get(ModulesContainer)).filter(({ place }) =>
    place.startsWith('Officer'),
  );
  expect(doors.map(({ place, action }) => `${place} ${action}`)).toEqual([
    'OfficerController.entries audit.read',
    'OfficerController.request export.create',
    'OfficerController.requestTranscript transcript.export',
    'OfficerController.redact transcript.export',
    'OfficerController.keys export.read',
    'OfficerController.list export.read',
    'OfficerController.one export.read',
    'OfficerController.bundle export.read',
    'OfficerKeyController.list officer-key.manage',
    'OfficerKeyController.propose officer-key.manage',
    'OfficerKeyController.confirm officer-key.manage',
    'OfficerKeyController.reject officer-key.manage',
  ]);
});

test('an officer asks for an export, sees it become ready and takes away a bundle that verifies', async () => {
  const asked = await as(officer).post('/api/officer/exports').send(JUNE).expect(202);
  const { exportId } = asked.body as { exportId: string };
  const one = () => as(officer).get(`/api/officer/exports/${exportId}`).expect(200);
  await house.until(async () => ((await one()).body as { state: string }).state === 'ready');
  const { body: ready } = await one();
  const { body: list } = await as(officer).get('/api/officer/exports').expect(200);
  expect(list).toEqual({ exports: [ready] });
  const answer = await as(officer)
    .get(`/api/officer/exports/${exportId}/bundle`)
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    })
    .expect(200);
  expect(answer.headers).toMatchObject({
    'content-type': 'application/zip',
    'content-disposition': 'attachment; filename="vestibule-a-clinic-2025-06-01-2025-07-01.zip"',
    'content-length': String((ready as { bytes: number }).bytes),
    'cache-control': 'no-store',
  });
  expect(verify(answer.body as Buffer).exitCode).toBe(0);
});

test('the log takes its filter from the address', async () => {
  const { body } = await as(officer).get('/api/officer/entries?act=test.done&limit=1').expect(200);
  expect(body).toMatchObject({
    entries: [{ act: 'test.done', index: 0 }],
    checkpoint: { size: expect.any(Number) },
  });
});

test('nobody who is not signed in comes through, and a role without the right is told so', async () => {
  await request(house.app.getHttpServer() as Server)
    .get('/api/officer/entries')
    .expect(401);
  const clerk = await house.staff(clinic, 'receptionist');
  await as(clerk).get('/api/officer/entries').expect(403);
  await as(clerk).post('/api/officer/exports').send(JUNE).expect(403);
});

test.each([
  { ...JUNE, to: JUNE.from },
  { ...JUNE, to: '2035-06-01T00:00:00.001Z' },
  { ...JUNE, purpose: 'CURIOSITY' },
  { ...JUNE, from: '2025-06-01' },
  { ...JUNE, from: '0001-01-01T00:00:00.000Z' },
  { ...JUNE, intake: 'one' },
  { from: JUNE.from, to: JUNE.to },
])('no export is asked for by %j', async (body) => {
  const { body: answer } = await as(officer).post('/api/officer/exports').send(body).expect(400);
  expect(answer).toMatchObject({ error: { code: 'INPUT_MALFORMED' } });
});

test.each([
  'limit=201',
  'limit=0',
  'limit=-1',
  'before=1.5',
  'outcome=maybe',
  'from=2025-06-02T00:00:00.000Z&to=2025-06-01T00:00:00.000Z',
  'act=a%20sentence',
  'intake=one',
  'colour=blue',
  'act=a&act=b',
])('the log is not looked through by %s', async (query) => {
  await as(officer).get(`/api/officer/entries?${query}`).expect(400);
});

test('an id that is not one is malformed, and one of nothing is not found', async () => {
  await as(officer).get('/api/officer/exports/one/bundle').expect(400);
  await as(officer).get('/api/officer/exports/00000000-0000-7000-8000-000000000000/bundle').expect(404);
});

test('the program does not start without the verifier', async () => {
  await expect(House.open('/nowhere/verify.mjs')).rejects.toMatchObject({ code: 'ENOENT' });
});
