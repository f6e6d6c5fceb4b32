import { type Clock, MINUTE, SECOND, type TenantId } from '@app/kernel';
import { Client } from 'pg';
import type { KeyConfig } from '../../config/config';
import type { Database } from '../../database/database';
import { epochEnd } from './epoch-end';
import type { TenantKeys } from './tenant-keys';

const LOOK_EVERY_MS = MINUTE;
/** The same while something that others held is still to be moved. */
const LOOK_AGAIN_MS = SECOND;
const KEY_CLOCK_LOCK = 7_301_007;
const CLOCK_ACTOR = { kind: 'system', id: 'key-clock' } as const;

interface Version {
  readonly tenant_id: TenantId;
  readonly state: string;
  readonly kek: string;
  readonly created_at: Date;
}

/**
 * Changes every tenant's key when its epoch is over, moves what is under the old version, and destroys versions that are
 * due. One process does it, by an advisory lock on a connection of its own: a process that dies lets go of it.
 */
export class KeyClock {
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private woken = false;
  private isLeft = false;
  private wakeUp: () => void = () => undefined;

  constructor(
    /** Address of the role `vestibule_sequencer`, which sees when whose key is due, and no key. */
    private readonly url: string,
    private readonly database: Database,
    private readonly tenantKeys: TenantKeys,
    private readonly clock: Clock,
    private readonly limits: KeyConfig,
    /** Hears of each fault; the next pass tries again. */
    private readonly onFault: (what: string, error: unknown) => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wakeUp();
    await this.running;
  }

  /** Lets it look at once: somebody has asked for a new key. */
  wake(): void {
    this.woken = true;
    this.wakeUp();
  }

  /** Does all that is due now. @returns whether this process was the one to do it. */
  async pass(): Promise<boolean> {
    const client = new Client({
      connectionString: this.url,
      application_name: 'vestibule key clock',
      connectionTimeoutMillis: 10 * SECOND,
    });
    // A connection that breaks meanwhile is no reason to end the process: the next pass makes another.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const lock = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
        KEY_CLOCK_LOCK,
      ]);
      if (lock.rows[0]?.held !== true) return false;
      this.isLeft = false;
      const { rows } = await client.query<Version>(
        "SELECT tenant_id, state, kek, created_at FROM tenant_key WHERE state <> 'destroyed' ORDER BY tenant_id, version",
      );
      for (const [tenantId, versions] of Map.groupBy(rows, (row) => row.tenant_id)) {
        if (this.stopped) break;
        await this.look(tenantId, versions).catch((error: unknown) =>
          this.onFault(`the key of ${tenantId}`, error),
        );
      }
      return true;
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  private async look(tenantId: TenantId, versions: readonly Version[]): Promise<void> {
    if (versions.some(({ kek }) => kek === 'root'))
      await this.database.transaction(tenantId, (tx) => this.tenantKeys.adopt(tx));
    // First what the last change left, so that there is never more than one to move.
    await this.rewrapAll(tenantId);
    if (versions.some((version) => this.isOver(version)) && !this.stopped) {
      await this.database.transaction(tenantId, (tx) => this.tenantKeys.rotate(tx, { actor: CLOCK_ACTOR }));
      await this.rewrapAll(tenantId);
    }
    await this.destroyAll(tenantId);
  }

  private isOver({ state, created_at }: Version): boolean {
    return state === 'active' && epochEnd(created_at, this.limits.epochDays) <= this.clock.now();
  }

  private async rewrapAll(tenantId: TenantId): Promise<void> {
    for (;;) {
      const { dataKeys, secrets, more } = await this.database.transaction(tenantId, (tx) =>
        this.tenantKeys.rewrapSome(tx),
      );
      if (more && dataKeys + secrets > 0 && !this.stopped) continue;
      // What others held is left for the next pass.
      this.isLeft ||= more;
      return;
    }
  }

  private async destroyAll(tenantId: TenantId): Promise<void> {
    const inUse: number[] = [];
    while (!this.stopped) {
      const done = await this.database.transaction(tenantId, (tx) => this.tenantKeys.destroyDue(tx, inUse));
      if (done === undefined) return;
      if (done.outcome === 'in use') inUse.push(done.version);
    }
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.pass();
      } catch (error) {
        this.onFault('the clock of the keys', error);
      }
      if (!this.stopped) await this.pause();
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, this.woken ? 0 : this.isLeft ? LOOK_AGAIN_MS : LOOK_EVERY_MS);
      this.woken = false;
      this.wakeUp = done;
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
    });
  }
}
