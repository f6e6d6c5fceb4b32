import { HOUR, MINUTE, newId, type TenantId } from '@app/kernel';
import { SocketTickets } from '@app/platform';
import { House, type Person } from '../../testing/house';
import { principalForTicket } from './session.store';

let house: House;
let clinic: TenantId;
let person: Person;

beforeAll(async () => {
  house = await House.open();
  clinic = await house.tenant('a-clinic');
});
beforeEach(async () => {
  person = await house.person(clinic);
  house.told.length = 0;
});
afterAll(() => house.close());

const lastEntry = async () => (await house.entries(clinic)).at(-1);

describe('a session', () => {
  test('ends after 15 minutes without the person, and is kept alive by use', async () => {
    const { cookie } = await house.enter(person);
    for (let i = 0; i < 4; i++) {
      house.clock.step(15 * MINUTE - 1);
      expect(await house.sessions.read(cookie)).toBeDefined();
    }
    house.clock.step(15 * MINUTE);
    expect(await house.sessions.read(cookie)).toBeUndefined();
  });

  test('ends after 12 hours, however busy the person is', async () => {
    const { cookie } = await house.enter(person);
    for (let minutes = 10; minutes < 12 * 60; minutes += 10) {
      house.clock.step(10 * MINUTE);
      expect(await house.sessions.read(cookie)).toBeDefined();
    }
    house.clock.step(10 * MINUTE);
    expect(await house.sessions.read(cookie)).toBeUndefined();
  });

  test('is written to once a minute at most', async () => {
    const { cookie, principal } = await house.enter(person);
    const seenAt = () =>
      house.db.owner('SELECT last_seen_at, xmin::text FROM staff_session WHERE session_id = $1', [
        principal.sessionId,
      ]);
    const before = await seenAt();
    house.clock.step(MINUTE - 1);
    await house.sessions.read(cookie);
    expect(await seenAt()).toEqual(before);
    house.clock.step(1);
    await house.sessions.read(cookie);
    expect(await seenAt()).not.toEqual(before);
  });

  test('is kept alive by what its person does on a socket', async () => {
    const { cookie, principal } = await house.enter(person);
    house.clock.step(14 * MINUTE);
    await house.database.transaction(clinic, (tx) => house.sessions.keepAlive(tx, principal));
    house.clock.step(14 * MINUTE);
    expect(await house.sessions.read(cookie)).toBeDefined();
  });

  test('is not brought back by it once it has ended', async () => {
    const { cookie, principal } = await house.enter(person);
    house.clock.step(15 * MINUTE);
    await house.database.transaction(clinic, (tx) => house.sessions.keepAlive(tx, principal));
    expect(await house.sessions.read(cookie)).toBeUndefined();
  });

  test('tells its person when it ends if they do nothing more', async () => {
    const { principal } = await house.enter(person);
    const end = new Date(house.clock.now().getTime() + 15 * MINUTE).toISOString();
    expect(await house.sessions.me(principal)).toMatchObject({ sessionEndsAt: end, queues: [] });
  });

  test('knows the roles and queues of its person as they are now', async () => {
    const queueId = await house.queue(clinic, 'Front desk');
    const { cookie } = await house.enter(person);
    await house.db.owner('INSERT INTO queue_member VALUES ($1, $2, $3)', [clinic, queueId, person.staffId]);
    await house.db.owner("UPDATE staff_member SET roles = '{supervisor}' WHERE staff_id = $1", [
      person.staffId,
    ]);
    const principal = await house.sessions.read(cookie);
    expect(principal).toMatchObject({ roles: ['supervisor'], queues: [queueId] });
    if (principal === undefined) throw new Error('no session');
    expect((await house.sessions.me(principal)).queues).toEqual([{ id: queueId, name: 'Front desk' }]);
  });

  test('is nobody for a cookie of another tenant, of nonsense, or with a changed secret', async () => {
    const school = await house.tenant(`school-${newId<string>().slice(0, 8)}`);
    const { cookie } = await house.enter(person);
    const secret = cookie.slice(37);
    for (const wrong of ['', 'x', `${school}.${secret}`, `${clinic}.${secret.slice(0, -1)}`, `${cookie}.x`])
      expect(await house.sessions.read(wrong)).toBeUndefined();
  });

  test('is one of three; the fourth ends the oldest, and tells it', async () => {
    const opened = [];
    for (let i = 0; i < 4; i++) opened.push(await house.enter(person));
    const [first, ...others] = opened;
    expect(await house.sessions.read(first?.cookie ?? '')).toBeUndefined();
    for (const { cookie } of others) expect(await house.sessions.read(cookie)).toBeDefined();
    const sessionId = first?.principal.sessionId;
    expect(house.told).toEqual([{ tenantId: clinic, sessionId, reason: 'replaced' }]);
    expect(await lastEntry()).toMatchObject({ act: 'staff.sign-in', refs: { replaced: sessionId } });
  });
});

describe('the end of a session', () => {
  test('by its person is recorded, told once, and leaves their other sessions', async () => {
    const { cookie, principal } = await house.enter(person);
    const other = await house.enter(person);
    await house.sessions.signOut(principal);
    await house.sessions.signOut(principal);
    expect(await house.sessions.read(cookie)).toBeUndefined();
    expect(await house.sessions.read(other.cookie)).toBeDefined();
    expect(house.told).toEqual([{ tenantId: clinic, sessionId: principal.sessionId, reason: 'signed-out' }]);
    expect(await lastEntry()).toMatchObject({
      act: 'staff.sign-out',
      outcome: 'ok',
      actor: { id: person.staffId, session: principal.sessionId },
    });
  });

  test('does not happen, and is not told, when it cannot be recorded', async () => {
    const { cookie, principal } = await house.enter(person);
    await house.withoutLog(async () => {
      await expect(house.sessions.signOut(principal)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    });
    expect(await house.sessions.read(cookie)).toBeDefined();
    expect(house.told).toEqual([]);
  });

  test('by time is recorded and told within the next round, to those alone whose time is over', async () => {
    house.clock.step(12 * HOUR);
    await house.sessions.endExpired();
    house.told.length = 0;
    const { principal } = await house.enter(person);
    house.clock.step(8 * MINUTE);
    const busy = await house.enter(await house.person(clinic));
    house.clock.step(7 * MINUTE);
    await house.sessions.endExpired();
    await house.sessions.endExpired();
    expect(house.told).toEqual([{ tenantId: clinic, sessionId: principal.sessionId, reason: 'expired' }]);
    expect(await lastEntry()).toMatchObject({
      act: 'staff.session-expired',
      actor: { kind: 'system' },
      refs: { staff: person.staffId, session: principal.sessionId },
    });
    expect(await house.sessions.read(busy.cookie)).toBeDefined();
  });
});

describe('a socket ticket', () => {
  const take = async (ticket: string) => {
    const { tenantId, standsFor } = await house.app.get(SocketTickets).take(ticket);
    return house.database.transaction(tenantId, (tx) => principalForTicket(tx, standsFor, house.clock.now()));
  };

  test('stands for the person of the session', async () => {
    const { principal } = await house.enter(person);
    expect(await take(await house.sessions.socketTicket(principal))).toEqual(principal);
  });

  test('opens nothing once the session has ended, in whatever way', async () => {
    const ends = [
      (p: Awaited<ReturnType<House['enter']>>) => house.sessions.signOut(p.principal),
      () => Promise.resolve(house.clock.step(12 * HOUR)),
      () => house.db.owner('UPDATE staff_member SET active = false WHERE staff_id = $1', [person.staffId]),
    ];
    for (const end of ends) {
      const entered = await house.enter(person);
      const { standsFor } = await house.app
        .get(SocketTickets)
        .take(await house.sessions.socketTicket(entered.principal));
      await end(entered);
      const found = await house.database.transaction(clinic, (tx) =>
        principalForTicket(tx, standsFor, house.clock.now()),
      );
      expect(found).toBeUndefined();
    }
  });

  test('of somebody else stands for no staff member', async () => {
    for (const standsFor of [
      null,
      {},
      { kind: 'client', intakeId: newId() },
      { kind: 'staff', staffId: 'x' },
    ])
      expect(
        await house.database.transaction(clinic, (tx) =>
          principalForTicket(tx, standsFor, house.clock.now()),
        ),
      ).toBeUndefined();
  });
});
