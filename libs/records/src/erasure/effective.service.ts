import { type Clock, MINUTE, type TenantId } from '@app/kernel';
import { CLOCK, Database, describe, Recorder } from '@app/platform';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { saveEffective, takeEffective } from './erasure.store';

const LOOK_EVERY_MS = MINUTE;

/** Sees when the last copy of what was erased cannot be read any more, and writes it into the log. */
@Injectable()
export class EffectiveErasures {
  private readonly logger = new Logger('erasure');
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Looks now, and then every minute. */
  start(): void {
    const look = () => {
      this.looking = this.look().catch((error: unknown) => this.logger.error(describe(error)));
    };
    look();
    this.timer = setInterval(look, LOOK_EVERY_MS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  /** Looks at every organisation once. Of two processes that look at once each takes what the other has not. */
  async look(): Promise<void> {
    const tenants = await this.database.directory<{ tenant_id: TenantId }>(
      'SELECT DISTINCT belongs_to AS tenant_id FROM address',
      [],
    );
    for (const { tenant_id: tenantId } of tenants) while (await this.one(tenantId));
  }

  private one(tenantId: TenantId): Promise<boolean> {
    return this.database.transaction(tenantId, async (tx) => {
      const row = await takeEffective(tx);
      if (row === undefined) return false;
      const now = this.clock.now();
      const entry = await this.recorder.record(tx, {
        act: 'erase.effective',
        actor: { kind: 'system', id: 'erasure' },
        intakeId: row.intake_id,
        refs: { erasure: row.erasure_id, requestEntry: row.request_entry },
        detail: {
          erasedAt: row.requested_at.toISOString(),
          unreadableBy: row.unreadable_by.toISOString(),
          effectiveAt: now.toISOString(),
          keyVersion: row.key_version,
        },
      });
      await saveEffective(tx, row.erasure_id, now, entry);
      return true;
    });
  }
}
