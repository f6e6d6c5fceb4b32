import { randomUUID } from 'node:crypto';
import {
  type Api,
  Browser,
  type Browser as Who,
  callUpTo,
  post,
  signIn,
  startApi,
  startIntake,
  type Started,
} from '../harness';
import { codeOf, forgetLimits } from '../doors/routes';

let api: Api;
let rosa: Who;
beforeAll(async () => {
  api = await startApi();
  rosa = await signIn(api, CLINIC, 'receptionist');
}, 120_000);
beforeEach(() => forgetLimits(api));
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';

async function taken(): Promise<Started> {
  const started = await startIntake(api, CLINIC);
  await rosa.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
  return started;
}

interface Line {
  readonly seq: number;
  readonly event?: string;
  readonly author: { readonly kind: string };
}

async function transcript({ client }: Started): Promise<Line[]> {
  const { body } = await client.get('/api/client/messages').expect(200);
  return (body as { messages: Line[] }).messages;
}

/** Counts answers by their code. */
function tally(codes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

const ofPost = (answer: Awaited<ReturnType<typeof post>>) => (answer.ok ? 'ok' : answer.error.code);
const ofAnswer = (answer: { status: number; text: string }) => (answer.status < 300 ? 'ok' : codeOf(answer));

test('a close among messages: each is in before it or is told that it is closed, and nothing stands after it', async () => {
  const started = await taken();
  const socket = await started.client.socket('client');
  const posts = Array.from({ length: 30 }, (_, i) => post(socket, started.intakeId, `message ${i}`));
  const [closed, ...answers] = await Promise.all([
    rosa.post(`/api/staff/intakes/${started.intakeId}/close`, { outcome: 'resolved' }),
    ...posts,
  ]);
  socket.close();
  expect(closed.status).toBe(204);
  const counts = tally(answers.map(ofPost));
  expect(Object.keys(counts).filter((code) => code !== 'ok' && code !== 'INTAKE_CLOSED')).toEqual([]);
  const lines = await transcript(started);
  expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, i) => i + 1));
  expect(lines.at(-1)?.event).toBe('closed');
  expect(lines.filter(({ author }) => author.kind === 'client')).toHaveLength(counts['ok'] ?? 0);
});

test('a transfer among messages of the one who transfers: none of theirs stands after it', async () => {
  const started = await taken();
  const socket = await rosa.socket('staff');
  const { body } = await rosa.get('/api/staff/queue').expect(200);
  const queueId = (body as { queues: { id: string; name: string }[] }).queues.find(
    ({ name }) => name === 'Billing',
  )?.id;
  const posts = Array.from({ length: 30 }, (_, i) => post(socket, started.intakeId, `message ${i}`));
  const [moved, ...answers] = await Promise.all([
    rosa.post(`/api/staff/intakes/${started.intakeId}/transfer`, { queueId, reason: 'theirs' }),
    ...posts,
  ]);
  socket.close();
  expect(moved.status).toBe(204);
  const counts = tally(answers.map(ofPost));
  expect(Object.keys(counts).filter((code) => code !== 'ok' && code !== 'ACCESS_DENIED')).toEqual([]);
  const lines = await transcript(started);
  expect(lines.at(-1)?.event).toBe('transferred');
  expect(lines.filter(({ author }) => author.kind === 'staff')).toHaveLength(counts['ok'] ?? 0);
});

test('an admission and a leaving at the same moment end in one state, and no ticket is left of it', async () => {
  for (let round = 0; round < 5; round += 1) {
    const started = await taken();
    await callUpTo('waiting', rosa, started);
    const at = `/api/staff/intakes/${started.intakeId}/consult`;
    const answers = await Promise.all([
      rosa.post(`${at}/admit`),
      started.client.post('/api/client/consult/leave'),
      rosa.post(`${at}/end`),
      started.client.post('/api/client/consult/ticket'),
      rosa.post(`${at}/ticket`),
    ]);
    for (const answer of answers) expect(ofAnswer(answer)).toMatch(/^(ok|STEP_NOT_ALLOWED|ACCESS_DENIED)$/);
    const rows = await api.db.owner<{ consult: string; state: string }>(
      'SELECT i.consult, c.state FROM intake i JOIN consult c USING (tenant_id, consult_id) WHERE i.intake_id = $1',
      [started.intakeId],
    );
    expect(rows).toEqual([{ consult: 'ended', state: 'ended' }]);
    expect(ofAnswer(await started.client.post('/api/client/consult/ticket'))).toBe('ACCESS_DENIED');
  }
});

test('what may happen once happens once, however many ask at the same moment', async () => {
  const started = await taken();
  const at = `/api/staff/intakes/${started.intakeId}`;
  const socket = await started.client.socket('client');
  const clientMsgId = randomUUID();
  const same = await Promise.all(
    Array.from({ length: 15 }, () => post(socket, started.intakeId, 'once', clientMsgId)),
  );
  expect(new Set(same.map((answer) => JSON.stringify(answer))).size).toBe(1);
  const offers = await Promise.all(Array.from({ length: 8 }, () => rosa.post(`${at}/consult`)));
  expect(tally(offers.map(ofAnswer))).toEqual({ ok: 1, STEP_NOT_ALLOWED: 7 });
  const closes = await Promise.all(
    Array.from({ length: 8 }, () => rosa.post(`${at}/close`, { outcome: 'resolved' })),
  );
  expect(tally(closes.map(ofAnswer))).toEqual({ ok: 1, INTAKE_CLOSED: 7 });
  const ratings = await Promise.all(
    Array.from({ length: 8 }, (_, i) => started.client.post('/api/client/rating', { score: (i % 5) + 1 })),
  );
  expect(tally(ratings.map(ofAnswer))).toEqual({ ok: 1, STEP_NOT_ALLOWED: 7 });
  socket.close();
});

test('of fifty starts at the same moment from one address twenty are made, and the others are told to wait', async () => {
  const count = async () => (await api.db.owner('SELECT 1 FROM intake')).length;
  const before = await count();
  const body = {
    locale: 'en',
    noticeVersion: 1,
    answers: { topic: 'other', name: 'Ana', contact: 'ana@test.example' },
  };
  const starts = await Promise.all(
    Array.from({ length: 50 }, () => new Browser(api).post(`/api/sites/${CLINIC}/intakes`, body)),
  );
  expect(tally(starts.map(ofAnswer))).toEqual({ ok: 20, TOO_MANY: 30 });
  expect(await count()).toBe(before + 20);
  expect(Number(starts.find(({ status }) => status === 429)?.get('retry-after'))).toBeGreaterThan(0);
});

test('more readers and refusals at once than there are connections are all answered: none waits for another for ever', async () => {
  const started = await taken();
  const officer = await signIn(api, CLINIC, 'compliance-officer');
  const at = `/api/staff/intakes/${started.intakeId}`;
  const from = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => [
      rosa.get(`${at}/messages`),
      officer.get(`${at}/messages`),
      officer.post(`${at}/claim`),
      rosa.get(`/api/staff/intakes/${randomUUID()}`),
      rosa.post(`/api/staff/intakes/${randomUUID()}/claim`),
      started.client.get('/api/client/intake'),
    ]).flat(),
  );
  expect(tally(answers.map(ofAnswer))).toEqual({ ok: 80, ACCESS_DENIED: 80, NOT_FOUND: 80 });
  expect(performance.now() - from).toBeLessThan(20_000);
});

test('while entries cannot be written a storm of requests is refused, and when they can everything is as before', async () => {
  const started = await taken();
  await api.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  const storm = await Promise.all(
    Array.from({ length: 60 }, () => [
      rosa.get(`/api/staff/intakes/${started.intakeId}/messages`),
      started.client.get('/api/client/intake'),
    ]).flat(),
  );
  await api.db.owner('GRANT INSERT ON audit_pending TO vestibule_app');
  expect(tally(storm.map(ofAnswer))).toEqual({ AUDIT_UNAVAILABLE: 120 });
  await started.client.get('/api/client/intake').expect(200);
  const socket = await started.client.socket('client');
  await expect(post(socket, started.intakeId, 'still here')).resolves.toMatchObject({ ok: true, seq: 2 });
  socket.close();
});
