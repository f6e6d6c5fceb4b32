import { CompactRange } from '@app/audit';
import { type Clock, MINUTE, type TenantId } from '@app/kernel';
import type { DataSource, EntityManager } from 'typeorm';
import type { PreparedEntry, Recorder } from './recording/recorder';

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

/** An entry that has got its place. `ahead`: its own time is so many seconds after the database's, where that is too far. */
interface Placed {
  readonly tenant_id: TenantId;
  readonly idx: string;
  readonly entry_id: string;
  readonly leaf_hash: Buffer;
  readonly ahead: number | null;
}

/**
 * Takes what waits, numbers it after what each log has, and puts it there: one statement, so that no entry leaves the
 * database. MATERIALIZED, so that an entry is parsed once and not once a column. What has no log to go into is left: one such
 * entry must not hold up everybody else's.
 */
const PLACE = `
  WITH taken AS (
         DELETE FROM audit_pending WHERE ctid = ANY (ARRAY(
           SELECT p.ctid FROM audit_pending p JOIN audit_head h USING (tenant_id)
           ORDER BY p.arrived_at, p.entry_id LIMIT ${BATCH}))
         RETURNING tenant_id, entry_id, entry, arrived_at),
       numbered AS MATERIALIZED (
         SELECT t.*, h.size - 1 + row_number() OVER (PARTITION BY t.tenant_id ORDER BY t.arrived_at, t.entry_id) AS idx,
                sha256('\\x00'::bytea || t.entry) AS leaf_hash, convert_from(t.entry, 'UTF8')::jsonb AS e
         FROM taken t JOIN audit_head h USING (tenant_id)),
       put AS (
         INSERT INTO audit_entry (tenant_id, idx, entry_id, leaf_hash, entry, at, act, actor_id, outcome, intake_id)
         SELECT tenant_id, idx, entry_id, leaf_hash, entry,
                (e->>'at')::timestamptz, e->>'act', e->'actor'->>'id', e->>'outcome', e->'intake'->>'id'
         FROM numbered ORDER BY tenant_id, idx)
  SELECT tenant_id, idx, entry_id, leaf_hash,
         CASE WHEN e->>'act' <> '${SKEW}' AND abs(extract(epoch FROM (e->>'at')::timestamptz - arrived_at)) * 1000 > ${MAX_SKEW_MS}
              THEN extract(epoch FROM (e->>'at')::timestamptz - arrived_at)::float8 END AS ahead
  FROM numbered ORDER BY tenant_id, idx`;

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
    const placed = await ask<Placed>(db, PLACE);
    for (const [tenantId, entries] of byTenant(placed)) {
      await grow(db, tenantId, entries);
      const skewed = entries.filter(({ ahead }) => ahead !== null);
      if (skewed.length > 0) said.push([tenantId, await this.sayOfSkew(db, tenantId, skewed)]);
    }
    return { sequenced: placed.length, more: placed.length === BATCH };
  }

  /** One entry for all of a batch: which is the first, how many, and by how much the worst is ahead (or, below 0, behind). */
  private async sayOfSkew(db: EntityManager, tenantId: TenantId, skewed: readonly Placed[]) {
    const [first] = skewed;
    const worst = skewed.reduce(
      (most, { ahead }) => (Math.abs(ahead ?? 0) > Math.abs(most) ? (ahead ?? 0) : most),
      0,
    );
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

/** Lets a log's tree grow by the entries that it has got. */
async function grow(db: EntityManager, tenantId: TenantId, entries: readonly Placed[]): Promise<void> {
  const [head] = await ask<{ size: string; compact: Buffer }>(
    db,
    'SELECT size, compact FROM audit_head WHERE tenant_id = $1 FOR UPDATE',
    [tenantId],
  );
  if (head === undefined) throw new Error('A tenant without a log cannot be recorded.');
  const tree = CompactRange.of(Number(head.size), hashesIn(head.compact));
  const kept: { level: number; index: number; hash: Buffer }[] = [];
  for (const { leaf_hash } of entries)
    tree.append(leaf_hash, ({ level, index }, hash) => {
      if (level >= KEPT_LEVEL) kept.push({ level, index, hash });
    });
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

function byTenant(placed: readonly Placed[]): Map<TenantId, Placed[]> {
  const tenants = new Map<TenantId, Placed[]>();
  for (const entry of placed) {
    const own = tenants.get(entry.tenant_id);
    if (own === undefined) tenants.set(entry.tenant_id, [entry]);
    else own.push(entry);
  }
  return tenants;
}

async function ask<Row>(db: EntityManager, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  return (await db.query(sql, [...values])) as Row[];
}
