// What an entry must say, and the numbers of each intake (FORMAT.md, sections 2 and 11).

import { parseCanonical } from '../form/canonical.mjs';
import { isCount, isText } from '../form/manifest.mjs';
import { attempt, capital, nameOf, printable, tampered } from '../form/problem.mjs';
import { newScanned, scanEntry } from '../form/scan.mjs';
import { concat, isBase64Of, latin1, textOf, utf8 } from '../form/bytes.mjs';

/**
 * @typedef {import('../form/manifest.mjs').Manifest} Manifest
 * @typedef {import('../form/scan.mjs').Scanned} Scanned
 * @typedef {{n: number, index: number, i: number, whole: boolean}} Last
 */

/**
 * What the checks need of an entry. It looks into the bytes when it is asked, and makes text only of what is asked for:
 * of a million entries, that is little. There is one, and it is used again for the next entry.
 */
export class Facts {
  /** @type {Uint8Array} */
  #bytes = new Uint8Array(0);
  #scanned = newScanned();
  #textOf = asciiAt;

  /**
   * @param {Uint8Array} bytes @param {number} from @param {number} to
   * @returns {boolean} whether it is an entry of version 1 in canonical form
   */
  read(bytes, from, to) {
    this.#bytes = bytes;
    this.#textOf = asciiAt;
    return scanEntry(bytes, from, to, this.#scanned)
      ? isEntry(this.#scanned)
      : this.#parse(bytes.subarray(from, to));
  }

  get id() {
    return this.#textOf(this.#bytes, this.#scanned.id);
  }
  get intakeId() {
    return this.#scanned.intakeId.from < 0 ? undefined : this.#textOf(this.#bytes, this.#scanned.intakeId);
  }
  get intakeN() {
    return this.#scanned.intakeN;
  }

  /** @param {Uint8Array} id */
  hasId(id) {
    return compareAt(this.#bytes, this.#scanned.id, id) === 0;
  }

  /** @param {Uint8Array} tenant */
  isOf(tenant) {
    return compareAt(this.#bytes, this.#scanned.tenant, tenant) === 0;
  }

  /** @param {Uint8Array} act */
  isAct(act) {
    return compareAt(this.#bytes, this.#scanned.act, act) === 0;
  }

  /** @param {Uint8Array} from @param {Uint8Array} to instants, which are ordered as their texts are */
  isWithin(from, to) {
    const { at } = this.#scanned;
    return compareAt(this.#bytes, at, from) >= 0 && compareAt(this.#bytes, at, to) < 0;
  }

  /** Whether it says that this is the leaf hash of the entry before it. @param {Uint8Array} hash */
  isAfter(hash) {
    const { from, to } = this.#scanned.intakePrev;
    return from >= 0 && isBase64Of(hash, this.#bytes, from, to);
  }

  /** The slow way: the texts are put one after the other, as if they had been found so. @param {Uint8Array} bytes */
  #parse(bytes) {
    const entry = attempt(() => parseCanonical(bytes)).value;
    const { v, id, at, act, tenant, intake } = entry ?? {};
    if (v !== 1 || !isText(id) || !isText(at) || !isText(act)) return false;
    if (intake !== undefined) {
      if (!isText(intake?.id) || !isCount(intake.n) || intake.n === 0) return false;
      if ((intake.n === 1) !== (intake.prev === undefined)) return false;
    }
    const texts = [id, at, act, tenant, intake?.id, intake?.prev].map((one) =>
      typeof one === 'string' ? utf8(one) : undefined,
    );
    this.#bytes = concat(...texts.filter((text) => text !== undefined));
    this.#textOf = utf8At;
    const { id: idAt, at: atAt, act: actAt, tenant: tenantAt, intakeId, intakePrev } = this.#scanned;
    let end = 0;
    [idAt, atAt, actAt, tenantAt, intakeId, intakePrev].forEach((place, i) => {
      place.from = texts[i] === undefined ? -1 : end;
      place.to = end += texts[i]?.length ?? 0;
    });
    this.#scanned.intakeN = intake?.n ?? -1;
    return true;
  }
}

/** @param {Scanned} scanned */
function isEntry({ v, id, at, act, hasIntake, intakeId, intakeN, intakePrev }) {
  const isThere = (/** @type {{from: number, to: number}} */ place) =>
    place.from >= 0 && place.to > place.from;
  if (v !== 1 || !isThere(id) || !isThere(at) || !isThere(act)) return false;
  return !hasIntake || (isThere(intakeId) && intakeN >= 1 && (intakeN === 1) === intakePrev.from < 0);
}

/** Short ASCII, which is what codes are. @param {Uint8Array} bytes @param {{from: number, to: number}} place @returns {string} */
function asciiAt(bytes, { from, to }) {
  return String.fromCharCode.apply(null, /** @type {any} */ (bytes.subarray(from, to)));
}

/** @param {Uint8Array} bytes @param {{from: number, to: number}} place @returns {string} */
function utf8At(bytes, { from, to }) {
  return textOf(bytes.subarray(from, to));
}

/** @param {Uint8Array} bytes @param {{from: number, to: number}} place @param {Uint8Array} text @returns {number} below, at or above 0 */
function compareAt(bytes, { from, to }, text) {
  if (from < 0) return -1;
  const length = Math.min(to - from, text.length);
  for (let i = 0; i < length; i++) {
    if (bytes[from + i] !== text[i]) return bytes[from + i] - text[i];
  }
  return to - from - text.length;
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
  #tenant;
  #period;

  /** @param {Manifest} manifest @param {(index: number) => Uint8Array} leafOf */
  constructor(manifest, leafOf) {
    this.#manifest = manifest;
    this.#leafOf = leafOf;
    this.#tenant = utf8(manifest.tenant);
    const { scope } = manifest;
    this.#period = scope.kind === 'period' ? { from: utf8(scope.from), to: utf8(scope.to) } : undefined;
  }

  /** @param {Facts} entry @param {number} index in the log @param {number} i among those shown */
  add(entry, index, i) {
    const { scope, exportEntry } = this.#manifest;
    const say = (/** @type {string} */ code, /** @type {string} */ what) =>
      tampered(code, `${capital(nameOf(index, entry.id))} ${what}.`, { index, id: entry.id });
    this.#shown = i + 1;
    if (!entry.isOf(this.#tenant)) throw say('tenant', 'belongs to another tenant');
    if (this.#period !== undefined && !entry.isWithin(this.#period.from, this.#period.to))
      throw say('period', 'is dated outside the period of the bundle');
    const id = entry.intakeId;
    const n = entry.intakeN;
    if (scope.kind === 'intake' && id !== scope.intake && index !== exportEntry.index)
      throw say('scope', 'is not of the intake that the bundle is about');
    if (index === exportEntry.index && entry.id !== exportEntry.id)
      throw say('export', 'is not the one that records this export');
    if (id === undefined) return;
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
    } else if (n === before.n + 1 && !entry.isAfter(this.#leafOf(before.index))) {
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
    else {
      before.n = n;
      before.index = index;
      before.i = i;
      before.whole = whole;
    }
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
