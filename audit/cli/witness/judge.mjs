// @ts-check
// The rules of https://c2sp.org/tlog-witness, add-checkpoint. Nothing is stored here, and nothing is asked but `latest`.
import { hashOf, isSigned, Malformed, parseNote } from './note.mjs';
import { EMPTY_ROOT, isConsistent } from './tree.mjs';

const MAX_PROOF = 63;

/**
 * @typedef {import('./note.mjs').Checkpoint} Checkpoint
 * @typedef {import('./note.mjs').LogKey} LogKey
 *
 * @typedef {object} Verdict
 * @property {200 | 400 | 403 | 404 | 409 | 422} status
 * @property {string} [body] for whoever asked, when it is not to be cosigned
 * @property {string} [type] of the body
 * @property {Checkpoint} [checkpoint] what is to be kept and cosigned, with 200
 * @property {string} [note] as it was sent
 * @property {'fork' | 'proof'} [evidence] the log signed this, and it does not go with what it signed before
 * @property {string} [origin]
 */

/**
 * @param {string} body of the request
 * @param {ReadonlyMap<string, readonly LogKey[]>} logs keys by origin
 * @param {(origin: string) => Checkpoint | undefined} latest what was cosigned last
 * @returns {Verdict}
 */
export function judge(body, logs, latest) {
  let asked;
  try {
    asked = parse(body);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return { status: 400, body: `${error.message}\n` };
  }
  const { oldSize, proof, note, checkpoint, signatures } = asked;
  const { origin } = checkpoint;
  const keys = logs.get(origin);
  if (keys === undefined) return { status: 404, body: 'this witness does not follow that log\n' };
  if (!isSigned(checkpoint, signatures, keys))
    return { status: 403, body: 'no key of that log signed this\n', origin };
  if (oldSize > checkpoint.size) return { status: 400, body: 'the old size is above the new one\n', origin };
  const kept = latest(origin) ?? { size: 0, root: EMPTY_ROOT };
  const conflict = /** @type {const} */ ({ status: 409, body: `${kept.size}\n`, type: 'text/x.tlog.size' });
  if (oldSize !== kept.size) return { ...conflict, origin };
  if (oldSize === checkpoint.size) {
    if (!kept.root.equals(checkpoint.root)) return { ...conflict, origin, note, evidence: 'fork' };
    if (proof.length > 0) return { status: 422, body: 'equal sizes have no proof\n', origin };
    return { status: 200, checkpoint, note, origin };
  }
  const isGood =
    oldSize === 0
      ? proof.length === 0
      : isConsistent(oldSize, kept.root, checkpoint.size, checkpoint.root, proof);
  if (!isGood) return { status: 422, body: 'the proof does not fit\n', origin, note, evidence: 'proof' };
  return { status: 200, checkpoint, note, origin };
}

/** @param {string} body @throws {Malformed} */
function parse(body) {
  const gap = body.indexOf('\n\n');
  if (gap < 0) throw new Malformed('no empty line before the checkpoint');
  const [old, ...proof] = body.slice(0, gap).split('\n');
  const [, digits] = /^old (0|[1-9]\d{0,15})$/.exec(old ?? '') ?? [];
  if (digits === undefined || !Number.isSafeInteger(Number(digits)))
    throw new Malformed('the first line is not: old, a space, a size');
  if (proof.length > MAX_PROOF) throw new Malformed(`a proof has at most ${MAX_PROOF} lines`);
  const note = body.slice(gap + 2);
  return { oldSize: Number(digits), proof: proof.map(hashOf), note, ...parseNote(note) };
}
