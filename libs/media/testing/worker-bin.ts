import { existsSync } from 'node:fs';

/** Returns the path of the worker to test with. Throws when there is none: without it nothing here is tested. */
export function workerBin(): string {
  const path = process.env['MEDIASOUP_WORKER_BIN'];
  if (path === undefined || !existsSync(path)) {
    throw new Error('Set MEDIASOUP_WORKER_BIN to a mediasoup-worker; infra/sfu-worker/worker.mjs makes one.');
  }
  return path;
}
