import { createHash } from 'node:crypto';

import { type Canonical, canonicalize } from './canonical';
import type { Entry } from './entry';
import { parseCheckpoint, parseVkey, verifyNote } from './note';
import { isRange } from './proof';
import type { RangeProof } from './prove';
import { HASH_BYTES, leafHash } from './tree';
import { nextCrc32, type Write, writeZip, type ZipFile } from './zip';

/** Log indexes, or instants: from the first on, up to and without the second. */
export interface Span<T> {
  readonly from: T;
  readonly to: T;
}

/** What a bundle is made of (audit/FORMAT.md, section 5). */
export interface BundleInput {
  readonly exportId: string;
  readonly tenant: string;
  /** The part of the log that the bundle is about. */
  readonly range: Span<number>;
  /** Every entry shown is dated inside it. */
  readonly period: Span<string>;
  /** Parts of the range whose entries are not shown, in order: only their leaf hashes are. */
  readonly withheld: readonly Span<number>[];
  /** The exact bytes of the entries that are shown, in the order of the log. Read three times. */
  readonly entries: () => Iterable<Buffer> | AsyncIterable<Buffer>;
  /** The leaf hashes of the whole range, one after another. */
  readonly leaves: Buffer;
  readonly proof: RangeProof;
  /** The signed note at or after the end of the range. */
  readonly checkpoint: string;
  /** The log's verifier key; its name is the log's origin. */
  readonly vkey: string;
  /** The last number of every intake shown, among the entries that the checkpoint covers. */
  readonly heads: Readonly<Record<string, number>>;
  /** The entry that records this export. */
  readonly exportEntry: { readonly id: string; readonly index: number };
  readonly requestedBy: string;
  readonly purpose: string;
  readonly createdAt: string;
  /** What made the bundle: name and version. */
  readonly software: string;
  /** The armored OpenPGP key (version 4) that `sign` signs with. */
  readonly serverKey: string;
  /** Returns an armored detached OpenPGP signature over the bytes. */
  readonly sign: (manifest: Buffer) => Promise<string> | string;
  /** The content of `audit/cli/verify.mjs`. */
  readonly verifier: Buffer;
}

/** The parts do not fit together: a bundle of them would not verify, and none is written. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';
}

/**
 * Writes a bundle: a zip that anyone can check with the verifier inside it.
 *
 * @returns the size in bytes and the SHA-256, in hexadecimal, of what was written.
 * @throws BundleRefused if an entry, the leaves, the proof and the checkpoint do not fit together.
 * @throws NoteRefused if the key did not sign the checkpoint. @throws RangeError above 4 GiB.
 */
export async function writeBundle(
  input: BundleInput,
  write: Write,
): Promise<{ bytes: number; sha256: string }> {
  const checkpoint = parseCheckpoint(verifyNote(input.checkpoint, [parseVkey(input.vkey)]).text);
  checkRange(input, checkpoint.size, checkpoint.root);

  const rows = await measureEntries(input);
  const files = [
    text('README-VERIFY.txt', README),
    rows.lines,
    text('proof/checkpoint', input.checkpoint),
    bytes('proof/leaves.bin', input.leaves),
    text('proof/range', rangeLines(input.proof)),
    text('trust/log.vkey', `${input.vkey}\n`),
    text('trust/server.asc', input.serverKey),
    bytes('verify.mjs', input.verifier),
    rows.table,
  ];
  const manifest = canonicalize({
    format: 'vestibule-bundle/1',
    origin: checkpoint.origin,
    tenant: input.tenant,
    range: { ...input.range },
    period: { ...input.period },
    counts: { included: rows.count, withheld: widthOf(input.range) - rows.count },
    withheld: input.withheld.map(({ from, to }) => ({ from, to })),
    size: checkpoint.size,
    root: checkpoint.root.toString('base64'),
    files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    exportId: input.exportId,
    requestedBy: input.requestedBy,
    purpose: input.purpose,
    exportEntry: { ...input.exportEntry },
    heads: { ...input.heads },
    createdAt: input.createdAt,
    software: input.software,
  } satisfies Canonical);

  const signature = await input.sign(manifest);
  const digest = createHash('sha256');
  let written = 0;
  await writeZip(
    [bytes('manifest.json', manifest), text('manifest.json.asc', signature), ...files],
    async (chunk) => {
      digest.update(chunk);
      written += chunk.length;
      await write(chunk);
    },
  );
  return { bytes: written, sha256: digest.digest('hex') };
}

interface BundleFile extends ZipFile {
  readonly sha256: string;
}

function checkRange({ range, leaves, proof }: BundleInput, size: number, root: Buffer): void {
  const hashes = Array.from({ length: leaves.length / HASH_BYTES }, (_, i) => leafAt(leaves, i));
  if (leaves.length !== widthOf(range) * HASH_BYTES || !isRange(hashes, range.from, size, proof, root)) {
    throw new BundleRefused('the leaves and the range proof do not lead to the root of the checkpoint');
  }
}

/** Reads the entries once, checks each against its leaf hash, and measures the two files that are made of them. */
async function measureEntries(
  input: BundleInput,
): Promise<{ count: number; lines: BundleFile; table: BundleFile }> {
  const lines = new Measure();
  const table = new Measure();
  let count = 0;
  table.add(Buffer.from(TABLE_HEAD));
  for await (const { entry, index } of placed(input)) {
    const leaf = leafAt(input.leaves, index - input.range.from);
    if (!leafHash(entry).equals(leaf))
      throw new BundleRefused(`entry ${index} is not the one that the log holds`);
    lines.add(lineOf(entry));
    table.add(rowOf(entry, index, leaf));
    count += 1;
  }
  return {
    count,
    lines: lines.file('entries.jsonl', async function* () {
      for await (const { entry } of placed(input)) yield lineOf(entry);
    }),
    table: table.file('views/entries.csv', async function* () {
      yield Buffer.from(TABLE_HEAD);
      for await (const { entry, index } of placed(input)) {
        yield rowOf(entry, index, leafAt(input.leaves, index - input.range.from));
      }
    }),
  };
}

/** Gives each entry its log index: the next one that is not withheld. */
async function* placed({
  entries,
  range,
  withheld,
}: BundleInput): AsyncGenerator<{ entry: Buffer; index: number }> {
  let index = range.from;
  let next = 0;
  const skip = () => {
    for (let span = withheld[next]; span?.from === index; span = withheld[next]) {
      if (span.to <= span.from) throw new BundleRefused('a withheld part is empty');
      index = span.to;
      next += 1;
    }
  };
  for await (const entry of entries()) {
    skip();
    if (index >= range.to) throw new BundleRefused('more entries than the range has places for');
    yield { entry, index };
    index += 1;
  }
  skip();
  if (index !== range.to || next !== withheld.length) {
    throw new BundleRefused('the entries and the withheld parts do not fill the range');
  }
}

class Measure {
  private readonly digest = createHash('sha256');
  private size = 0;
  private crc = 0;

  add(chunk: Uint8Array): void {
    this.digest.update(chunk);
    this.size += chunk.length;
    this.crc = nextCrc32(this.crc, chunk);
  }

  file(name: string, content: ZipFile['content']): BundleFile {
    return { name, size: this.size, crc32: this.crc, sha256: this.digest.digest('hex'), content };
  }
}

function bytes(name: string, content: Uint8Array): BundleFile {
  const measure = new Measure();
  measure.add(content);
  return measure.file(name, () => [content]);
}

function text(name: string, content: string): BundleFile {
  return bytes(name, Buffer.from(content, 'utf8'));
}

function lineOf(entry: Buffer): Buffer {
  return Buffer.concat([entry, Buffer.from('\n')]);
}

function leafAt(leaves: Buffer, i: number): Buffer {
  return leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
}

function widthOf({ from, to }: Span<number>): number {
  return to - from;
}

function rangeLines({ left, right }: RangeProof): string {
  const line = (side: string) => (hash: Buffer) => `${side} ${hash.toString('base64')}\n`;
  return [...left.map(line('l')), ...right.map(line('r'))].join('');
}

const TABLE_HEAD =
  'index,leaf,id,at,act,outcome,actor,actorId,intake,number,purpose,decision,policies,refs,detail\r\n';

function rowOf(bytesOfEntry: Buffer, index: number, leaf: Buffer): Buffer {
  const entry = JSON.parse(bytesOfEntry.toString('utf8')) as Entry;
  const cells = [
    index,
    leaf.toString('base64'),
    entry.id,
    entry.at,
    entry.act,
    entry.outcome,
    entry.actor.kind,
    entry.actor.id,
    entry.intake?.id,
    entry.intake?.n,
    entry.purpose,
    entry.authz?.decision,
    entry.authz?.policies.join(' '),
    pairs(entry.refs),
    pairs(entry.detail),
  ];
  return Buffer.from(`${cells.map(cell).join(',')}\r\n`, 'utf8');
}

function pairs(fields: Readonly<Record<string, string | number>> = {}): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

/** RFC 4180, and an apostrophe before what a spreadsheet would take for a formula. */
function cell(value: string | number | undefined): string {
  const plain = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const README = `This is a bundle: part of an audit log, with what is needed to check it offline.

To check it, with Node.js 20 or newer and nothing else:

  1. Take verify.mjs from a place that you trust. The one in here is for
     convenience: whoever changed the bundle could have changed it too.
  2. node verify.mjs BUNDLE.zip --key SERVER.asc
     SERVER.asc is the server's OpenPGP key, which you were given beforehand.
     Without --key the check trusts the key in here, and says so.
  3. Read the sentences it prints. It ends with
     0  everything fits
     1  something was changed, and it says what: an entry by its number
     2  it could not be checked: a file is missing or damaged
     3  kept for later versions

The same by hand:

  gpg --import SERVER.asc
  gpg --verify manifest.json.asc manifest.json
  sha256sum entries.jsonl      (compare with manifest.json, and so each file)

entries.jsonl holds the entries, one a line, and is what counts.
views/entries.csv holds the same for a spreadsheet.
audit/FORMAT.md of Vestibule describes every byte.
`;
