import { setTimeout as sleep } from 'node:timers/promises';
import { CLINIC as DEMO_CLINIC } from '../src/demo/clinic';
import { type Api, type Browser, post, signIn, startApi, startIntake, type Started } from './harness';
import { codeOf, forgetLimits } from './doors/routes';

let api: Api;
let rosa: Browser;
beforeAll(async () => {
  api = await startApi();
  rosa = await signIn(api, CLINIC, 'receptionist');
}, 120_000);
beforeEach(async () => {
  await forgetLimits(api);
  await api.db.owner('DELETE FROM identity_count');
});
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';
const [HEAD = '', ...ROWS] = DEMO_CLINIC.records
  .csv(() => '2030-01-09')
  .trim()
  .split('\n');
const COLUMNS = HEAD.split(',');

/** One record of the demo, by column. */
function record(row: number): Record<string, string> {
  const values = (ROWS[row] ?? '').split(',');
  return Object.fromEntries(COLUMNS.map((column, i) => [column, values[i] ?? '']));
}

async function asked(): Promise<Started> {
  const started = await startIntake(api, CLINIC);
  await rosa.post(`/api/staff/intakes/${started.intakeId}/claim`).expect(200);
  await rosa.post(`/api/staff/intakes/${started.intakeId}/verification`).expect(202);
  return started;
}

const claimOf = (row: number, more: object = {}) => {
  const { medical_record_number: identifier, full_name: fullName, date_of_birth: dateOfBirth } = record(row);
  return { fullName, dateOfBirth, identifier, ...more };
};

async function timed<T>(act: () => PromiseLike<T>): Promise<{ answer: T; tookMs: number }> {
  const from = performance.now();
  return { answer: await act(), tookMs: performance.now() - from };
}

/** Returns the code of the newest mail, when one more than before has come. */
async function codeMailed(before: number): Promise<string> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const [newest] = api.outbox.mails();
    if (api.outbox.mails().length > before) return /\b\d{6}\b/.exec(newest?.text ?? '')?.[0] ?? '';
    await sleep(50);
  }
  throw new Error('no mail came');
}

test('match, no match and locked have one answer: its status, its body, its headers, and no sooner than 0.8 s', async () => {
  const seen: unknown[] = [];
  const took: number[] = [];
  const locked = await asked();
  // A person has one record: the fourth identifier of one conversation is not looked up any more.
  for (const identifier of ['NO-SUCH-A', 'NO-SUCH-B', 'NO-SUCH-C'])
    await locked.client.post('/api/client/verification', claimOf(1, { identifier })).expect(202);
  const before = api.outbox.mails().length;
  for (const [started, claim] of [
    [await asked(), claimOf(0)],
    [await asked(), claimOf(0, { dateOfBirth: '1901-01-01' })],
    [await asked(), claimOf(0, { identifier: 'NO-SUCH-ONE' })],
    [locked, claimOf(1)],
  ] as const) {
    const { answer, tookMs } = await timed(() => started.client.post('/api/client/verification', claim));
    const { date: _, ...headers } = answer.headers as Record<string, string>;
    seen.push([answer.status, answer.text, headers]);
    took.push(tookMs);
  }
  expect(new Set(seen.map((one) => JSON.stringify(one))).size).toBe(1);
  expect(seen[0]).toMatchObject([202, '{"state":"code-sent"}', expect.anything()]);
  for (const tookMs of took) expect(tookMs).toBeGreaterThanOrEqual(800);
  await codeMailed(before);
  expect(api.outbox.mails()).toHaveLength(before + 1);
  const { body } = await rosa.get(`/api/staff/intakes/${locked.intakeId}`).expect(200);
  expect((body as { verification: object }).verification).toEqual({ state: 'locked' });
}, 60_000);

test('a wrong code has one answer whether or not a code was sent, and takes no less than 0.8 s', async () => {
  const seen: string[] = [];
  for (const claim of [claimOf(2), claimOf(2, { identifier: 'NO-SUCH-TWO' })]) {
    await api.db.owner('DELETE FROM identity_count');
    const { client } = await asked();
    await client.post('/api/client/verification', claim).expect(202);
    for (let tries = 0; tries < 2; tries += 1) {
      const { answer, tookMs } = await timed(() =>
        client.post('/api/client/verification/code', { code: '000000' }),
      );
      const { date: _, ...headers } = answer.headers as Record<string, string>;
      seen.push(JSON.stringify([tries, answer.status, answer.text, headers]));
      expect(tookMs).toBeGreaterThanOrEqual(800);
    }
  }
  expect(seen.slice(0, 2)).toEqual(seen.slice(2));
}, 60_000);

test('nobody proves who they are unasked', async () => {
  const { client } = await startIntake(api, CLINIC);
  expect(codeOf(await client.post('/api/client/verification', claimOf(3)))).toBe('STEP_NOT_ALLOWED');
  expect(codeOf(await client.post('/api/client/verification/code', { code: '123456' }))).toBe(
    'STEP_NOT_ALLOWED',
  );
});

test('before V1 no path gives a value of the record away, in any spelling; after it each does', async () => {
  const { client, intakeId } = await asked();
  const values = record(4);
  const at = `/api/staff/intakes/${intakeId}`;
  const [desk, page] = [await rosa.socket('staff'), await client.socket('client')];
  const heard: string[] = [];
  page.onAny((_event, body) => heard.push(JSON.stringify(body)));
  const identifier = values['medical_record_number'] ?? '';
  const [year = '', month = '', day = ''] = (values['date_of_birth'] ?? '').split('-');
  const said = [
    `It is ${identifier}.`,
    `it is ${identifier.toLowerCase()}`,
    identifier.split('').join(' '),
    identifier.replaceAll(/(?=[0-9])/g, '\u200b'),
    identifier.replaceAll(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    identifier.replaceAll(/[^A-Za-z0-9]/g, '.'),
    `Born ${year}-${month}-${day}?`,
    `Born ${day}/${month}/${year}?`,
    `Born ${Number(month)}.${Number(day)}.${year}?`,
  ];
  for (const text of said)
    await expect(post(desk, intakeId, text)).resolves.toMatchObject({
      ok: false,
      error: { code: 'DISCLOSURE_REFUSED' },
    });
  expect(codeOf(await rosa.get(`${at}/record`))).toBe('ASSURANCE_TOO_LOW');
  const { body } = await rosa.get('/api/staff/canned-replies').expect(200);
  const { replies } = body as { replies: { replyId: string; body: { en: string } }[] };
  const ofRecord = replies.find((reply) => reply.body.en.includes('{{record.'));
  if (ofRecord === undefined) throw new Error('no canned reply of the demo names a record value');
  const fill = () => rosa.post(`${at}/canned-replies/${ofRecord.replyId}`, { locale: 'en' });
  expect(codeOf(await fill())).toBe('ASSURANCE_TOO_LOW');
  const kept = await api.db.owner(`SELECT 1 FROM message WHERE intake_id = $1 AND author_kind = 'staff'`, [
    intakeId,
  ]);
  expect(kept).toEqual([]);
  expect(heard.join()).not.toContain(identifier);

  const before = api.outbox.mails().length;
  await client.post('/api/client/verification', claimOf(4)).expect(202);
  const code = await codeMailed(before);
  expect(api.outbox.mails()[0]?.to).toBe(values['email']);
  const right = await client.post('/api/client/verification/code', { code }).expect(200);
  expect(right.body).toEqual({ result: 'verified' });
  expect(codeOf(await client.post('/api/client/verification/code', { code }))).toBe('STEP_NOT_ALLOWED');

  const { body: shown } = await rosa.get(`${at}/record`).expect(200);
  expect((shown as { values: { value: string }[] }).values.map(({ value }) => value)).toContain(identifier);
  expect(((await fill().expect(200)).body as { text: string }).text).not.toContain('{{');
  await expect(post(desk, intakeId, said[0] ?? '')).resolves.toMatchObject({ ok: true });
  for (const socket of [desk, page]) socket.close();
}, 60_000);

test("another conversation's code is worth nothing, however right it is", async () => {
  const [mine, theirs] = [await asked(), await asked()];
  const before = api.outbox.mails().length;
  await theirs.client.post('/api/client/verification', claimOf(5)).expect(202);
  const code = await codeMailed(before);
  await mine.client.post('/api/client/verification', claimOf(5, { identifier: 'NO-SUCH-THREE' })).expect(202);
  const { body } = await mine.client.post('/api/client/verification/code', { code }).expect(200);
  expect(body).toMatchObject({ result: 'not-verified' });
}, 60_000);
