import { CompactRange } from '@app/audit';
import type { Clock } from '@app/kernel';
import type { DataSource, EntityManager } from 'typeorm';

/** Entries taken in one transaction. */
const BATCH = 2_000;
/** While entries older than this wait, or more of them than `MAX_PENDING`, audited acts are refused. */
const MAX_AGE_MS = 30_000;
const MAX_PENDING = 50_000;
/** Subtrees of 256 leaves and more are kept; smaller ones are quick to make again. */
const KEPT_LEVEL = 8;
const SEQUENCER_LOCK = 7_301_004;

interface Pending {
  tenant_id: string;
  entry_id: string;
  leaf: Buffer;
}

/**
 * Gives committed entries their place in the log: *recorded* entries become *sequenced*.
 *
 * It reads what has committed, so an entry of a transaction that is still open is taken by a later pass and nothing has
 * a hole. One at a time in all processes, by an advisory lock.
 */
export class Sequencer {
  constructor(
    /** A pool of the role `vestibule_sequencer`. */
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Takes one batch. @returns how many entries it sequenced, and whether more are waiting. */
  async pass(): Promise<{ readonly sequenced: number; readonly more: boolean }> {
    return this.source.transaction(async (db) => {
      const [lock] = await ask<{ held: boolean }>(db, 'SELECT pg_try_advisory_xact_lock($1) AS held', [
        SEQUENCER_LOCK,
      ]);
      if (lock?.held !== true) return { sequenced: 0, more: false };
      const pending = await ask<Pending>(
        db,
        // The join leaves out what has no log to go into: one such entry must not hold up everybody else's.
        `SELECT p.tenant_id, p.entry_id, sha256('\\x00'::bytea || p.entry) AS leaf
         FROM audit_pending p JOIN audit_head h USING (tenant_id)
         ORDER BY p.arrived_at, p.entry_id LIMIT ${BATCH}`,
      );
      for (const [tenantId, entries] of byTenant(pending)) await appendTo(db, tenantId, entries);
      return { sequenced: pending.length, more: pending.length === BATCH };
    });
  }

  /** Whether so much is waiting that audited acts must be refused. */
  async isBehind(): Promise<boolean> {
    const [state] = await ask<{ oldest: Date | null; pending: string }>(
      this.source.manager,
      'SELECT min(arrived_at) AS oldest, count(*) AS pending FROM audit_pending',
    );
    const age = state?.oldest ? this.clock.now().getTime() - state.oldest.getTime() : 0;
    return age > MAX_AGE_MS || Number(state?.pending ?? 0) > MAX_PENDING;
  }
}

async function appendTo(db: EntityManager, tenantId: string, entries: readonly Pending[]): Promise<void> {
  const [head] = await ask<{ size: string; compact: Buffer }>(
    db,
    'SELECT size, compact FROM audit_head WHERE tenant_id = $1 FOR UPDATE',
    [tenantId],
  );
  if (head === undefined) throw new Error('A tenant without a log cannot be recorded.');
  const first = Number(head.size);
  const tree = CompactRange.of(first, hashesIn(head.compact));
  const kept: { level: number; index: number; hash: Buffer }[] = [];
  for (const { leaf } of entries)
    tree.append(leaf, ({ level, index }, hash) => {
      if (level >= KEPT_LEVEL) kept.push({ level, index, hash });
    });
  await db.query(
    `WITH numbered AS (SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS n (entry_id, idx, leaf)),
          taken AS (DELETE FROM audit_pending p USING numbered n WHERE p.entry_id = n.entry_id
                    RETURNING p.entry_id, p.entry, n.idx, n.leaf),
          read AS (SELECT *, convert_from(entry, 'UTF8')::jsonb AS e FROM taken)
     INSERT INTO audit_entry (tenant_id, idx, entry_id, leaf_hash, entry, at, act, actor_id, outcome, intake_id)
     SELECT $1, idx, entry_id, leaf, entry, (e->>'at')::timestamptz, e->>'act', e->'actor'->>'id', e->>'outcome', e->'intake'->>'id'
     FROM read`,
    [
      tenantId,
      entries.map(({ entry_id }) => entry_id),
      entries.map((_, i) => first + i),
      entries.map(({ leaf }) => leaf),
    ],
  );
  if (kept.length > 0)
    await db.query(
      `INSERT INTO audit_node (tenant_id, level, idx, hash)
       SELECT $1, * FROM unnest($2::int[], $3::bigint[], $4::bytea[])`,
      [tenantId, kept.map((n) => n.level), kept.map((n) => n.index), kept.map((n) => n.hash)],
    );
  await db.query('UPDATE audit_head SET size = $2, compact = $3 WHERE tenant_id = $1', [
    tenantId,
    tree.size,
    Buffer.concat(tree.hashes()),
  ]);
}

/** Returns the hashes that stand one after the other in a stored compact range. */
export function hashesIn(compact: Buffer): Buffer[] {
  return Array.from({ length: compact.length / 32 }, (_, i) => compact.subarray(i * 32, i * 32 + 32));
}

function byTenant(pending: readonly Pending[]): Map<string, Pending[]> {
  const tenants = new Map<string, Pending[]>();
  for (const entry of pending) {
    const own = tenants.get(entry.tenant_id);
    if (own === undefined) tenants.set(entry.tenant_id, [entry]);
    else own.push(entry);
  }
  return tenants;
}

async function ask<Row>(db: EntityManager, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await db.query(sql, [...values])) as Row[];
}
