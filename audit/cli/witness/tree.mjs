// @ts-check
import { createHash } from 'node:crypto';

/** The root of a log without entries. */
export const EMPTY_ROOT = createHash('sha256').digest();

/**
 * Whether the log of `size` leaves begins with the log of `oldSize` leaves (RFC 9162, section 2.1.4.2). Only for
 * 0 < oldSize < size.
 * @param {number} oldSize @param {Buffer} oldRoot @param {number} size @param {Buffer} root
 * @param {readonly Buffer[]} proof
 */
export function isConsistent(oldSize, oldRoot, size, root, proof) {
  if (proof.length === 0) return false;
  let node = BigInt(oldSize) - 1n;
  let last = BigInt(size) - 1n;
  while (node & 1n) {
    node >>= 1n;
    last >>= 1n;
  }
  // An old log that is one whole subtree is its own first hash, and the proof leaves it out.
  const path = node === 0n ? [oldRoot, ...proof] : [...proof];
  let before = /** @type {Buffer} */ (path.shift());
  let after = before;
  for (const hash of path) {
    if (last === 0n) return false;
    if (node & 1n || node === last) {
      before = join(hash, before);
      after = join(hash, after);
      while (!(node & 1n) && node !== 0n) {
        node >>= 1n;
        last >>= 1n;
      }
    } else {
      after = join(after, hash);
    }
    node >>= 1n;
    last >>= 1n;
  }
  return last === 0n && before.equals(oldRoot) && after.equals(root);
}

/** @param {Buffer} left @param {Buffer} right */
function join(left, right) {
  return createHash('sha256')
    .update(Buffer.concat([Buffer.from([1]), left, right]))
    .digest();
}
