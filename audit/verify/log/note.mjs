// Signed notes, checkpoints and cosignatures of C2SP (FORMAT.md, section 4).

import { base64, concat, fromBase64, hex, same, strictTextOf, utf8, viewOf } from '../form/bytes.mjs';
import { attempt, tampered, unusable } from '../form/problem.mjs';
import { sha256Of } from './tree.mjs';

/**
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {{name: string, id: Uint8Array, type: number, raw: Uint8Array, vkey: string}} NoteKey
 * @typedef {{name: string, blob: Uint8Array}} SignatureLine
 * @typedef {{text: string, lines: SignatureLine[]}} Note
 * @typedef {{origin: string, size: number, root: Uint8Array}} Checkpoint
 */

/** Kinds of keys in a vkey: a log signs notes with the one, a witness cosigns with the other. */
export const LOG_KEY = 1;
export const WITNESS_KEY = 4;
/** C2SP asks for at least 16; more than this is an attempt to waste time. */
const MAX_SIGNATURES = 100;

/**
 * @param {string} line name, key id and typed key, with + between
 * @param {number} type
 * @param {Primitives} primitives
 * @returns {NoteKey | undefined}
 */
export function readVkey(line, type, { sha256Into }) {
  const [name, id, ...rest] = line.split('+');
  const typed = fromBase64(rest.join('+'));
  if (!name || /[\s\p{Cc}]/u.test(name) || typed?.length !== 33 || typed[0] !== type) return undefined;
  const keyId = sha256Of(sha256Into, concat(`${name}\n`, typed)).slice(0, 4);
  return hex(keyId) === id ? { name, id: keyId, type, raw: typed.subarray(1), vkey: line } : undefined;
}

/** @param {string} text @param {Primitives} primitives @returns {NoteKey} */
export function readLogKey(text, primitives) {
  const key = readVkey(text.trim(), LOG_KEY, primitives);
  if (key === undefined) throw unusable('vkey', 'The key of the log is not a C2SP Ed25519 verifier key.');
  return key;
}

/** @param {Uint8Array} bytes @returns {Note | undefined} nothing if it is malformed */
export function readNote(bytes) {
  const note = attempt(() => strictTextOf(bytes)).value;
  const split = note?.lastIndexOf('\n\n') ?? -1;
  if (note === undefined || split < 0 || !note.endsWith('\n')) return undefined;
  const lines = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const parts = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line);
    const blob = fromBase64(parts?.[2] ?? '');
    if (parts === null || blob === undefined || blob.length <= 4) return undefined;
    lines.push({ name: parts[1], blob });
  }
  return lines.length > MAX_SIGNATURES ? undefined : { text: note.slice(0, split + 1), lines };
}

/** @param {SignatureLine} line @param {NoteKey} key */
const isBy = (line, key) => line.name === key.name && same(line.blob.subarray(0, 4), key.id);

/**
 * Whether the log signed the note. A line that says it is by the log and is not makes the note bad.
 *
 * @param {Note} note @param {NoteKey} key @param {Primitives} primitives
 * @returns {'signed' | 'unsigned' | 'bad'}
 */
export function signatureOf(note, key, { verifyEd25519 }) {
  const lines = note.lines.filter((line) => isBy(line, key));
  if (lines.length === 0) return 'unsigned';
  return lines.every(({ blob }) => verifyEd25519(key.raw, utf8(note.text), blob.subarray(4)))
    ? 'signed'
    : 'bad';
}

/** @param {string} text @returns {Checkpoint | undefined} nothing unless it is three lines: origin, size, root */
export function readCheckpoint(text) {
  const [origin, size, root] = text.split('\n');
  const hash = fromBase64(root ?? '');
  if (!origin || !/^(0|[1-9]\d{0,15})$/.test(size ?? '') || hash?.length !== 32) return undefined;
  return textOfCheckpoint({ origin, size: Number(size), root: hash }) === text
    ? { origin, size: Number(size), root: hash }
    : undefined;
}

/** @param {Checkpoint} checkpoint */
const textOfCheckpoint = ({ origin, size, root }) => `${origin}\n${size}\n${base64(root)}\n`;

/**
 * Which of the witnesses have cosigned (C2SP tlog-cosignature, Ed25519).
 *
 * @param {Note} note @param {readonly NoteKey[]} witnesses @param {Primitives} primitives
 * @returns {{key: NoteKey, time: number}[]} times in seconds since 1970
 * @throws {Problem} if a line says it is by one of them and is not
 */
export function cosignaturesOf(note, witnesses, { verifyEd25519 }) {
  const found = [];
  for (const key of witnesses) {
    for (const { blob } of note.lines.filter((line) => isBy(line, key))) {
      const time = blob.length === 76 ? viewOf(blob).getBigUint64(4) : 0n;
      const message = utf8(`cosignature/v1\ntime ${time}\n${note.text}`);
      if (blob.length !== 76 || time >= 1n << 53n || !verifyEd25519(key.raw, message, blob.subarray(12))) {
        throw tampered(
          'cosignature',
          `The signature of the witness ${key.name} does not fit the checkpoint.`,
          {
            file: 'proof/checkpoint',
          },
        );
      }
      found.push({ key, time: Number(time) });
    }
  }
  return found;
}
