// The checkpoint of a bundle or of a proof: who signed it, and whether that is enough.

import { textOf } from '../form/bytes.mjs';
import { below, tampered } from '../form/problem.mjs';
import { cosignaturesOf, readCheckpoint, readLogKey, readNote, signatureOf } from './note.mjs';
import { isMet, readPolicy, ruleInWords } from './policy.mjs';

/**
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {import('./note.mjs').Checkpoint} Checkpoint
 * @typedef {import('./note.mjs').NoteKey} NoteKey
 * @typedef {import('../content/openpgp.mjs').Trust} Trust
 * @typedef {import('../form/problem.mjs').Finding} Finding
 *
 * @typedef {{name: string, time: string, from: 'given' | 'bundle'}} Cosigned time: RFC 3339, UTC
 *
 * @typedef {object} SignedCheckpoint
 * @property {Checkpoint} checkpoint
 * @property {NoteKey} key
 * @property {Trust} trust
 * @property {Cosigned[]} witnesses who cosigned
 * @property {Finding[]} findings what the policy misses
 *
 * @typedef {{vkey?: string | undefined, policy?: string | undefined}} Given texts
 */

/**
 * @param {Uint8Array} bytes the note
 * @param {{vkey?: string | undefined, policy?: string | undefined}} inside what comes with it
 * @param {Given} given what the reader brings
 * @param {Primitives} primitives
 * @returns {SignedCheckpoint}
 * @throws {Problem} unless it is signed by the key of the log
 */
export function checkCheckpoint(bytes, inside, given, primitives) {
  const about = { file: 'proof/checkpoint' };
  const policy = given.policy === undefined ? undefined : readPolicy(given.policy, primitives);
  const key = logKey(inside.vkey, given.vkey, policy, bytes, primitives);
  const note = readNote(bytes);
  const bad = () =>
    tampered('checkpoint', 'The checkpoint has been changed: the signature of the log does not fit.', about);
  if (note === undefined) throw bad();
  const signature = signatureOf(note, key, primitives);
  if (signature === 'unsigned')
    throw tampered('checkpoint', 'The checkpoint is not signed by the key of the log.', about);
  const checkpoint = readCheckpoint(note.text);
  if (signature === 'bad' || checkpoint === undefined) throw bad();
  if (checkpoint.origin !== key.name)
    throw tampered('checkpoint', 'The checkpoint is of another log than the key that signed it.', about);

  const fromGiven = given.vkey !== undefined || (policy !== undefined && policy.logs.length > 0);
  /** @type {Trust} */
  const trust = { key: key.vkey, from: fromGiven ? 'given' : 'bundle' };
  const asked = policy ?? (inside.policy === undefined ? undefined : readPolicy(inside.policy, primitives));
  const cosigned = cosignaturesOf(note, asked?.witnesses ?? [], primitives);
  const findings = [];
  if (policy !== undefined && !isMet(policy.quorum, new Set(cosigned.map((one) => one.key)))) {
    const who =
      cosigned.length === 0
        ? 'none of them has'
        : `only ${cosigned.map((one) => one.key.name).join(' and ')}`;
    const message = `Your policy asks for witnesses (${ruleInWords(/** @type {any} */ (policy.quorum))}), and ${who} signed this checkpoint.`;
    findings.push(below('quorum', message, about).finding);
  }
  const witnesses = cosigned.map((one) => ({
    name: one.key.name,
    time: instantOf(one.time),
    from: /** @type {'given' | 'bundle'} */ (policy === undefined ? 'bundle' : 'given'),
  }));
  return { checkpoint, key, trust, witnesses, findings };
}

/**
 * The key that counts: the one that was given, or one that the given policy names, or the one inside.
 *
 * @param {string | undefined} inside @param {string | undefined} given
 * @param {import('./policy.mjs').Policy | undefined} policy @param {Uint8Array} note @param {Primitives} primitives
 * @returns {NoteKey}
 */
function logKey(inside, given, policy, note, primitives) {
  const own = inside?.trim();
  if (given !== undefined) {
    const key = readLogKey(given, primitives);
    if (own !== undefined && own !== key.vkey) {
      const message = 'The bundle names another log key than the one that you gave.';
      throw tampered('vkey', message, { file: 'trust/log.vkey' });
    }
    return key;
  }
  if (policy !== undefined && policy.logs.length > 0) {
    const origin = textOf(note).split('\n')[0];
    const key = policy.logs.find((log) => (own === undefined ? log.name === origin : log.vkey === own));
    if (key !== undefined) return key;
    throw tampered('vkey', 'Your policy does not name the log that this is of.', { file: 'trust/log.vkey' });
  }
  return readLogKey(own ?? '', primitives);
}

/** @param {number} seconds since 1970 */
export const instantOf = (seconds) => {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? `${seconds} s after 1970` : date.toISOString().replace('.000Z', 'Z');
};
