import { Worker } from 'node:worker_threads';
import type { PageBack, PageOut, ThreadData } from './protocol';
import { THREAD_FILE } from './thread-file';

interface Waiting {
  readonly resolve: (page: PageBack) => void;
  readonly reject: (error: Error) => void;
}

/** One thread, and who waits for its answers: it answers in the order in which it was asked. */
class Thread {
  private readonly waiting: Waiting[] = [];
  private readonly worker: Worker;
  private gone: Error | undefined;

  constructor(data: ThreadData) {
    // Of the program's environment, which names its databases, a thread needs nothing.
    this.worker = new Worker(THREAD_FILE, { workerData: data, env: {}, name: 'bulk-opener' });
    this.worker.on('message', (page: PageBack) => this.waiting.shift()?.resolve(page));
    this.worker.on('error', (error: Error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('a thread has ended')));
  }

  get load(): number {
    return this.waiting.length;
  }

  ask(page: PageOut): Promise<PageBack> {
    return new Promise((resolve, reject) => {
      if (this.gone !== undefined) {
        reject(this.gone);
        return;
      }
      this.waiting.push({ resolve, reject });
      this.worker.postMessage(page, [page.packed.buffer as ArrayBuffer]);
    });
  }

  async stop(): Promise<void> {
    await this.worker.terminate();
  }

  private end(error: Error): void {
    this.gone ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.gone);
  }
}

/** Some threads for one piece of work. They end with it, and what they held ends with them. */
export class Threads {
  private readonly threads: readonly Thread[];

  constructor(
    readonly count: number,
    data: ThreadData,
  ) {
    this.threads = Array.from({ length: count }, () => new Thread(data));
  }

  /** Gives a page to the thread that has least to do. */
  ask(page: PageOut): Promise<PageBack> {
    const [first, ...others] = this.threads;
    if (first === undefined) throw new RangeError('there are no threads');
    return others.reduce((least, one) => (one.load < least.load ? one : least), first).ask(page);
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.stop()));
  }
}
