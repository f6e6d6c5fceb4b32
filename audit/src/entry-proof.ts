import { BundleRefused } from './bundle/input';
import { parseCheckpoint } from './note';
import { isIncluded } from './proof';
import { leafHash } from './tree';

/** One entry and what proves that the log holds it. */
export interface EntryProofInput {
  /** The entry's exact bytes. */
  readonly entry: Buffer;
  readonly index: number;
  /** Size of the log at the checkpoint. */
  readonly size: number;
  /** Inclusion proof, leaf side first (RFC 6962, section 2.1.1). */
  readonly proof: readonly Buffer[];
  /** The signed note, with what signatures of witnesses it has. */
  readonly checkpoint: string;
}

/**
 * Returns a proof that the log holds one entry, as a C2SP tlog-proof: a text that `audit/cli/verify.mjs` checks offline.
 * Its `extra` line carries the entry, so that nothing else is needed (audit/FORMAT.md, section 9).
 *
 * @throws BundleRefused if the proof does not lead from the entry to the checkpoint.
 * @throws NoteRefused if the checkpoint has no three lines.
 */
export function writeEntryProof({ entry, index, size, proof, checkpoint }: EntryProofInput): string {
  const { size: signed, root } = parseCheckpoint(checkpoint.slice(0, checkpoint.lastIndexOf('\n\n') + 1));
  if (signed !== size || !isIncluded(leafHash(entry), index, size, proof, root)) {
    throw new BundleRefused(`entry ${index} is not shown to be in the log by this proof`);
  }
  return [
    'c2sp.org/tlog-proof@v1',
    `extra ${entry.toString('base64')}`,
    `index ${index}`,
    ...proof.map((hash) => hash.toString('base64')),
    '',
    checkpoint,
  ].join('\n');
}
