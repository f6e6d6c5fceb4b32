// @ts-check
// Sequencer and signer, in a process of their own, while acts are recorded; and a sequencer alone, on a full queue.
import { openLog } from './product.mjs';

const now = () => performance.timeOrigin + performance.now();

process.once('message', (/** @type {any} */ job) => void (job.burst ? burst(job) : keep(job)));

/** @param {{ urls: any, home: string, tenant: string }} job */
async function keep({ urls, home, tenant }) {
  const log = await openLog({ urls, home });
  /** @type {[number, number][]} */
  const signed = [];
  const pass = log.signer.pass.bind(log.signer);
  let last = -1;
  log.signer.pass = async () => {
    const faults = await pass();
    const [row] = await log.sequencerQuery(
      'SELECT max(size)::int AS size FROM audit_checkpoint WHERE tenant_id = $1',
      [tenant],
    );
    if (row.size !== last) signed.push([now(), (last = row.size)]);
    return faults;
  };
  /** @type {string[]} */
  const faults = [];
  const clock = log.clock((what, error) => faults.push(`${what}: ${error.message}`));
  clock.start();
  process.send?.('ready');
  const end = async () => {
    await clock.stop(); // takes what waits, and signs it
    const [row] = await log.sequencerQuery('SELECT count(*)::int AS waiting FROM audit_pending');
    await log.close();
    process.send?.({ signed, faults, waiting: row.waiting, drained: now() }, () => process.exit(0));
  };
  process.once('message', () => void end());
}

/** @param {{ urls: any, home: string }} job */
async function burst({ urls, home }) {
  const log = await openLog({ urls, home });
  const began = performance.now();
  let entries = 0;
  for (let more = true; more;) {
    const pass = await log.sequencer.pass();
    entries += pass.sequenced;
    more = pass.sequenced > 0;
  }
  const seconds = (performance.now() - began) / 1_000;
  await log.close();
  process.send?.({ entries, seconds }, () => process.exit(0));
}
