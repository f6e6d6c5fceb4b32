import { leafHash, nodeHash, type NodeSource, rootOf } from '@app/audit';
import type { TenantId } from '@app/kernel';

/** What the tree is read through: a transaction of the tenant, or the sequencer's pool. */
export type Ask = <Row extends object>(sql: string, values: readonly unknown[]) => Promise<Row[]>;

const KEPT_LEVEL = 8;

/**
 * Returns where a log's hashes come from: kept nodes from 256 leaves up, leaf hashes below. Only complete subtrees of
 * sequenced entries can be asked for.
 *
 * @throws Error if the log does not have a hash that its size says it must have: it has been tampered with.
 */
export function nodesOf(ask: Ask, tenantId: TenantId): NodeSource {
  // A proof asks for several nodes at once; one connection answers one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  return (level, index) => {
    const mine = last.then(() => node(ask, tenantId, level, index));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function node(ask: Ask, tenantId: TenantId, level: number, index: number): Promise<Buffer> {
  if (level >= KEPT_LEVEL) {
    const [kept] = await ask<{ hash: Buffer }>(
      'SELECT hash FROM audit_node WHERE tenant_id = $1 AND level = $2 AND idx = $3',
      [tenantId, level, index],
    );
    if (kept === undefined) throw new Error(`the log has lost node ${level}/${index}`);
    return kept.hash;
  }
  const width = 2 ** level;
  const leaves = await ask<{ leaf_hash: Buffer }>(
    'SELECT leaf_hash FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx',
    [tenantId, index * width, (index + 1) * width],
  );
  if (leaves.length !== width) throw new Error(`the log has lost leaves of ${level}/${index}`);
  let row = leaves.map(({ leaf_hash }) => leaf_hash);
  while (row.length > 1)
    row = row.flatMap((hash, i) => (i % 2 === 0 ? [nodeHash(hash, row[i + 1] ?? hash)] : []));
  return row[0] ?? leafHash(Buffer.alloc(0));
}

/** Returns the root that the log had at a size that it has reached. */
export function rootAt(ask: Ask, tenantId: TenantId, size: number): Promise<Buffer> {
  return rootOf(nodesOf(ask, tenantId), size);
}
