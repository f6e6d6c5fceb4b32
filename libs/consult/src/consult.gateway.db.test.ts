import {
  type Clock,
  type ConsultId,
  type IntakeId,
  newId,
  type QueueId,
  type SiteId,
  type StaffId,
  systemClock,
  type TenantId,
} from '@app/kernel';
import { CLOCK, Database, Revocations, SocketAdapter, SocketTickets, type Tx } from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { Global, type INestApplication, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { io, type Socket } from 'socket.io-client';
import { FakeMediaRouter } from '../testing/fake-media-router';
import { ConsultModule } from './consult.module';
import { ConsultService } from './consult.service';
import type { ConsultEvent } from './lifecycle';

/** Rows in a real database, tickets and sockets through a real server; only the media is not there. */

const ORIGIN = 'https://intake.example.org';
const staffId = newId<StaffId>();
const CHECKS = { camera: 'ok', microphone: 'ok', sound: 'heard' } as const;
let db: TestDatabase;
let app: INestApplication;
let consults: ConsultService;
let tenantId: TenantId;
let intakeId: IntakeId;
let consultId: ConsultId;
let open: Socket[];

const media = Object.assign(new FakeMediaRouter(), { close: () => Promise.resolve() });
const act = <T>(work: (tx: Tx) => Promise<T>) => db.database.transaction(tenantId, work);
const step = (event: ConsultEvent, by: 'client' | 'staff' | 'system') =>
  act((tx) => consults.step(tx, consultId, event, by, event === 'ready' ? CHECKS : undefined));
const ticket = (role: 'client' | 'staff') =>
  act((tx) =>
    consults.ticket(tx, {
      consultId,
      intakeId,
      sessionId: `${role}-session`,
      peer: role === 'staff' ? { role, id: staffId, name: 'A nurse' } : { role, id: intakeId, name: '' },
    }),
  );

/** Returns a connected socket; rejects with the code of the refusal. */
async function connect(given: string): Promise<Socket> {
  const socket = io(`${await app.getUrl()}/consult`, {
    path: '/socket',
    transports: ['websocket'],
    auth: { ticket: given },
    extraHeaders: { origin: ORIGIN },
    reconnection: false,
    forceNew: true,
  });
  open.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', (error: Error & { data?: { error?: { code: string } } }) =>
      reject(new Error(error.data?.error?.code ?? error.message)),
    );
  });
  return socket;
}
const heard = (socket: Socket, event: string) =>
  new Promise<unknown>((resolve) => socket.once(event, resolve));

beforeAll(async () => {
  db = await testDatabase();
  tenantId = await db.tenant();
  const given = [
    { provide: CLOCK, useValue: systemClock },
    { provide: Database, useValue: db.database },
    {
      provide: SocketTickets,
      inject: [CLOCK],
      useFactory: (clock: Clock) => new SocketTickets(db.database, clock),
    },
    { provide: Revocations, inject: [CLOCK], useFactory: (clock: Clock) => new Revocations(clock) },
  ];
  @Global()
  @Module({ providers: given, exports: given })
  class GivenModule {}
  const assembled = await Test.createTestingModule({
    imports: [
      GivenModule,
      ConsultModule.forRoot(() => media, { urls: ['turn:turn.example'], secret: 'x'.repeat(32) }),
    ],
  }).compile();
  app = assembled.createNestApplication();
  app.useWebSocketAdapter(new SocketAdapter(app, new Set([ORIGIN])));
  await app.listen(0, '127.0.0.1');
  consults = app.get(ConsultService);
});

beforeEach(async () => {
  open = [];
  intakeId = newId<IntakeId>();
  await db.owner(
    `WITH s AS (INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, 'site-' || $4::uuid, 'A site', '{}')),
          q AS (INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $3, 'A queue'))
     INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
       notice_version, created_at, queued_at) VALUES ($1, $4, $2, $3, 'other', 'en', 'claimed', false, '', 1, now(), now())`,
    [tenantId, newId<SiteId>(), newId<QueueId>(), intakeId],
  );
  ({ consultId } = await act((tx) => consults.offer(tx, { intakeId, staffId })));
});
afterEach(() => {
  for (const socket of open) socket.disconnect();
});
afterAll(async () => {
  await app?.close();
  await db?.close();
});

test('a person is told of the relay, with credentials that are good for an hour from now', () => {
  const [server] = consults.iceServers(staffId);
  expect(server).toMatchObject({ urls: ['turn:turn.example'], credential: expect.any(String) as string });
  const goodForS = Number(server?.username.split(':')[0]) - systemClock.now().getTime() / 1_000;
  expect(goodForS).toBeGreaterThan(3_590);
  expect(goodForS).toBeLessThanOrEqual(3_600);
});

test('a conversation has one open consult at a time', async () => {
  const again = () => act((tx) => consults.offer(tx, { intakeId, staffId }));
  await expect(again()).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  await step('decline', 'client');
  expect((await again()).state).toBe('offered');
});

test('each step is kept with its time, and the first wait counts', async () => {
  await step('accept', 'client');
  const first = await step('ready', 'client');
  const again = await step('ready', 'client');
  expect(again).toMatchObject({ state: 'waiting', checks: CHECKS, waitingSince: first.waitingSince });
  await step('admit', 'staff');
  await step('leave', 'client');
  const [row] = await db.owner<{
    state: string;
    ended_by: string;
    accepted_at: Date;
    live_at: Date;
    ended_at: Date;
  }>('SELECT * FROM consult WHERE consult_id = $1', [consultId]);
  expect(row).toMatchObject({ state: 'ended', ended_by: 'client' });
  for (const at of [row?.accepted_at, row?.live_at, row?.ended_at]) expect(at).not.toBeNull();
});

test('a step that there is not changes nothing', async () => {
  await expect(step('admit', 'staff')).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(await act((tx) => consults.view(tx, consultId))).toMatchObject({ state: 'offered' });
});

test('a client enters with a ticket only once admitted', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  await expect(connect(await ticket('client'))).rejects.toThrow('STEP_NOT_ALLOWED');
  expect(media.transports).toEqual([]);
  await step('admit', 'staff');
  const socket = await connect(await ticket('client'));
  expect(await socket.emitWithAck('capabilities', {})).toMatchObject({ ok: true });
});

test('a ticket serves once', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  const given = await ticket('staff');
  await connect(given);
  await expect(connect(given)).rejects.toThrow('SIGNED_OUT');
});

test('a step that rolls back is not followed by the room', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  const socket = await connect(await ticket('staff'));
  const failing = act(async (tx) => {
    await consults.step(tx, consultId, 'withdraw', 'staff');
    throw new Error('the entry could not be written');
  });
  await expect(failing).rejects.toThrow('the entry could not be written');
  expect(await socket.emitWithAck('capabilities', {})).toMatchObject({ ok: true });
});

test('the end of the consult reaches the page and closes its socket', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  await step('admit', 'staff');
  const socket = await connect(await ticket('client'));
  const told = heard(socket, 'consult.ended');
  const gone = heard(socket, 'disconnect');
  await step('end', 'staff');
  expect(await told).toEqual({ by: 'staff' });
  await gone;
});

test('taking access away closes the media and the socket within a second', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  const socket = await connect(await ticket('staff'));
  await socket.emitWithAck('capabilities', {});
  await socket.emitWithAck('transport.create', { direction: 'send' });
  const before = media.transports.length;
  const gone = heard(socket, 'disconnect');
  const from = performance.now();
  app.get(Revocations).tell({ tenantId, staffId, reason: 'disabled' });
  expect(media.transports.length).toBe(before - 1);
  await gone;
  expect(performance.now() - from).toBeLessThan(1_000);
});

test('a frame that is not ours is answered, not followed', async () => {
  await step('accept', 'client');
  await step('ready', 'client');
  const socket = await connect(await ticket('staff'));
  expect(await socket.emitWithAck('transport.create', { direction: 'pipe' })).toMatchObject({
    ok: false,
    error: { code: 'INPUT_MALFORMED' },
  });
  expect(await socket.emitWithAck('produce', { nothing: true })).toMatchObject({ ok: false });
});
