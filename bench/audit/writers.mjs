// @ts-check
// The writers, in a process of their own: so many connections, each with one act on its way at a time.
import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { openLog } from './product.mjs';
import { BYTES } from './systems.mjs';

/** Of the commits, one in so many is looked up later: when was it signed? */
const SAMPLE = 20;
const now = () => performance.timeOrigin + performance.now();

process.once(
  'message',
  (/** @type {any} */ job) => void run(job).then((done) => process.send?.(done, () => process.exit(0))),
);

/**
 * @param {{ url: string, urls?: any, home?: string, tenant: string, how: string, seconds: number, writers: number }} job
 */
async function run({ url, urls, home, tenant, how, seconds, writers }) {
  const log = how === 'ours' && urls && home ? await openLog({ urls, home }) : undefined;
  const staff = randomUUID();
  const session = randomUUID();
  const what = (/** @type {string} */ doc, /** @type {Buffer} */ body) => ({
    act: 'bench.act',
    actor: { kind: 'staff', id: staff, roles: ['clinician'], session },
    decision: { allowed: true, policies: ['R1-own-queue'], policySet: `sha256:${'0'.repeat(64)}` },
    purpose: 'TREAT',
    refs: { doc, matter: 'a-matter' },
    ciphertext: body,
  });
  // Everybody writes an entry of the same length: the others' is the same JSON, made by JSON.stringify.
  const entryOf = log
    ? (/** @type {string} */ doc, /** @type {Buffer} */ body) => log.recorder.prepare(tenant, what(doc, body))
    : (/** @type {string} */ doc, /** @type {Buffer} */ body) => {
        const { ciphertext, ...said } = what(doc, body);
        const id = randomUUID();
        const entry = {
          id,
          tenant,
          at: new Date().toISOString(),
          outcome: 'ok',
          v: 1,
          ...said,
          intake: ciphertext.length,
        };
        return { id, bytes: Buffer.from(JSON.stringify(entry).padEnd(BYTES)) };
      };
  const text = `SELECT bench.act_${how}($1, $2, $3, $4, $5)`;
  /** @type {number[]} */
  const latencies = [];
  /** @type {[string, number][]} */
  const commits = [];
  let acts = 0;
  let bytes = 0;
  const clients = await Promise.all(
    Array.from({ length: writers }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const began = performance.now();
  const until = began + seconds * 1_000;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        const at = performance.now();
        const doc = randomUUID();
        const body = randomBytes(BYTES);
        const entry = entryOf(doc, body);
        await client.query({ name: how, text, values: [tenant, doc, body, entry.id, entry.bytes] });
        latencies.push(performance.now() - at);
        acts += 1;
        bytes += entry.bytes.length;
        if (acts % SAMPLE === 0) commits.push([entry.id, now()]);
      }
    }),
  );
  const took = (performance.now() - began) / 1_000;
  await Promise.all(clients.map((client) => client.end()));
  await log?.close();
  latencies.sort((a, b) => a - b);
  const at = (/** @type {number} */ q) =>
    latencies[Math.min(latencies.length - 1, Math.floor(q * latencies.length))] ?? NaN;
  return {
    acts,
    seconds: took,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    entryBytes: Math.round(bytes / acts),
    commits,
    ended: now(),
  };
}
