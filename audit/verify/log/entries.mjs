// Each entry against its leaf hash, and the leaf hashes against the signed root (FORMAT.md, sections 6 and 11).

import { base64, fromBase64, latin1, same, textOf } from '../form/bytes.mjs';
import { lineCutter } from '../form/lines.mjs';
import { attempt, capital, nameOf, tampered } from '../form/problem.mjs';
import { Facts, idOf, Numbers } from './numbers.mjs';
import { fillTo, GrowingTree, HASH_BYTES } from './tree.mjs';

/**
 * @typedef {import('../form/problem.mjs').Finding} Finding
 * @typedef {import('../form/manifest.mjs').Manifest} Manifest
 * @typedef {import('../form/zip.mjs').Archive} Archive
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {{left: Uint8Array[], right: Uint8Array[]}} RangeProof
 * @typedef {{i: number, index: number, id: string | undefined, hash: Uint8Array}} Differing
 * @typedef {{index: number, entry: any}} Shown
 *
 * @typedef {object} Wanted what the other checks want to know of the entries and of the tree
 * @property {(entry: Facts) => boolean} entry
 * @property {number[]} sizes of which the root is wanted
 *
 * @typedef {object} EntriesResult
 * @property {boolean} leavesFit
 * @property {number} wholeIntakes
 * @property {Finding[]} findings
 * @property {Map<string, Shown>} shown those that were wanted, by id
 * @property {Map<number, Uint8Array>} roots of the sizes that were wanted and can be known
 */

/** FORMAT.md, section 2. */
const MAX_ENTRY_BYTES = 16_384;
/** More differences than this are the same as this many. */
const MAX_DIFFERING = 10_000;

/**
 * @param {Archive} archive @param {Manifest} manifest @param {Uint8Array} root @param {Primitives} primitives
 * @param {Wanted} wanted @param {(leaves: number) => void} onLeaves
 * @returns {EntriesResult}
 */
export function checkEntries(archive, manifest, root, primitives, wanted, onLeaves) {
  const { range } = manifest;
  const leaves = archive.whole('proof/leaves.bin');
  if (leaves.length !== HASH_BYTES * (range.to - range.from)) {
    const message = 'The file proof/leaves.bin does not hold one hash for each entry of the range.';
    throw tampered('leaves', message, { file: 'proof/leaves.bin' });
  }
  const proof = attempt(() => readRangeProof(textOf(archive.whole('proof/range'))));
  const grow = (/** @type {Uint8Array} */ hashes) =>
    proof.value && growRange(hashes, manifest, proof.value, primitives, wanted.sizes, onLeaves);
  const grown = grow(leaves);
  const leavesFit = grown !== undefined && grown.root !== undefined && same(grown.root, root);

  const read = readEntries(archive, manifest, leaves, primitives, wanted);
  const result = { leavesFit, wholeIntakes: 0, shown: read.shown, roots: grown?.roots ?? new Map() };
  const { findings, differing } = compared(read, manifest, leaves);
  if (!leavesFit && differing.length > 0) {
    // If the leaves would fit with the entries' own hashes in place, it is the leaf hash that was changed.
    const mended = leaves.slice();
    for (const { index, hash } of differing) mended.set(hash, HASH_BYTES * (index - range.from));
    const again = grow(mended);
    if (again?.root !== undefined && same(again.root, root)) {
      const { index, id } = differing[0];
      const message = `The leaf hash of ${nameOf(index, id)} in proof/leaves.bin has been changed; the entry itself is whole.`;
      return { ...result, findings: [tampered('leaf', message, { index, id }).finding] };
    }
  }
  if (findings.length === 0) {
    const numbers = attempt(read.endNumbers);
    findings.push(...numbers.findings);
    result.wholeIntakes = numbers.value ?? 0;
  }
  if (!leavesFit) {
    findings.push(...proof.findings);
    const message =
      'The leaf hashes of the range and its proof do not lead to the root that the log has signed.';
    if (proof.value !== undefined)
      findings.push(tampered('root', message, { file: 'proof/leaves.bin' }).finding);
  }
  return { ...result, findings };
}

/** @param {string} text @returns {RangeProof} */
function readRangeProof(text) {
  /** @type {Record<string, Uint8Array[]>} */
  const sides = { l: [], r: [] };
  for (const line of text.split('\n').slice(0, -1)) {
    const parts = /^([lr]) ([A-Za-z0-9+/]{43}=)$/.exec(line);
    const hash = fromBase64(parts?.[2] ?? '');
    if (parts === null || hash === undefined || (parts[1] === 'l' && sides.r.length > 0)) {
      throw tampered('range', 'The file proof/range has been changed.', { file: 'proof/range' });
    }
    sides[parts[1]].push(hash);
  }
  return { left: sides.l, right: sides.r };
}

/**
 * Puts the leaves between what stands left and right of them.
 *
 * @param {Uint8Array} leaves @param {Manifest} manifest @param {RangeProof} proof @param {Primitives} primitives
 * @param {number[]} sizes @param {(leaves: number) => void} onLeaves
 * @returns {{root: Uint8Array | undefined, roots: Map<number, Uint8Array>}} the root is undefined if there are more or
 * fewer hashes than the log has places for; of the sizes, those are known at which a subtree or a leaf ends
 */
function growRange(leaves, { range, size }, { left, right }, { sha256Into }, sizes, onLeaves) {
  const tree = new GrowingTree(sha256Into);
  /** @type {Map<number, Uint8Array>} */
  const roots = new Map();
  const asked = new Set(sizes);
  const grown = (/** @type {number} */ at) => void (asked.has(at) && roots.set(at, tree.root()));
  grown(0);
  if (!fillTo(tree, range.from, left, grown)) return { root: undefined, roots };
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    tree.add(leaves, at);
    if (asked.size > 0) grown(tree.size);
    if (tree.size % 16_384 === 0) onLeaves(16_384);
  }
  return { root: fillTo(tree, size, right, grown) ? tree.root() : undefined, roots };
}

/**
 * Reads every line once: its hash, what it says, the numbers of its intake.
 *
 * @param {Archive} archive @param {Manifest} manifest @param {Uint8Array} leaves @param {Primitives} primitives
 * @param {Wanted} wanted
 */
function readEntries(archive, manifest, leaves, { sha256Into }, wanted) {
  const { range, counts } = manifest;
  const placeOf = placesOf(manifest);
  const leafOf = (/** @type {number} */ index) =>
    leaves.subarray(HASH_BYTES * (index - range.from), HASH_BYTES * (index - range.from + 1));
  const numbers = new Numbers(manifest, leafOf);
  /** @type {Differing[]} */
  const differing = [];
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  const hash = new Uint8Array(HASH_BYTES);
  const facts = new Facts();
  let lines = 0;
  /** @type {unknown} */
  let numberProblem;

  /** @param {Uint8Array} bytes @param {number} from @param {number} to @param {boolean} isEntry */
  const take = (bytes, from, to, isEntry) => {
    const i = lines++;
    if (i >= counts.included) return;
    const index = placeOf();
    if (isEntry) {
      bytes[from - 1] = 0;
      sha256Into(bytes.subarray(from - 1, to), hash, 0);
    }
    if (!isEntry || !isAt(hash, leaves, HASH_BYTES * (index - range.from))) {
      if (differing.length < MAX_DIFFERING)
        differing.push({ i, index, id: idOf(bytes.subarray(from, to)), hash: hash.slice() });
      return;
    }
    if (numberProblem !== undefined || differing.length > 0) return;
    try {
      if (!facts.read(bytes, from, to)) {
        const message = `Entry ${index} is in the log, but it is not an entry of version 1.`;
        throw tampered('entry', message, { index });
      }
      numbers.add(facts, index, i);
      if (wanted.entry(facts))
        shown.set(facts.id, { index, entry: JSON.parse(textOf(bytes.subarray(from, to))) });
    } catch (error) {
      numberProblem = error;
    }
  };
  const cutter = lineCutter(
    MAX_ENTRY_BYTES,
    (bytes, from, to) => take(bytes, from, to, true),
    () => take(new Uint8Array(1), 1, 1, false),
  );
  archive.stream('entries.jsonl', (chunk) => cutter.add(chunk));
  const endsWithNewline = cutter.end();
  return {
    lines,
    differing,
    shown,
    endsWithNewline,
    endNumbers: () => {
      if (numberProblem !== undefined) throw numberProblem;
      return numbers.end();
    },
  };
}

/** @param {Manifest} manifest @returns {() => number} the log index of the next entry that is shown */
function placesOf({ range, withheld }) {
  let next = range.from;
  let span = 0;
  return () => {
    while (span < withheld.length && withheld[span].from === next) next = withheld[span++].to;
    return next++;
  };
}

/** @param {Uint8Array} hash @param {Uint8Array} leaves @param {number} at */
function isAt(hash, leaves, at) {
  for (let i = 0; i < HASH_BYTES; i++) if (hash[i] !== leaves[at + i]) return false;
  return true;
}

/**
 * Says what became of the entries that are not what the leaf hashes are of.
 *
 * @param {{lines: number, differing: Differing[], endsWithNewline: boolean}} read @param {Manifest} manifest
 * @param {Uint8Array} leaves
 * @returns {{findings: Finding[], differing: Differing[]}} differing: those that stand nowhere in the range
 */
function compared({ lines, differing, endsWithNewline }, manifest, leaves) {
  const { range, counts } = manifest;
  /** @type {Finding[]} */
  const findings = [];
  /** @param {string} code @param {string} message @param {number} [index] @param {string} [id] */
  const say = (code, message, index, id) =>
    findings.push(tampered(code, message, index === undefined ? {} : { index, id }).finding);
  // Only when the count is right: otherwise the comparison says which entry it is.
  if (!endsWithNewline && lines === counts.included) {
    const message = 'The file entries.jsonl does not end with a newline.';
    findings.push(tampered('entries', message, { file: 'entries.jsonl' }).finding);
  }
  const elsewhere = positionsOf(differing, leaves, range.from);
  /** @type {Differing[]} */
  const changed = [];
  for (const one of differing) {
    const { index, id } = one;
    const place = elsewhere.get(one);
    if (place === undefined) {
      say('entry-changed', `${capital(nameOf(index, id))} has been changed.`, index, id);
      changed.push(one);
    } else if (place > index && lines < counts.included) {
      say('entry-missing', `Entry ${index} is missing: entry ${place} stands in its place.`, index);
    } else {
      say('entry-moved', `${capital(nameOf(place, id))} stands where entry ${index} belongs.`, index, id);
    }
    // With lines too many or too few, all that follows has moved: the first difference is the one that means something.
    if (lines !== counts.included) return { findings, differing: changed };
  }
  const placeOf = placesOf(manifest);
  let place = range.from - 1;
  for (let i = 0; i < Math.min(lines, counts.included); i++) place = placeOf();
  if (lines < counts.included) {
    const missing = placeOf();
    say('entry-missing', `Entry ${missing} is missing.`, missing);
  } else if (lines > counts.included) {
    const after = counts.included > 0 ? place : 'none';
    say('entry-added', `An entry was added after entry ${after}: the log has no such entry.`);
  }
  return { findings, differing: changed };
}

/**
 * @param {readonly Differing[]} differing @param {Uint8Array} leaves @param {number} from
 * @returns {Map<Differing, number>} for each whose hash is another leaf of the range, the index of that leaf
 */
function positionsOf(differing, leaves, from) {
  const places = new Map();
  if (differing.length === 0) return places;
  /** @type {Map<string, Differing[]>} */
  const byHash = new Map();
  for (const one of differing) byHash.set(base64(one.hash), [...(byHash.get(base64(one.hash)) ?? []), one]);
  const starts = new Set(differing.map(({ hash }) => latin1(hash.subarray(0, 2))));
  for (let at = 0; at < leaves.length; at += HASH_BYTES) {
    if (!starts.has(String.fromCharCode(leaves[at], leaves[at + 1]))) continue;
    const found = byHash.get(base64(leaves.subarray(at, at + HASH_BYTES))) ?? [];
    for (const one of found) places.set(one, from + at / HASH_BYTES);
  }
  return places;
}
