import { DAY, HOUR, MINUTE, SECOND } from '@app/kernel';
import type { Tx } from '@app/platform';

/** What is counted. `failed-claim` stands for `failed-record` where there is no record, so that both cost the same. */
export type Kind =
  'failed-intake' | 'failed-network' | 'failed-record' | 'failed-claim' | 'failed-address' | 'sent';

/** Something counted by one key. The key is a keyed token. */
export interface Tally {
  readonly kind: Kind;
  readonly key: Buffer;
}

/** How often within the last quarter of an hour, hour and day; and how often in a row, and when last. */
export interface Count {
  readonly quarter: number;
  readonly hour: number;
  readonly day: number;
  readonly inARow: number;
  /** Milliseconds since the epoch. */
  readonly lastAtMs: number;
}

/*
 * Counted in rows of one minute, so that a window slides and nobody gets two days' tries around midnight. Beside them each
 * key has one row that never ends (`epoch`): it holds how many in a row, and because every count writes it first, all
 * counts of one key wait for each other.
 */

/** Adds one to each, all in one statement and in one order, and returns what they are then, in the order asked. */
export async function addOne(tx: Tx, tallies: readonly Tally[], now: Date): Promise<Count[]> {
  await tx.query(
    `INSERT INTO identity_count (tenant_id, kind, key, window_start, count, last_at)
     SELECT $1::uuid, kind, key, start, 1, $4::timestamptz
     FROM unnest($2::text[], $3::bytea[]) AS tally (kind, key),
          unnest(ARRAY['epoch'::timestamptz, date_trunc('minute', $4::timestamptz)]) AS start
     ORDER BY kind, key, start
     ON CONFLICT (tenant_id, kind, key, window_start)
     DO UPDATE SET count = identity_count.count + 1, last_at = excluded.last_at
     RETURNING count`,
    [tx.tenantId, ...columns(tallies), now],
  );
  // A statement of its own: it sees what those have committed that this one has waited for.
  return readCounts(tx, tallies, now);
}

/**
 * Returns what they are, in the order asked. A minute that lies ahead counts: a clock that was set back gives nothing
 * away.
 */
export async function readCounts(tx: Tx, tallies: readonly Tally[], now: Date): Promise<Count[]> {
  const rows = await tx.query<{ kind: Kind; key: Buffer; count: number; starts_ms: string; last_ms: string }>(
    `SELECT kind, key, count, floor(extract(epoch FROM window_start) * 1000)::bigint AS starts_ms,
            floor(extract(epoch FROM last_at) * 1000)::bigint AS last_ms
     FROM identity_count JOIN unnest($2::text[], $3::bytea[]) AS tally (kind, key) USING (kind, key)
     WHERE tenant_id = $1
       AND (window_start = 'epoch' OR window_start > $4::timestamptz - make_interval(secs => $5))`,
    [tx.tenantId, ...columns(tallies), now, (DAY + MINUTE) / SECOND],
  );
  return tallies.map(({ kind, key }) => {
    const own = rows.filter((row) => row.kind === kind && row.key.equals(key));
    const ever = own.find(({ starts_ms }) => Number(starts_ms) === 0);
    const within = (ms: number) =>
      own
        .filter((row) => row !== ever && Number(row.starts_ms) > now.getTime() - ms - MINUTE)
        .reduce((sum, row) => sum + row.count, 0);
    return {
      quarter: within(15 * MINUTE),
      hour: within(HOUR),
      day: within(DAY),
      inARow: ever?.count ?? 0,
      lastAtMs: Number(ever?.last_ms ?? 0),
    };
  });
}

/** Takes back what `addOne` counted in this transaction at this instant; what was in a row begins anew. */
export async function takeBack(tx: Tx, tallies: readonly Tally[], now: Date): Promise<void> {
  await tx.query(
    `UPDATE identity_count AS held
     SET count = CASE WHEN held.window_start = 'epoch' THEN 0 ELSE held.count - 1 END
     FROM unnest($2::text[], $3::bytea[]) AS tally (kind, key)
     WHERE held.tenant_id = $1 AND held.kind = tally.kind AND held.key = tally.key
       AND held.window_start IN ('epoch', date_trunc('minute', $4::timestamptz))`,
    [tx.tenantId, ...columns(tallies), now],
  );
}

function columns(tallies: readonly Tally[]): [kinds: string[], keys: Buffer[]] {
  return [tallies.map(({ kind }) => kind), tallies.map(({ key }) => key)];
}
