import { MINUTE, SECOND, type TenantId } from '@app/kernel';
import { House, type Person } from '../../testing/house';

let house: House;
let clinic: TenantId;
let person: Person;
let ip = 0;
/** An address that nobody has come from yet, so that one test does not count for another. */
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
const refusals = async () =>
  (await house.entries(clinic, 'staff.sign-in')).filter(
    (entry) => entry.outcome === 'refused' && entry.refs?.['staff'] === person.staffId,
  );
const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('signing in', () => {
  test('takes password and code, begins a session and is recorded with its session', async () => {
    const challenge = await house.signIn(person);
    const { cookie, me } = await house.totp(challenge, await house.code(person));
    expect(me).toMatchObject({
      staffId: person.staffId,
      roles: ['receptionist'],
      tenant: { slug: 'a-clinic' },
    });
    const principal = await house.sessions.read(cookie);
    expect(principal).toMatchObject({ kind: 'staff', tenantId: clinic, staffId: person.staffId });
    const mine = (await house.entries(clinic)).filter((entry) => entry.actor.id === person.staffId);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({
      act: 'staff.sign-in',
      outcome: 'ok',
      actor: { session: principal?.sessionId },
      sealed: { ip: expect.stringMatching(/^c1:/) as string },
    });
  });

  test('takes an e-mail address in any case', async () => {
    await expect(house.signIn(person, { email: person.email.toUpperCase() })).resolves.toContain(
      `${clinic}.`,
    );
  });

  test('says nothing of which part was wrong, and records each refusal without the address in clear', async () => {
    for (const wrong of [
      { organisation: 'nowhere' },
      { email: 'nobody@example.org' },
      { password: 'a wrong one' },
    ])
      await expect(house.signIn(person, { ...wrong, ip: newIp() })).rejects.toMatchObject(failed);
    expect(await refusals()).toHaveLength(1);
    const told = JSON.stringify(await house.entries(clinic));
    expect(told).not.toContain('example.org');
    expect(told).not.toContain('198.51.100');
    expect((await refusals())[0]?.sealed).toEqual({
      email: expect.stringMatching(/^c1:/) as string,
      ip: expect.stringMatching(/^c1:/) as string,
    });
  });

  test('refuses a disabled person as it refuses a wrong password', async () => {
    await house.db.owner('UPDATE staff_member SET active = false WHERE staff_id = $1', [person.staffId]);
    await expect(house.signIn(person)).rejects.toMatchObject(failed);
    expect(await refusals()).toHaveLength(1);
  });

  test('goes on for everybody when one person does it many times at once from one place', async () => {
    for (let round = 0; round < 5; round++) {
      house.clock.step(31 * SECOND);
      const challenge = await house.signIn(person);
      const code = await house.code(person);
      const passwords = [1, 2, 3].map(() => house.signIn(person));
      const codes = [1, 2].map(() => house.totp(challenge, code));
      for (const answer of await Promise.allSettled([...passwords, ...codes]))
        if (answer.status === 'rejected') expect(answer.reason).toMatchObject(failed);
    }
  });

  test('does not happen when it cannot be recorded', async () => {
    const challenge = await house.signIn(person);
    const code = await house.code(person);
    await house.withoutLog(async () => {
      await expect(house.totp(challenge, code)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      await expect(house.signIn(person)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    });
    const of = `staff_id = '${person.staffId}'`;
    expect(await house.count('staff_session', of)).toBe(0);
    expect(await house.count('sign_in_challenge', of)).toBe(1);
    expect(await house.count('staff_member', `${of} AND last_totp_step = 0`)).toBe(1);
    await expect(house.totp(challenge, code)).resolves.toHaveProperty('cookie');
  });

  test('keeps no password, code secret, challenge or cookie readable in any row', async () => {
    const challenge = await house.signIn(person);
    const { cookie } = await house.totp(challenge, await house.code(person));
    const tables = await house.db.owner<{ table_name: string }>(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    let rows = '';
    for (const { table_name: table } of tables)
      rows += JSON.stringify(await house.db.owner(`SELECT * FROM "${table}"`), (_, value: unknown) =>
        isBuffer(value) ? Buffer.from(value.data).toString('latin1') : value,
      );
    expect(rows).toContain(person.email);
    for (const secret of [person.password, person.totpSecret, challenge.slice(37), cookie.slice(37)])
      expect(rows).not.toContain(secret);
  });
});

describe('a code', () => {
  test('is accepted once', async () => {
    const code = await house.code(person);
    await house.totp(await house.signIn(person), code);
    await expect(house.totp(await house.signIn(person), code)).rejects.toMatchObject(failed);
    expect(await refusals()).toMatchObject([{ detail: { factor: 'code', count: 1 } }]);
  });

  test('is refused on the sixth try of a challenge though it is right, and taken on the fifth', async () => {
    const tryWrong = async (challenge: string, times: number) => {
      for (let i = 0; i < times; i++)
        await expect(house.totp(challenge, wrongOf(await house.code(person)))).rejects.toMatchObject(failed);
      house.clock.step(31 * SECOND);
    };
    const spent = await house.signIn(person);
    await tryWrong(spent, 5);
    await expect(house.totp(spent, await house.code(person))).rejects.toMatchObject(failed);
    house.clock.step(2 * MINUTE);
    const fresh = await house.signIn(person);
    await expect(house.totp(fresh, await house.code(person))).resolves.toHaveProperty('cookie');
    const other = await house.signIn(person);
    await tryWrong(other, 4);
    await expect(house.totp(other, await house.code(person))).resolves.toHaveProperty('cookie');
  });

  test('is refused five minutes after the password', async () => {
    const late = await house.signIn(person);
    house.clock.step(5 * MINUTE);
    await expect(house.totp(late, await house.code(person))).rejects.toMatchObject(failed);
  });

  test('opens one session a challenge, however many come at once', async () => {
    const challenge = await house.signIn(person);
    const code = await house.code(person);
    const answers = await Promise.allSettled([1, 2, 3, 4].map(() => house.totp(challenge, code)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await house.count('staff_session', `staff_id = '${person.staffId}'`)).toBe(1);
    house.clock.step(31 * SECOND);
    await expect(house.totp(challenge, await house.code(person))).rejects.toMatchObject(failed);
  });

  test.each(['', 'x.y', '019b0000-0000-7000-8000-000000000000.abc'])(
    'opens nothing with the challenge %j',
    async (challenge) => {
      await expect(house.totp(challenge, '123456')).rejects.toMatchObject(failed);
    },
  );
});

function isBuffer(value: unknown): value is { readonly data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
}
