import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

// RFC 6962, section 2.1: the prefixes keep a leaf from ever being read as a node.
const LEAF_PREFIX = Buffer.from([0x00]);
const NODE_PREFIX = Buffer.from([0x01]);

export function leafHash(entry: Uint8Array): Buffer {
  return sha256(Buffer.concat([LEAF_PREFIX, entry]));
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return sha256(Buffer.concat([NODE_PREFIX, left, right]));
}

/** Returns the root of a tree without leaves: SHA-256 of nothing (RFC 6962, section 2.1). */
export function emptyRoot(): Buffer {
  return sha256(Buffer.alloc(0));
}

/** By way of a string: a digest that Node gives as a buffer is memory of its own outside the heap, a million times. */
function sha256(bytes: Buffer): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

/** Returns the Merkle tree hash of a list of leaf hashes (RFC 6962, section 2.1). */
export function root(leafHashes: Iterable<Buffer>): Buffer {
  const range = CompactRange.empty();
  for (const hash of leafHashes) range.append(hash);
  return range.root();
}

/** A complete subtree: it covers the leaves `[index * 2^level, (index + 1) * 2^level)`. */
export interface NodeId {
  readonly level: number;
  readonly index: number;
}

/**
 * A tree of `size` leaves, kept as the roots of its complete subtrees, left to right: at most one for each bit of the
 * size. That is all that appending needs.
 */
export class CompactRange {
  private constructor(
    private count: number,
    private readonly peaks: Buffer[],
  ) {}

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /**
   * Returns the tree that `size` and `hashes()` of another one describe.
   *
   * @throws RangeError if the number or the length of the hashes does not fit the size.
   */
  static of(size: number, hashes: readonly Uint8Array[]): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError('a size is a whole number from 0 up');
    if (hashes.length !== coveringNodes(0, size).length)
      throw new RangeError('the hashes do not fit the size');
    if (hashes.some((hash) => hash.length !== HASH_BYTES)) throw new RangeError('a hash has 32 bytes');
    return new CompactRange(
      size,
      hashes.map((hash) => Buffer.from(hash)),
    );
  }

  get size(): number {
    return this.count;
  }

  /**
   * Adds one leaf.
   *
   * @param completed - told each subtree that this leaf completes, the leaf itself first. Writing those of level 0, 8,
   * 16 … down is what fills the tiles.
   */
  append(leaf: Buffer, completed?: (node: NodeId, hash: Buffer) => void): void {
    let hash = leaf;
    let level = 0;
    let index = this.count;
    completed?.({ level, index }, hash);
    while (index % 2 === 1) {
      hash = nodeHash(this.peaks.pop() as Buffer, hash);
      level += 1;
      index = (index - 1) / 2;
      completed?.({ level, index }, hash);
    }
    this.peaks.push(hash);
    this.count += 1;
  }

  root(): Buffer {
    return joinPeaks(this.peaks);
  }

  /** Returns the roots of the complete subtrees, the largest first: what to store. */
  hashes(): Buffer[] {
    return [...this.peaks];
  }
}

/** Returns the complete subtrees that cover the leaves `[from, to)` exactly, left to right, each as large as fits. */
export function coveringNodes(from: number, to: number): NodeId[] {
  const nodes: NodeId[] = [];
  for (let at = from; at < to;) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      level += 1;
    }
    nodes.push({ level, index: at / width });
    at += width;
  }
  return nodes;
}

/** Returns the root over complete subtrees that stand side by side from leaf 0 on, the largest first. */
export function joinPeaks(peaks: readonly Buffer[]): Buffer {
  return peaks.length === 0 ? emptyRoot() : peaks.reduceRight((right, left) => nodeHash(left, right));
}
