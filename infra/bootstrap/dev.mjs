// @ts-check
// `npm run dev`: starts, and after each change of a source builds what it touches and starts the api again.
import { watch } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from './steps/build.mjs';
import { prepare } from './steps/prepare.mjs';
import { ROOT, Stop, home, runMain, say } from './steps/places.mjs';

const QUIET_MS = 300;

await runMain(import.meta.url, async () => {
  await prepare(['build'], { yes: process.argv.includes('--yes') });
  const { startWorkerJob } = await import('./steps/worker.mjs');
  const { startInstance } = await import('./steps/instance.mjs');
  const job = await startWorkerJob({ yes: process.argv.includes('--yes') });
  const start = () => startInstance({ home: home(), port: Number(process.env.PORT || 3000) });
  let instance = await start();
  say(`Ready: ${instance.address}. Watching the sources.`);

  const ending = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.once(signal, () => ending.abort());
  const changes = changesIn(['apps', 'libs', 'audit', 'policies'], ending.signal);
  for (;;) {
    await changes.next();
    if (ending.signal.aborted) break;
    try {
      const built = await build();
      if (!built.includes('server')) continue;
      await instance.stop();
      instance = await start();
      say(`Ready again: ${instance.address}`);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      say(error.message); // a source that does not build: the next change may mend it
    }
  }
  await Promise.all([instance.stop(), job.stop()]);
  return 0;
});

/** @param {string[]} folders @param {AbortSignal} signal */
function changesIn(folders, signal) {
  let wake = () => {};
  let changed = Promise.resolve();
  const reset = () => (changed = new Promise((resolve) => (wake = resolve)));
  void reset();
  for (const folder of folders) watch(path.join(ROOT, folder), { recursive: true, signal }, () => wake());
  signal.addEventListener('abort', () => wake());
  return {
    /** Resolves a moment after something has changed, or at once when it is to end. */
    async next() {
      await changed;
      if (!signal.aborted) await sleep(QUIET_MS);
      void reset();
    },
  };
}
