import { CompactRange, type Entry, leafHash, NotAnEntry, NotCanonical, parseEntry } from '@app/audit';
import { follow, type Writers } from './writers';

/** A stored entry with the copies that it is found by. */
export interface StoredEntry {
  readonly idx: number;
  readonly entry: Buffer;
  readonly leaf_hash: Buffer;
  readonly at: Date;
  readonly act: string;
  readonly actor_id: string;
  readonly outcome: string;
  readonly intake_id: string | null;
}

/** A signed checkpoint: its note was verified. */
export interface Signed {
  readonly size: number;
  readonly root: Buffer;
}

/** How far a round has come. */
export interface Round {
  readonly next: number;
  readonly tree: CompactRange;
  /** The last checkpoint that the tree has met. */
  readonly good: number;
  /** The tree cannot meet a checkpoint any more: something before here is not as it was signed. */
  readonly broken: boolean;
  readonly writers: Writers;
}

/** Something that is not as it was recorded. `from` and `to` are indexes, both included. */
export interface Finding {
  readonly what: 'bytes' | 'missing' | 'copies' | 'number' | 'tree';
  readonly from: number;
  to: number;
}

/** An entry that stores a ciphertext, with the digest of it. */
export interface Stores {
  readonly index: number;
  readonly kind: 'message' | 'note';
  readonly id: string;
  readonly intakeId: string;
  readonly ctHash: string;
}

/**
 * Looks at the entries of a log from `round.next` to before `end`, which the log must have, and at the checkpoints among
 * them.
 *
 * What is hashed here is the bytes. The tree goes on with the stored leaf hash where bytes were changed, so that what was
 * changed is named alone and what comes after it is still compared.
 */
export function examine(
  round: Round,
  end: number,
  rows: readonly StoredEntry[],
  checkpoints: readonly Signed[],
): { readonly round: Round; readonly findings: readonly Finding[]; readonly stores: readonly Stores[] } {
  const findings: Finding[] = [];
  const stores: Stores[] = [];
  const { tree, writers } = round;
  let { good, broken } = round;
  const signed = new Map(checkpoints.map(({ size, root }) => [size, root]));
  const byIndex = new Map(rows.map((row) => [row.idx, row]));
  for (let idx = round.next; idx < end; idx++) {
    const row = byIndex.get(idx);
    if (row === undefined) {
      note(findings, 'missing', idx);
      broken = true; // without its hash there is no tree; what stands before is compared up to the last checkpoint
    } else {
      if (!broken) tree.append(row.leaf_hash);
      const entry = leafHash(row.entry).equals(row.leaf_hash) ? readable(row.entry) : undefined;
      if (entry === undefined) note(findings, 'bytes', idx);
      else {
        if (!isFoundByWhatItSays(row, entry)) note(findings, 'copies', idx);
        if (!follow(writers, entry)) note(findings, 'number', idx);
        const stored = storesOf(idx, entry);
        if (stored !== undefined) stores.push(stored);
      }
    }
    const root = signed.get(idx + 1);
    if (root === undefined || broken) continue;
    if (tree.root().equals(root)) good = idx + 1;
    else {
      findings.push({ what: 'tree', from: good, to: idx });
      broken = true;
    }
  }
  return { round: { next: end, tree, good, broken, writers }, findings, stores };
}

/** Adds one entry to what was found; those that stand side by side are one finding. */
function note(findings: Finding[], what: Finding['what'], idx: number): void {
  const last = findings.findLast((finding) => finding.what === what);
  if (last?.to === idx - 1) last.to = idx;
  else findings.push({ what, from: idx, to: idx });
}

function readable(bytes: Buffer): Entry | undefined {
  try {
    return parseEntry(bytes);
  } catch (error) {
    if (error instanceof NotAnEntry || error instanceof NotCanonical) return undefined;
    throw error;
  }
}

/** An entry whose copies say something else is there, and is not found. */
function isFoundByWhatItSays(row: StoredEntry, entry: Entry): boolean {
  return (
    row.at.toISOString() === entry.at &&
    row.act === entry.act &&
    row.actor_id === entry.actor.id &&
    row.outcome === entry.outcome &&
    row.intake_id === (entry.intake?.id ?? null)
  );
}

function storesOf(index: number, { outcome, ctHash, intake, refs }: Entry): Stores | undefined {
  if (ctHash === undefined || outcome !== 'ok' || intake === undefined) return undefined;
  for (const kind of ['message', 'note'] as const) {
    const id = refs?.[kind];
    if (id !== undefined) return { index, kind, id, intakeId: intake.id, ctHash };
  }
  return undefined;
}
