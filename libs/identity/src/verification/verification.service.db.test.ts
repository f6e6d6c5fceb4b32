import { HOUR, MINUTE, SECOND } from '@app/kernel';
import { CSV, not, RIGHT, Room, type TestClient, WRONG } from '../../testing/room';

let room: Room;
let client: TestClient;
const unhurried = { backOffSeconds: [0] };

async function open(limits: Parameters<typeof Room.open>[0] = {}): Promise<void> {
  room = await Room.open(limits);
  await room.importRecords();
  client = await room.client();
}
afterEach(() => room.close());

test('the code that went to the address on the record verifies, and the entries tell it without the address', async () => {
  await open();
  const claimed = await client.claim();
  expect(claimed.answer).toEqual({ state: 'code-sent' });
  expect(room.mailbox.map(({ to }) => to)).toEqual(['canary.one@mail.example.org']);
  const tried = await client.code(client.received());
  expect(tried).toEqual({
    answer: { result: 'verified' },
    staffState: 'verified',
    recordId: expect.any(String) as unknown,
  });
  expect(await room.recordIds()).toContain(tried.recordId);
  expect(await room.acts()).toEqual([
    'records.imported',
    'identity.claimed',
    'identity.address-read',
    'identity.code-sent',
    'identity.verified',
  ]);
  const stored = (await room.everythingStored()).toLowerCase();
  const values = CSV.split('\n')
    .slice(1)
    .flatMap((line) => line.split(','));
  for (const value of values.filter((one) => one !== '')) expect(stored).not.toContain(value.toLowerCase());
  expect(stored).not.toContain('canary');
});

test('a claim that matches nothing is answered the same, and nobody gets a mail', async () => {
  await open();
  const claimed = await client.claim(WRONG);
  expect(claimed).toMatchObject({ answer: { state: 'code-sent' }, staffState: 'code-sent' });
  expect(room.mailbox).toEqual([]);
});

test('a code is accepted once', async () => {
  await open();
  await client.claim();
  await client.code(client.received());
  await expect(client.code(client.received())).resolves.toMatchObject({ answer: { result: 'not-verified' } });
});

test('a code of another session of the conversation is refused', async () => {
  await open();
  await client.claim();
  const tried = await client.code(client.received(), '01890000-0000-7000-8000-000000000000');
  expect(tried.answer).toEqual({ result: 'not-verified', triesLeft: 4 });
  expect(tried.recordId).toBeUndefined();
});

test('a code of another conversation is refused', async () => {
  await open();
  const other = await room.client();
  await client.claim();
  const code = client.received();
  await other.claim();
  const tries = [await other.code(code), await client.code(code)];
  // Six digits can be the same by chance, once in a million; then both are right.
  if (code !== other.received()) expect(tries[0]?.answer.result).toBe('not-verified');
  expect(tries[1]?.answer.result).toBe('verified');
});

test.each([
  ['in its last second', 10 * MINUTE - SECOND, 'verified'],
  ['when its ten minutes are over', 10 * MINUTE, 'not-verified'],
  ['when the clock was set back behind its making', -2 * HOUR, 'not-verified'],
])('a code %s is %s', async (_when, step, result) => {
  await open();
  await client.claim();
  room.clock.step(step);
  await expect(client.code(client.received())).resolves.toMatchObject({ answer: { result } });
});

test('a new code ends the one before', async () => {
  await open();
  await client.claim();
  const first = client.received();
  await client.claim();
  if (first !== client.received())
    await expect(client.code(first)).resolves.toMatchObject({ answer: { result: 'not-verified' } });
  await expect(client.code(client.received())).resolves.toMatchObject({ answer: { result: 'verified' } });
});

test('the right code is refused after five wrong ones', async () => {
  await open(unhurried);
  await client.claim();
  const left = [];
  for (let i = 0; i < 5; i++) left.push((await client.code(not(client.received()))).answer);
  expect(left).toEqual([4, 3, 2, 1, 0].map((triesLeft) => ({ result: 'not-verified', triesLeft })));
  await expect(client.code(client.received())).resolves.toMatchObject({
    answer: { result: 'not-verified', triesLeft: 0 },
  });
});

test('a new code does not give back failures: ten lock the record in every conversation, for a day', async () => {
  await open({ ...unhurried, failuresPerSessionPerDay: 100 });
  for (let i = 0; i < 2; i++) {
    await client.claim();
    for (let j = 0; j < 5; j++) await client.code(not(client.received()));
  }
  room.mailbox.length = 0;
  const later = await room.client();
  later.ip = '198.51.100.1';
  const claimed = await later.claim();
  expect(claimed).toMatchObject({ answer: { state: 'code-sent' }, staffState: 'locked' });
  expect(room.mailbox).toEqual([]);
  expect(await room.acts()).toContain('identity.locked');

  room.clock.step(24 * HOUR + 2 * MINUTE);
  const nextDay = await room.client();
  await nextDay.claim();
  await expect(nextDay.code(nextDay.received())).resolves.toMatchObject({ answer: { result: 'verified' } });
});

test('a code that is on its way when the record is locked is refused', async () => {
  await open({ ...unhurried, failuresPerSessionPerDay: 100 });
  const victim = await room.client();
  await victim.claim();
  const code = victim.received();
  for (let i = 0; i < 2; i++) {
    await client.claim();
    for (let j = 0; j < 5; j++) await client.code(not(client.received()));
  }
  await expect(victim.code(code)).resolves.toMatchObject({
    answer: { result: 'not-verified', triesLeft: 4 },
    staffState: 'locked',
  });
});

test('failures without a record lock the conversation as failures with one do', async () => {
  await open(unhurried);
  const states = [];
  for (const claim of [RIGHT, WRONG]) {
    const its = await room.client();
    const seen = [];
    for (let i = 0; i < 2; i++) {
      seen.push(await its.claim(claim));
      for (let j = 0; j < 5; j++) seen.push(await its.code(not(its.received())));
    }
    states.push(seen.map(({ answer, staffState }) => ({ answer, staffState })));
  }
  expect(states[0]).toEqual(states[1]);
  expect(states[0]?.at(-1)).toMatchObject({ staffState: 'locked' });
});

test('who fails must wait, is told how long, and loses no try by asking too soon', async () => {
  await open();
  await client.claim();
  for (let i = 0; i < 3; i++) await client.code(not(client.received()));
  await expect(client.code(client.received())).rejects.toMatchObject({
    code: 'TOO_MANY',
    extra: { retryAfterS: 2 },
  });
  room.clock.step(2 * SECOND);
  await expect(client.code(client.received())).resolves.toMatchObject({ answer: { result: 'verified' } });
});

test('an address gets three mails in a quarter of an hour and six in a day, whoever asks', async () => {
  await open();
  const sentAfter = [];
  for (let i = 0; i < 9; i++) {
    await (await room.client()).claim();
    sentAfter.push(room.mailbox.length);
    if (i % 4 === 3) room.clock.step(17 * MINUTE);
  }
  expect(sentAfter).toEqual([1, 2, 3, 3, 4, 5, 6, 6, 6]);
});

test('a fourth identifier in one conversation is not looked up, and answered the same', async () => {
  await open();
  for (const identifier of ['MRN-1111', 'MRN-2222', 'MRN-3333']) await client.claim({ ...RIGHT, identifier });
  await expect(client.claim()).resolves.toMatchObject({
    answer: { state: 'code-sent' },
    staffState: 'locked',
  });
  expect(room.mailbox).toEqual([]);
});

test('match, no match and locked are answered alike and cost one slow hash each, and so does each try', async () => {
  await open({ ...unhurried, failuresPerRecordPerDay: 1 });
  const seen = [];
  const locked = {
    ...RIGHT,
    fullName: 'Example Canaria Dos',
    dateOfBirth: '1958-11-30',
    identifier: 'MRN-004218',
  };
  const before = await room.client();
  await before.claim(locked);
  await before.code(not(before.received()));
  for (const claim of [RIGHT, WRONG, locked]) {
    const its = await room.client();
    room.mailbox.length = 0;
    const start = room.hashes;
    const claimed = await its.claim(claim);
    const afterClaim = room.hashes;
    const tried = await its.code(not(its.received()));
    seen.push({
      claim: claimed.answer,
      code: tried.answer,
      hashes: [afterClaim - start, room.hashes - afterClaim],
    });
  }
  const nobody = await room.client();
  const start = room.hashes;
  await nobody.code('123456');
  expect(room.hashes - start).toBe(1);
  const alike = {
    claim: { state: 'code-sent' },
    code: { result: 'not-verified', triesLeft: 4 },
    hashes: [1, 1],
  };
  expect(seen).toEqual([alike, alike, alike]);
});

test("another tenant's record is never matched", async () => {
  await open();
  const stranger = await room.client(await room.db.tenant('another-clinic'));
  await stranger.claim();
  expect(room.mailbox).toEqual([]);
});

test('when a claim cannot be recorded, nothing is stored and no mail is made', async () => {
  await open();
  await room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await expect(client.claim()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(await room.db.owner('SELECT 1 FROM verification')).toEqual([]);
  expect(await room.db.owner('SELECT 1 FROM identity_count')).toEqual([]);
  expect(room.mailbox).toEqual([]);
});

test('when the sending cannot be recorded, no mail is made', async () => {
  await open();
  const service = room.verification();
  const { intakeId, sessionId } = client;
  const claimed = await room.act((tx) =>
    service.submitClaim(tx, { intakeId, sessionId, ip: '192.0.2.1', claim: RIGHT }),
  );
  await room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await expect(claimed.deliver({ siteName: 'x', locale: 'es' })).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
  });
  expect(room.mailbox).toEqual([]);
});

test('when a try cannot be recorded, it neither verifies nor counts', async () => {
  await open();
  await client.claim();
  await room.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  await expect(client.code(client.received())).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(await room.db.owner('SELECT tries, used_at FROM verification')).toEqual([
    { tries: 0, used_at: null },
  ]);
});

test('a mail that does not go out is recorded', async () => {
  await open();
  room.mailFails = true;
  await expect(client.claim()).rejects.toThrow('the mail server is away');
  expect((await room.acts()).at(-1)).toBe('identity.code-not-sent');
});
