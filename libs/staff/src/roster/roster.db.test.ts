import { type AppError, newId, type StaffId, type TenantId } from '@app/kernel';
import { CheckpointSigner, type StaffPrincipal } from '@app/platform';
import { House, type Person } from '../../testing/house';

let house: House;
let clinic: TenantId;
let school: TenantId;
let administrator: Person;
let admin: StaffPrincipal;
let receptionist: Person;

beforeAll(async () => {
  house = await House.open();
  house.keepLog();
  clinic = await house.tenant('a-clinic');
  school = await house.tenant('a-school');
});
beforeEach(async () => {
  administrator = await house.person(clinic, ['administrator']);
  receptionist = await house.person(clinic);
  ({ principal: admin } = await house.enter(administrator));
  house.told.length = 0;
});
afterAll(() => house.close());

const lastEntry = async (tenantId = clinic) => (await house.entries(tenantId)).at(-1);
const isActive = (staffId: StaffId) => house.count('staff_member', `staff_id = '${staffId}' AND active`);

describe('disabling a staff member', () => {
  test('ends their sessions at once, and tells whoever holds a socket for them', async () => {
    const first = await house.enter(receptionist);
    const second = await house.enter(receptionist);
    await house.roster.changeActive(admin, receptionist.staffId, false);
    expect(await house.sessions.read(first.cookie)).toBeUndefined();
    expect(await house.sessions.read(second.cookie)).toBeUndefined();
    expect(house.told).toEqual([{ tenantId: clinic, staffId: receptionist.staffId, reason: 'disabled' }]);
    expect(await lastEntry()).toMatchObject({
      act: 'staff.disable',
      outcome: 'ok',
      actor: { id: administrator.staffId, session: admin.sessionId },
      refs: { staff: receptionist.staffId },
      detail: { sessions: 2 },
      authz: { decision: 'allow', policies: ['O5-manage-staff'] },
    });
  });

  test('is answered when it is signed; without a signature the answer says that it was done, and names its entry', async () => {
    await house.roster.changeActive(admin, receptionist.staffId, false);
    const [signed] = await house.db.owner<{ covered: boolean }>(
      `SELECT (SELECT max(idx) FROM audit_entry WHERE tenant_id = $1 AND act = 'staff.disable')
            < (SELECT max(size) FROM audit_checkpoint WHERE tenant_id = $1) AS covered`,
      [clinic],
    );
    expect(signed?.covered).toBe(true);

    const signer = house.app.get(CheckpointSigner);
    const covers = signer.covers.bind(signer);
    const patience = jest
      .spyOn(signer, 'covers')
      .mockImplementation((tenantId, entryId) => covers(tenantId, entryId, 300));
    const pass = jest.spyOn(signer, 'pass').mockResolvedValue(new Map());
    try {
      const failure = await house.roster
        .changeActive(admin, receptionist.staffId, true)
        .then(() => undefined)
        .catch((error: unknown) => error as AppError);
      expect(failure).toMatchObject({ code: 'AUDIT_BACKLOG', extra: { entry: expect.any(String) } });
      expect(failure?.message).toMatch(/was probably done.*Look before you do it again/);
      expect(await lastEntry()).toMatchObject({ act: 'staff.enable', id: failure?.extra['entry'] });
      expect(await isActive(receptionist.staffId)).toBe(1);
    } finally {
      patience.mockRestore();
      pass.mockRestore();
    }
  });

  test('spoils a sign-in that is half done', async () => {
    const challenge = await house.signIn(receptionist);
    await house.roster.changeActive(admin, receptionist.staffId, false);
    await house.roster.changeActive(admin, receptionist.staffId, true);
    await expect(house.totp(challenge, await house.code(receptionist))).rejects.toMatchObject({
      code: 'SIGN_IN_FAILED',
    });
  });

  test('is undone by enabling: they sign in again, and their old sessions stay ended', async () => {
    const { cookie } = await house.enter(receptionist);
    await house.roster.changeActive(admin, receptionist.staffId, false);
    await house.roster.changeActive(admin, receptionist.staffId, true);
    expect(await lastEntry()).toMatchObject({ act: 'staff.enable', refs: { staff: receptionist.staffId } });
    expect(await house.sessions.read(cookie)).toBeUndefined();
    await expect(house.enter(receptionist)).resolves.toHaveProperty('cookie');
  });

  test('does not happen, and is not told, when it cannot be recorded', async () => {
    const { cookie } = await house.enter(receptionist);
    await house.withoutLog(async () => {
      await expect(house.roster.changeActive(admin, receptionist.staffId, false)).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
    });
    expect(await isActive(receptionist.staffId)).toBe(1);
    expect(await house.sessions.read(cookie)).toBeDefined();
    expect(house.told).toEqual([]);
  });

  test.each([['receptionist'], ['clinician'], ['supervisor'], ['compliance-officer']] as const)(
    'is refused to a %s, and the refusal is recorded',
    async (role) => {
      const { principal } = await house.enter(await house.person(clinic, [role]));
      await expect(house.roster.changeActive(principal, receptionist.staffId, false)).rejects.toMatchObject({
        code: 'ACCESS_DENIED',
      });
      expect(await isActive(receptionist.staffId)).toBe(1);
      expect(await lastEntry()).toMatchObject({
        act: 'staff.manage',
        outcome: 'refused',
        actor: { id: principal.staffId },
        authz: { decision: 'deny' },
      });
    },
  );

  test('is refused for oneself, so that somebody is left to undo it', async () => {
    await expect(house.roster.changeActive(admin, administrator.staffId, false)).rejects.toMatchObject({
      code: 'STEP_NOT_ALLOWED',
    });
    expect(await isActive(administrator.staffId)).toBe(1);
    expect(await lastEntry()).toMatchObject({ act: 'staff.disable', outcome: 'refused' });
  });

  test('of two administrators by each other at once leaves one', async () => {
    const other = await house.person(clinic, ['administrator']);
    const { principal } = await house.enter(other);
    const answers = await Promise.allSettled([
      house.roster.changeActive(admin, other.staffId, false),
      house.roster.changeActive(principal, administrator.staffId, false),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await isActive(administrator.staffId)) + (await isActive(other.staffId))).toBe(1);
  });

  test('does not reach another tenant, and the attempt is recorded where it was made', async () => {
    const pupil = await house.person(school);
    const { cookie } = await house.enter(pupil);
    for (const staffId of [pupil.staffId, newId<StaffId>()])
      await expect(house.roster.changeActive(admin, staffId, false)).rejects.toMatchObject({
        code: 'NOT_FOUND',
      });
    expect(await house.sessions.read(cookie)).toBeDefined();
    expect(await lastEntry()).toMatchObject({ act: 'staff.disable', outcome: 'refused' });
    expect((await house.entries(school)).filter(({ act }) => act === 'staff.disable')).toEqual([]);
  });
});

describe('the list of staff', () => {
  test('names everybody of the tenant and nobody else, and the look is recorded', async () => {
    const pupil = await house.person(school);
    const rows = await house.roster.list(admin);
    expect(rows).toContainEqual({
      staffId: receptionist.staffId,
      name: expect.any(String) as string,
      email: receptionist.email,
      roles: ['receptionist'],
      active: true,
    });
    expect(rows.find(({ staffId }) => staffId === admin.staffId)).toHaveProperty('lastSeenAt');
    expect(rows.map(({ staffId }) => staffId)).not.toContain(pupil.staffId);
    expect(await lastEntry()).toMatchObject({
      act: 'staff.list',
      outcome: 'ok',
      actor: { id: admin.staffId },
    });
  });

  test('is not shown when the look cannot be recorded', async () => {
    await house.withoutLog(async () => {
      await expect(house.roster.list(admin)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    });
  });

  test('is refused to everybody but an administrator, and the refusal is recorded', async () => {
    const { principal } = await house.enter(receptionist);
    await expect(house.roster.list(principal)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect(await lastEntry()).toMatchObject({ act: 'staff.list', outcome: 'refused' });
  });
});

describe('adding a staff member', () => {
  const add = (other: { password?: string; email?: string; roles?: []; totpSecret?: string }) =>
    house.database.transaction(clinic, (tx) =>
      house.roster.addStaff(tx, {
        email: `${newId<string>()}@example.org`,
        name: 'A person',
        roles: ['receptionist'],
        password: 'correct horse',
        queues: [],
        ...other,
      }),
    );

  test('is recorded with commitments instead of name and address', async () => {
    const { staffId, totpSecret, otpauthUri } = await add({ email: 'Mixed.Case@Example.org' });
    const entry = (await house.entries(clinic, 'staff.added')).at(-1);
    expect(entry).toMatchObject({ refs: { staff: staffId }, detail: { roles: 'receptionist', queues: 0 } });
    expect(Object.keys(entry?.sealed ?? {})).toEqual(['email', 'name']);
    expect(JSON.stringify(entry)).not.toMatch(/example\.org/i);
    expect(otpauthUri).toContain(totpSecret);
    expect(await house.count('staff_member', "email = 'mixed.case@example.org'")).toBe(1);
  });

  test('takes a secret that their app has already', async () => {
    expect(await add({ totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })).toMatchObject({
      totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    });
  });

  test('puts them in their queues', async () => {
    const queueId = await house.queue(clinic, 'Front desk');
    const person = await house.person(clinic, ['receptionist'], [queueId]);
    expect(await house.count('queue_member', `staff_id = '${person.staffId}'`)).toBe(1);
  });

  test('leaves nothing when it cannot be recorded', async () => {
    const before = await house.count('staff_member');
    await house.withoutLog(async () => {
      await expect(add({})).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    });
    expect(await house.count('staff_member')).toBe(before);
  });

  test.each([
    ['a password of seven characters', { password: 'sevench' }],
    ['no role', { roles: [] as [] }],
  ])('is refused with %s', async (_, wrong) => {
    await expect(add(wrong)).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
  });
});
