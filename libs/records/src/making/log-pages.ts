import { CompactRange, type Span } from '@app/audit';
import type { Tx } from '@app/platform';

/** Entries read at a time: what is in memory, however long the log. */
export const PAGE = 1_000;

/** Does one read in a transaction of the tenant. */
export type Read = <T>(read: (tx: Tx) => Promise<T>) => Promise<T>;

/** The log in the database is not the one that its checkpoint was signed for. */
export class LogAltered extends Error {
  override readonly name = 'LogAltered';

  /** @param index - of the first entry that is missing or changed, where that can be said. */
  constructor(readonly index?: number) {
    super(index === undefined ? 'the entries do not lead to the signed root' : `entry ${index} was changed`);
  }
}

/** What a bundle of a period holds. */
export interface Survey {
  /** From the first to the last entry of the period. Of none: the end of the log. */
  readonly range: Span<number>;
  /** Parts of the range that are dated outside the period. */
  readonly withheld: readonly Span<number>[];
  readonly included: number;
  /** The leaf hashes of the range. */
  readonly leaves: Buffer;
  /** The last number of each intake of which an entry is included, in the whole log. */
  readonly heads: Readonly<Record<string, number>>;
}

interface Seen {
  readonly idx: string;
  readonly leaf: Buffer;
  readonly whole: boolean;
  readonly at: string;
  readonly intake: string | null;
  readonly n: number | null;
}

/**
 * Reads the first `size` entries and returns what of them belongs to a period. It believes the entries' bytes only, not
 * the columns that entries are found by: an owner of the database could have moved an entry out of the period there.
 *
 * @param told - how many entries were read.
 * @throws LogAltered if an entry is missing, or is not what its leaf hash says, or the leaf hashes do not lead to `root`.
 */
export async function survey(
  read: Read,
  { size, root }: { readonly size: number; readonly root: Buffer },
  period: Span<string>,
  told: (count: number) => void,
): Promise<Survey> {
  const tree = CompactRange.empty();
  const withheld: Span<number>[] = [];
  const leaves: Buffer[] = [];
  const lastNumbers = new Map<string, number>();
  const shown = new Set<string>();
  let range: Span<number> | undefined;
  let included = 0;
  for (let from = 0; from < size; from += PAGE) {
    const rows = await read((tx) => seenIn(tx, from, Math.min(from + PAGE, size)));
    const kept: Buffer[] = [];
    for (let i = 0; i < Math.min(PAGE, size - from); i++) {
      const row = rows[i];
      const index = from + i;
      if (row === undefined || Number(row.idx) !== index || !row.whole) throw new LogAltered(index);
      tree.append(row.leaf);
      if (row.intake !== null) lastNumbers.set(row.intake, row.n ?? 0);
      if (row.at >= period.from && row.at < period.to) {
        if (range !== undefined && range.to < index) withheld.push({ from: range.to, to: index });
        range = { from: range?.from ?? index, to: index + 1 };
        included += 1;
        if (row.intake !== null) shown.add(row.intake);
      }
      if (range !== undefined) kept.push(row.leaf);
    }
    // One buffer a page: the hashes are what grows with the log, 32 bytes each.
    leaves.push(Buffer.concat(kept));
    told(Math.min(from + PAGE, size));
  }
  if (!tree.root().equals(root)) throw new LogAltered();
  const { from, to } = range ?? { from: size, to: size };
  return {
    range: { from, to },
    withheld,
    included,
    leaves: Buffer.concat(leaves).subarray(0, (to - from) * 32),
    heads: Object.fromEntries([...shown].map((intake) => [intake, lastNumbers.get(intake) ?? 0])),
  };
}

/** Reads the included entries' bytes, page by page. */
export async function* includedEntries(
  read: Read,
  { range, withheld }: Pick<Survey, 'range' | 'withheld'>,
  told: (count: number) => void,
): AsyncGenerator<Buffer> {
  let span = 0;
  for (let from = range.from; from < range.to; from += PAGE) {
    const rows = await read((tx) =>
      tx.query<{ idx: string; entry: Buffer }>(
        'SELECT idx, entry FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx',
        [tx.tenantId, from, Math.min(from + PAGE, range.to)],
      ),
    );
    const page: Buffer[] = [];
    for (const { idx, entry } of rows) {
      const index = Number(idx);
      while ((withheld[span]?.to ?? Infinity) <= index) span += 1;
      if (index < (withheld[span]?.from ?? Infinity)) page.push(entry);
    }
    told(page.length);
    yield* page;
  }
}

/** What is not whole is not parsed: its bytes may be anything. */
function seenIn(tx: Tx, from: number, to: number): Promise<Seen[]> {
  return tx.query<Seen>(
    `WITH page AS MATERIALIZED (
       SELECT idx, leaf_hash, entry, sha256('\\x00'::bytea || entry) = leaf_hash AS whole
       FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 AND idx < $3),
     parsed AS MATERIALIZED (
       SELECT idx, leaf_hash, whole, CASE WHEN whole THEN convert_from(entry, 'UTF8')::jsonb END AS e FROM page)
     SELECT idx, leaf_hash AS leaf, whole, e->>'at' AS at, e->'intake'->>'id' AS intake, (e->'intake'->'n')::int AS n
     FROM parsed ORDER BY idx`,
    [tx.tenantId, from, to],
  );
}
