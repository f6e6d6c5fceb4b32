import { type Clock, later, MINUTE, type TenantId } from '@app/kernel';
import type { Database, Tx } from '../../database/database';
import type { Act } from './act';

/** Refusals of one kind, of one person, that are entries of their own within a minute. */
const SINGLES = 10;
const WINDOW_MS = MINUTE;

/** What the entry of a count says: who, what and why; not on which things, of which there were many. */
type Told = Pick<Act, 'act' | 'actor' | 'detail'>;

interface Tally {
  readonly key: string;
  readonly act: Told;
  readonly ends_at: Date;
  readonly seen: number;
  readonly told: number;
}

/**
 * Refusals, written so that asking for them again and again does not drown the log: within a minute the first ten of one
 * kind, of one person, are entries; the others are counted, and one entry tells how many. The count is in the database, so
 * that no end of the program loses it.
 */
export class Refusals {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly record: (tx: Tx, act: Act) => Promise<unknown>,
  ) {}

  /** Records one in a transaction of its own, or counts it. */
  async take(tenantId: TenantId, act: Act): Promise<void> {
    const { actor, detail } = act;
    const reason = detail?.['reason'];
    const told: Told = { act: act.act, actor, ...(reason !== undefined && { detail: { reason } }) };
    const key = [actor.kind, actor.id, act.act, ...(reason === undefined ? [] : [reason])].join(' ');
    const now = this.clock.now();
    await this.database.transaction(tenantId, async (tx) => {
      const [tally] = await tx.query<Tally>(
        `INSERT INTO refusal_tally AS t (tenant_id, key, act, ends_at, seen, told) VALUES ($1, $2, $3, $4, 1, 0)
         ON CONFLICT (tenant_id, key) DO UPDATE SET seen = t.seen + 1
         RETURNING key, act, ends_at, seen, told`,
        [tenantId, key, JSON.stringify(told), later(now, WINDOW_MS)],
      );
      if (tally === undefined) throw new Error('a refusal was not counted');
      const isOver = tally.ends_at <= now;
      if (isOver) {
        await this.tellCount(tx, tally, tally.seen - 1 - tally.told);
        await tx.query(
          'UPDATE refusal_tally SET seen = 1, told = 0, ends_at = $3 WHERE tenant_id = $1 AND key = $2',
          [tenantId, key, later(now, WINDOW_MS)],
        );
      } else if (tally.told >= SINGLES) return;
      await tx.query('UPDATE refusal_tally SET told = told + 1 WHERE tenant_id = $1 AND key = $2', [
        tenantId,
        key,
      ]);
      await this.record(tx, { ...act, outcome: 'refused' });
    });
  }

  /**
   * Tells the counts of one tenant whose minute is over.
   *
   * @param all - also the others: the program ends.
   */
  async tell(tenantId: TenantId, all = false): Promise<void> {
    await this.database.transaction(tenantId, async (tx) => {
      const over = await tx.query<Tally>(
        `DELETE FROM refusal_tally WHERE tenant_id = $1 AND ends_at <= $2
         RETURNING key, act, ends_at, seen, told`,
        [tenantId, later(this.clock.now(), all ? WINDOW_MS : 0)],
      );
      for (const tally of over) await this.tellCount(tx, tally, tally.seen - tally.told);
    });
  }

  private async tellCount(tx: Tx, { act }: Tally, count: number): Promise<void> {
    if (count === 0) return;
    await this.record(tx, { ...act, outcome: 'refused', detail: { ...act.detail, count } });
  }
}
