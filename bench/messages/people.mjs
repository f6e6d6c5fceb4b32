// @ts-check
// 200 clients and 200 staff members of the demo's clinic, each staff member with one conversation and one socket.
// What is quick over HTTP is done over HTTP: each conversation is started, claimed and connected as a page does it. Staff are
// copies of the demo's receptionist, and their sign-ins are written by the database's owner: 200 argon2 hashes measure nothing here.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { pairOf } from './load.mjs';
import { openWire } from './wire.mjs';

const SLUG = 'juniper-clinic';
const AT_ONCE = 8;
const ANSWERS = { topic: 'other', name: 'A client of the benchmark', contact: 'client@bench.example' };

/**
 * @param {object} options
 * @param {string} options.address
 * @param {import('pg').Client} options.owner
 * @param {number} options.count
 * @returns {Promise<{ pairs: import('./load.mjs').Pair[], tenantId: string }>}
 */
export async function gather({ address, owner, count }) {
  const staff = await signInStaff(owner, count);
  const site = await call(address, 'GET', `/api/sites/${SLUG}`, {});
  /** @type {import('./load.mjs').Pair[]} */
  const pairs = [];
  const numbers = staff.cookies.entries();
  const worker = async () => {
    for (const [i, desk] of numbers) {
      // Each client comes from an address of their own: the limit on starts is by address.
      const from = { 'x-forwarded-for': `10.1.${i >> 8}.${i & 255}` };
      const started = await call(address, 'POST', `/api/sites/${SLUG}/intakes`, {
        body: { locale: 'en', noticeVersion: site.body.notice.version, answers: ANSWERS },
        headers: from,
      });
      const client = started.cookie;
      const { intakeId } = started.body;
      await call(address, 'POST', `/api/staff/intakes/${intakeId}/claim`, { cookie: desk, body: {} });
      const tickets = [
        await call(address, 'POST', '/api/client/socket-ticket', { cookie: client, body: {} }),
        await call(address, 'POST', '/api/staff/socket-ticket', { cookie: desk, body: {} }),
      ];
      const [one, other] = await Promise.all(
        tickets.map(({ body }) => openWire(address, { ticket: body.ticket })),
      );
      if (one && other) pairs.push(pairOf(intakeId, [one, other]));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { pairs, tenantId: staff.tenantId };
}

/**
 * Sets whether the clients' identity is confirmed, as the verification does: the fact, and a new version of the facts.
 * @param {import('pg').Client} owner @param {string} tenantId @param {0 | 1} level
 */
export async function setLevel(owner, tenantId, level) {
  await owner.query(
    `WITH changed AS (UPDATE intake SET level = $2 WHERE tenant_id = $1 RETURNING intake_id)
     UPDATE intake_head SET version = version + 1 WHERE tenant_id = $1 AND intake_id IN (SELECT intake_id FROM changed)`,
    [tenantId, level],
  );
}

/** @param {import('pg').Client} owner @param {number} count @returns {Promise<{ tenantId: string, cookies: string[] }>} */
async function signInStaff(owner, count) {
  const { rows } = await owner.query(
    `SELECT m.tenant_id, m.staff_id FROM staff_member m JOIN tenant t USING (tenant_id)
     WHERE t.slug = $1 AND 'receptionist' = ANY (m.roles) LIMIT 1`,
    [SLUG],
  );
  const { tenant_id: tenantId, staff_id: likeId } = rows[0];
  const people = Array.from({ length: count }, (_, i) => ({
    staffId: randomUUID(),
    secret: randomBytes(32).toString('base64url'),
    i,
  }));
  const ids = people.map(({ staffId }) => staffId);
  await owner.query(
    `INSERT INTO staff_member (tenant_id, staff_id, email, name, roles, password_hash, created_at)
     SELECT tenant_id, n.id, 'bench-' || n.i || '@bench.example', 'Staff member ' || n.i, roles, password_hash, now()
     FROM staff_member, unnest($3::uuid[]) WITH ORDINALITY AS n (id, i) WHERE tenant_id = $1 AND staff_id = $2`,
    [tenantId, likeId, ids],
  );
  await owner.query(
    `INSERT INTO queue_member (tenant_id, queue_id, staff_id)
     SELECT tenant_id, queue_id, n.id FROM queue_member, unnest($3::uuid[]) AS n (id) WHERE tenant_id = $1 AND staff_id = $2`,
    [tenantId, likeId, ids],
  );
  await owner.query(
    `INSERT INTO staff_session (tenant_id, session_hash, session_id, staff_id, created_at, last_seen_at, expires_at)
     SELECT $1, n.hash, gen_random_uuid(), n.id, now(), now(), now() + interval '12 hours'
     FROM unnest($2::uuid[], $3::bytea[]) AS n (id, hash)`,
    [tenantId, ids, people.map(({ secret }) => createHash('sha256').update(secret).digest())],
  );
  return { tenantId, cookies: people.map(({ secret }) => `vestibule_staff=${tenantId}.${secret}`) };
}

/**
 * @param {string} address @param {'GET' | 'POST'} method @param {string} path
 * @param {{ body?: object, cookie?: string, headers?: Record<string, string> }} options
 * @returns {Promise<{ body: any, cookie: string }>}
 */
async function call(address, method, path, { body, cookie = '', headers = {} }) {
  const response = await fetch(address + path, {
    method,
    headers: { origin: address, cookie, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return { body: JSON.parse(text), cookie: response.headers.getSetCookie()[0]?.split(';')[0] ?? '' };
}
