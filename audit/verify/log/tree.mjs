// The tree of the log (FORMAT.md, section 4; RFC 6962, section 2.1), and what is proven by it.

import { same } from '../form/bytes.mjs';

export const HASH_BYTES = 32;
/** A log of 2^53 entries has no more peaks than this. */
const MAX_PEAKS = 54;

/** @typedef {(bytes: Uint8Array, target: Uint8Array, at: number) => void} Sha256Into */

/** @param {Sha256Into} sha256Into @param {Uint8Array} bytes */
export function sha256Of(sha256Into, bytes) {
  const digest = new Uint8Array(HASH_BYTES);
  sha256Into(bytes, digest, 0);
  return digest;
}

/** Grows a tree from left to right, leaf by leaf or complete subtree by complete subtree. */
export class GrowingTree {
  size = 0;
  #peaks = new Uint8Array(HASH_BYTES * MAX_PEAKS);
  /** @type {number[]} */
  #widths = [];
  #pair = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);
  #sha256Into;

  /** @param {Sha256Into} sha256Into */
  constructor(sha256Into) {
    this.#sha256Into = sha256Into;
  }

  /** @param {Uint8Array} hashes @param {number} at where the hash begins @param {number} width a power of two that divides the size */
  add(hashes, at = 0, width = 1) {
    const peaks = this.#peaks;
    const widths = this.#widths;
    for (let i = 0, to = HASH_BYTES * widths.length; i < HASH_BYTES; i++) peaks[to + i] = hashes[at + i];
    widths.push(width);
    this.size += width;
    while (widths.length > 1 && widths[widths.length - 2] === widths[widths.length - 1]) {
      widths.pop();
      const last = widths.length - 1;
      for (let i = 0, from = HASH_BYTES * last; i < 2 * HASH_BYTES; i++) this.#pair[1 + i] = peaks[from + i];
      this.#sha256Into(this.#pair, peaks, HASH_BYTES * last);
      widths[last] *= 2;
    }
  }

  /** @returns {Uint8Array} */
  root() {
    const peak = (/** @type {number} */ i) => this.#peaks.slice(HASH_BYTES * i, HASH_BYTES * (i + 1));
    if (this.size === 0) return sha256Of(this.#sha256Into, new Uint8Array(0));
    let root = peak(this.#widths.length - 1);
    for (let i = this.#widths.length - 2; i >= 0; i--) root = join(this.#sha256Into, peak(i), root);
    return root;
  }
}

/** @param {Sha256Into} sha256Into @param {Uint8Array} left @param {Uint8Array} right */
function join(sha256Into, left, right) {
  const pair = new Uint8Array(1 + 2 * HASH_BYTES);
  pair[0] = 1;
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256Of(sha256Into, pair);
}

/** @param {Sha256Into} sha256Into @param {Uint8Array} entry */
export function leafHash(sha256Into, entry) {
  const prefixed = new Uint8Array(1 + entry.length);
  prefixed.set(entry, 1);
  return sha256Of(sha256Into, prefixed);
}

/**
 * Adds complete subtrees, each the largest that starts where the last one ended and stays inside.
 *
 * @param {GrowingTree} tree
 * @param {number} end
 * @param {readonly Uint8Array[]} hashes
 * @param {(size: number) => void} [grown]
 * @returns {boolean} whether they reach from the size of the tree to `end`, with none left over
 */
export function fillTo(tree, end, hashes, grown = () => undefined) {
  for (const hash of hashes) {
    let width = 1;
    while (tree.size % (width * 2) === 0 && tree.size + width * 2 <= end) width *= 2;
    if (tree.size + width > end) return false;
    tree.add(hash, 0, width);
    grown(tree.size);
  }
  return tree.size === end;
}

/**
 * RFC 9162, section 2.1.3.2.
 *
 * @param {Sha256Into} sha256Into
 * @param {{leaf: Uint8Array, index: number, size: number, root: Uint8Array, proof: readonly Uint8Array[]}} claim
 */
export function isIncluded(sha256Into, { leaf, index, size, root, proof }) {
  if (index >= size) return false;
  let [fn, sn, hash] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      hash = join(sha256Into, sibling, hash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      hash = join(sha256Into, hash, sibling);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(hash, root);
}

/**
 * RFC 9162, section 2.1.4.2, and what C2SP tlog-witness says of size 0 and of equal sizes.
 *
 * @param {Sha256Into} sha256Into
 * @param {{size: number, root: Uint8Array}} older
 * @param {{size: number, root: Uint8Array}} newer
 * @param {readonly Uint8Array[]} proof
 */
export function isConsistent(sha256Into, older, newer, proof) {
  if (older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && same(older.root, new GrowingTree(sha256Into).root());
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (proof.length === 0) return false;
  let [fn, sn] = [older.size - 1, newer.size - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  const isComplete = fn === 0;
  let [oldHash, newHash] = isComplete ? [older.root, older.root] : [proof[0], proof[0]];
  for (const hash of isComplete ? proof : proof.slice(1)) {
    if (sn === 0) return false;
    if (fn % 2 === 1 || fn === sn) {
      oldHash = join(sha256Into, hash, oldHash);
      newHash = join(sha256Into, hash, newHash);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    } else {
      newHash = join(sha256Into, newHash, hash);
    }
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 && same(oldHash, older.root) && same(newHash, newer.root);
}
