// @ts-check
// That what was acknowledged is there: a row for each message, an entry of the log for each row, no number missing.
import { setTimeout as sleep } from 'node:timers/promises';

const SEQUENCED_LIMIT_MS = 60_000;

/**
 * Waits until every recorded entry has its place in the log.
 * @param {import('pg').Client} owner
 * @returns {Promise<number>} how long that took, in ms
 * @throws {Error} after a minute.
 */
export async function untilSequenced(owner) {
  const from = performance.now();
  for (;;) {
    const { rows } = await owner.query('SELECT EXISTS (SELECT 1 FROM audit_pending) AS waiting');
    const ms = performance.now() - from;
    if (!rows[0].waiting) return ms;
    if (ms > SEQUENCED_LIMIT_MS) throw new Error('The log was still behind after a minute.');
    await sleep(20);
  }
}

/**
 * @param {import('pg').Client} owner
 * @param {string} tenantId
 * @param {number} acked  messages that were acknowledged, in all rounds
 * @returns {Promise<{ counts: Record<string, number>, faults: string[] }>} the counts, and what does not fit
 */
export async function proveOurs(owner, tenantId, acked) {
  const { rows } = await owner.query(
    `WITH said AS (SELECT * FROM message WHERE tenant_id = $1),
          entries AS (SELECT idx, act, outcome, intake_id, convert_from(entry, 'UTF8')::jsonb AS e
                      FROM audit_entry WHERE tenant_id = $1),
          posts AS (SELECT * FROM entries WHERE act = 'message.post' AND outcome = 'ok' AND e->'authz'->>'decision' = 'allow')
     SELECT (SELECT count(*) FROM said WHERE author_kind <> 'system')::int AS messages,
            (SELECT count(*) FROM posts)::int AS entries,
            (SELECT count(DISTINCT m.message_id) FROM said m JOIN posts p ON p.e->'refs'->>'message' = m.message_id::text
              WHERE p.intake_id = m.intake_id::text AND p.e->>'ctHash' = encode(sha256(m.sealed), 'base64'))::int AS "messagesWithEntry",
            (SELECT count(*) FROM (SELECT intake_id FROM said JOIN intake_head h USING (tenant_id, intake_id)
              GROUP BY intake_id, h.last_seq HAVING min(seq) <> 1 OR max(seq) <> count(*) OR h.last_seq <> count(*)) AS g)::int AS "holesInMessages",
            (SELECT count(*) FROM (SELECT h.intake_id FROM entries n JOIN intake_head h ON h.intake_id::text = n.intake_id
              GROUP BY h.intake_id, h.audit_n
              HAVING max((e->'intake'->>'n')::int) <> count(DISTINCT e->'intake'->>'n') OR count(*) <> h.audit_n) AS g)::int AS "holesInEntries",
            (SELECT h.size - count(n.idx) + h.size - 1 - max(n.idx) FROM audit_head h, entries n
              WHERE h.tenant_id = $1 GROUP BY h.size)::int AS "holesInLog",
            (SELECT count(*) FROM audit_pending WHERE tenant_id = $1)::int AS pending`,
    [tenantId],
  );
  /** @type {Record<string, number>} */
  const counts = { acked, ...rows[0] };
  const faults = [
    ...['messages', 'entries', 'messagesWithEntry'].filter((name) => counts[name] !== acked),
    ...['holesInMessages', 'holesInEntries', 'holesInLog', 'pending'].filter((name) => counts[name] !== 0),
  ].map((name) => `ours: ${name} is ${counts[name]}, with ${acked} acknowledged`);
  return { counts, faults };
}
