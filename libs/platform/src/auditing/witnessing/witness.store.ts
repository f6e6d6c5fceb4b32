import type { TenantId } from '@app/kernel';
import type { DataSource } from 'typeorm';
import type { Tx } from '../../database/database';

/** How a witness and a log stand to each other. */
export interface Standing {
  /** Cosigned up to here. */
  readonly size: number;
  readonly cosignedAt: Date | undefined;
  readonly awaySince: Date | undefined;
  /** Code of the last failure, while it is away. */
  readonly fault: string | undefined;
  /** It has seen another history of this log. */
  readonly isRefusing: boolean;
  readonly isAlarmed: boolean;
}

export const UNKNOWN: Standing = {
  size: 0,
  cosignedAt: undefined,
  awaySince: undefined,
  fault: undefined,
  isRefusing: false,
  isAlarmed: false,
};

/** A log with its last checkpoint. */
export interface LogStanding {
  readonly tenantId: TenantId;
  readonly size: number;
  /** By the vkey of the witness. */
  readonly witnesses: ReadonlyMap<string, Standing>;
}

interface Row {
  readonly tenant_id: TenantId;
  readonly witness: string;
  readonly size: string;
  readonly cosigned_at: Date | null;
  readonly away_since: Date | null;
  readonly fault: string | null;
  readonly is_refusing: boolean;
  readonly alarmed_at: Date | null;
}

/** Returns all logs that have a checkpoint. @param source - of the sequencer's role, which sees all tenants. */
export async function readStandings(source: DataSource): Promise<LogStanding[]> {
  const logs: { tenant_id: TenantId; size: string }[] = await source.query(
    `SELECT h.tenant_id, c.size FROM audit_head h
     JOIN LATERAL (SELECT max(size) AS size FROM audit_checkpoint WHERE tenant_id = h.tenant_id) c ON c.size IS NOT NULL`,
  );
  const rows: Row[] = await source.query('SELECT * FROM audit_witness');
  return logs.map(({ tenant_id: tenantId, size }) => ({
    tenantId,
    size: Number(size),
    witnesses: new Map(
      rows.filter((row) => row.tenant_id === tenantId).map((row) => [row.witness, standingOf(row)]),
    ),
  }));
}

/** Returns when the first checkpoint above a size was signed, for each log that has one. */
export async function readUnwitnessed(
  source: DataSource,
  logs: readonly { readonly tenantId: TenantId; readonly witnessed: number }[],
): Promise<Map<TenantId, Date>> {
  if (logs.length === 0) return new Map();
  const rows: { tenant_id: TenantId; signed_at: Date }[] = await source.query(
    `SELECT l.tenant_id, c.signed_at FROM unnest($1::uuid[], $2::bigint[]) AS l (tenant_id, size)
     JOIN LATERAL (SELECT signed_at FROM audit_checkpoint c
       WHERE c.tenant_id = l.tenant_id AND c.size > l.size ORDER BY c.size LIMIT 1) c ON true`,
    [logs.map(({ tenantId }) => tenantId), logs.map(({ witnessed }) => witnessed)],
  );
  return new Map(rows.map(({ tenant_id, signed_at }) => [tenant_id, signed_at]));
}

/** Returns a witness's standing, and keeps others from changing it in this transaction's time. */
export async function lockStanding(tx: Tx, witness: string): Promise<Standing> {
  await tx.query('INSERT INTO audit_witness (tenant_id, witness) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    tx.tenantId,
    witness,
  ]);
  const [row] = await tx.query<Row>(
    'SELECT * FROM audit_witness WHERE tenant_id = $1 AND witness = $2 FOR UPDATE',
    [tx.tenantId, witness],
  );
  return row === undefined ? UNKNOWN : standingOf(row);
}

/** @param alarmedAt - kept while the alarm lasts. */
export async function writeStanding(
  tx: Tx,
  witness: string,
  standing: Standing,
  alarmedAt: Date | undefined,
): Promise<void> {
  await tx.query(
    `UPDATE audit_witness SET size = $3, cosigned_at = $4, away_since = $5, fault = $6, is_refusing = $7,
       alarmed_at = CASE WHEN $8 THEN coalesce(alarmed_at, $9) END
     WHERE tenant_id = $1 AND witness = $2`,
    [
      tx.tenantId,
      witness,
      standing.size,
      standing.cosignedAt ?? null,
      standing.awaySince ?? null,
      standing.fault ?? null,
      standing.isRefusing,
      standing.isAlarmed,
      alarmedAt ?? null,
    ],
  );
}

export async function standingsOf(tx: Tx): Promise<Map<string, Standing>> {
  const rows = await tx.query<Row>('SELECT * FROM audit_witness WHERE tenant_id = $1', [tx.tenantId]);
  return new Map(rows.map((row) => [row.witness, standingOf(row)]));
}

/** Returns the last checkpoint of a log: its size and its note with the log's own signature. */
export async function latestCheckpoint(
  tx: Tx,
): Promise<{ readonly size: number; readonly note: string; readonly signedAt: Date } | undefined> {
  const [row] = await tx.query<{ size: string; note: string; signed_at: Date }>(
    'SELECT size, note, signed_at FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tx.tenantId],
  );
  return row && { size: Number(row.size), note: row.note, signedAt: row.signed_at };
}

function standingOf(row: Row): Standing {
  return {
    size: Number(row.size),
    cosignedAt: row.cosigned_at ?? undefined,
    awaySince: row.away_since ?? undefined,
    fault: row.fault ?? undefined,
    isRefusing: row.is_refusing,
    isAlarmed: row.alarmed_at !== null,
  };
}
