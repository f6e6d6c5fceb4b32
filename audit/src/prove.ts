import { coveringNodes, joinPeaks } from './tree';

/** Where the hash of a complete subtree comes from: tiles, a table, memory. Only nodes inside the log are asked for. */
export type NodeSource = (level: number, index: number) => Buffer | Promise<Buffer>;

/** The hashes beside a range, each the root of a complete subtree, left to right (audit/FORMAT.md, section 6). */
export interface RangeProof {
  /** What covers the leaves before the range. */
  readonly left: readonly Buffer[];
  /** What covers the leaves after the range, up to the size of the log. */
  readonly right: readonly Buffer[];
}

/** Returns the root of the log's first `size` leaves. */
export function rootOf(node: NodeSource, size: number): Promise<Buffer> {
  return hashOf(node, 0, size);
}

/**
 * Returns the proof that leaf `index` is in the log of `size` leaves: the sibling hashes, leaf side first (RFC 6962,
 * section 2.1.1).
 *
 * @throws RangeError if there is no such leaf.
 */
export async function inclusionProof(node: NodeSource, index: number, size: number): Promise<Buffer[]> {
  if (index < 0 || index >= size) throw new RangeError(`no leaf ${index} in a log of ${size}`);
  const path: Buffer[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    const [inside, beside] =
      index < split
        ? [
            [from, split],
            [split, to],
          ]
        : [
            [split, to],
            [from, split],
          ];
    path.unshift(await hashOf(node, beside[0] as number, beside[1] as number));
    [from, to] = inside as [number, number];
  }
  return path;
}

/**
 * Returns the proof that the log of `size` leaves begins with the log of `oldSize` (RFC 6962, section 2.1.2). It is
 * empty if the old log has no leaf, or all of them.
 *
 * @throws RangeError if the old log is larger.
 */
export async function consistencyProof(node: NodeSource, oldSize: number, size: number): Promise<Buffer[]> {
  if (oldSize < 0 || oldSize > size)
    throw new RangeError(`a log of ${size} does not begin with ${oldSize} leaves`);
  if (oldSize === 0 || oldSize === size) return [];
  const path: Buffer[] = [];
  let from = 0;
  let to = size;
  while (to !== oldSize) {
    const split = from + splitOf(to - from);
    if (oldSize <= split) {
      path.unshift(await hashOf(node, split, to));
      to = split;
    } else {
      path.unshift(await hashOf(node, from, split));
      from = split;
    }
  }
  // The old root itself is known to whoever checks, unless the old log's last subtree is only a part of it.
  if (from !== 0) path.unshift(await hashOf(node, from, to));
  return path;
}

/**
 * Returns what, together with the leaf hashes `[from, to)`, gives the root of the log of `size` leaves.
 *
 * @throws RangeError if the range is not inside the log.
 */
export async function rangeProof(
  node: NodeSource,
  from: number,
  to: number,
  size: number,
): Promise<RangeProof> {
  if (from < 0 || from > to || to > size)
    throw new RangeError(`no range [${from}, ${to}) in a log of ${size}`);
  return { left: await hashesOver(node, 0, from), right: await hashesOver(node, to, size) };
}

/** Returns the root of the subtree over the leaves `[from, to)`, where `from` starts a subtree at least that wide. */
async function hashOf(node: NodeSource, from: number, to: number): Promise<Buffer> {
  return joinPeaks(await hashesOver(node, from, to));
}

function hashesOver(node: NodeSource, from: number, to: number): Promise<Buffer[]> {
  return Promise.all(coveringNodes(from, to).map(async ({ level, index }) => node(level, index)));
}

/** Returns the largest power of two below `n`: where RFC 6962 splits a tree of `n` leaves. */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
