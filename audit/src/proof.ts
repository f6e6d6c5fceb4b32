import { hash } from 'node:crypto';

// Checks what `prove.ts` makes, and shares no code with it: a fault in one is not hidden by the same fault in the other.
// Every argument but the roots and sizes comes from the party under audit, so bad input is a proof that fails.

/**
 * Whether `leaf` is the hash of leaf `index` in the log of `size` leaves with this root.
 *
 * @param proof - sibling hashes, leaf side first (RFC 9162, section 2.1.3.2).
 */
export function isIncluded(
  leaf: Buffer,
  index: number,
  size: number,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let fn = BigInt(index);
  let sn = BigInt(size) - 1n;
  let r = leaf;
  for (const p of proof) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      r = join(p, r);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = join(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && r.equals(root);
}

/**
 * Whether the log of `size` leaves begins with the log of `oldSize` leaves (RFC 9162, section 2.1.4.2). Between equal
 * sizes the roots must be equal and the proof empty; from size 0, which begins every log, the proof must be empty.
 */
export function isConsistent(
  oldSize: number,
  oldRoot: Buffer,
  size: number,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!Number.isSafeInteger(oldSize) || !Number.isSafeInteger(size) || oldSize < 0 || oldSize > size)
    return false;
  if (oldSize === 0) return proof.length === 0 && oldRoot.equals(hash('sha256', '', 'buffer'));
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  if (proof.length === 0) return false;
  const isPowerOfTwo = (BigInt(oldSize) & (BigInt(oldSize) - 1n)) === 0n;
  const [first, ...rest] = isPowerOfTwo ? [oldRoot, ...proof] : proof;
  let fn = BigInt(oldSize) - 1n;
  let sn = BigInt(size) - 1n;
  while ((fn & 1n) === 1n) {
    fn >>= 1n;
    sn >>= 1n;
  }
  let fr = first as Buffer;
  let sr = first as Buffer;
  for (const c of rest) {
    if (sn === 0n) return false;
    if ((fn & 1n) === 1n || fn === sn) {
      fr = join(c, fr);
      sr = join(c, sr);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      sr = join(sr, c);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && fr.equals(oldRoot) && sr.equals(root);
}

/**
 * Whether `leaves` are the leaf hashes from `from` on in the log of `size` leaves with this root. `left` and `right`
 * are the complete subtrees before and after them, left to right (audit/FORMAT.md, section 6).
 */
export function isRange(
  leaves: Iterable<Buffer>,
  from: number,
  size: number,
  { left, right }: { readonly left: readonly Buffer[]; readonly right: readonly Buffer[] },
  root: Buffer,
): boolean {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(size) || from < 0) return false;
  const stack: { hash: Buffer; width: number }[] = [];
  let at = 0;
  const push = (hash: Buffer, width: number): void => {
    at += width;
    let top = { hash, width };
    for (let below = stack.at(-1); below?.width === top.width; below = stack.at(-1)) {
      stack.pop();
      top = { hash: join(below.hash, top.hash), width: top.width * 2 };
    }
    stack.push(top);
  };
  if (!coverUpTo(from, left) || at !== from) return false;
  for (const leaf of leaves) push(leaf, 1);
  if (at > size) return false;
  if (!coverUpTo(size, right) || at !== size) return false;
  const last = stack.pop();
  if (last === undefined) return root.equals(hash('sha256', '', 'buffer'));
  return stack.reduceRight((hash, peak) => join(peak.hash, hash), last.hash).equals(root);

  /** Each hash covers the largest subtree that starts where the last one ended and stays inside. */
  function coverUpTo(end: number, hashes: readonly Buffer[]): boolean {
    for (const hash of hashes) {
      if (at >= end) return false;
      let width = 1;
      while (at % (2 * width) === 0 && at + 2 * width <= end) width *= 2;
      push(hash, width);
    }
    return true;
  }
}

const ONE = Buffer.from('\x01');

function join(left: Buffer, right: Buffer): Buffer {
  return Buffer.from(hash('sha256', Buffer.concat([ONE, left, right]), 'binary'), 'binary');
}
