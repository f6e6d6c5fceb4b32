import { type Clock, MINUTE, type TenantId } from '@app/kernel';
import type { Database, Tx } from '../../database/database';
import type { Act, PreparedEntry } from './act';

/**
 * How long a statement whose answer never came may still be carried out: it may stand unread in the server's socket,
 * and then runs for 30 s at most (`statement_timeout` in connect.ts).
 */
const LOST_ANSWER_MS = MINUTE;
/** Numbers in one entry `audit.void`. */
const NAMED = 100;
/** Stands in for an entry while it is seen whether the real one is there. Never committed. */
const PROBE = Buffer.alloc(32);

type Stored = Pick<PreparedEntry, 'id' | 'writerN'>;

interface Voided extends Stored {
  readonly notBefore: number;
}

/** The numbers of this writer whose entries were not stored, as far as it knows, and that no entry explains yet. */
export class Holes {
  private readonly voided = new Map<TenantId, Voided[]>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param cause - what came instead of an answer, if it is not known whether the statement was carried out. */
  add(tenantId: TenantId, { id, writerN }: Stored, cause?: unknown): void {
    const wait = cause === undefined || wasRefused(cause) ? 0 : LOST_ANSWER_MS;
    this.keep(tenantId, [{ id, writerN, notBefore: this.clock.now().getTime() + wait }]);
  }

  /**
   * Writes an entry `audit.void` for each tenant that has holes. A number whose entry turns out to be stored is not named:
   * the answer of its COMMIT was lost, not the entry.
   */
  async explain(record: (tx: Tx, act: Act) => Promise<unknown>): Promise<void> {
    const now = this.clock.now().getTime();
    for (const [tenantId, all] of [...this.voided]) {
      const due = all.filter(({ notBefore }) => notBefore <= now).slice(0, NAMED);
      const others = all.filter((one) => !due.includes(one));
      if (others.length > 0) this.voided.set(tenantId, others);
      else this.voided.delete(tenantId);
      if (due.length === 0) continue;
      try {
        await this.database.transaction(tenantId, async (tx) => {
          // A tenant whose setting up was rolled back has no log, and no reader who could miss a number.
          const [log] = await tx.query('SELECT 1 FROM audit_head WHERE tenant_id = $1', [tenantId]);
          if (log === undefined) return;
          const stored = await whichAreStored(tx, due);
          const missing = due.filter(({ id }) => !stored.has(id));
          if (missing.length === 0) return;
          await record(tx, {
            act: 'audit.void',
            actor: { kind: 'system', id: 'recorder' },
            detail: Object.fromEntries(missing.map(({ writerN }, i) => [`n${i}`, writerN])),
          });
        });
      } catch {
        this.keep(tenantId, due);
      }
    }
  }

  private keep(tenantId: TenantId, holes: readonly Voided[]): void {
    this.voided.set(tenantId, [...(this.voided.get(tenantId) ?? []), ...holes]);
  }
}

/**
 * Returns which of these entries are in the log. A transaction that is still on its way is waited for: an entry's id is
 * unique among the pending ones, so putting one in its place, for a moment, waits for whoever did so before.
 */
async function whichAreStored(tx: Tx, entries: readonly Stored[]): Promise<ReadonlySet<string>> {
  const ids = entries.map(({ id }) => id);
  await tx.query("SET LOCAL lock_timeout = '5s'");
  await tx.query('SAVEPOINT probe');
  const free = await tx.query<{ entry_id: string }>(
    `INSERT INTO audit_pending (tenant_id, entry_id, entry) SELECT $1, id, $3 FROM unnest($2::uuid[]) AS id ORDER BY id
     ON CONFLICT DO NOTHING RETURNING entry_id`,
    [tx.tenantId, ids, PROBE],
  );
  await tx.query('ROLLBACK TO SAVEPOINT probe');
  const sequenced = await tx.query<{ entry_id: string }>(
    'SELECT entry_id FROM audit_entry WHERE tenant_id = $1 AND entry_id = ANY ($2)',
    [tx.tenantId, ids],
  );
  const stored = new Set<string>(ids);
  for (const { entry_id } of free) stored.delete(entry_id);
  for (const { entry_id } of sequenced) stored.add(entry_id);
  return stored;
}

/** Whether PostgreSQL itself answered that it did not carry the statement out. */
function wasRefused(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return ('severity' in cause && cause.severity === 'ERROR') || wasRefused(cause.cause);
}
