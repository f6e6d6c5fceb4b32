import type { Clock } from '@app/kernel';
import type { Tx } from '../database/database';
import { secretContext, type TenantKeyRing, unwrapUnder, wrapUnder } from './tenant-key-ring';

/** Secrets of the house that are nobody's personal data: log keys, signing keys, second factors. */
export class Secrets {
  constructor(
    private readonly ring: TenantKeyRing,
    private readonly clock: Clock,
  ) {}

  /** Keeps a secret if none of this name is kept. Returns what is kept now. */
  async keep(tx: Tx, name: string, value: Buffer): Promise<Buffer> {
    const key = await this.ring.active(tx);
    const wrapped = wrapUnder(key, value, secretContext(tx, name));
    const inserted = await tx.query(
      `INSERT INTO secret (tenant_id, name, key_version, wrapped, created_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT DO NOTHING RETURNING name`,
      [tx.tenantId, name, key.version, wrapped, this.clock.now()],
    );
    return inserted.length > 0 ? value : ((await this.read(tx, name)) ?? value);
  }

  async read(tx: Tx, name: string): Promise<Buffer | undefined> {
    const [row] = await tx.query<{ wrapped: Buffer; key_version: number }>(
      'SELECT wrapped, key_version FROM secret WHERE tenant_id = $1 AND name = $2',
      [tx.tenantId, name],
    );
    if (row === undefined) return undefined;
    return unwrapUnder(await this.ring.version(tx, row.key_version), row.wrapped, secretContext(tx, name));
  }
}
