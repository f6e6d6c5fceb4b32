import type { HoldId, IntakeId, StaffId } from '@app/kernel';
import type { Tx } from '@app/platform';
import type { HoldFacts } from './hold';

/** A hold as it is stored. */
export interface HoldRow {
  readonly hold_id: HoldId;
  readonly intake_id: IntakeId;
  readonly sealed_reason: Buffer;
  readonly placed_by: StaffId;
  readonly placed_at: Date;
  readonly release_asked_by: StaffId | null;
  readonly release_asked_at: Date | null;
  readonly released_by: StaffId | null;
  readonly released_at: Date | null;
}

/** Most holds in one list. All of them are named in the entry that says they were read. */
export const MAX_LISTED = 100;

/** Returns the holds of a tenant: those that stand first, each part the newest first. */
export function findHolds(tx: Tx): Promise<HoldRow[]> {
  return tx.query<HoldRow>(
    `SELECT * FROM hold WHERE tenant_id = $1
     ORDER BY released_at IS NOT NULL, placed_at DESC, hold_id DESC LIMIT ${MAX_LISTED}`,
    [tx.tenantId],
  );
}

/** Returns one hold, locked until the transaction ends. */
export async function lockHold(tx: Tx, holdId: HoldId): Promise<HoldRow | undefined> {
  const [row] = await tx.query<HoldRow>(
    'SELECT * FROM hold WHERE tenant_id = $1 AND hold_id = $2 FOR UPDATE',
    [tx.tenantId, holdId],
  );
  return row;
}

export function factsOfHold(row: HoldRow): HoldFacts {
  return {
    placedBy: row.placed_by,
    ...(row.release_asked_by !== null && { releaseAskedBy: row.release_asked_by }),
    ...(row.released_by !== null && { releasedBy: row.released_by }),
  };
}

/** Stores what a step made of a hold. */
export async function saveHold(tx: Tx, before: HoldRow, facts: HoldFacts, now: Date): Promise<void> {
  const askedAt = facts.releaseAskedBy === undefined ? null : (before.release_asked_at ?? now);
  await tx.query(
    `UPDATE hold SET release_asked_by = $3, release_asked_at = $4, released_by = $5, released_at = $6
     WHERE tenant_id = $1 AND hold_id = $2`,
    [
      tx.tenantId,
      before.hold_id,
      facts.releaseAskedBy ?? null,
      askedAt,
      facts.releasedBy ?? null,
      facts.releasedBy === undefined ? null : now,
    ],
  );
}

/** Whether a hold stands on an intake. */
export async function isHeld(tx: Tx, intakeId: IntakeId): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM held_intake WHERE tenant_id = $1 AND intake_id = $2', [
    tx.tenantId,
    intakeId,
  ]);
  return rows.length > 0;
}
