// Earlier checkpoints of the same log, and time stamps on them: what a log that was written anew would not fit.

import { fromBase64, hex, same, textOf, utf8 } from '../form/bytes.mjs';
import { below, Problem, tampered, unusable } from '../form/problem.mjs';
import { readCheckpoint, readNote, signatureOf } from './note.mjs';
import { isConsistent, sha256Of } from './tree.mjs';

/**
 * @typedef {import('../form/zip.mjs').Archive} Archive
 * @typedef {import('../form/manifest.mjs').Manifest} Manifest
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {import('../form/problem.mjs').Finding} Finding
 * @typedef {import('./note.mjs').Checkpoint} Checkpoint
 * @typedef {import('./note.mjs').NoteKey} NoteKey
 * @typedef {import('./entries.mjs').Shown} Shown
 *
 * @typedef {object} Stamp
 * @property {number} size the log had this many entries when it was stamped
 * @property {string} time RFC 3339: the entries below `size` were there before it
 * @property {'given' | 'bundle' | 'nobody'} trust where the authority's certificate came from
 * @property {string} token hexadecimal SHA-256 of the time stamp
 * @property {number} [recordedAt] index of the entry that records the stamp: what follows was written after it
 */

const STAMPED = /^proof\/anchors\/(0|[1-9]\d{0,15})\.(checkpoint|consistency|tsr)$/;

/** @param {string} text @returns {Uint8Array[] | undefined} */
function readHashes(text) {
  const hashes = text
    .split('\n')
    .slice(0, -1)
    .map((line) => fromBase64(line));
  return (text === '' || text.endsWith('\n')) && hashes.every((hash) => hash?.length === 32)
    ? /** @type {Uint8Array[]} */ (hashes)
    : undefined;
}

/**
 * @param {Archive} archive @param {string} name @param {Checkpoint} older @param {Checkpoint} now
 * @param {Primitives} primitives
 */
function checkGrown(archive, name, older, now, { sha256Into }) {
  const proof = readHashes(textOf(archive.whole(name)));
  if (proof === undefined || older.origin !== now.origin || !isConsistent(sha256Into, older, now, proof)) {
    const message = `The log did not grow from its earlier checkpoint of ${older.size} entries: one of the two shows another history.`;
    throw tampered('consistency', message, { file: name });
  }
}

/**
 * The checkpoint of the export before this one.
 *
 * @param {Archive} archive @param {Manifest} manifest @param {Checkpoint} now @param {NoteKey} key
 * @param {Primitives} primitives
 * @returns {Checkpoint | undefined}
 */
export function checkPrevious(archive, { previous }, now, key, primitives) {
  if (previous === undefined) {
    if (!archive.has('proof/previous')) return undefined;
    throw tampered(
      'previous',
      'The manifest does not know of the earlier export that proof/previous is of.',
      {
        file: 'proof/previous',
      },
    );
  }
  const note = readNote(archive.whole('proof/previous'));
  const older = note && readCheckpoint(note.text);
  const about = { file: 'proof/previous' };
  if (note === undefined || older === undefined || signatureOf(note, key, primitives) !== 'signed')
    throw tampered('previous', 'The checkpoint of the export before this one has been changed.', about);
  if (older.size !== previous.size || textOf(utf8(note.text)).split('\n')[2] !== previous.root)
    throw tampered('previous', 'The manifest names another earlier export than proof/previous.', about);
  checkGrown(archive, 'proof/consistency', older, now, primitives);
  return older;
}

/**
 * The checkpoint that the reader kept. It counts even unsigned: whoever kept it knows where it came from.
 *
 * @param {string} text
 * @param {{now: Checkpoint, key: NoteKey, earlier: Checkpoint[], roots: Map<number, Uint8Array>, range: {from: number, to: number}}} known
 * @param {Primitives} primitives
 * @returns {Checkpoint}
 */
export function checkAgainst(text, { now, key, earlier, roots, range }, primitives) {
  const older = readGiven(text, key, primitives);
  const sizes = `yours has ${older.size} entries, and the bundle's has ${now.size}`;
  if (older.origin !== now.origin)
    throw unusable('against', `The checkpoint that you gave is of another log (${older.origin}).`);
  if (older.size > now.size)
    throw unusable(
      'against',
      `The checkpoint that you gave is newer than the bundle, so it cannot be compared: ${sizes}.`,
    );
  const known =
    older.size === now.size
      ? now.root
      : (roots.get(older.size) ?? earlier.find(({ size }) => size === older.size)?.root);
  if (known === undefined) {
    const proven = [...new Set(earlier.map(({ size }) => size))].sort((a, b) => a - b);
    const can = `It can be compared with checkpoints of ${[`${range.from} to ${range.to}`, ...proven].join(', ')} entries`;
    throw unusable(
      'against',
      `The bundle holds no proof that reaches back to your checkpoint: ${sizes}. ${can}.`,
    );
  }
  if (!same(known, older.root)) {
    const message = `The log did not grow from the checkpoint that you gave: what it says about its first ${older.size} entries has changed.`;
    throw tampered('against', message, { file: 'proof/checkpoint' });
  }
  return older;
}

/** @param {string} text @param {NoteKey} key @param {Primitives} primitives @returns {Checkpoint} */
export function readGiven(text, key, primitives) {
  const note = readNote(utf8(text));
  const checkpoint = readCheckpoint(note?.text ?? (text.endsWith('\n') ? text : `${text}\n`));
  if (checkpoint === undefined || (note !== undefined && signatureOf(note, key, primitives) === 'bad')) {
    throw unusable(
      'against',
      'The checkpoint that you gave is not one, or its signature does not fit the key of the log.',
    );
  }
  return checkpoint;
}

/**
 * Time stamps on checkpoints (RFC 3161), and the entries that record them.
 *
 * @param {Archive} archive @param {Checkpoint} now @param {Map<string, Shown>} shown
 * @param {{given: string | undefined, inside: string | undefined}} ca certificates of the authority, PEM
 * @param {import('../bundle.mjs').CheckTimestamp} checkTimestamp @param {Primitives} primitives
 * @returns {{stamps: Stamp[], checkpoints: Checkpoint[], findings: Finding[]}}
 */
export function checkStamps(archive, now, shown, ca, checkTimestamp, primitives) {
  /** @type {Finding[]} */
  const findings = [];
  /** @type {Stamp[]} */
  const stamps = [];
  const checkpoints = [];
  const sizes = new Set(archive.names.flatMap((name) => STAMPED.exec(name)?.[1] ?? []));
  for (const size of [...sizes].sort((a, b) => Number(a) - Number(b))) {
    try {
      const { stamp, older } = checkStamp(archive, size, now, ca, checkTimestamp, primitives);
      checkpoints.push(older);
      const entry = [...shown.values()].find(({ entry: one }) => isRecordOf(one, stamp));
      stamps.push({ ...stamp, ...(entry && { recordedAt: entry.index }) });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      findings.push(error.finding);
    }
  }
  const isBad = findings.some(({ kind }) => kind !== 'below');
  if (ca.given !== undefined && !isBad && !stamps.some(({ trust }) => trust === 'given')) {
    const message = 'You asked for a time stamp by an authority of yours, and the bundle holds none.';
    if (findings.length === 0) findings.push(below('anchor', message).finding);
  }
  return { stamps, checkpoints, findings };
}

/**
 * @param {Archive} archive @param {string} size @param {Checkpoint} now
 * @param {{given: string | undefined, inside: string | undefined}} ca
 * @param {import('../bundle.mjs').CheckTimestamp} checkTimestamp @param {Primitives} primitives
 * @returns {{stamp: Stamp, older: Checkpoint}}
 */
function checkStamp(archive, size, now, ca, checkTimestamp, primitives) {
  const name = `proof/anchors/${size}`;
  const text = archive.whole(`${name}.checkpoint`);
  const older = readCheckpoint(textOf(text));
  if (older === undefined || older.size !== Number(size))
    throw tampered('anchor', `The stamped checkpoint of ${size} entries has been changed.`, {
      file: `${name}.checkpoint`,
    });
  checkGrown(archive, `${name}.consistency`, older, now, primitives);
  const token = archive.whole(`${name}.tsr`);
  const imprint = sha256Of(primitives.sha256Into, text);
  const caPem = ca.given ?? ca.inside;
  const about = { file: `${name}.tsr` };
  try {
    const { time } = checkTimestamp({ token, imprint, ...(caPem !== undefined && { caPem }) }, primitives);
    const trust = ca.given !== undefined ? 'given' : ca.inside !== undefined ? 'bundle' : 'nobody';
    const digest = hex(sha256Of(primitives.sha256Into, token));
    return { stamp: { size: older.size, time, trust, token: digest }, older };
  } catch (error) {
    const { code, message } = /** @type {{code?: string, message?: string}} */ (error ?? {});
    if (code === 'untrusted' && ca.given !== undefined)
      throw below('anchor', `The time stamp on ${size} entries is not by an authority of yours.`, about);
    throw tampered(
      'anchor',
      `The time stamp on ${size} entries does not hold: ${message ?? 'it cannot be read'}.`,
      about,
    );
  }
}

/** Whether the entry says that this very stamp was received. @param {any} entry @param {Stamp} stamp */
function isRecordOf(entry, { size, token }) {
  return (
    entry.act === textOf(STAMP_ACT) &&
    entry.detail?.size === size &&
    Object.values({ ...entry.refs, ...entry.detail }).some((value) => value === token)
  );
}

/** The act of an entry that records a time stamp. */
export const STAMP_ACT = utf8('anchor.stamped');
