// What an entry must say, and the numbers of each intake (FORMAT.md, sections 2 and 11).

import { parseCanonical } from '../form/canonical.mjs';
import { isCount, isText } from '../form/manifest.mjs';
import { capital, nameOf, printable, tampered } from '../form/problem.mjs';
import { newScanned, scanEntry } from '../form/scan.mjs';
import { base64, latin1 } from '../form/bytes.mjs';

/**
 * @typedef {import('../form/manifest.mjs').Manifest} Manifest
 * @typedef {{id: string, tenant: string, at: string, act: string, intake?: {id: string, n: number, prev?: string}}} Facts
 * @typedef {{n: number, index: number, i: number, whole: boolean}} Last
 */

const scanned = newScanned();

/**
 * Reads what the checks need of an entry.
 *
 * @param {Uint8Array} bytes @param {number} from @param {number} to @param {number} index
 * @returns {Facts}
 * @throws {Problem} unless it is an entry of version 1 in canonical form
 */
export function readEntry(bytes, from, to, index) {
  const facts = scanEntry(bytes, from, to, scanned)
    ? scannedFacts(bytes)
    : parsedFacts(bytes.subarray(from, to));
  if (facts === undefined) {
    throw tampered('entry', `Entry ${index} is in the log, but it is not an entry of version 1.`, { index });
  }
  return facts;
}

/** @param {Uint8Array} bytes @returns {Facts | undefined} */
function scannedFacts(bytes) {
  const { v, id, tenant, at, act, intakeId, intakeN, intakePrev } = scanned;
  const text = (/** @type {{from: number, to: number}} */ place) => textAt(bytes, place.from, place.to);
  if (v !== 1 || id.from < 0 || id.from === id.to || at.from < 0 || act.from < 0) return undefined;
  /** @type {Facts} */
  const facts = { id: text(id), tenant: tenant.from < 0 ? '' : text(tenant), at: text(at), act: text(act) };
  if (facts.at === '' || facts.act === '') return undefined;
  if (intakeId.from < 0 && intakeN < 0 && intakePrev.from < 0) return scanned.hasIntake ? undefined : facts;
  if (intakeId.from < 0 || intakeId.from === intakeId.to || intakeN < 1) return undefined;
  if ((intakeN === 1) !== intakePrev.from < 0) return undefined;
  facts.intake = { id: text(intakeId), n: intakeN };
  if (intakePrev.from >= 0) facts.intake.prev = text(intakePrev);
  return facts;
}

/** @param {Uint8Array} bytes @returns {Facts | undefined} */
function parsedFacts(bytes) {
  let entry;
  try {
    entry = parseCanonical(bytes);
  } catch {
    return undefined;
  }
  const { v, id, at, act, tenant, intake } = entry;
  if (v !== 1 || !isText(id) || !isText(at) || !isText(act)) return undefined;
  if (intake === undefined) return { id, at, act, tenant };
  if (!isText(intake.id) || !isCount(intake.n) || intake.n === 0) return undefined;
  if ((intake.n === 1) !== (intake.prev === undefined)) return undefined;
  return { id, at, act, tenant, intake };
}

/** Short ASCII, which is what codes are. @param {Uint8Array} bytes @param {number} from @param {number} to */
function textAt(bytes, from, to) {
  return String.fromCharCode.apply(null, /** @type {any} */ (bytes.subarray(from, to)));
}

/**
 * The entries of an intake are numbered without holes, and each names the leaf hash of the one before. A hole is only
 * possible where entries are withheld or lie outside the range, and never wider than that.
 */
export class Numbers {
  /** @type {Map<string, Last>} */
  #seen = new Map();
  #manifest;
  #leafOf;
  #shown = 0;

  /** @param {Manifest} manifest @param {(index: number) => Uint8Array} leafOf */
  constructor(manifest, leafOf) {
    this.#manifest = manifest;
    this.#leafOf = leafOf;
  }

  /** @param {Facts} entry @param {number} index in the log @param {number} i among those shown */
  add(entry, index, i) {
    const { tenant, scope, exportEntry } = this.#manifest;
    const say = (/** @type {string} */ code, /** @type {string} */ what) =>
      tampered(code, `${capital(nameOf(index, entry.id))} ${what}.`, { index, id: entry.id });
    this.#shown = i + 1;
    if (entry.tenant !== tenant) throw say('tenant', 'belongs to another tenant');
    if (scope.kind === 'period' && (entry.at < scope.from || entry.at >= scope.to))
      throw say('period', 'is dated outside the period of the bundle');
    if (scope.kind === 'intake' && entry.intake?.id !== scope.intake && index !== exportEntry.index)
      throw say('scope', 'is not of the intake that the bundle is about');
    if (index === exportEntry.index && entry.id !== exportEntry.id)
      throw say('export', 'is not the one that records this export');
    if (entry.intake === undefined) return;
    const { id, n, prev } = entry.intake;
    const before = this.#seen.get(id);
    const hidden = before === undefined ? index - i : index - i - (before.index - before.i);
    if (before === undefined) {
      if (n - 1 > hidden)
        throw say('intake-gap', `is number ${n} of its intake, and there is no room for those before it`);
    } else if (n <= before.n || n - 1 - before.n > hidden) {
      throw say(
        'intake-gap',
        `is number ${n} of its intake, and the one shown before it is number ${before.n}`,
      );
    } else if (n === before.n + 1 && prev !== base64(this.#leafOf(before.index))) {
      const message = `Entry ${before.index} is not the one that ${nameOf(index, entry.id)}, the next of its intake, was written after.`;
      throw tampered('intake-chain', message, { index: before.index });
    }
    const whole = before === undefined ? n === 1 : before.whole && n === before.n + 1;
    if (!whole && scope.kind === 'intake' && id === scope.intake)
      throw say(
        'intake-gap',
        `is number ${n} of its intake, and not all before it are shown, as they are in a bundle of one intake`,
      );
    if (before === undefined) this.#seen.set(id, { n, index, i, whole });
    else Object.assign(before, { n, index, i, whole });
  }

  /** @returns {number} how many intakes are shown from their first entry to their last */
  end() {
    const { heads, size, scope, exportEntry } = this.#manifest;
    let whole = 0;
    for (const [id, last] of this.#seen) {
      const head = Object.hasOwn(heads, id) ? heads[id] : 0;
      const hidden = size - 1 - last.index - (this.#shown - 1 - last.i);
      if (last.n > head || head - last.n > hidden) {
        const what = `Intake ${printable(id)} ends with number ${last.n} here, and the manifest says that it ends with ${head}.`;
        throw tampered('intake-head', what, { index: last.index });
      }
      if (last.whole && last.n === head) whole++;
    }
    if (Object.keys(heads).length !== this.#seen.size) {
      throw tampered('intake-head', 'The manifest names an intake of which no entry is shown.', {
        file: 'manifest.json',
      });
    }
    if (scope.kind === 'intake' && !this.#seen.has(scope.intake))
      throw tampered('scope', 'No entry is shown of the intake that the bundle is about.', {
        file: 'manifest.json',
      });
    if (exportEntry.index >= size)
      throw tampered('export', 'The checkpoint does not cover the entry of this export.');
    return whole;
  }
}

/** @param {Uint8Array} bytes @returns {string | undefined} the id that a line claims, even if the rest of it is broken */
export function idOf(bytes) {
  return /,"id":"([\w.:/+=-]{1,128})",("intake"|"outcome")/.exec(latin1(bytes))?.[1];
}
