import { DAY, HOUR, MINUTE, SECOND, type TenantId } from '@app/kernel';
import { House, type Person } from '../../testing/house';
import { Attempts } from './attempts.service';

let house: House;
let clinic: TenantId;
let person: Person;
let ip = 0;
const newIp = () => `198.51.100.${(ip += 1)}`;

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
});
beforeEach(async () => {
  person = await house.person(clinic);
});
afterAll(() => house.close());

const failed = { code: 'SIGN_IN_FAILED' };
const guess = (from: string) => house.signIn(person, { password: 'a wrong one', ip: from });
const guessFive = async (from = newIp()) => {
  for (let i = 0; i < 5; i++) await expect(guess(from)).rejects.toMatchObject(failed);
};
const waitOf = async (attempt: Promise<unknown>) => {
  const error: unknown = await attempt.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'TOO_MANY' });
  return (error as { extra: { retryAfterS: number } }).extra.retryAfterS;
};
const refused = async () =>
  (await house.entries(clinic, 'staff.sign-in')).filter(
    (entry) => entry.outcome === 'refused' && entry.refs?.['staff'] === person.staffId,
  );

test('After five wrong passwords the wait is 30 s, and doubles up to an hour.', async () => {
  await guessFive();
  const waits: number[] = [];
  for (let i = 0; i < 9; i++) {
    const wait = await waitOf(guess(newIp()));
    waits.push(wait);
    house.clock.step(wait * SECOND - 1);
    await waitOf(guess(newIp()));
    house.clock.step(1);
    await expect(guess(newIp())).rejects.toMatchObject(failed);
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
});

test('A wait ends by itself, however often somebody tries meanwhile, and the right password is then taken.', async () => {
  await guessFive();
  for (let i = 0; i < 10; i++) await waitOf(guess(newIp()));
  house.clock.step(30 * SECOND);
  await expect(house.signIn(person, { ip: newIp() })).resolves.toContain('.');
  await expect(guess(newIp())).rejects.toMatchObject(failed);
});

test('A stranger cannot keep a person out of the place that they sign in from.', async () => {
  const desk = newIp();
  await house.enter(person, desk);
  await guessFive();
  await waitOf(house.signIn(person, { ip: newIp() }));
  await expect(house.signIn(person, { ip: desk })).resolves.toContain('.');
  house.clock.step(31 * DAY);
  await guessFive();
  await waitOf(house.signIn(person, { ip: desk }));
});

test('Twenty guesses at once are no more than five.', async () => {
  const answers = await Promise.allSettled(Array.from({ length: 20 }, () => guess(newIp())));
  const codes = answers.map((answer) =>
    answer.status === 'rejected' ? (answer.reason as { code: string }).code : 'in',
  );
  expect(codes.filter((code) => code === 'SIGN_IN_FAILED')).toHaveLength(5);
  expect(codes.filter((code) => code === 'TOO_MANY')).toHaveLength(15);
});

test('Who knows the password gets five codes before the wait, and a new challenge does not give them more.', async () => {
  for (let i = 0; i < 5; i++) {
    const code = String((Number(await house.code(person)) + 1) % 1_000_000).padStart(6, '0');
    await expect(house.totp(await house.signIn(person), code)).rejects.toMatchObject(failed);
  }
  expect(await waitOf(house.totp(await house.signIn(person), await house.code(person)))).toBe(30);
});

test('An address is let guess fifty times in ten minutes, at whatever account.', async () => {
  const from = newIp();
  const at = (email: string) => house.signIn(person, { email, ip: from });
  for (let i = 0; i < 50; i++) await expect(at(`n${i}@example.org`)).rejects.toMatchObject(failed);
  expect(await waitOf(at('n50@example.org'))).toBe(600);
  expect(await waitOf(house.signIn(person, { ip: from }))).toBe(600);
  house.clock.step(10 * MINUTE);
  await expect(house.signIn(person, { ip: from })).resolves.toContain('.');
});

test('A right password does not count against the address, so a whole office may sign in.', async () => {
  const office = newIp();
  for (let i = 0; i < 55; i++) await house.signIn(person, { ip: office });
});

test('An unknown organisation is counted by address too.', async () => {
  const from = newIp();
  const nowhere = () => house.signIn(person, { organisation: 'nowhere', ip: from });
  for (let i = 0; i < 50; i++) await expect(nowhere()).rejects.toMatchObject(failed);
  await waitOf(nowhere());
});

test('A flood of refusals leaves one entry a minute, and every one of them is counted in one.', async () => {
  const from = newIp();
  for (let i = 0; i < 30; i++) await guess(from).catch(() => undefined);
  expect((await refused()).map(({ detail }) => detail?.['count'])).toEqual([1]);
  house.clock.step(MINUTE);
  await guess(from).catch(() => undefined);
  expect((await refused()).map(({ detail }) => detail?.['count'])).toEqual([1, 30]);
});

test('What was counted is told when its minute is over, though nobody tries again.', async () => {
  const from = newIp();
  for (let i = 0; i < 4; i++) await guess(from).catch(() => undefined);
  const subject = (await refused())[0]?.refs?.['subject'];
  const told = async () =>
    (await house.entries(clinic, 'staff.sign-in'))
      .filter((entry) => entry.refs?.['subject'] === subject)
      .map(({ detail }) => detail?.['count']);
  await house.app.get(Attempts).tellCounted();
  expect(await told()).toEqual([1]);
  house.clock.step(MINUTE);
  await house.withoutLog(async () => {
    expect(await house.app.get(Attempts).tellCounted()).toBeGreaterThan(0);
  });
  expect(await house.app.get(Attempts).tellCounted()).toBe(0);
  expect(await told()).toEqual([1, 3]);
  await house.app.get(Attempts).tellCounted();
  expect(await told()).toEqual([1, 3]);
});

test('A flood over many accounts from one address leaves one entry a minute once the address must wait.', async () => {
  const from = newIp();
  const at = (i: number) => house.signIn(person, { email: `m${i}@example.org`, ip: from });
  for (let i = 0; i < 50; i++) await at(i).catch(() => undefined);
  const before = (await house.entries(clinic)).length;
  for (let i = 50; i < 70; i++) await waitOf(at(i));
  const after = (await house.entries(clinic)).slice(before);
  expect(after).toMatchObject([{ refs: { subject: expect.stringMatching(/^place-/) as string } }]);
});

test('Counts say nothing of whom they are about, and are forgotten when they are over.', async () => {
  await guessFive();
  const keys = JSON.stringify(await house.db.owner('SELECT key FROM rate_limit'));
  expect(keys).not.toContain('example.org');
  expect(keys).not.toContain('198.51.100');
  house.clock.step(DAY * 31 + HOUR);
  await house.app.get(Attempts).tellCounted();
  await house.app.get(Attempts).tellCounted();
  expect(await house.count('rate_limit')).toBe(0);
});
