import type { Clock, TenantId } from '@app/kernel';
import type { Database, Tx } from '../../database/database';
import type { Act, Recorder } from '../recording/recorder';

/** Something that is not as it was recorded: the act that says so, and the words by which it is known again. */
export interface Alarm {
  readonly subject: string;
  readonly act: Act;
}

/** Says in the log itself what is wrong with it: once, however often it is seen. */
export class Alarms {
  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    private readonly clock: Clock,
  ) {}

  /** Records an alarm, unless it was recorded before. @returns whether it is new. */
  async record(tx: Tx, { subject, act }: Alarm): Promise<boolean> {
    const fresh = await tx.query(
      `INSERT INTO audit_alarm (tenant_id, subject, found_at) VALUES ($1, $2, $3)
       ON CONFLICT DO NOTHING RETURNING subject`,
      [tx.tenantId, subject, this.clock.now()],
    );
    if (fresh.length === 0) return false;
    await this.recorder.record(tx, act);
    return true;
  }

  /** The same in a transaction of its own. */
  raise(tenantId: TenantId, alarm: Alarm): Promise<boolean> {
    return this.database.transaction(tenantId, (tx) => this.record(tx, alarm));
  }
}
