import {
  DAY,
  type EntryId,
  type IntakeId,
  later,
  type QueueId,
  type SearchId,
  type StaffId,
} from '@app/kernel';
import type { Place, Tx } from '@app/platform';

/** How long a search and what it found are kept. */
export const KEPT_MS = DAY;
/** After this time without a sign of life a search has failed. One that runs touches its row with every page. */
const STALE = "interval '60 seconds'";
const MAX_LISTED = 50;

export type SearchState = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';

/** How far a search is, and what it has counted. */
export interface Counts {
  readonly done: number;
  readonly hits: number;
  readonly found: number;
  readonly erased: number;
  readonly unreadable: number;
  readonly capped: boolean;
}

/** A search as whoever asked for it sees it, without its words. */
export interface Search extends Omit<Counts, 'done'> {
  readonly searchId: SearchId;
  readonly requestedAt: string;
  /** When it is deleted. */
  readonly keptUntil: string;
  readonly match: 'phrase' | 'all-words';
  readonly purpose?: string;
  readonly from: string;
  readonly to: string;
  readonly queue?: { readonly id: QueueId; readonly name: string };
  readonly intakeId?: IntakeId;
  readonly state: SearchState;
  /** How many conversations it may open. */
  readonly conversations: number;
  /** In messages. */
  readonly progress: { readonly done: number; readonly total: number };
}

export interface StoredSearch {
  readonly search: Search;
  readonly sealedWords: Buffer;
}

/** Whose key seals a search's words and hits: it has one of its own, which is deleted with it. */
export function ownerOf(searchId: SearchId): string {
  return `search:${searchId}`;
}

export function wordsPlace(searchId: SearchId): Place {
  return { item: searchId, content: 'search-words' };
}

export function hitsPlace(searchId: SearchId, part: number): Place {
  return { item: `${searchId}/${part}`, content: 'search-hits' };
}

export async function insertSearch(
  tx: Tx,
  searchId: SearchId,
  by: StaffId,
  now: Date,
  entryId: EntryId,
  asked: {
    readonly sealedWords: Buffer;
    readonly match: string;
    readonly purpose?: string | undefined;
    readonly from: string;
    readonly to: string;
    readonly queueId?: string | undefined;
    readonly intakeId?: string | undefined;
    readonly conversations: number;
    readonly total: number;
  },
): Promise<void> {
  await tx.query(
    `INSERT INTO transcript_search (tenant_id, search_id, requested_by, requested_at, entry_id, sealed_words, match, purpose,
       period_from, period_to, queue_id, intake_id, state, conversations, total, touched_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $13, $14, $4)`,
    [
      tx.tenantId,
      searchId,
      by,
      now,
      entryId,
      asked.sealedWords,
      asked.match,
      asked.purpose ?? null,
      asked.from,
      asked.to,
      asked.queueId ?? null,
      asked.intakeId ?? null,
      asked.conversations,
      asked.total,
    ],
  );
}

/** Returns the searches of a staff member, the newest first, or the one that is asked for. */
export async function findSearches(tx: Tx, by: StaffId, searchId?: SearchId): Promise<StoredSearch[]> {
  const rows = await tx.query<Row>(
    `SELECT s.*, q.name AS queue_name FROM transcript_search s LEFT JOIN queue q USING (tenant_id, queue_id)
     WHERE s.tenant_id = $1 AND s.requested_by = $2 AND ($3::uuid IS NULL OR s.search_id = $3)
     ORDER BY s.requested_at DESC, s.search_id DESC LIMIT ${MAX_LISTED}`,
    [tx.tenantId, by, searchId ?? null],
  );
  return rows.map((row) => ({ search: toSearch(row), sealedWords: row.sealed_words }));
}

/** Ends a search for whoever asked for it. @returns nothing if it has ended before, or is not theirs. */
export async function cancelSearch(tx: Tx, by: StaffId, searchId: SearchId, now: Date) {
  const [row] = await tx.query<Row>(
    `UPDATE transcript_search SET state = 'cancelled', touched_at = $4
     WHERE tenant_id = $1 AND requested_by = $2 AND search_id = $3 AND state IN ('waiting', 'running') RETURNING *`,
    [tx.tenantId, by, searchId, now],
  );
  return row && toSearch(row);
}

/** Says that these wait for this process. */
export async function touchWaiting(tx: Tx, searchIds: readonly SearchId[], now: Date): Promise<void> {
  await tx.query(
    `UPDATE transcript_search SET touched_at = $3
     WHERE tenant_id = $1 AND search_id = ANY ($2) AND state = 'waiting'`,
    [tx.tenantId, searchIds, now],
  );
}

/** Makes those failed whose process is gone, throws away what they had found, and returns them. */
export async function failStale(tx: Tx, now: Date): Promise<Search[]> {
  const rows = await tx.query<Row>(
    `UPDATE transcript_search SET state = 'failed', hits = 0, found = 0
     WHERE tenant_id = $1 AND state IN ('waiting', 'running') AND touched_at < $2::timestamptz - ${STALE} RETURNING *`,
    [tx.tenantId, now],
  );
  await deleteHits(
    tx,
    rows.map((row) => row.search_id),
  );
  return rows.map(toSearch);
}

export async function deleteHits(tx: Tx, searchIds: readonly SearchId[]): Promise<void> {
  await tx.query('DELETE FROM transcript_search_hit WHERE tenant_id = $1 AND search_id = ANY ($2)', [
    tx.tenantId,
    searchIds,
  ]);
}

/** Deletes what was kept long enough, and returns which. */
export async function deleteOld(tx: Tx, now: Date): Promise<SearchId[]> {
  const rows = await tx.query<{ search_id: SearchId }>(
    'DELETE FROM transcript_search WHERE tenant_id = $1 AND requested_at <= $2 RETURNING search_id',
    [tx.tenantId, later(now, -KEPT_MS)],
  );
  return rows.map((row) => row.search_id);
}

interface Row {
  readonly search_id: SearchId;
  readonly requested_at: Date;
  readonly sealed_words: Buffer;
  readonly match: Search['match'];
  readonly purpose: string | null;
  readonly period_from: Date;
  readonly period_to: Date;
  readonly queue_id: QueueId | null;
  readonly queue_name?: string | null;
  readonly intake_id: IntakeId | null;
  readonly state: SearchState;
  readonly conversations: number;
  readonly done: string;
  readonly total: string;
  readonly hits: number;
  readonly found: number;
  readonly erased: number;
  readonly unreadable: number;
  readonly capped: boolean;
}

function toSearch(row: Row): Search {
  return {
    searchId: row.search_id,
    requestedAt: row.requested_at.toISOString(),
    keptUntil: later(row.requested_at, KEPT_MS).toISOString(),
    match: row.match,
    ...(row.purpose !== null && { purpose: row.purpose }),
    from: row.period_from.toISOString(),
    to: row.period_to.toISOString(),
    ...(row.queue_id !== null && { queue: { id: row.queue_id, name: row.queue_name ?? '' } }),
    ...(row.intake_id !== null && { intakeId: row.intake_id }),
    state: row.state,
    conversations: row.conversations,
    progress: { done: Number(row.done), total: Number(row.total) },
    hits: row.hits,
    found: row.found,
    erased: row.erased,
    unreadable: row.unreadable,
    capped: row.capped,
  };
}
