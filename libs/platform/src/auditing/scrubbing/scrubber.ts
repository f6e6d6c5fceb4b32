import { CompactRange, type NoteKey, NoteRefused, parseCheckpoint, parseVkey, verifyNote } from '@app/audit';
import { type Clock, later, MINUTE, type TenantId } from '@app/kernel';
import type { DataSource } from 'typeorm';
import type { Database, Tx } from '../../database/database';
import type { Act } from '../recording/recorder';
import { hashesIn } from '../sequencer';
import type { CheckpointSigner } from '../signer';
import type { Alarm, Alarms } from './alarm';
import { altered } from './ciphertexts';
import { examine, type Finding, type Round, type Signed, type StoredEntry } from './examine';
import { gaps, type Writers } from './writers';

/** Entries in one transaction, and so in one go without a pause for others. */
const SLICE = 250;
/** A number of a writer that is missing for so long is not on its way any more. */
const GAP_AFTER_MS = 10 * MINUTE;
/** Numbers in one entry `log.gap`. */
const NAMED = 100;

const SCRUBBER = { kind: 'system', id: 'scrubber' } as const;

interface ScrubRow {
  next_idx: string;
  compact: Buffer;
  good: string;
  broken: boolean;
  writers: Writers;
}

/** What was found in a slice, as the entries that say so. */
export interface Slice {
  /** How many entries were looked at. */
  readonly looked: number;
  /** Whether the round has come to its end. */
  readonly ended: boolean;
  readonly alarms: readonly Act[];
}

/**
 * Reads each log again and again, from its first entry to its last signed one, and sees that all is as it was recorded: the
 * bytes of every entry, the tree under every checkpoint, the copies that entries are found by, the ciphertexts that entries
 * say were stored, and the numbers of writers. What it finds it records, once.
 *
 * The hashes are made here and not in PostgreSQL, which whoever changes rows may have changed as well.
 */
export class Scrubber {
  constructor(
    /** A pool of the role `vestibule_sequencer`. */
    private readonly source: DataSource,
    private readonly database: Database,
    private readonly alarms: Alarms,
    private readonly signer: CheckpointSigner,
    private readonly clock: Clock,
  ) {}

  /** Returns the tenants whose logs there are to read. */
  async logs(): Promise<TenantId[]> {
    const rows: { tenant_id: TenantId }[] = await this.source.query(
      'SELECT tenant_id FROM audit_head ORDER BY tenant_id',
    );
    return rows.map(({ tenant_id }) => tenant_id);
  }

  /** Looks at the next entries of a log. One process at a time; another finds nothing to do. */
  async slice(tenantId: TenantId): Promise<Slice> {
    const keys = (await this.signer.vkeys(tenantId)).map((vkey) => parseVkey(vkey));
    return this.database.transaction(tenantId, async (tx) => {
      await tx.query('INSERT INTO audit_scrub (tenant_id) VALUES ($1) ON CONFLICT DO NOTHING', [tenantId]);
      const [row] = await tx.query<ScrubRow>(
        'SELECT next_idx, compact, good, broken, writers FROM audit_scrub WHERE tenant_id = $1 FOR UPDATE SKIP LOCKED',
        [tenantId],
      );
      const [last] = await tx.query<{ size: string | null }>(
        'SELECT max(size) AS size FROM audit_checkpoint WHERE tenant_id = $1',
        [tenantId],
      );
      const size = Number(last?.size ?? 0);
      if (row === undefined || size === 0) return { looked: 0, ended: true, alarms: [] };
      const before = roundOf(row);
      const end = Math.min(before.next + SLICE, size);
      const { signed, forged } = await checkpointsBetween(tx, before.next, end, keys);
      const rows = await entriesBetween(tx, before.next, end);
      const { round, findings, stores } = examine(before, end, rows, signed);
      const ended = end >= size;
      const found = [
        ...findings.map(actOfFinding),
        ...forged.map(actOfForgery),
        ...(await altered(tx, stores)),
        ...(ended ? actsOfGaps(round.writers, later(this.clock.now(), -GAP_AFTER_MS)) : []),
      ];
      const alarms: Act[] = [];
      for (const alarm of found) if (await this.alarms.record(tx, alarm)) alarms.push(alarm.act);
      await (ended ? endRound(tx, size, this.clock.now()) : keepRound(tx, round));
      return { looked: end - before.next, ended, alarms };
    });
  }
}

function actOfFinding({ what, from, to }: Finding): Alarm {
  return {
    subject: `${what}:${from}`,
    act: {
      act: 'log.altered',
      actor: SCRUBBER,
      detail: from === to ? { what, index: from } : { what, from, to },
    },
  };
}

/** A stored checkpoint that the log's key has not signed, or not for this place. */
function actOfForgery(size: number): Alarm {
  return {
    subject: `checkpoint:${size}`,
    act: { act: 'log.altered', actor: SCRUBBER, detail: { what: 'checkpoint', size } },
  };
}

/** Numbers that no entry has and nobody has given back: their writer died with acts undone, or entries were taken away. */
function actsOfGaps(writers: Writers, before: Date): Alarm[] {
  return gaps(writers, before).map(({ writer, numbers }) => ({
    subject: `gap:${writer}:${numbers[0]}`,
    act: {
      act: 'log.gap',
      actor: SCRUBBER,
      refs: { writer },
      detail: Object.fromEntries(numbers.slice(0, NAMED).map((n, i) => [`n${i}`, n])),
    },
  }));
}

function roundOf({ next_idx, compact, good, broken, writers }: ScrubRow): Round {
  const next = Number(next_idx);
  // The tree stands still where it broke; it is not asked any more then.
  const tree = broken ? CompactRange.of(0, []) : CompactRange.of(next, hashesIn(compact));
  return { next, tree, good: Number(good), broken, writers };
}

async function entriesBetween(tx: Tx, from: number, to: number): Promise<StoredEntry[]> {
  const rows = await tx.query<Omit<StoredEntry, 'idx'> & { idx: string }>(
    `SELECT idx, entry, at, act, actor_id, outcome, intake_id, leaf_hash FROM audit_entry
     WHERE tenant_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
    [tx.tenantId, from, to],
  );
  return rows.map((row) => ({ ...row, idx: Number(row.idx) }));
}

async function checkpointsBetween(tx: Tx, after: number, to: number, keys: readonly NoteKey[]) {
  const rows = await tx.query<{ size: string; note: string }>(
    'SELECT size, note FROM audit_checkpoint WHERE tenant_id = $1 AND size > $2 AND size <= $3 ORDER BY size',
    [tx.tenantId, after, to],
  );
  const signed: Signed[] = [];
  const forged: number[] = [];
  for (const { size, note } of rows) {
    try {
      const checkpoint = parseCheckpoint(verifyNote(note, keys).text);
      if (keys.some(({ name }) => name === checkpoint.origin) && checkpoint.size === Number(size))
        signed.push(checkpoint);
      else forged.push(Number(size));
    } catch (error) {
      if (!(error instanceof NoteRefused)) throw error;
      forged.push(Number(size));
    }
  }
  return { signed, forged };
}

async function keepRound(tx: Tx, { next, tree, good, broken, writers }: Round): Promise<void> {
  await tx.query(
    'UPDATE audit_scrub SET next_idx = $2, compact = $3, good = $4, broken = $5, writers = $6 WHERE tenant_id = $1',
    [
      tx.tenantId,
      next,
      broken ? Buffer.alloc(0) : Buffer.concat(tree.hashes()),
      good,
      broken,
      JSON.stringify(writers),
    ],
  );
}

async function endRound(tx: Tx, size: number, now: Date): Promise<void> {
  await tx.query(
    `UPDATE audit_scrub SET next_idx = 0, compact = '', good = 0, broken = false, writers = '{}',
            rounds = rounds + 1, ended_at = $3, ended_size = $2 WHERE tenant_id = $1`,
    [tx.tenantId, size, now],
  );
}
