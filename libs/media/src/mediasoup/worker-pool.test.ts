import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerBin } from '../../testing/worker-bin';
import { workersFor } from '../options';
import { WorkerPool } from './worker-pool';

let folder: string;
let pool: WorkerPool | undefined;
const open = (bin: string, workers = 1) =>
  (pool = new WorkerPool({ workerBin: bin, listenIp: '127.0.0.1', port: 0, workers }));
const status = (wanted: string) =>
  new Promise<void>((resolve) => {
    if (pool?.status === wanted) resolve();
    pool?.onStatus((now) => now === wanted && resolve());
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-pool-'));
});
afterEach(async () => {
  await pool?.close();
  rmSync(folder, { recursive: true });
});

test('a pool waits for its program, and is ready when it appears', async () => {
  const bin = join(folder, 'worker');
  open(bin);
  expect(pool?.status).toBe('preparing');
  await expect(pool?.acquire()).rejects.toMatchObject({ code: 'VIDEO_UNAVAILABLE' });
  symlinkSync(workerBin(), bin);
  await status('ready');
  expect((await pool?.acquire())?.rooms).toBe(0);
});

test('a pool whose program could not be made is unavailable', async () => {
  const bin = join(folder, 'worker');
  writeFileSync(`${bin}.status`, JSON.stringify({ state: 'failed' }));
  open(bin);
  await status('unavailable');
});

test('rooms go to the worker that has the fewest', async () => {
  open(workerBin(), 2);
  await status('ready');
  while (pool?.pids.length !== 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const first = await pool.acquire();
  first.rooms++;
  const second = await pool.acquire();
  expect(second.worker.pid).not.toBe(first.worker.pid);
});

test('a worker that dies is replaced within two seconds', async () => {
  open(workerBin());
  await status('ready');
  const [before] = pool?.pids ?? [];
  const gone = status('preparing');
  process.kill(before ?? 0, 'SIGKILL');
  await gone;
  const lane = await pool?.acquire();
  expect(lane?.worker.pid).not.toBe(before);
}, 5_000);

test('SIGTERM and SIGINT are left to the program', async () => {
  const before = [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
  open(workerBin());
  await status('ready');
  expect([process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]).toEqual(before);
});

test('closing leaves no worker behind', async () => {
  open(workerBin());
  await status('ready');
  const [pid] = pool?.pids ?? [];
  await pool?.close();
  expect(() => process.kill(pid ?? 0, 0)).toThrow();
});

test('one core stays for everything else, and there is always one worker', () => {
  expect([1, 2, 8].map(workersFor)).toEqual([1, 1, 7]);
});
