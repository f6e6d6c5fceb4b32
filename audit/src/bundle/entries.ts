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
  let count = 0;
  for await (const { bytes, index } of placed(input)) {
    const leaf = leafAt(input, index);
    if (!leafHash(bytes).equals(leaf))
      throw new BundleRefused(`entry ${index} is not the one that the log holds`);
    lines.add(bytes);
    lines.add(NEWLINE);
    const entry = parsed(bytes);
    for (const { view, measure } of tables) measure.add(Buffer.from(view.row({ entry, index, leaf })));
    count += 1;
  }
  const files = [
    lines.file('entries.jsonl', () => linesOf(input)),
    ...tables.map(({ view, measure }) => measure.file(view.name, () => rowsOf(input, view))),
  ];
  return { count, files };
}

async function* linesOf(input: Entries): AsyncGenerator<Buffer> {
  const pieces = new Pieces();
  for await (const { bytes } of placed(input)) {
    yield* pieces.add(bytes);
    yield* pieces.add(NEWLINE);
  }
  yield* pieces.rest();
}

async function* rowsOf(input: Entries, view: EntryView): AsyncGenerator<Buffer> {
  const pieces = new Pieces();
  yield* pieces.add(Buffer.from(view.head ?? ''));
  for await (const { bytes, index } of placed(input)) {
    const row = view.row({ entry: parsed(bytes), index, leaf: leafAt(input, index) });
    yield* pieces.add(Buffer.from(row));
  }
  yield* pieces.rest();
}

/** Gives each entry its log index: the next one that is not withheld. */
async function* placed({
  entries,
  range,
  withheld,
}: Entries): AsyncGenerator<{ bytes: Buffer; index: number }> {
  let index = range.from;
  let next = 0;
  const skip = () => {
    for (let span = withheld[next]; span?.from === index; span = withheld[next]) {
      if (span.to <= span.from) throw new BundleRefused('a withheld part is empty');
      index = span.to;
      next += 1;
    }
  };
  for await (const bytes of entries()) {
    skip();
    if (index >= range.to) throw new BundleRefused('more entries than the range has places for');
    yield { bytes, index };
    index += 1;
  }
  skip();
  if (index !== range.to || next !== withheld.length) {
    throw new BundleRefused('the entries and the withheld parts do not fill the range');
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
