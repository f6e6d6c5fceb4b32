// The proof of one entry: a C2SP tlog-proof (FORMAT.md, section 9).

import { fromBase64, textOf, utf8 } from './form/bytes.mjs';
import { parseCanonical } from './form/canonical.mjs';
import { isCount, isText } from './form/manifest.mjs';
import { attempt, tampered, unusable } from './form/problem.mjs';
import { report } from './bundle.mjs';
import { checkCheckpoint } from './log/checkpoint.mjs';
import { isIncluded, leafHash } from './log/tree.mjs';

/**
 * @typedef {{id: string, at: string, act: string, outcome?: string, actor?: {kind: string, id: string}, intake?: {id: string, n: number}, refs?: Record<string, string>, detail?: Record<string, string | number>}} ShownEntry
 * @typedef {{index: number, size: number, origin: string, entry: ShownEntry}} ProvenEntry
 * @typedef {import('./bundle.mjs').Report & {entry?: ProvenEntry}} EntryReport
 */

const FIRST_LINE = 'c2sp.org/tlog-proof@v1\n';
/** An entry of 16 KiB, 64 hashes and a note with a hundred signatures fit many times over. */
const MAX_BYTES = 1 << 20;

/** @param {import('./form/zip.mjs').Source} source @returns {boolean} */
export function isEntryProof(source) {
  const start = new Uint8Array(Math.min(FIRST_LINE.length, source.size));
  source.read(start, 0);
  return textOf(start) === FIRST_LINE;
}

/**
 * @param {import('./form/zip.mjs').Source} source
 * @param {import('./bundle.mjs').Given} given `key`, `against` and `tsaCa` have nothing to say here
 * @param {{primitives: import('./primitives.mjs').Primitives}} tools
 * @returns {EntryReport} never throws
 */
export function verifyEntryProof(source, given, { primitives }) {
  const read = attempt(() => readProof(source));
  if (read.value === undefined) return report(read.findings);
  const { entry, index, proof, note } = read.value;
  if (given.vkey === undefined && (given.policy === undefined || !/^[ \t]*log[ \t]/m.test(given.policy))) {
    const message =
      'A proof of one entry holds no key: give the key of the log with --vkey, or a policy that names it.';
    return report([unusable('vkey', message).finding]);
  }
  const log = attempt(() => checkCheckpoint(note, {}, given, primitives));
  const held = attempt(() => {
    if (log.value === undefined) return undefined;
    const { size, root, origin } = log.value.checkpoint;
    const leaf = leafHash(primitives.sha256Into, entry);
    if (!isIncluded(primitives.sha256Into, { leaf, index, size, root, proof })) {
      const message = `Entry ${index} is not in the log as it stands here: it has been changed, or the proof has.`;
      throw tampered('inclusion', message, { index });
    }
    return { index, size, origin, entry: entryIn(entry, index) };
  });
  const findings = [...log.findings, ...held.findings, ...(log.value?.findings ?? [])];
  return {
    ...report(findings, undefined, {
      ...(log.value && { log: log.value.trust }),
      witnesses: log.value?.witnesses ?? [],
      stamps: [],
    }),
    ...(held.value && { entry: held.value }),
  };
}

/** @param {import('./form/zip.mjs').Source} source */
function readProof(source) {
  const bad = () => unusable('proof', 'This is not a C2SP tlog-proof with an entry in its extra line.');
  if (source.size > MAX_BYTES) throw bad();
  const bytes = new Uint8Array(source.size);
  source.read(bytes, 0);
  const parts =
    /^c2sp\.org\/tlog-proof@v1\nextra ([^\n]+)\nindex (0|[1-9]\d{0,15})\n((?:[A-Za-z0-9+/]{43}=\n)*)\n/.exec(
      textOf(bytes),
    );
  const entry = fromBase64(parts?.[1] ?? '');
  const proof =
    parts?.[3]
      .split('\n')
      .slice(0, -1)
      .map((line) => fromBase64(line)) ?? [];
  if (parts === null || entry === undefined || !isCount(Number(parts[2])) || proof.includes(undefined))
    throw bad();
  return {
    entry,
    index: Number(parts[2]),
    proof: /** @type {Uint8Array[]} */ (proof),
    note: bytes.subarray(utf8(parts[0]).length),
  };
}

/** @param {Uint8Array} bytes @param {number} index @returns {ShownEntry} */
function entryIn(bytes, index) {
  const entry = attempt(() => parseCanonical(bytes)).value;
  if (entry?.v !== 1 || !isText(entry.id) || !isText(entry.at) || !isText(entry.act))
    throw tampered('entry', `Entry ${index} is in the log, but it is not an entry of version 1.`, { index });
  return entry;
}
