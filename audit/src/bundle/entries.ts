import type { Entry } from '../entry';
import { HASH_BYTES, leafHash } from '../tree';
import { type BundleInput, BundleRefused, type EntryView, type Span } from './input';
import { type BundleFile, Measure, Pieces } from './measure';

type Entries = Pick<BundleInput, 'entries' | 'range' | 'withheld' | 'leaves'>;

/**
 * Reads the entries once, checks each against its leaf hash, and measures the files that are made of them.
 *
 * @returns how many there are, `entries.jsonl`, and one file for each view.
 * @throws BundleRefused if they are not the entries that the leaf hashes are of, or do not fill the range.
 */
export async function measureEntries(
  input: Entries,
  views: readonly EntryView[],
): Promise<{ count: number; files: BundleFile[] }> {
  const lines = new Measure();
  const tables = views.map((view) => ({ view, measure: new Measure() }));
  for (const { view, measure } of tables) measure.add(Buffer.from(view.head ?? ''));
  const places = new Places(input);
  let count = 0;
  for await (const bytes of input.entries()) {
    const index = places.next();
    const leaf = leafAt(input, index);
    if (!leafHash(bytes).equals(leaf))
      throw new BundleRefused(`entry ${index} is not the one that the log holds`);
    lines.add(bytes);
    lines.add(NEWLINE);
    const entry = parsed(bytes);
    for (const { view, measure } of tables) measure.add(Buffer.from(view.row({ entry, index, leaf })));
    count += 1;
  }
  places.end();
  const files = [
    lines.file('entries.jsonl', () => linesOf(input)),
    ...tables.map(({ view, measure }) => measure.file(view.name, () => rowsOf(input, view))),
  ];
  return { count, files };
}

async function* linesOf(input: Entries): AsyncGenerator<Buffer> {
  const pieces = new Pieces();
  for await (const bytes of input.entries()) {
    for (const piece of pieces.add(bytes)) yield piece;
    for (const piece of pieces.add(NEWLINE)) yield piece;
  }
  yield* pieces.rest();
}

async function* rowsOf(input: Entries, view: EntryView): AsyncGenerator<Buffer> {
  const pieces = new Pieces();
  const places = new Places(input);
  for (const piece of pieces.add(Buffer.from(view.head ?? ''))) yield piece;
  for await (const bytes of input.entries()) {
    const index = places.next();
    const row = view.row({ entry: parsed(bytes), index, leaf: leafAt(input, index) });
    for (const piece of pieces.add(Buffer.from(row))) yield piece;
  }
  yield* pieces.rest();
}

/** Gives each entry its log index: the next one that is not withheld. */
class Places {
  private index: number;
  private skipped = 0;

  constructor(private readonly input: Entries) {
    this.index = input.range.from;
  }

  /** @throws BundleRefused if there is no place for another entry. */
  next(): number {
    this.skip();
    if (this.index >= this.input.range.to)
      throw new BundleRefused('more entries than the range has places for');
    return this.index++;
  }

  /** @throws BundleRefused unless every place has its entry. */
  end(): void {
    this.skip();
    if (this.index !== this.input.range.to || this.skipped !== this.input.withheld.length)
      throw new BundleRefused('the entries and the withheld parts do not fill the range');
  }

  private skip(): void {
    for (
      let span = this.input.withheld[this.skipped];
      span?.from === this.index;
      span = this.input.withheld[this.skipped]
    ) {
      if (span.to <= span.from) throw new BundleRefused('a withheld part is empty');
      this.index = span.to;
      this.skipped += 1;
    }
  }
}

/** Gives the leaf hashes one by one: a million of them at once would be more memory than the bundle needs. */
export function* leavesOf(leaves: Buffer): Generator<Buffer> {
  for (let at = 0; at < leaves.length; at += HASH_BYTES) yield leaves.subarray(at, at + HASH_BYTES);
}

export function widthOf({ from, to }: Span<number>): number {
  return to - from;
}

function leafAt({ leaves, range }: Entries, index: number): Buffer {
  const at = (index - range.from) * HASH_BYTES;
  return leaves.subarray(at, at + HASH_BYTES);
}

function parsed(bytes: Buffer): Entry {
  return JSON.parse(bytes.toString('utf8')) as Entry;
}

const NEWLINE = Buffer.from('\n');
