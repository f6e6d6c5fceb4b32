import { type Clock, instantAt, later, newId, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { SocketTickets } from './tickets';

let db: TestDatabase;
let tenantId: TenantId;
let tickets: SocketTickets;
let now = instantAt(1_800_000_000_000);
const clock: Clock = { now: () => now };
beforeAll(async () => {
  db = await testDatabase();
  tenantId = await db.tenant();
  tickets = new SocketTickets(db.database, clock);
});
afterAll(() => db.close());

const STANDS_FOR = { kind: 'client', sessionId: 'one' };
const issue = (tenant = tenantId) => db.database.transaction(tenant, (tx) => tickets.issue(tx, STANDS_FOR));
const refused = { code: 'SIGNED_OUT' };

test('a ticket says once what it stands for, and when it was made', async () => {
  const madeAt = now;
  const ticket = await issue();
  now = later(now, 10_000);
  await expect(tickets.take(ticket)).resolves.toEqual({ tenantId, standsFor: STANDS_FOR, madeAt });
  await expect(tickets.take(ticket)).rejects.toMatchObject(refused);
});

test('it lives for thirty seconds', async () => {
  const [first, second] = [await issue(), await issue()];
  now = later(now, 29_999);
  await expect(tickets.take(first)).resolves.toMatchObject({ tenantId });
  now = later(now, 1);
  await expect(tickets.take(second)).rejects.toMatchObject(refused);
});

test('of many who take it at the same moment one has it', async () => {
  const ticket = await issue();
  const taken = await Promise.allSettled(Array.from({ length: 10 }, () => tickets.take(ticket)));
  expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test("under another tenant's name it is nothing, and stays good under its own", async () => {
  const other = await db.tenant('another-clinic');
  const ticket = await issue();
  await expect(tickets.take(ticket.replace(tenantId, other))).rejects.toMatchObject(refused);
  await expect(tickets.take(ticket)).resolves.toMatchObject({ tenantId });
});

test.each([undefined, null, 1, {}, [], '', '.', 'a.b', `${newId<string>()}.`, `${newId<string>()}.x`])(
  'nothing else is a ticket: %p',
  async (ticket) => {
    await expect(tickets.take(ticket)).rejects.toMatchObject(refused);
  },
);

test('the table holds no ticket that could be used', async () => {
  const ticket = await issue();
  const rows = await db.owner<{ ticket_hash: Buffer }>('SELECT ticket_hash, stands_for FROM socket_ticket');
  const secret = ticket.split('.')[1] ?? 'none';
  for (const { ticket_hash: hash } of rows) {
    expect(hash.toString('utf8')).not.toContain(secret);
    expect(hash.toString('base64url')).not.toBe(secret);
  }
  expect(rows.length).toBeGreaterThan(0);
});
