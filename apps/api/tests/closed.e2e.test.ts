import { Client } from 'pg';
import { type Api, Browser, connect, post, signIn, startApi, startIntake, type Started } from './harness';
import type { Socket } from 'socket.io-client';

let api: Api;
let clinic: Started;
let rosa: Browser;
beforeAll(async () => {
  api = await startApi();
  clinic = await startIntake(api, CLINIC, CANARY);
  rosa = await signIn(api, CLINIC, 'receptionist');
  await rosa.post(`/api/staff/intakes/${clinic.intakeId}/claim`).expect(200);
}, 120_000);
afterAll(() => api.close());

const CLINIC = 'juniper-clinic';
const LAW = 'larkspur-legal';
const CANARY = 'Zebedee Quillfeather';

/** Routes of a person's data, by who asks; which are missing is in docs/ARCHITECTURE.md, invariant 10. `:id` is the conversation. */
const STAFF_ROUTES: [method: 'get' | 'post', path: string, body?: object][] = [
  ['get', '/api/staff/queue'],
  ['get', '/api/staff/intakes/:id'],
  ['get', '/api/staff/intakes/:id/messages'],
  ['get', '/api/staff/intakes/:id/notes'],
  ['get', '/api/staff/intakes/:id/record'],
  [
    'post',
    '/api/staff/intakes/:id/notes',
    { clientMsgId: '5b7e3c1a-92f4-4c58-8f57-2f8f0f5d8a11', text: 'a note' },
  ],
  ['post', '/api/staff/intakes/:id/verification'],
  ['post', '/api/staff/intakes/:id/consult'],
  ['post', '/api/staff/intakes/:id/close', { outcome: 'resolved' }],
];
const CLIENT_ROUTES: [method: 'get' | 'post', path: string, body?: object][] = [
  ['get', '/api/client/intake'],
  ['get', '/api/client/messages'],
  ['post', '/api/client/leave'],
];

function ask(browser: Browser, [method, path, body]: (typeof STAFF_ROUTES)[number], id = clinic.intakeId) {
  const address = path.replace(':id', id);
  return method === 'get' ? browser.get(address) : browser.post(address, body);
}

describe('when entries cannot be written', () => {
  beforeAll(() => api.db.owner('REVOKE INSERT ON audit_pending FROM vestibule_app'));
  afterAll(() => api.db.owner('GRANT INSERT ON audit_pending TO vestibule_app'));

  test.each(STAFF_ROUTES)('staff get 503 and no personal byte: %s %s', async (...route) => {
    const { status, text } = await ask(rosa, route);
    expect([status, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([
      503,
      'AUDIT_UNAVAILABLE',
    ]);
    expect(text).not.toContain('Quillfeather');
  });

  test.each(CLIENT_ROUTES)('a client gets 503 and no personal byte: %s %s', async (...route) => {
    const { status, text } = await ask(clinic.client, route);
    expect([status, (JSON.parse(text) as { error: { code: string } }).error.code]).toEqual([
      503,
      'AUDIT_UNAVAILABLE',
    ]);
    expect(text).not.toContain('Quillfeather');
  });

  test('a message is refused and not stored', async () => {
    const count = async () =>
      (await api.db.owner('SELECT 1 FROM message WHERE intake_id = $1', [clinic.intakeId])).length;
    const before = await count();
    const socket = await clinic.client.socket('client');
    await expect(post(socket, clinic.intakeId, 'is anybody there')).resolves.toMatchObject({
      ok: false,
      error: { code: 'AUDIT_UNAVAILABLE' },
    });
    await expect(
      socket.emitWithAck('messages.since', { intakeId: clinic.intakeId, after: 0 }),
    ).resolves.toMatchObject({
      ok: false,
      error: { code: 'AUDIT_UNAVAILABLE' },
    });
    socket.close();
    expect(await count()).toBe(before);
  });

  test('a conversation is not started', async () => {
    await expect(startIntake(api, CLINIC)).rejects.toThrow(/503/);
  });
});

describe('two tenants', () => {
  let lawyer: Browser;
  beforeAll(async () => {
    lawyer = await signIn(api, LAW, 'receptionist');
  });

  test.each(STAFF_ROUTES.filter(([, path]) => path.includes(':id')))(
    "one cannot reach the other's conversation: %s %s",
    async (...route) => {
      const { status, text } = await ask(lawyer, route);
      expect(status).toBe(404);
      expect(text).not.toContain('Quillfeather');
    },
  );

  test('what was tried across tenants is on record in the tenant of whoever tried', async () => {
    const entries = await pendingAndSequenced();
    const tried = entries.filter(
      ({ entry }) => entry.includes('"reason":"not-found"') && entry.includes(clinic.intakeId),
    );
    expect(tried.length).toBeGreaterThanOrEqual(STAFF_ROUTES.length - 1);
    const [law] = await api.db.owner<{ tenant_id: string }>('SELECT tenant_id FROM tenant WHERE slug = $1', [
      LAW,
    ]);
    expect(new Set(tried.map(({ tenant_id }) => tenant_id))).toEqual(new Set([law?.tenant_id]));
  });

  test('no event reaches a socket of the other, and it cannot post into it', async () => {
    const heard: string[] = [];
    const socket = await lawyer.socket('staff');
    socket.onAny((event: string, body) => heard.push(event + JSON.stringify(body)));
    const own = await clinic.client.socket('client');
    await expect(post(own, clinic.intakeId, 'something private')).resolves.toMatchObject({ ok: true });
    for (const [event, body] of [
      ['message.post', { clientMsgId: '5b7e3c1a-92f4-4c58-8f57-2f8f0f5d8a12', text: 'hello' }],
      ['messages.since', { after: 0 }],
      ['receipt', { read: 1 }],
      ['typing', { on: true }],
    ] as const)
      await expect(socket.emitWithAck(event, { intakeId: clinic.intakeId, ...body })).resolves.toMatchObject({
        ok: false,
        error: { code: 'NOT_FOUND' },
      });
    expect(heard.join()).not.toMatch(/private|Quillfeather/);
    own.close();
    socket.close();
  });

  test("as the application's role, raw SQL sees the rows of the tenant it names and no others", async () => {
    const sql = new Client({ connectionString: api.db.urls.app });
    await sql.connect();
    const tables = await api.db.owner<{ relname: string }>(
      `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
    );
    const [law] = await api.db.owner<{ tenant_id: string }>('SELECT tenant_id FROM tenant WHERE slug = $1', [
      LAW,
    ]);
    expect(tables.length).toBeGreaterThan(25);
    for (const { relname } of tables) {
      const select = `SELECT tenant_id FROM ${relname}`;
      expect((await sql.query(select)).rows).toEqual([]);
      await sql.query('BEGIN');
      await sql.query(`SELECT set_config('app.tenant', $1, true)`, [law?.tenant_id]);
      const { rows } = await sql.query<{ tenant_id: string }>(select);
      expect(rows.every(({ tenant_id }) => tenant_id === law?.tenant_id)).toBe(true);
      await sql.query('COMMIT');
    }
    await sql.query('BEGIN');
    await sql.query(`SELECT set_config('app.tenant', $1, true)`, [law?.tenant_id]);
    await expect(
      sql.query(`INSERT INTO queue (tenant_id, queue_id, name)
        VALUES ('00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-000000000001', 'theirs')`),
    ).rejects.toThrow('row-level security');
    await sql.query('ROLLBACK');
    await sql.end();
  });

  test('every table of a tenant has row-level security, forced, and the application owns none', async () => {
    const open = await api.db.owner(
      `SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(open).toEqual([]);
    const owned = await api.db.owner(
      `SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'vestibule\\_%'`,
    );
    expect(owned).toEqual([]);
    const roles = await api.db.owner(
      `SELECT rolname FROM pg_roles WHERE rolname LIKE 'vestibule\\_%' AND (rolsuper OR rolbypassrls OR rolcreaterole)`,
    );
    expect(roles).toEqual([]);
  });
});

describe('access that is taken away', () => {
  test('a disabled staff member hears it and is gone within a second: chat, media, routes, ticket', async () => {
    const started = await startIntake(api, CLINIC);
    const noor = await signIn(api, CLINIC, 'clinician');
    const claimed = await noor.post(`/api/staff/intakes/${started.intakeId}/claim`);
    expect(claimed.status).toBe(200);
    const socket = await noor.socket('staff');
    const { body } = await noor.post('/api/staff/socket-ticket').expect(200);
    const media = await waitingCall(noor, started);
    const gone = Promise.all([
      gives(socket, 'session.ended'),
      gives(socket, 'disconnect'),
      gives(media, 'disconnect'),
    ]);

    const admin = await signIn(api, CLINIC, 'administrator');
    const { body: me } = await noor.get('/api/staff/me').expect(200);
    const from = performance.now();
    await admin.post(`/api/admin/staff/${(me as { staffId: string }).staffId}/disable`).expect(204);
    expect((await gone)[0]).toEqual({ reason: 'disabled' });
    expect(performance.now() - from).toBeLessThan(1_000);

    await noor.get('/api/staff/me').expect(401);
    await expect(connect(api, '/', (body as { ticket: string }).ticket)).rejects.toMatchObject({
      code: 'SIGNED_OUT',
    });
    await admin.post(`/api/admin/staff/${(me as { staffId: string }).staffId}/enable`).expect(204);
  });

  test('a client who leaves cannot read, and their sockets are closed', async () => {
    const started = await startIntake(api, CLINIC);
    const socket = await started.client.socket('client');
    const gone = gives(socket, 'disconnect');
    await started.client.post('/api/client/leave').expect(204);
    await gone;
    await started.client.get('/api/client/messages').expect(401);
  });
});

/** Takes a conversation to the point where staff may have media, and opens their media socket. */
async function waitingCall(staff: Browser, { client, intakeId }: Started): Promise<Socket> {
  await api.db.owner(
    `WITH c AS (INSERT INTO consult (tenant_id, consult_id, intake_id, state, offered_by, offered_at)
       SELECT tenant_id, gen_random_uuid(), intake_id, 'waiting', assignee_id, now() FROM intake WHERE intake_id = $1
       RETURNING tenant_id, intake_id, consult_id)
     UPDATE intake i SET consult = 'waiting', consult_id = c.consult_id FROM c
     WHERE i.tenant_id = c.tenant_id AND i.intake_id = c.intake_id`,
    [intakeId],
  );
  const denied = await client.post('/api/client/consult/ticket');
  expect([denied.status, (denied.body as { ticket?: string }).ticket]).toEqual([403, undefined]);
  const { body } = await staff.post(`/api/staff/intakes/${intakeId}/consult/ticket`).expect(200);
  return connect(api, '/consult', (body as { ticket: string }).ticket);
}

function gives(socket: Socket, event: string): Promise<unknown> {
  return new Promise((resolve) => socket.once(event, resolve));
}

async function pendingAndSequenced(): Promise<{ tenant_id: string; entry: string }[]> {
  return api.db.owner(
    `SELECT tenant_id, convert_from(entry, 'UTF8') AS entry FROM audit_pending
     UNION ALL SELECT tenant_id, convert_from(entry, 'UTF8') FROM audit_entry`,
  );
}
