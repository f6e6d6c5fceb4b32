// What can be wrong, and how it is said.

/**
 * @typedef {'tampered' | 'unusable' | 'below'} Kind changed; cannot be checked; whole, and less than was asked for
 *
 * @typedef {object} Finding
 * @property {Kind} kind
 * @property {string} code stable, for programs
 * @property {string} message a sentence, for people
 * @property {number} [index] log index of the entry it is about
 * @property {string} [id] what that entry says its id is
 * @property {string} [file]
 *
 * @typedef {{index?: number, id?: string | undefined, file?: string}} About
 */

/** Something that does not hold. Everything that is thrown on purpose here is one of these. */
export class Problem extends Error {
  /** @param {Kind} kind @param {string} code @param {string} message @param {About} [about] */
  constructor(kind, code, message, about = {}) {
    super(message);
    /** @type {Finding} */
    this.finding = { kind, code, message, .../** @type {object} */ (about) };
  }
}

/** @param {string} code @param {string} message @param {About} [about] */
export const tampered = (code, message, about) => new Problem('tampered', code, message, about);
/** @param {string} code @param {string} message @param {About} [about] */
export const unusable = (code, message, about) => new Problem('unusable', code, message, about);
/** @param {string} code @param {string} message @param {About} [about] */
export const below = (code, message, about) => new Problem('below', code, message, about);

/**
 * Runs a check and turns what it throws into findings; a fault of our own becomes a sentence, too.
 *
 * @template T
 * @param {() => T} check
 * @returns {{value: T | undefined, findings: Finding[]}}
 */
export function attempt(check) {
  try {
    return { value: check(), findings: [] };
  } catch (error) {
    const finding =
      error instanceof Problem
        ? error.finding
        : unusable(
            'unreadable',
            `A part of it cannot be read (${error instanceof Error ? error.message : 'no reason given'}).`,
          ).finding;
    return { value: undefined, findings: [finding] };
  }
}

/** @param {number} index @param {string} [id] */
export const nameOf = (index, id) => (id === undefined ? `entry ${index}` : `entry ${index} (id ${id})`);
/** @param {string} text */
export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
/** Nothing out of a bundle may steer the terminal. @param {unknown} text */
// eslint-disable-next-line no-control-regex
export const printable = (text) => String(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');
/** @param {string} fingerprint hexadecimal */
export const spaced = (fingerprint) => fingerprint.toUpperCase().replace(/.{4}(?=.)/g, '$& ');
