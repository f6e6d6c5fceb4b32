import type { RecordId } from '@app/kernel';
import type { Tx } from '@app/platform';

/** A code that was asked for, whether or not anybody got one. */
export interface Verification {
  readonly verificationId: string;
  readonly sessionId: string;
  readonly recordId: RecordId | undefined;
  readonly codeHash: string;
  /** How often it has been tried, the try that is being made counted in. */
  readonly tries: number;
  /** Whether it was asked for within the life of a code. */
  readonly fresh: boolean;
  /** By what its failures are counted: the identifier that was claimed, and the address that a code went to, or would have. */
  readonly identifierKey: Buffer;
  readonly addressKey: Buffer;
}

const KEY_BYTES = 32;

/**
 * Keeps a verification instead of those that the conversation had, which are over. What its failures are counted by
 * stands in `identity_count`, kind `claim`, as id, identifier and address: a row of its own for match and no match alike.
 */
export async function keepVerification(
  tx: Tx,
  intakeId: string,
  lifeS: number,
  now: Date,
  made: Omit<Verification, 'tries' | 'fresh'>,
): Promise<void> {
  await tx.query(
    'UPDATE verification SET used_at = $3 WHERE tenant_id = $1 AND intake_id = $2 AND used_at IS NULL',
    [tx.tenantId, intakeId, now],
  );
  await tx.query(
    `INSERT INTO verification (tenant_id, verification_id, intake_id, session_id, record_id, code_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7::timestamptz + make_interval(secs => $8))`,
    [
      tx.tenantId,
      made.verificationId,
      intakeId,
      made.sessionId,
      made.recordId ?? null,
      made.codeHash,
      now,
      lifeS,
    ],
  );
  await tx.query(
    `INSERT INTO identity_count (tenant_id, kind, key, window_start, count, last_at)
     VALUES ($1, 'claim', uuid_send($2) || $3::bytea || $4::bytea, 'epoch', 1, $5)`,
    [tx.tenantId, made.verificationId, made.identifierKey, made.addressKey, now],
  );
}

/** Returns how many different identifiers a conversation has claimed, this one counted in. */
export async function identifiersClaimed(tx: Tx, intakeId: string, identifierKey: Buffer): Promise<number> {
  const [row] = await tx.query<{ claimed: number }>(
    `SELECT count(DISTINCT token)::int AS claimed FROM (
       SELECT substring(c.key FROM 17 FOR 32) AS token FROM verification v
       JOIN identity_count c ON c.tenant_id = v.tenant_id AND c.kind = 'claim' AND ${OF_VERIFICATION}
       WHERE v.tenant_id = $1 AND v.intake_id = $2
       UNION ALL SELECT $3::bytea) AS tokens`,
    [tx.tenantId, intakeId, identifierKey],
  );
  return row?.claimed ?? 0;
}

/** Counts one try of the conversation's code and returns it, or nothing if there is none that can still be used. */
export async function tryVerification(
  tx: Tx,
  intakeId: string,
  now: Date,
): Promise<Verification | undefined> {
  const [row] = await tx.query<{
    verification_id: string;
    session_id: string;
    record_id: RecordId | null;
    code_hash: string;
    tries: number;
    fresh: boolean;
    key: Buffer;
  }>(
    // A clock that was set back must not lengthen the life of a code; a second's correction must not end it.
    `UPDATE verification v SET tries = tries + 1 FROM identity_count c
     WHERE v.tenant_id = $1 AND v.intake_id = $2 AND v.used_at IS NULL
       AND c.tenant_id = v.tenant_id AND c.kind = 'claim' AND ${OF_VERIFICATION}
     RETURNING v.verification_id, v.session_id, v.record_id, v.code_hash, v.tries, c.key,
       $3 < v.expires_at AND $3 >= v.created_at - interval '1 minute' AS fresh`,
    [tx.tenantId, intakeId, now],
  );
  if (row === undefined) return undefined;
  return {
    verificationId: row.verification_id,
    sessionId: row.session_id,
    recordId: row.record_id ?? undefined,
    codeHash: row.code_hash,
    tries: row.tries,
    fresh: row.fresh,
    identifierKey: row.key.subarray(16, 16 + KEY_BYTES),
    addressKey: row.key.subarray(16 + KEY_BYTES),
  };
}

/** Ends a verification whose code has come back. */
export async function useVerification(tx: Tx, verificationId: string, now: Date): Promise<void> {
  await tx.query('UPDATE verification SET used_at = $3 WHERE tenant_id = $1 AND verification_id = $2', [
    tx.tenantId,
    verificationId,
    now,
  ]);
}

/** The row of `claim` that begins with the verification's id, found as a range so that the primary key serves. */
const OF_VERIFICATION = `c.key > uuid_send(v.verification_id)
       AND c.key < uuid_send(v.verification_id) || decode(repeat('ff', 65), 'hex')`;
