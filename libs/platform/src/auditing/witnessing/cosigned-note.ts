import type { Tx } from '../../database/database';

/** A checkpoint as it is given away: its note, and the lines of the witnesses that have seen it. */
export interface CosignedCheckpoint {
  readonly size: number;
  /** Signed note with the log's signature first; `proof/checkpoint` of a bundle. */
  readonly note: string;
  /** How many cosignatures it has. */
  readonly witnesses: number;
}

/**
 * Returns the best checkpoint that covers the first `atLeast` entries: of those with the most cosignatures the smallest,
 * so that one which was just signed does not hide one that was seen.
 *
 * @returns undefined if no checkpoint covers them yet.
 */
export async function cosignedCheckpoint(tx: Tx, atLeast: number): Promise<CosignedCheckpoint | undefined> {
  const [best] = await tx.query<{ size: string; note: string; lines: string[] }>(
    `SELECT c.size, c.note, coalesce(w.lines, '{}') AS lines
     FROM audit_checkpoint c
     LEFT JOIN (SELECT size, count(*) AS n, array_agg(line ORDER BY witness) AS lines FROM audit_cosignature
       WHERE tenant_id = $1 AND size >= $2 GROUP BY size) w ON w.size = c.size
     WHERE c.tenant_id = $1 AND c.size >= $2
     ORDER BY coalesce(w.n, 0) DESC, c.size LIMIT 1`,
    [tx.tenantId, atLeast],
  );
  if (best === undefined) return undefined;
  const note = best.note + best.lines.map((line) => `${line}\n`).join('');
  return { size: Number(best.size), note, witnesses: best.lines.length };
}
