import { CompactRange } from '@app/audit';
import type { TenantId } from '@app/kernel';
import type { TestDatabase } from './database';

/** What somebody does who has the database and the log's key: the log is as it was at a size, and nothing shows it. */
export async function setBack(base: TestDatabase, tenantId: TenantId, size: number): Promise<void> {
  const rows = await base.owner<{ leaf_hash: Buffer }>(
    'SELECT leaf_hash FROM audit_entry WHERE tenant_id = $1 AND idx < $2 ORDER BY idx',
    [tenantId, size],
  );
  const tree = CompactRange.of(0, []);
  for (const { leaf_hash } of rows) tree.append(leaf_hash);
  for (const table of ['audit_entry', 'audit_checkpoint', 'audit_cosignature'])
    await base.owner(`ALTER TABLE ${table} DISABLE TRIGGER append_only`);
  await base.owner('DELETE FROM audit_entry WHERE tenant_id = $1 AND idx >= $2', [tenantId, size]);
  for (const table of ['audit_checkpoint', 'audit_cosignature'])
    await base.owner(`DELETE FROM ${table} WHERE tenant_id = $1 AND size > $2`, [tenantId, size]);
  await base.owner('DELETE FROM audit_witness WHERE tenant_id = $1', [tenantId]);
  await base.owner('UPDATE audit_head SET size = $2, compact = $3 WHERE tenant_id = $1', [
    tenantId,
    size,
    Buffer.concat(tree.hashes()),
  ]);
  for (const table of ['audit_entry', 'audit_checkpoint', 'audit_cosignature'])
    await base.owner(`ALTER TABLE ${table} ENABLE TRIGGER append_only`);
}
