// @ts-check
// One round of one system, and what the log's own work costs.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { audit, openLog } from './product.mjs';
import { load } from './report.mjs';

const BURST = 20_000;

/** @typedef {{ urls: { app: string, sequencer: string }, home: string, tenant: string }} Where */

/** @param {string} name */
const start = (name) =>
  fork(fileURLToPath(new URL(name, import.meta.url)), { env: { ...process.env, NODE_OPTIONS: '' } });

/** Gives a process its job and returns what it says. @param {import('node:child_process').ChildProcess} child @param {any} job @returns {Promise<any>} */
async function ask(child, job) {
  const answer = once(child, 'message');
  child.send(job);
  const ended = once(child, 'exit').then(([code]) =>
    Promise.reject(new Error(`a process of the bench ended (${code})`)),
  );
  const [said] = await Promise.race([answer, ended]);
  return said;
}

/**
 * @param {Where & { how: string, url: string, seconds: number, writers: number }} job
 * @returns {Promise<import('./report.mjs').Round>}
 */
export async function runOne({ how, url, urls, home, tenant, seconds, writers }) {
  const keeper = how === 'ours' ? start('keeper.mjs') : undefined;
  if (keeper) await ask(keeper, { urls, home, tenant });
  const { commits, ended, ...round } = await ask(start('writers.mjs'), {
    how,
    url,
    urls,
    home,
    tenant,
    seconds,
    writers,
  });
  if (!keeper) return { ...round, load: load() };
  const { signed, faults, waiting, drained } = await ask(keeper, 'stop');
  if (faults.length > 0 || waiting > 0)
    throw new Error(`the log did not keep up: ${waiting} waiting; ${faults.join('; ')}`);
  const lags = await lagsOf({ urls, home, tenant }, commits, signed);
  const at = (/** @type {number} */ q) => lags[Math.min(lags.length - 1, Math.floor(q * lags.length))] ?? NaN;
  return {
    ...round,
    signedP50Ms: at(0.5),
    signedP99Ms: at(0.99),
    drainMs: Math.round(drained - ended),
    load: load(),
  };
}

/**
 * Milliseconds from an act's answer to the first signed checkpoint that covers its entry, in order.
 * @param {Where} where @param {[string, number][]} commits @param {[number, number][]} signed
 */
async function lagsOf({ urls, home, tenant }, commits, signed) {
  const log = await openLog({ urls, home });
  try {
    const rows = await log.sequencerQuery(
      'SELECT entry_id, idx::int FROM audit_entry WHERE tenant_id = $1 AND entry_id = ANY ($2)',
      [tenant, commits.map(([id]) => id)],
    );
    const indexes = new Map(rows.map(({ entry_id, idx }) => [entry_id, idx]));
    return commits
      .map(([id, committed]) => {
        const covering = signed.find(([, size]) => size > (indexes.get(id) ?? Infinity));
        if (covering === undefined) throw new Error('an act of the bench is in no checkpoint');
        return covering[0] - committed;
      })
      .sort((a, b) => a - b);
  } finally {
    await log.close();
  }
}

/** Entries a second that a sequencer alone takes from a full queue; three times. @param {Where & { owner: import('pg').Client }} where */
export async function burst({ owner, urls, home, tenant }) {
  const entry = audit().encodeEntry({
    ...{ v: 1, id: 'an-entry', tenant, at: new Date().toISOString(), act: 'bench.act', outcome: 'ok' },
    actor: { kind: 'staff', id: 'a-person' },
    detail: Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`pad${i}`, 'x'.repeat(90)])),
    writer: { id: 'bench', n: 1 },
  });
  /** @type {number[]} */
  const speeds = [];
  for (let i = 0; i < 3; i++) {
    await owner.query(
      'INSERT INTO audit_pending (tenant_id, entry_id, entry) SELECT $1, gen_random_uuid(), $2 FROM generate_series(1, $3)',
      [tenant, entry, BURST],
    );
    const { entries, seconds } = await ask(start('keeper.mjs'), { burst: true, urls, home });
    speeds.push(entries / seconds);
  }
  return speeds;
}

/** Entries a second that scrubbing looks at, if it does nothing else; one slice after the other. @param {Where} where */
export async function scrub({ urls, home, tenant }) {
  const log = await openLog({ urls, home });
  try {
    await log.signer.pass();
    const began = performance.now();
    let looked = 0;
    for (let ended = false; !ended && looked < BURST;) {
      const slice = await log.scrubber.slice(tenant);
      looked += slice.looked;
      ({ ended } = slice);
    }
    return [looked / ((performance.now() - began) / 1_000)];
  } finally {
    await log.close();
  }
}
