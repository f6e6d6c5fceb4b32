import type { TenantId } from '@app/kernel';
import type { Tx } from '@app/platform';
import type { EntriesQuery } from '../messages';
import type { StoredEntry } from './entry-row';

/**
 * Returns the newest entries that the filter lets through, one more than its limit if there are more: first those that
 * have no place yet (on the first page only), then by index. One statement, so that an entry that is sequenced meanwhile
 * is neither missing nor twice.
 */
export function findEntries(tx: Tx, filter: EntriesQuery): Promise<StoredEntry[]> {
  return tx.query<StoredEntry>(
    `SELECT idx, leaf_hash, entry FROM (
       (SELECT NULL::bigint AS idx, arrived_at, NULL::bytea AS leaf_hash, entry
        FROM audit_pending, LATERAL (SELECT convert_from(entry, 'UTF8')::jsonb AS e OFFSET 0) AS parsed
        WHERE tenant_id = $1 AND $8::bigint IS NULL
          AND ($2::timestamptz IS NULL OR (e->>'at')::timestamptz >= $2)
          AND ($3::timestamptz IS NULL OR (e->>'at')::timestamptz < $3)
          AND ($4::text IS NULL OR e->>'act' = $4) AND ($5::text IS NULL OR e->'actor'->>'id' = $5)
          AND ($6::text IS NULL OR e->'intake'->>'id' = $6) AND ($7::text IS NULL OR e->>'outcome' = $7)
        ORDER BY arrived_at DESC LIMIT $9)
       UNION ALL
       (SELECT idx, NULL, leaf_hash, entry FROM audit_entry
        WHERE tenant_id = $1 AND ($8::bigint IS NULL OR idx < $8)
          AND ($2::timestamptz IS NULL OR at >= $2) AND ($3::timestamptz IS NULL OR at < $3)
          AND ($4::text IS NULL OR act = $4) AND ($5::text IS NULL OR actor_id = $5)
          AND ($6::text IS NULL OR intake_id = $6) AND ($7::text IS NULL OR outcome = $7)
        ORDER BY idx DESC LIMIT $9)) AS found
     ORDER BY idx DESC NULLS FIRST, arrived_at DESC LIMIT $9`,
    [
      tx.tenantId,
      filter.from ?? null,
      filter.to ?? null,
      filter.act ?? null,
      filter.actor ?? null,
      filter.intake ?? null,
      filter.outcome ?? null,
      filter.before ?? null,
      filter.limit + 1,
    ],
  );
}

/** Everybody who works or worked here, by their current name. */
export function findStaff(tx: Tx): Promise<{ id: string; name: string }[]> {
  return tx.query(
    'SELECT staff_id AS id, name FROM staff_member WHERE tenant_id = $1 ORDER BY name, staff_id',
    [tx.tenantId],
  );
}

/** The last signed checkpoint, or nothing while a log is in its first second. */
export async function lastCheckpoint(
  tx: Tx,
): Promise<{ size: number; note: string; signedAt: Date } | undefined> {
  const [row] = await tx.query<{ size: string; note: string; signed_at: Date }>(
    'SELECT size, note, signed_at FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tx.tenantId],
  );
  return row && { size: Number(row.size), note: row.note, signedAt: row.signed_at };
}

/** Which acts a log has. A log only grows, so each look goes on where the last one of this process ended. */
export class ActsSeen {
  private readonly seen = new Map<TenantId, { upTo: number; readonly acts: Set<string> }>();

  /** Returns the acts of all sequenced entries, in ASCII order. */
  async of(tx: Tx): Promise<string[]> {
    const seen = this.seen.get(tx.tenantId) ?? { upTo: 0, acts: new Set<string>() };
    this.seen.set(tx.tenantId, seen);
    const rows = await tx.query<{ act: string; upto: string }>(
      'SELECT act, max(idx) + 1 AS upto FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 GROUP BY act',
      [tx.tenantId, seen.upTo],
    );
    for (const { act, upto } of rows) {
      seen.acts.add(act);
      seen.upTo = Math.max(seen.upTo, Number(upto));
    }
    return [...seen.acts].sort();
  }
}
