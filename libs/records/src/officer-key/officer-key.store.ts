import type { StaffId } from '@app/kernel';
import type { Tx } from '@app/platform';

export type KeyState = 'proposed' | 'pinned' | 'rejected' | 'replaced';

/** One change of an officer's key: said by one, decided by another. */
export interface KeyRow {
  readonly key_id: string;
  readonly staff_id: StaffId;
  /** Nothing: from then on the officer has no key. */
  readonly public_key: string | null;
  readonly fingerprint: string | null;
  readonly state: KeyState;
  readonly proposed_by: StaffId;
  readonly proposed_at: Date;
  readonly decided_by: StaffId | null;
  readonly decided_at: Date | null;
}

/** Returns what stands: the keys that are pinned, and the changes that nobody has decided. */
export function standingKeys(tx: Tx): Promise<KeyRow[]> {
  return tx.query<KeyRow>(
    "SELECT * FROM officer_key WHERE tenant_id = $1 AND state IN ('pinned', 'proposed') ORDER BY proposed_at",
    [tx.tenantId],
  );
}

/** Returns the armoured keys to which files of these people are encrypted. */
export async function pinnedKeys(tx: Tx, staff: readonly string[]): Promise<KeyRow[]> {
  return tx.query<KeyRow>(
    `SELECT * FROM officer_key WHERE tenant_id = $1 AND state = 'pinned' AND public_key IS NOT NULL
       AND staff_id = ANY($2::uuid[]) ORDER BY key_id`,
    [tx.tenantId, staff],
  );
}

/** Returns a change, locked: two people who decide at once do so one after the other. */
export async function lockKey(tx: Tx, keyId: string): Promise<KeyRow | undefined> {
  const [row] = await tx.query<KeyRow>(
    'SELECT * FROM officer_key WHERE tenant_id = $1 AND key_id = $2 FOR UPDATE',
    [tx.tenantId, keyId],
  );
  return row;
}

export async function insertProposal(
  tx: Tx,
  row: Pick<KeyRow, 'key_id' | 'staff_id' | 'public_key' | 'fingerprint' | 'proposed_by' | 'proposed_at'>,
): Promise<boolean> {
  const inserted = await tx.query(
    `INSERT INTO officer_key (tenant_id, key_id, staff_id, public_key, fingerprint, state, proposed_by, proposed_at)
     VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7) ON CONFLICT DO NOTHING RETURNING key_id`,
    [
      tx.tenantId,
      row.key_id,
      row.staff_id,
      row.public_key,
      row.fingerprint,
      row.proposed_by,
      row.proposed_at,
    ],
  );
  return inserted.length > 0;
}

/** Decides a change. A key that is pinned takes the place of the one before. */
export async function saveDecision(
  tx: Tx,
  row: KeyRow,
  state: 'pinned' | 'rejected',
  by: StaffId,
  at: Date,
): Promise<void> {
  if (state === 'pinned')
    await tx.query(
      "UPDATE officer_key SET state = 'replaced' WHERE tenant_id = $1 AND staff_id = $2 AND state = 'pinned'",
      [tx.tenantId, row.staff_id],
    );
  await tx.query(
    'UPDATE officer_key SET state = $3, decided_by = $4, decided_at = $5 WHERE tenant_id = $1 AND key_id = $2',
    [tx.tenantId, row.key_id, state, by, at],
  );
}

/** Returns everybody who may take exports away, by name. */
export function officersIn(tx: Tx): Promise<{ staff_id: StaffId; name: string }[]> {
  return tx.query(
    `SELECT staff_id, name FROM staff_member WHERE tenant_id = $1 AND 'compliance-officer' = ANY(roles) ORDER BY name, staff_id`,
    [tx.tenantId],
  );
}
