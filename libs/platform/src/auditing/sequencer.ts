import { CompactRange } from '@app/audit';
import { type Clock, MINUTE, type TenantId } from '@app/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { PreparedEntry, Recorder } from './recorder';

/** Entries taken in one transaction. */
const BATCH = 2_000;
/** While entries older than this wait, or more of them than `MAX_PENDING`, audited acts are refused. */
const MAX_AGE_MS = 30_000;
const MAX_PENDING = 50_000;
/** Subtrees of 256 leaves and more are kept; smaller ones are quick to make again. */
const KEPT_LEVEL = 8;
const SEQUENCER_LOCK = 7_301_004;
/** An entry whose own time is further than this from the database's is pointed at in the log. */
export const MAX_SKEW_MS = 5 * MINUTE;
const SKEW = 'clock.skew';

interface Pending {
  tenant_id: TenantId;
  entry_id: string;
  leaf: Buffer;
}

/** An entry whose own time is `ahead` seconds after the database's. */
interface Skewed {
  readonly idx: string;
  readonly entry_id: string;
  readonly ahead: number;
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
    /** Makes the entries in which the log speaks of itself. */
    private readonly recorder: Pick<Recorder, 'testimony' | 'voidEntry'>,
  ) {}

  /** Takes one batch. @returns how many entries it sequenced, and whether more are waiting. */
  async pass(): Promise<{ readonly sequenced: number; readonly more: boolean }> {
    const said: [TenantId, PreparedEntry][] = [];
    try {
      return await this.source.transaction((db) => this.take(db, said));
    } catch (error) {
      for (const [tenantId, entry] of said) this.recorder.voidEntry(tenantId, entry);
      throw error;
    }
  }

  private async take(db: EntityManager, said: [TenantId, PreparedEntry][]) {
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
    for (const [tenantId, entries] of byTenant(pending)) {
      const skewed = await appendTo(db, tenantId, entries);
      if (skewed.length > 0) said.push([tenantId, await this.sayOfSkew(db, tenantId, skewed)]);
    }
    return { sequenced: pending.length, more: pending.length === BATCH };
  }

  /** One entry for all of a batch: which is the first, how many, and by how much the worst is ahead (or, below 0, behind). */
  private async sayOfSkew(db: EntityManager, tenantId: TenantId, skewed: readonly Skewed[]) {
    const [first] = skewed;
    const worst = skewed.reduce((most, { ahead }) => (Math.abs(ahead) > Math.abs(most) ? ahead : most), 0);
    const entry = this.recorder.testimony(tenantId, {
      act: SKEW,
      actor: { kind: 'system', id: 'sequencer' },
      ...(first && { refs: { entry: first.entry_id } }),
      detail: { index: Number(first?.idx), count: skewed.length, seconds: Math.round(worst) },
    });
    await db.query('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)', [
      tenantId,
      entry.id,
      entry.bytes,
    ]);
    return entry;
  }

  /** Returns by how many milliseconds this process is ahead of the database's time; below 0: behind. */
  async skewMs(): Promise<number> {
    const [row] = await ask<{ now: Date }>(this.source.manager, 'SELECT clock_timestamp() AS now');
    return row === undefined ? 0 : this.clock.now().getTime() - row.now.getTime();
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

/** Returns the entries whose own time is not the database's. What the log says of such entries is not among them. */
async function appendTo(
  db: EntityManager,
  tenantId: TenantId,
  entries: readonly Pending[],
): Promise<Skewed[]> {
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
  const skewed = await ask<Skewed>(
    db,
    // MATERIALIZED, so that an entry is parsed once and not once a column.
    `WITH numbered AS (SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS n (entry_id, idx, leaf)),
          taken AS (DELETE FROM audit_pending p USING numbered n WHERE p.entry_id = n.entry_id
                    RETURNING p.entry_id, p.entry, p.arrived_at, n.idx, n.leaf),
          read AS MATERIALIZED (SELECT *, convert_from(entry, 'UTF8')::jsonb AS e FROM taken),
          put AS (
            INSERT INTO audit_entry (tenant_id, idx, entry_id, leaf_hash, entry, at, act, actor_id, outcome, intake_id)
            SELECT $1, idx, entry_id, leaf, entry,
                   (e->>'at')::timestamptz, e->>'act', e->'actor'->>'id', e->>'outcome', e->'intake'->>'id'
            FROM read)
     SELECT idx, entry_id, extract(epoch FROM (e->>'at')::timestamptz - arrived_at)::float8 AS ahead FROM read
     WHERE e->>'act' <> '${SKEW}'
       AND abs(extract(epoch FROM (e->>'at')::timestamptz - arrived_at)) * 1000 > ${MAX_SKEW_MS}
     ORDER BY idx`,
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
  return skewed;
}

/** Returns the hashes that stand one after the other in a stored compact range. */
export function hashesIn(compact: Buffer): Buffer[] {
  return Array.from({ length: compact.length / 32 }, (_, i) => compact.subarray(i * 32, i * 32 + 32));
}

function byTenant(pending: readonly Pending[]): Map<TenantId, Pending[]> {
  const tenants = new Map<TenantId, Pending[]>();
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
