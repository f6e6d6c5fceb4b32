import type { MediaStatus } from '@app/consult';
import { createWorker, type types } from 'mediasoup';
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MediaOptions } from '../options';
import { unavailable } from '../unavailable';

/** How often to look whether the worker's program has appeared. */
const LOOK_MS = 1_000;

/** How long somebody who wants a room waits for a worker that is being started again. */
const ACQUIRE_MS = 5_000;

/** Pause before the nth start in a row that went wrong; a worker that lived this long counts as one that went right. */
const BACKOFF_MS = [0, 0, 1_000, 2_000, 5_000, 10_000];
const STEADY_MS = 30_000;

/** A worker with the one socket that all its routes share, and how many rooms it carries. */
export interface Lane {
  readonly worker: types.Worker;
  readonly server: types.WebRtcServer;
  rooms: number;
}

/** Keeps the workers running: waits for their program, starts them, and starts another when one dies. */
export class WorkerPool {
  private readonly lanes = new Map<number, Lane>();
  private readonly events = new EventEmitter<{ status: [MediaStatus] }>().setMaxListeners(0);
  private readonly stop = new AbortController();
  private readonly keepers: Promise<void>[];
  private failures = 0;
  private current: MediaStatus = 'preparing';

  constructor(private readonly options: MediaOptions) {
    this.keepers = Array.from({ length: options.workers }, (_, index) => this.keep(index));
  }

  get status(): MediaStatus {
    return this.current;
  }

  /** The pids of the workers that run now. */
  get pids(): number[] {
    return [...this.lanes.values()].map((lane) => lane.worker.pid);
  }

  onStatus(listener: (status: MediaStatus) => void): () => void {
    this.events.on('status', listener);
    return () => this.events.off('status', listener);
  }

  /** Returns the worker with the fewest rooms. Throws VIDEO_UNAVAILABLE when there is none and none is on its way. */
  async acquire(): Promise<Lane> {
    if (this.lanes.size === 0 && this.current === 'preparing' && existsSync(this.options.workerBin)) {
      const signal = AbortSignal.any([AbortSignal.timeout(ACQUIRE_MS), this.stop.signal]);
      await once(this.events, 'status', { signal }).catch(() => undefined);
    }
    const [least] = [...this.lanes.values()].sort((a, b) => a.rooms - b.rooms);
    if (least === undefined) throw unavailable();
    return least;
  }

  /** Ends all workers, and returns when their processes are gone. */
  async close(): Promise<void> {
    this.stop.abort();
    const gone = [...this.lanes.values()].map(async ({ worker }) => {
      const closed = worker.subprocessClosed ? undefined : once(worker, 'subprocessclose');
      worker.close();
      await closed;
    });
    this.lanes.clear();
    await Promise.all([...gone, ...this.keepers]);
    this.tellStatus();
  }

  private async keep(index: number): Promise<void> {
    const { signal } = this.stop;
    while (!signal.aborted) {
      try {
        if (existsSync(this.options.workerBin)) {
          await sleep(BACKOFF_MS[Math.min(this.failures, BACKOFF_MS.length - 1)], undefined, { signal });
          await this.live(index);
        } else {
          this.tellStatus();
          await sleep(LOOK_MS, undefined, { signal });
        }
      } catch {
        // What went wrong is in the worker's log; here it counts, and the next start waits longer.
        this.failures++;
        this.tellStatus();
      }
    }
  }

  /** Starts a worker and returns when it has ended. */
  private async live(index: number): Promise<void> {
    const { workerBin, listenIp, announcedAddress, port } = this.options;
    const worker = await createWorker({
      workerBin,
      logLevel: 'warn',
      logTags: ['dtls', 'srtp'],
      appData: { index },
    });
    leaveSignalsToUs(worker);
    const ended = new Promise<void>((resolve) => {
      worker.on('died', () => resolve());
      worker.observer.once('close', () => resolve());
    });
    try {
      const where = {
        ip: listenIp,
        port: port === 0 ? 0 : port + index,
        ...(announcedAddress && { announcedAddress }),
      };
      const server = await worker.createWebRtcServer({
        listenInfos: [
          { protocol: 'udp', ...where },
          { protocol: 'tcp', ...where },
        ],
      });
      if (this.stop.signal.aborted) return;
      this.lanes.set(index, { worker, server, rooms: 0 });
    } finally {
      if (!this.lanes.has(index)) worker.close();
    }
    const steady = setTimeout(() => (this.failures = 0), STEADY_MS).unref();
    this.tellStatus();
    await ended;
    clearTimeout(steady);
    this.lanes.delete(index);
    if (this.stop.signal.aborted) return;
    this.tellStatus();
    this.failures++;
  }

  private tellStatus(): void {
    const status = this.statusNow();
    if (status === this.current) return;
    this.current = status;
    this.events.emit('status', status);
  }

  private statusNow(): MediaStatus {
    if (this.lanes.size > 0) return 'ready';
    if (this.stop.signal.aborted || this.failures >= BACKOFF_MS.length) return 'unavailable';
    return hasFailed(this.options.workerBin) ? 'unavailable' : 'preparing';
  }
}

/**
 * mediasoup closes its workers 1 ms after SIGTERM or SIGINT, before the program could let calls end. It closes them by
 * listeners on the process; the property is not in its types.
 */
function leaveSignalsToUs(worker: types.Worker): void {
  const { onSignal } = worker as unknown as { onSignal?: () => void };
  if (onSignal === undefined)
    throw new Error('mediasoup has no onSignal any more: look again at how it hears SIGTERM');
  process.removeListener('SIGTERM', onSignal);
  process.removeListener('SIGINT', onSignal);
}

/** Whether whoever makes the program has said, in the status file beside it, that it cannot. */
function hasFailed(workerBin: string): boolean {
  if (existsSync(workerBin)) return false;
  try {
    const status = JSON.parse(readFileSync(`${workerBin}.status`, 'utf8')) as { state?: unknown };
    return status.state === 'failed';
  } catch {
    return false;
  }
}
