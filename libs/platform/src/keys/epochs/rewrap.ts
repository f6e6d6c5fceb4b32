import type { Tx } from '../../database/database';
import {
  dataKeyContext,
  secretContext,
  type TenantKey,
  type TenantKeyRing,
  unwrapUnder,
  wrapUnder,
} from '../tenant-key-ring';

interface Moved {
  /** The version that all of it is under now. */
  readonly to: number;
  /** The versions that it was under. */
  readonly from: readonly number[];
  readonly dataKeys: number;
  readonly secrets: number;
  /** What is still under older versions: data keys and secrets. */
  readonly left: number;
}

interface Row {
  readonly key_version: number;
  readonly wrapped: Buffer;
}

/**
 * Moves up to so many wrapped keys from older versions of the tenant's key to the active one. Rows that another transaction
 * holds are left for the next batch; a row is moved whole or not at all.
 */
export async function rewrapBatch(tx: Tx, ring: TenantKeyRing, limit: number): Promise<Moved> {
  // Not from memory: perhaps another process has just changed it. The lock keeps it active until we are done.
  const [active] = await tx.query<{ version: number }>(
    "SELECT version FROM tenant_key WHERE tenant_id = $1 AND state = 'active' FOR SHARE",
    [tx.tenantId],
  );
  if (active === undefined) return { to: 0, from: [], dataKeys: 0, secrets: 0, left: 0 };
  const to = await ring.version(tx, active.version);
  const dataKeys = await moveDataKeys(tx, ring, to, limit);
  const secrets = await moveSecrets(tx, ring, to, limit - dataKeys.length);
  const [{ left } = { left: '0' }] = await tx.query<{ left: string }>(
    `SELECT (SELECT count(*) FROM data_key WHERE tenant_id = $1 AND key_version <> $2)
          + (SELECT count(*) FROM secret WHERE tenant_id = $1 AND key_version <> $2) AS left`,
    [tx.tenantId, to.version],
  );
  return {
    to: to.version,
    from: [...new Set([...dataKeys, ...secrets].map(({ key_version }) => key_version))],
    dataKeys: dataKeys.length,
    secrets: secrets.length,
    left: Number(left),
  };
}

async function moveDataKeys(tx: Tx, ring: TenantKeyRing, to: TenantKey, limit: number): Promise<Row[]> {
  const rows = await tx.query<Row & { owner: string; data_key_id: Buffer }>(
    `SELECT owner, data_key_id, key_version, wrapped FROM data_key WHERE tenant_id = $1 AND key_version <> $2
     ORDER BY key_version, data_key_id LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, to.version, limit],
  );
  const moved: Buffer[] = [];
  for (const row of rows)
    moved.push(await move(tx, ring, to, row, dataKeyContext(tx, row.owner, row.data_key_id)));
  if (rows.length > 0)
    await tx.query(
      `UPDATE data_key d SET key_version = $2, wrapped = m.wrapped
       FROM unnest($3::bytea[], $4::bytea[]) AS m (id, wrapped) WHERE d.tenant_id = $1 AND d.data_key_id = m.id`,
      [tx.tenantId, to.version, rows.map((row) => row.data_key_id), moved],
    );
  return rows;
}

async function moveSecrets(tx: Tx, ring: TenantKeyRing, to: TenantKey, limit: number): Promise<Row[]> {
  if (limit <= 0) return [];
  const rows = await tx.query<Row & { name: string }>(
    `SELECT name, key_version, wrapped FROM secret WHERE tenant_id = $1 AND key_version <> $2
     ORDER BY name LIMIT $3 FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, to.version, limit],
  );
  const moved: Buffer[] = [];
  for (const row of rows) moved.push(await move(tx, ring, to, row, secretContext(tx, row.name)));
  if (rows.length > 0)
    await tx.query(
      `UPDATE secret s SET key_version = $2, wrapped = m.wrapped
       FROM unnest($3::text[], $4::bytea[]) AS m (name, wrapped) WHERE s.tenant_id = $1 AND s.name = m.name`,
      [tx.tenantId, to.version, rows.map((row) => row.name), moved],
    );
  return rows;
}

async function move(tx: Tx, ring: TenantKeyRing, to: TenantKey, row: Row, context: string): Promise<Buffer> {
  const bytes = unwrapUnder(await ring.version(tx, row.key_version), row.wrapped, context);
  try {
    return wrapUnder(to, bytes, context);
  } finally {
    bytes.fill(0);
  }
}
