import type { EntryId, ErasureId, ExportId, IntakeId, StaffId } from '@app/kernel';
import type { Keys, Tx } from '@app/platform';
import { ownerOf } from '../export/export.store';
import type { ErasureFacts } from './erasure';

/** An erasure as it is stored. */
export interface ErasureRow {
  readonly erasure_id: ErasureId;
  readonly intake_id: IntakeId;
  readonly purpose: string;
  readonly requested_by: StaffId;
  readonly requested_at: Date;
  readonly unreadable_by: Date;
  readonly key_version: number;
  readonly request_entry: EntryId;
  readonly effective_at: Date | null;
  readonly effective_entry: EntryId | null;
}

/** Most erasures in one list: the newest. */
const MAX_LISTED = 200;

/** Locks a conversation and returns what the decision needs. */
export async function lockForErasure(tx: Tx, intakeId: IntakeId): Promise<ErasureFacts | undefined> {
  await tx.query('SELECT 1 FROM intake_head WHERE tenant_id = $1 AND intake_id = $2 FOR UPDATE', [
    tx.tenantId,
    intakeId,
  ]);
  const [row] = await tx.query<{ erased_at: Date | null; held: boolean }>(
    `SELECT erased_at, EXISTS (SELECT 1 FROM held_intake h WHERE h.tenant_id = i.tenant_id AND h.intake_id = i.intake_id) AS held
     FROM intake i WHERE tenant_id = $1 AND intake_id = $2`,
    [tx.tenantId, intakeId],
  );
  return row && { erasedAt: row.erased_at ?? undefined, held: row.held };
}

/**
 * Makes a conversation unreadable, and takes away what else of it is somebody's: the openings of its entries, the link to
 * the person's record, tries to prove who they are, their sessions and tickets, exports of it that lie here. What remains is ciphertext that no key
 * opens, and what happened when: ids, states, counts.
 *
 * @returns the highest version of the tenant's key under which a copy of its keys may still be found.
 * @throws AppError `HELD` when the transaction commits nothing, because a legal hold keeps it.
 */
export async function eraseIntake(tx: Tx, keys: Keys, intakeId: IntakeId, now: Date): Promise<number> {
  const { keyVersions } = await keys.destroy(tx, intakeId);
  keyVersions.push(...(await eraseExports(tx, keys, intakeId)));
  await deleteOpenings(tx, intakeId);
  await tx.query('DELETE FROM verification WHERE tenant_id = $1 AND intake_id = $2', [tx.tenantId, intakeId]);
  await tx.query(
    `DELETE FROM socket_ticket WHERE tenant_id = $1 AND (stands_for ->> 'intakeId' = $2
       OR stands_for ->> 'sessionId' IN (SELECT session_id::text FROM client_session WHERE tenant_id = $1 AND intake_id::text = $2))`,
    [tx.tenantId, intakeId],
  );
  await tx.query('DELETE FROM client_session WHERE tenant_id = $1 AND intake_id = $2', [
    tx.tenantId,
    intakeId,
  ]);
  await tx.query(
    `UPDATE consult SET state = 'ended', ended_at = $3, ended_by = 'system'
     WHERE tenant_id = $1 AND intake_id = $2 AND state NOT IN ('ended', 'declined')`,
    [tx.tenantId, intakeId, now],
  );
  await tx.query(
    `UPDATE intake SET erased_at = $3, state = 'closed', closed_at = coalesce(closed_at, $3), outcome = coalesce(outcome, 'erased'),
       record_id = NULL, consult = CASE WHEN consult IN ('none', 'declined') THEN consult ELSE 'ended' END
     WHERE tenant_id = $1 AND intake_id = $2`,
    [tx.tenantId, intakeId, now],
  );
  // Whoever decided on what they knew before finds out that it is not so any more.
  await tx.query('UPDATE intake_head SET version = version + 1 WHERE tenant_id = $1 AND intake_id = $2', [
    tx.tenantId,
    intakeId,
  ]);
  const [known] = await tx.query<{ version: number | null }>(
    'SELECT max(version) AS version FROM tenant_key WHERE tenant_id = $1',
    [tx.tenantId],
  );
  return keyVersions.length > 0 ? Math.max(...keyVersions) : (known?.version ?? 1);
}

/** Takes away the exports that were made of the conversation alone: they hold what was said. */
async function eraseExports(tx: Tx, keys: Keys, intakeId: IntakeId): Promise<number[]> {
  const exports = await tx.query<{ export_id: ExportId }>(
    `UPDATE export SET state = 'failed', failure = '{"reason":"erased"}', bytes = NULL, sha256 = NULL
     WHERE tenant_id = $1 AND intake_id = $2 RETURNING export_id`,
    [tx.tenantId, intakeId],
  );
  const versions: number[] = [];
  for (const { export_id: exportId } of exports) {
    await tx.query('DELETE FROM export_part WHERE tenant_id = $1 AND export_id = $2', [
      tx.tenantId,
      exportId,
    ]);
    versions.push(...(await keys.destroy(tx, ownerOf(exportId))).keyVersions);
  }
  return versions;
}

/** Those of sequenced entries are found by their column, those that wait by their bytes. */
async function deleteOpenings(tx: Tx, intakeId: IntakeId): Promise<void> {
  await tx.query(
    `DELETE FROM audit_opening o USING (
       SELECT entry_id FROM audit_entry WHERE tenant_id = $1 AND intake_id = $2
       UNION ALL
       SELECT entry_id FROM audit_pending
       WHERE tenant_id = $1 AND convert_from(entry, 'UTF8')::jsonb -> 'intake' ->> 'id' = $2
     ) e WHERE o.tenant_id = $1 AND o.entry_id = e.entry_id`,
    [tx.tenantId, intakeId],
  );
}

/** What is known of an erasure when it is done. Instants as PostgreSQL takes them. */
export type NewErasure = Omit<
  ErasureRow,
  'requested_at' | 'unreadable_by' | 'effective_at' | 'effective_entry'
> & { readonly requested_at: Date | string; readonly unreadable_by: Date | string };

export async function insertErasure(tx: Tx, erasure: NewErasure): Promise<void> {
  await tx.query(
    `INSERT INTO erasure (tenant_id, erasure_id, intake_id, purpose, requested_by, requested_at, unreadable_by, key_version,
       request_entry) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tx.tenantId,
      erasure.erasure_id,
      erasure.intake_id,
      erasure.purpose,
      erasure.requested_by,
      erasure.requested_at,
      erasure.unreadable_by,
      erasure.key_version,
      erasure.request_entry,
    ],
  );
}

/** Returns the tenant's erasures, the newest first, or the one that is asked for. */
export function findErasures(tx: Tx, erasureId?: ErasureId): Promise<ErasureRow[]> {
  return tx.query<ErasureRow>(
    `SELECT * FROM erasure WHERE tenant_id = $1 AND ($2::uuid IS NULL OR erasure_id = $2)
     ORDER BY requested_at DESC, erasure_id DESC LIMIT ${MAX_LISTED}`,
    [tx.tenantId, erasureId ?? null],
  );
}

/** Locks and returns an erasure of which no copy can be read any more, and of which the log does not say so yet. */
export async function takeEffective(tx: Tx): Promise<ErasureRow | undefined> {
  const [row] = await tx.query<ErasureRow>(
    `SELECT * FROM erasure e WHERE tenant_id = $1 AND effective_at IS NULL AND NOT EXISTS (
       SELECT 1 FROM tenant_key t WHERE t.tenant_id = $1 AND t.version <= e.key_version AND t.state <> 'destroyed')
     ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [tx.tenantId],
  );
  return row;
}

export async function saveEffective(tx: Tx, erasureId: ErasureId, at: Date, entryId: EntryId): Promise<void> {
  await tx.query(
    'UPDATE erasure SET effective_at = $3, effective_entry = $4 WHERE tenant_id = $1 AND erasure_id = $2',
    [tx.tenantId, erasureId, at, entryId],
  );
}
