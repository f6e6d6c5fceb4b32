import { existsSync } from 'node:fs';

/** Returns the path of the worker to test with. Throws when there is none: without it nothing here is tested. */
export function workerBin(): string {
  const path = process.env['VESTIBULE_SFU_WORKER'];
  if (path === undefined || !existsSync(path)) {
    throw new Error('Set VESTIBULE_SFU_WORKER to a mediasoup-worker; infra/sfu-worker/worker.mjs makes one.');
  }
  return path;
}
