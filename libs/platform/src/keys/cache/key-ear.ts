import { SECOND } from '@app/kernel';
import { Client } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type KeyNews, type Keys, KEYS_CHANNEL } from '../keys';

const AGAIN_AFTER_MS = SECOND;
const News = z.strictObject({
  tenantId: z.string(),
  owner: z.string().optional(),
  gone: z.boolean().optional(),
});

/**
 * Hears what other processes tell of keys (PostgreSQL's NOTIFY, sent when the transaction commits), and lets this one
 * forget. While it cannot hear, no key is kept in memory.
 */
export class KeyEar {
  private readonly ending = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly heard: Promise<void>;
  private hears: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly keys: Keys,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.heard = new Promise((resolve) => (this.hears = resolve));
  }

  start(): void {
    this.keys.setDeaf(true);
    this.running = this.run();
  }

  /** Resolves when it hears for the first time. */
  listening(): Promise<void> {
    return this.heard;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      try {
        await this.listen();
      } catch (error) {
        this.onFault(error);
      }
      this.keys.setDeaf(true);
      await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Returns when it was asked to stop, throws when the connection is lost. */
  private async listen(): Promise<void> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'vestibule keys',
      keepAlive: true,
      connectionTimeoutMillis: 10 * SECOND,
    });
    const { signal } = this.ending;
    try {
      const lost = new Promise<never>((_, reject) => {
        client.on('error', reject);
        client.on('end', () => reject(new Error('the connection ended')));
      });
      // Heard below; until then it must not end the process.
      lost.catch(() => undefined);
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      client.on('notification', ({ payload }) => this.heed(payload ?? ''));
      await client.connect();
      await client.query(`LISTEN ${KEYS_CHANNEL}`);
      this.keys.setDeaf(false);
      this.hears();
      await Promise.race([stopped, lost]);
    } finally {
      client.removeAllListeners('error').on('error', () => undefined);
      await client.end().catch(() => undefined);
    }
  }

  private heed(payload: string): void {
    try {
      this.keys.heed(News.parse(JSON.parse(payload)) as KeyNews);
    } catch (error) {
      // Somebody spoke of something that is not understood: better to know nothing than what is not so any more.
      this.keys.setDeaf(false);
      this.onFault(error);
    }
  }
}
