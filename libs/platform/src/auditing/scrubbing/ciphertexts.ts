import { createHash } from 'node:crypto';
import type { Tx } from '../../database/database';
import type { Alarm } from './alarm';
import type { Stores } from './examine';

const SCRUBBER = { kind: 'system', id: 'scrubber' } as const;

/** Returns what is said of each ciphertext that is not the one that its entry says was stored, or is not there. */
export async function altered(tx: Tx, stores: readonly Stores[]): Promise<Alarm[]> {
  const found: Alarm[] = [];
  for (const kind of ['message', 'note'] as const) {
    const own = stores.filter((one) => one.kind === kind);
    if (own.length === 0) continue;
    const rows = await tx.query<{ id: string; sealed: Buffer }>(
      `SELECT ${kind}_id AS id, sealed FROM ${kind}
       WHERE tenant_id = $1 AND intake_id = ANY ($2) AND ${kind}_id = ANY ($3)`,
      [tx.tenantId, [...new Set(own.map(({ intakeId }) => intakeId))], own.map(({ id }) => id)],
    );
    const held = new Map(rows.map(({ id, sealed }) => [id, sealed]));
    for (const { id, intakeId, index, ctHash } of own) {
      const sealed = held.get(id);
      if (sealed !== undefined && createHash('sha256').update(sealed).digest('base64') === ctHash) continue;
      found.push({
        subject: `${kind}:${id}`,
        act: {
          act: `${kind}.altered`,
          actor: SCRUBBER,
          intakeId,
          refs: { [kind]: id },
          detail: { what: sealed === undefined ? 'missing' : 'ciphertext', index },
        },
      });
    }
  }
  return found;
}
