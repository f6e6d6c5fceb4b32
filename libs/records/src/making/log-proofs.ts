import {
  type Checkpoint,
  consistencyProof,
  type EarlierCheckpoint,
  type NodeSource,
  parseEntry,
  type RangeProof,
  rangeProof,
  type Span,
} from '@app/audit';
import { nodesOf, type Tx } from '@app/platform';

/** Returns what shows that the leaves of a range are in the log of `size` entries. */
export function rangeProofIn(tx: Tx, { from, to }: Span<number>, size: number): Promise<RangeProof> {
  return rangeProof(nodesIn(tx), from, to, size);
}

/**
 * Returns the checkpoint of the tenant's last export that is ready, with the proof that the log of `size` entries begins
 * with it; nothing if this is the first, or the log has another name since.
 */
export async function previousIn(
  tx: Tx,
  { size, origin }: Checkpoint,
): Promise<EarlierCheckpoint | undefined> {
  const [last] = await tx.query<{ checkpoint: string; size: string }>(
    `SELECT checkpoint, size FROM export
     WHERE tenant_id = $1 AND state = 'ready' AND size <= $2 AND starts_with(checkpoint, $3)
     ORDER BY size DESC, export_id DESC LIMIT 1`,
    [tx.tenantId, size, `${origin}\n`],
  );
  if (last === undefined) return undefined;
  const consistency = await consistencyProof(nodesIn(tx), Number(last.size), size);
  return { checkpoint: last.checkpoint, consistency };
}

/** Returns the digest of the policies that were in force when an entry was written, if one was decided by them. */
export async function policySetIn(tx: Tx, index: number): Promise<string | undefined> {
  const [row] = await tx.query<{ entry: Buffer }>(
    'SELECT entry FROM audit_entry WHERE tenant_id = $1 AND idx = $2',
    [tx.tenantId, index],
  );
  return row && parseEntry(row.entry).authz?.policySet;
}

/** One query after the other: they share the transaction's connection. */
function nodesIn(tx: Tx): NodeSource {
  let before: Promise<unknown> = Promise.resolve();
  return nodesOf((sql, values) => {
    const answer = before.then(() => tx.query<never>(sql, values));
    before = answer.catch(() => undefined);
    return answer;
  }, tx.tenantId);
}
