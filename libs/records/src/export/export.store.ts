import type { EntryId, ExportId } from '@app/kernel';
import type { Place, Tx } from '@app/platform';

/** An export as the officer sees it. */
export interface Export {
  readonly exportId: ExportId;
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
  readonly requestedBy: { readonly id: string; readonly name: string };
  readonly requestedAt: string;
  readonly state: 'waiting' | 'running' | 'ready' | 'failed';
  /** In entries of the bundle. */
  readonly progress: { readonly done: number; readonly total: number };
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly sha256?: string;
  readonly fileName?: string;
}

/** An export that a runner has taken. */
export interface Taken {
  readonly exportId: ExportId;
  /** The entry that says it was asked for. */
  readonly entryId: EntryId;
  readonly from: string;
  readonly to: string;
  readonly purpose: string;
  readonly requestedBy: string;
  readonly takenAt: Date;
}

/** Most exports in a list: the newest. */
const MAX_LISTED = 200;
/** After this time without a sign of life somebody else may take an export up. A runner touches it with every page. */
const STALE = "interval '60 seconds'";

/** Whose key seals the parts: an export has one of its own, so that it can be made unreadable alone. */
export function ownerOf(exportId: ExportId): string {
  return `export:${exportId}`;
}

/** What a part is bound to: another part, or another export's, does not open in its place. */
export function placeOf(exportId: ExportId, part: number): Place {
  return { item: `${exportId}/${part}`, content: 'export' };
}

/** Returns the tenant's exports, the newest first, or the one that is asked for. */
export async function findExports(tx: Tx, exportId?: ExportId): Promise<Export[]> {
  const rows = await tx.query<Row>(
    `SELECT e.*, m.name, t.slug FROM export e JOIN tenant t USING (tenant_id)
     JOIN staff_member m ON m.tenant_id = e.tenant_id AND m.staff_id = e.requested_by
     WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.export_id = $2)
     ORDER BY e.requested_at DESC, e.export_id DESC LIMIT ${MAX_LISTED}`,
    [tx.tenantId, exportId ?? null],
  );
  return rows.map(toExport);
}

/**
 * Takes the export that has waited longest, or one whose runner is gone, and throws away what that one had written.
 * Whoever took it holds it by the instant in `touched_at`, which nobody else knows to be theirs.
 */
export async function takeNext(tx: Tx, now: Date): Promise<Taken | undefined> {
  const [row] = await tx.query<Row>(
    `UPDATE export SET state = 'running', touched_at = $2, done = 0, total = 0
     WHERE tenant_id = $1 AND export_id = (
       SELECT export_id FROM export WHERE tenant_id = $1
         AND (state = 'waiting' OR (state = 'running' AND touched_at < $2::timestamptz - ${STALE}))
       ORDER BY requested_at, export_id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING *`,
    [tx.tenantId, now],
  );
  if (row === undefined) return undefined;
  await tx.query('DELETE FROM export_part WHERE tenant_id = $1 AND export_id = $2', [
    tx.tenantId,
    row.export_id,
  ]);
  return {
    exportId: row.export_id,
    entryId: row.entry_id,
    from: row.period_from.toISOString(),
    to: row.period_to.toISOString(),
    purpose: row.purpose,
    requestedBy: row.requested_by,
    takenAt: row.touched_at,
  };
}

interface Row {
  readonly export_id: ExportId;
  readonly entry_id: EntryId;
  readonly period_from: Date;
  readonly period_to: Date;
  readonly purpose: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly touched_at: Date;
  readonly state: Export['state'];
  readonly done: string;
  readonly total: string;
  readonly bytes: string | null;
  readonly sha256: Buffer | null;
  readonly name: string;
  readonly slug: string;
}

function toExport(row: Row): Export {
  const from = row.period_from.toISOString();
  const to = row.period_to.toISOString();
  return {
    exportId: row.export_id,
    from,
    to,
    purpose: row.purpose,
    requestedBy: { id: row.requested_by, name: row.name },
    requestedAt: row.requested_at.toISOString(),
    state: row.state,
    progress: { done: Number(row.done), total: Number(row.total) },
    ...(row.state === 'ready' &&
      row.sha256 !== null && {
        bytes: Number(row.bytes),
        sha256: row.sha256.toString('hex'),
        fileName: `vestibule-${row.slug}-${from.slice(0, 10)}-${to.slice(0, 10)}.zip`,
      }),
  };
}
