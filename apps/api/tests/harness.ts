import { ConsultService } from '@app/consult';
import type { Config } from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generate } from 'otplib';
import { io, type Socket } from 'socket.io-client';
import request from 'supertest';
import type TestAgent from 'supertest/lib/agent';
import { Outbox } from '../src/demo/outbox';
import { seedDemo, type SignIn } from '../src/demo/seed';
import { assemble } from '../src/start/assemble';
import type { Assembly } from '../src/start/assembly';
import { places } from '../src/start/places';

const ROOT = join(__dirname, '..', '..', '..');

/** The assembled program on a database of its own, with the demo's three tenants, listening on loopback. */
export interface Api {
  readonly app: NestExpressApplication;
  readonly base: string;
  readonly db: TestDatabase;
  readonly outbox: Outbox;
  readonly signIns: readonly SignIn[];
  /** Its folder. */
  readonly home: string;
  close(): Promise<void>;
}

/** @param changed - of the configuration, such as another KMS. */
export async function startApi(changed: Partial<Config> = {}): Promise<Api> {
  const db = await testDatabase();
  const home = await mkdtemp(join(tmpdir(), 'api-'));
  const outbox = await Outbox.open();
  const assembly = assemblyOn(db, outbox, home);
  const app = await assemble({ ...assembly, config: { ...assembly.config, ...changed } });
  // What is refused here is refused on purpose; a bug shows in what a test expects.
  app.useLogger(['fatal']);
  const signIns = await seedDemo(app);
  await app.listen(0, '127.0.0.1');
  await videoIsReady(app.get(ConsultService));
  return {
    app,
    base: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    db,
    outbox,
    signIns,
    home,
    async close() {
      await app.close();
      await outbox.close();
      await db.close();
      await rm(home, { recursive: true });
    },
  };
}

/** What the program is put together from in a test. */
export function assemblyOn(db: TestDatabase, outbox: Outbox, home: string): Assembly {
  const config: Config = {
    databaseUrl: db.urls.owner,
    home,
    port: 0,
    host: '127.0.0.1',
    publicUrl: '',
    demo: true,
    passphrase: undefined,
    keyFile: join(home, 'keys', 'root.key'),
    kms: { kind: 'file' },
    keys: { epochDays: 7, backupDays: 30 },
    smtpUrl: undefined,
    mailFrom: 'Vestibule <no-reply@localhost>',
    media: {
      workerBin:
        process.env['VESTIBULE_SFU_WORKER'] ?? process.env['MEDIASOUP_WORKER_BIN'] ?? join(home, 'no-worker'),
      listenIp: '127.0.0.1',
      announcedAddress: undefined,
      port: 0,
      workers: 1,
    },
    trustProxy: false,
  };
  return { config, urls: db.urls, smtpUrl: outbox.url, places: places(ROOT), outbox };
}

/** Video is part of the program: without its worker the tests fail, they do not go around it. */
async function videoIsReady(consults: ConsultService): Promise<void> {
  for (let waited = 0; consults.status() !== 'ready'; waited += 100) {
    if (waited > 30_000)
      throw new Error('There is no SFU worker: VESTIBULE_SFU_WORKER says where it is (npm test sets it).');
    await sleep(100);
  }
}

/** Somebody's browser: keeps cookies, sends our Origin. */
export class Browser {
  private readonly agent: TestAgent;

  constructor(private readonly api: Api) {
    this.agent = request.agent(api.app.getHttpServer());
  }

  get(path: string) {
    return this.agent.get(path);
  }

  post(path: string, body: object = {}) {
    return this.agent.post(path).set('Origin', this.api.base).send(body);
  }

  /** Returns the cookies that it would send: `name=value`. */
  cookie(): string {
    return this.agent.jar
      .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
      .toValueString();
  }

  /** Opens the chat's socket as whoever this browser is. */
  async socket(kind: 'client' | 'staff'): Promise<Socket> {
    const { body } = await this.post(`/api/${kind}/socket-ticket`).expect(200);
    return connect(this.api, '/', (body as { ticket: string }).ticket);
  }
}

/** Opens a socket with a ticket. Rejects with the server's error body if it refuses. */
export async function connect(
  api: Pick<Api, 'base'>,
  namespace: '/' | '/consult',
  ticket: string,
): Promise<Socket> {
  const socket = io(`${api.base}${namespace}`, {
    path: '/socket',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { ticket },
    extraHeaders: { origin: api.base },
  });
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', (error: Error & { data?: { error: object } }) => {
      socket.close();
      reject(Object.assign(new Error(error.message), error.data?.error));
    });
  });
}

/** Signs somebody of the demo in. A code is good once; so that one person can sign in twice a minute, that is forgotten. */
export async function signIn(api: Api, organisation: string, role: SignIn['role']): Promise<Browser> {
  const who = api.signIns.find((one) => one.organisation === organisation && one.role === role);
  if (who === undefined) throw new Error(`the demo has no ${role} in ${organisation}`);
  const browser = new Browser(api);
  const { email, password, totpSecret } = who;
  const first = await browser.post('/api/staff/sign-in', { organisation, email, password }).expect(200);
  await api.db.owner('UPDATE staff_member SET last_totp_step = 0 WHERE email = $1', [email]);
  const code = await generate({ secret: totpSecret });
  const { challenge } = first.body as { challenge: string };
  await browser.post('/api/staff/sign-in/totp', { challenge, code }).expect(200);
  return browser;
}

export interface Started {
  readonly client: Browser;
  readonly intakeId: string;
}

/** Starts a conversation on a site, with every question answered that is asked. */
export async function startIntake(
  api: Api,
  slug: string,
  name = 'Ana Test',
  topic?: string,
): Promise<Started> {
  const client = new Browser(api);
  const { body: site } = await client.get(`/api/sites/${slug}`).expect(200);
  const { form, notice } = site as { form: Field[]; notice: { version: number } };
  const answers: Record<string, string> = {};
  for (const field of form) {
    if (field.when !== undefined && !field.when.equals.includes(answers[field.when.field] ?? '')) continue;
    answers[field.id] = answerTo(field, name, topic);
  }
  const { body } = await client
    .post(`/api/sites/${slug}/intakes`, { locale: 'en', noticeVersion: notice.version, answers })
    .expect(201);
  return { client, intakeId: (body as { intakeId: string }).intakeId };
}

interface Field {
  id: string;
  kind: string;
  options?: { value: string }[];
  when?: { field: string; equals: string[] };
}

function answerTo({ kind, options }: Field, name: string, topic: string | undefined): string {
  if (kind === 'topic' && topic !== undefined) return topic;
  if (options !== undefined) return options[0]?.value ?? '';
  if (kind === 'contact') return 'ana@test.example';
  return kind === 'name' ? name : 'as the form asks';
}

/** Posts one message and returns the acknowledgement. */
export function post(socket: Socket, intakeId: string, text: string, clientMsgId: string = randomUUID()) {
  return socket.timeout(10_000).emitWithAck('message.post', { intakeId, clientMsgId, text }) as Promise<
    { ok: true; seq: number; messageId: string } | { ok: false; error: { code: string; fields?: string[] } }
  >;
}

/** Takes a conversation to a video call, by the steps that people take, and opens nothing yet. */
export async function callUpTo(state: 'waiting' | 'live', staff: Browser, { client, intakeId }: Started) {
  await staff.post(`/api/staff/intakes/${intakeId}/consult`).expect(201);
  await client.post('/api/client/consult/accept').expect(200);
  const checks = { camera: 'ok', microphone: 'ok', sound: 'heard' };
  await client.post('/api/client/consult/ready', checks).expect(200);
  if (state === 'live') await staff.post(`/api/staff/intakes/${intakeId}/consult/admit`).expect(200);
}

/** Opens the media socket of a call as whoever this browser is. */
export async function mediaSocket(api: Api, browser: Browser, door: string): Promise<Socket> {
  const { body } = await browser.post(`${door}/consult/ticket`).expect(200);
  return connect(api, '/consult', (body as { ticket: string }).ticket);
}
