import { type Anchor, consistencyProof } from '@app/audit';
import type { EntryId, TenantId } from '@app/kernel';
import type { DataSource } from 'typeorm';
import type { Tx } from '../../database/database';
import { nodesOf } from '../log-tree';

/** A checkpoint that a time-stamping authority has seen. */
export interface StoredAnchor {
  readonly size: number;
  /** As the authority says. */
  readonly stampedAt: Date;
  /** TimeStampResp, DER. */
  readonly response: Buffer;
}

interface Row {
  readonly size: string;
  readonly stamped_at: Date;
  readonly response: Buffer;
}

/** Most anchors in one bundle. There is one an hour; of more, some are left out evenly. */
const MAX_IN_BUNDLE = 100;

/** Returns the logs whose last stamp is older than an instant, or that have none. @param source - of the sequencer's role */
export async function dueLogs(source: DataSource, before: Date): Promise<TenantId[]> {
  const rows: { tenant_id: TenantId }[] = await source.query(
    `SELECT h.tenant_id FROM audit_head h
     WHERE EXISTS (SELECT 1 FROM audit_checkpoint c WHERE c.tenant_id = h.tenant_id)
       AND NOT EXISTS (SELECT 1 FROM audit_anchor a WHERE a.tenant_id = h.tenant_id AND a.stamped_at > $1)`,
    [before],
  );
  return rows.map(({ tenant_id }) => tenant_id);
}

export async function anchorAt(tx: Tx, size: number): Promise<StoredAnchor | undefined> {
  const [row] = await tx.query<Row>('SELECT * FROM audit_anchor WHERE tenant_id = $1 AND size = $2', [
    tx.tenantId,
    size,
  ]);
  return row && anchorOf(row);
}

/** @param entryId - the entry that logs it back, written in the same transaction. */
export async function keepAnchor(tx: Tx, anchor: StoredAnchor, entryId: EntryId): Promise<void> {
  await tx.query(
    'INSERT INTO audit_anchor (tenant_id, size, stamped_at, response, entry_id) VALUES ($1, $2, $3, $4, $5)',
    [tx.tenantId, anchor.size, anchor.stampedAt, anchor.response, entryId],
  );
}

/** Returns when and at which size the log was stamped since an instant, the oldest first. */
export async function anchorsSince(
  tx: Tx,
  since: Date,
): Promise<{ readonly size: number; readonly stampedAt: Date }[]> {
  const rows = await tx.query<Omit<Row, 'response'>>(
    `SELECT size, stamped_at FROM audit_anchor WHERE tenant_id = $1 AND stamped_at >= $2
     ORDER BY stamped_at DESC LIMIT 2000`,
    [tx.tenantId, since],
  );
  return rows.map(({ size, stamped_at }) => ({ size: Number(size), stampedAt: stamped_at })).toReversed();
}

export async function lastAnchor(tx: Tx): Promise<StoredAnchor | undefined> {
  const [row] = await tx.query<Row>(
    'SELECT * FROM audit_anchor WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tx.tenantId],
  );
  return row && anchorOf(row);
}

/**
 * Returns the stamps that say something of the entries from `from` on, for a bundle whose checkpoint has `size` entries: the
 * last before them, those among them, the first after them. The oldest first.
 */
export async function anchorsForBundle(
  tx: Tx,
  { from, size }: { readonly from: number; readonly size: number },
): Promise<Anchor[]> {
  const rows = await tx.query<Row & { checkpoint: string }>(
    `WITH of_log AS (SELECT a.*, c.note FROM audit_anchor a JOIN audit_checkpoint c USING (tenant_id, size)
       WHERE a.tenant_id = $1 AND a.size <= $3
         AND a.size >= coalesce((SELECT max(b.size) FROM audit_anchor b WHERE b.tenant_id = $1 AND b.size <= $2), 0)),
     counted AS (SELECT *, row_number() OVER (ORDER BY size) - 1 AS n, count(*) OVER () AS total FROM of_log)
     SELECT size, stamped_at, response, split_part(note, E'\\n\\n', 1) || E'\\n' AS checkpoint FROM counted
     WHERE total <= $4 OR n = 0 OR n = total - 1 OR n * ($4 - 1) / (total - 1) <> (n - 1) * ($4 - 1) / (total - 1)
     ORDER BY size`,
    [tx.tenantId, from, size, MAX_IN_BUNDLE],
  );
  const node = nodesOf((sql, values) => tx.query<never>(sql, values), tx.tenantId);
  const anchors: Anchor[] = [];
  for (const { size: then, response, checkpoint } of rows)
    anchors.push({
      checkpoint,
      token: response,
      consistency: await consistencyProof(node, Number(then), size),
    });
  return anchors;
}

function anchorOf({ size, stamped_at, response }: Row): StoredAnchor {
  return { size: Number(size), stampedAt: stamped_at, response };
}
