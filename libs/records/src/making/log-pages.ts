import { CompactRange, type Span } from '@app/audit';
import type { Tx } from '@app/platform';

/** Entries read at a time: with one page on its way, what is in memory, however long the log. */
export const PAGE = 2_000;
/** Entries of a bundle are kept in memory up to this many bytes; of more, they are read again for each file. */
const KEPT_BYTES = 33_554_432;

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

/** What a bundle holds of the log. */
export interface Survey {
  /** From the first to the last entry that belongs. Of none: the end of the log. */
  readonly range: Span<number>;
  /** Parts of the range that do not belong. */
  readonly withheld: readonly Span<number>[];
  readonly included: number;
  /** The leaf hashes of the range. */
  readonly leaves: Buffer;
  /** The last number of each intake of which an entry is included, in the whole log. */
  readonly heads: Readonly<Record<string, number>>;
}

/** What decides whether an entry belongs: read from its bytes. */
export interface Dated {
  readonly at: string;
  readonly intake: string | null;
}

interface Page {
  /** Leaf hashes, one after another. */
  readonly leaves: Buffer;
  readonly indexes: readonly string[];
  readonly whole: readonly boolean[];
  readonly ats: readonly string[];
  readonly intakes: readonly (string | null)[];
  readonly numbers: readonly (number | null)[];
}

/**
 * Reads the first `size` entries and returns what of them belongs to a bundle. It believes the entries' bytes only, not
 * the columns that entries are found by: an owner of the database could have moved an entry out of a period there.
 *
 * @param told - how many entries were read.
 * @throws LogAltered if an entry is missing, or is not what its leaf hash says, or the leaf hashes do not lead to `root`.
 */
export async function survey(
  read: Read,
  { size, root }: { readonly size: number; readonly root: Buffer },
  belongs: (entry: Dated) => boolean,
  told: (count: number) => void,
): Promise<Survey> {
  const tree = CompactRange.empty();
  const withheld: Span<number>[] = [];
  const leaves: Buffer[] = [];
  const lastNumbers = new Map<string, number>();
  const shown = new Set<string>();
  let range: Span<number> | undefined;
  let included = 0;
  for await (const { from, to, page } of pages({ from: 0, to: size }, (span) =>
    read((tx) => seenIn(tx, span)),
  )) {
    const starts = range === undefined ? undefined : from;
    for (let i = 0; i < to - from; i++) {
      const index = from + i;
      if (Number(page.indexes[i] ?? NaN) !== index || page.whole[i] !== true) throw new LogAltered(index);
      tree.append(page.leaves.subarray(i * 32, (i + 1) * 32));
      const intake = page.intakes[i] ?? null;
      if (intake !== null) lastNumbers.set(intake, page.numbers[i] ?? 0);
      if (belongs({ at: page.ats[i] ?? '', intake })) {
        if (range !== undefined && range.to < index) withheld.push({ from: range.to, to: index });
        range = { from: range?.from ?? index, to: index + 1 };
        included += 1;
        if (intake !== null) shown.add(intake);
      }
    }
    // The hashes are what grows with the log, 32 bytes each, and only from the first entry that belongs.
    const first = starts ?? range?.from;
    if (first !== undefined) leaves.push(page.leaves.subarray((first - from) * 32));
    told(to);
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

/** The included entries' bytes: from the database, and, if they are few, from there once. */
export class IncludedEntries {
  private kept: Buffer[] | undefined;

  constructor(
    private readonly source: Read,
    private readonly found: Pick<Survey, 'range' | 'withheld'>,
    private readonly keptBytes = KEPT_BYTES,
  ) {}

  /** The same with the index of each. */
  async *placed(): AsyncGenerator<{ readonly index: number; readonly bytes: Buffer }> {
    const { range, withheld } = this.found;
    let index = range.from;
    let span = 0;
    for await (const bytes of this.read()) {
      for (; withheld[span]?.from === index; span++) index = withheld[span]?.to ?? index;
      yield { index, bytes };
      index += 1;
    }
  }

  /** @param told - how many more entries were read. */
  async *read(told: (count: number) => void = () => undefined): AsyncGenerator<Buffer> {
    if (this.kept !== undefined) {
      yield* this.kept;
      told(this.kept.length);
      return;
    }
    const { range, withheld } = this.found;
    let kept: Buffer[] | undefined = [];
    let bytes = 0;
    let span = 0;
    for await (const { page } of pages(range, (part) => this.source((tx) => entriesIn(tx, part)))) {
      const shown = page.filter(({ idx }) => {
        const index = Number(idx);
        while ((withheld[span]?.to ?? Infinity) <= index) span += 1;
        return index < (withheld[span]?.from ?? Infinity);
      });
      told(shown.length);
      for (const { entry } of shown) {
        bytes += entry.length;
        if (bytes > this.keptBytes) kept = undefined;
        kept?.push(entry);
        yield entry;
      }
    }
    this.kept = kept;
  }
}

/** Reads a range page by page; while one is used, the next one is on its way. */
async function* pages<T>(
  range: Span<number>,
  fetch: (span: Span<number>) => Promise<T>,
): AsyncGenerator<Span<number> & { readonly page: T }> {
  const start = (from: number) => {
    const span = { from, to: Math.min(from + PAGE, range.to) };
    const page = fetch(span);
    // Nobody may be waiting for it when it fails: whoever asks for it still hears.
    page.catch(() => undefined);
    return { ...span, page };
  };
  let next = range.from < range.to ? start(range.from) : undefined;
  while (next !== undefined) {
    const { from, to, page } = next;
    const here = await page;
    next = to < range.to ? start(to) : undefined;
    yield { from, to, page: here };
  }
}

function entriesIn(tx: Tx, { from, to }: Span<number>): Promise<{ idx: string; entry: Buffer }[]> {
  return tx.query(
    'SELECT idx, entry FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx',
    [tx.tenantId, from, to],
  );
}

/** One row a page: PostgreSQL hashes and reads the entries, and sends what is asked of them. What is not whole is not read: its bytes may be anything. */
async function seenIn(tx: Tx, { from, to }: Span<number>): Promise<Page> {
  const [page] = await tx.query<Page & { leaves: Buffer }>(
    `WITH page AS MATERIALIZED (
       SELECT idx, leaf_hash, entry, sha256('\\x00'::bytea || entry) = leaf_hash AS whole
       FROM audit_entry WHERE tenant_id = $1 AND idx >= $2 AND idx < $3),
     parsed AS MATERIALIZED (
       SELECT idx, leaf_hash, whole, CASE WHEN whole THEN convert_from(entry, 'UTF8')::jsonb END AS e FROM page)
     SELECT coalesce(string_agg(leaf_hash, ''::bytea ORDER BY idx), ''::bytea) AS leaves,
       coalesce(jsonb_agg(idx::text ORDER BY idx), '[]') AS indexes, coalesce(jsonb_agg(whole ORDER BY idx), '[]') AS whole,
       coalesce(jsonb_agg(e->>'at' ORDER BY idx), '[]') AS ats,
       coalesce(jsonb_agg(e->'intake'->>'id' ORDER BY idx), '[]') AS intakes,
       coalesce(jsonb_agg((e->'intake'->'n')::int ORDER BY idx), '[]') AS numbers
     FROM parsed`,
    [tx.tenantId, from, to],
  );
  if (page === undefined) throw new LogAltered(from);
  return page;
}
