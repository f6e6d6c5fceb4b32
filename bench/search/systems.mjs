// @ts-check
// What is measured, in turn.
import { setTimeout as sleep } from 'node:timers/promises';
import { built } from './house.mjs';
import { NEEDLE } from './rows.mjs';

/** @typedef {import('./house.mjs').House} House */

/**
 * One round of one system.
 * @typedef {object} Measured
 * @property {number} seconds
 * @property {number} hits          messages in which the needle was found
 * @property {number} [firstHitMs]  until the first one could be shown
 * @property {number} [rssMb]       of the process at its highest, above what it had before
 * @property {number} [rssLateMb]   how much higher it stood in the second half of the work than in the first
 */

const PERIOD = { from: '2020-01-01T00:00:00.000Z', to: '2029-01-01T00:00:00.000Z' };
/** A page of the console looks twice a second; here the moment itself is wanted. */
const LOOK_MS = 20;
const PAGE = 5_000;

/**
 * @param {House} house @param {import('pg').Client} owner @param {number} messages
 * @returns {{ name: string, run: () => Promise<Measured> }[]}
 */
export function systems(house, owner, messages) {
  return [
    { name: 'ours: threads', run: () => ours(house) },
    { name: 'one thread, Keys.open each', run: () => oneThread(house, messages) },
    { name: 'plain, ILIKE', run: () => plain(house, owner, 'text ILIKE $2', `%${NEEDLE}%`) },
    { name: 'plain, regular expression', run: () => plain(house, owner, 'text ~* $2', `\\m${NEEDLE}\\M`) },
  ];
}

/** @param {House} house @returns {Promise<Measured>} */
async function ours({ searches, mine, principal }) {
  const before = process.memoryUsage.rss();
  /** @type {[done: number, rss: number][]} */
  const seen = [];
  let firstHitMs;
  const start = performance.now();
  const searchId = await searches.request(principal, {
    words: NEEDLE,
    match: 'phrase',
    ...PERIOD,
    purpose: 'LEGAL',
  });
  for (;;) {
    const search = await mine.get(principal, searchId);
    seen.push([search.progress.done / Math.max(1, search.progress.total), process.memoryUsage.rss()]);
    if (firstHitMs === undefined && search.hits > 0) {
      await mine.hits(principal, searchId);
      firstHitMs = performance.now() - start;
    }
    if (search.state !== 'waiting' && search.state !== 'running') {
      const highest = (/** @type {(share: number) => boolean} */ when) =>
        Math.max(before, ...seen.filter(([share]) => when(share)).map(([, rss]) => rss)) / 2 ** 20;
      return {
        seconds: (performance.now() - start) / 1_000,
        hits: search.hits,
        ...(firstHitMs !== undefined && { firstHitMs }),
        rssMb: highest(() => true) - before / 2 ** 20,
        rssLateMb: highest((share) => share > 0.5) - highest((share) => share <= 0.5),
      };
    }
    await sleep(LOOK_MS);
  }
}

/**
 * What one would write without threads: pages of rows, each value opened by the keys, the same matcher.
 * @param {House} house @param {number} messages @returns {Promise<Measured>}
 */
async function oneThread({ database, keys, recorder, tenantId }, messages) {
  const { matcher } = built('libs/transcript/src/search/matching/matcher.js');
  const matches = matcher({ words: NEEDLE, match: 'phrase' });
  const start = performance.now();
  let firstHitMs;
  let hits = 0;
  let looked = 0;
  const owners = await database.transaction(tenantId, (/** @type {any} */ tx) =>
    tx.query('SELECT intake_id FROM intake WHERE tenant_id = $1', [tenantId]),
  );
  const receipt = await recorder.recordRead(
    tenantId,
    { act: 'bench.read', actor: { kind: 'system', id: 'a-bench' } },
    owners.map((/** @type {any} */ row) => row.intake_id),
  );
  let after = ['00000000-0000-0000-0000-000000000000', 0];
  for (;;) {
    const found = await database.transaction(tenantId, async (/** @type {any} */ tx) => {
      const rows = await tx.query(
        `SELECT intake_id, seq, message_id, sealed FROM message
         WHERE tenant_id = $1 AND (intake_id, seq) > ($2::uuid, $3::int) ORDER BY intake_id, seq LIMIT ${PAGE}`,
        [tenantId, ...after],
      );
      for (const { intake_id, message_id, sealed } of rows) {
        const place = { item: message_id, content: 'message' };
        const text = (await keys.open(tx, receipt, intake_id, place, sealed)).toString('utf8');
        if (!matches(text)) continue;
        hits += 1;
        firstHitMs ??= performance.now() - start;
      }
      return rows;
    });
    looked += found.length;
    if (found.length < PAGE) break;
    after = [found.at(-1).intake_id, found.at(-1).seq];
  }
  if (looked !== messages) throw new Error(`looked at ${looked} of ${messages}`);
  return {
    seconds: (performance.now() - start) / 1_000,
    hits,
    ...(firstHitMs !== undefined && { firstHitMs }),
  };
}

/**
 * @param {House} house @param {import('pg').Client} owner @param {string} condition @param {string} value
 * @returns {Promise<Measured>}
 */
async function plain({ tenantId }, owner, condition, value) {
  const start = performance.now();
  const { rows } = await owner.query(
    `SELECT count(*)::int AS n FROM bench_plain WHERE tenant_id = $1 AND ${condition}`,
    [tenantId, value],
  );
  return { seconds: (performance.now() - start) / 1_000, hits: rows[0].n };
}
