import { type Canonical, canonicalize } from '../canonical';
import { type Checkpoint, formatCheckpoint, type NoteKey, parseCheckpoint, verifyNote } from '../note';
import { isConsistent } from '../proof';
import { type Again, type Anchor, type BundleInput, BundleRefused, type EarlierCheckpoint } from './input';
import { type BundleFile, bytes, streamed, text } from './measure';

/** The parts that a bundle may have, and what the manifest says of them. */
export interface OptionalParts {
  readonly files: readonly BundleFile[];
  readonly manifest: Readonly<Record<string, Canonical | undefined>>;
}

/**
 * Makes the files of the optional parts (audit/FORMAT.md, section 5).
 *
 * @throws BundleRefused if an earlier checkpoint is not one that this log has grown from.
 */
export async function optionalParts(
  input: BundleInput,
  now: Checkpoint,
  key: NoteKey,
): Promise<OptionalParts> {
  const openings = input.openings && (await lines('openings.jsonl', input.openings));
  const messages = input.messages && (await lines('transcript/messages.jsonl', input.messages));
  const previous = input.previous && earlier(input.previous, now, key);
  const files = [
    ...(openings ? [openings.file] : []),
    ...(messages ? [messages.file] : []),
    ...(previous?.files ?? []),
    ...(input.anchors ?? []).flatMap((anchor) => anchored(anchor, now)),
    ...(input.trustPolicy === undefined ? [] : [text('trust/policy', input.trustPolicy)]),
    ...(input.tsaCa === undefined ? [] : [text('trust/tsa-ca.pem', input.tsaCa)]),
    ...(await Promise.all((input.files ?? []).map(({ name, content }) => streamed(name, content)))),
  ];
  return {
    files,
    manifest: {
      openings: openings?.count,
      messages: messages?.count,
      policySet: input.policySet,
      previous: previous && { size: previous.size, root: previous.root.toString('base64') },
      source: input.source && { ...input.source },
    },
  };
}

function earlier({ checkpoint, consistency }: EarlierCheckpoint, now: Checkpoint, key: NoteKey) {
  const then = parseCheckpoint(verifyNote(checkpoint, [key]).text);
  grown(then, now, consistency);
  const files = [
    text('proof/previous', checkpoint),
    text('proof/consistency', consistency.map((hash) => `${hash.toString('base64')}\n`).join('')),
  ];
  return { ...then, files };
}

function anchored({ checkpoint, token, consistency }: Anchor, now: Checkpoint): BundleFile[] {
  const then = parseCheckpoint(checkpoint);
  grown(then, now, consistency);
  const name = `proof/anchors/${then.size}`;
  return [
    text(`${name}.checkpoint`, formatCheckpoint(then)),
    text(`${name}.consistency`, consistency.map((hash) => `${hash.toString('base64')}\n`).join('')),
    bytes(`${name}.tsr`, token),
  ];
}

function grown(then: Checkpoint, now: Checkpoint, consistency: readonly Buffer[]): void {
  if (then.origin !== now.origin || !isConsistent(then.size, then.root, now.size, now.root, consistency)) {
    throw new BundleRefused(`the log did not grow from its checkpoint of size ${then.size}`);
  }
}

/** Canonical JSON, one value a line. */
async function lines(name: string, values: Again<object>): Promise<{ file: BundleFile; count: number }> {
  let count = 0;
  const file = await streamed(name, async function* () {
    count = 0;
    for await (const value of values()) {
      count += 1;
      yield Buffer.concat([canonicalize(value as Canonical), Buffer.from('\n')]);
    }
  });
  return { file, count };
}
