// What a reader asks of a checkpoint: a C2SP tlog-policy.

import { unusable } from '../form/problem.mjs';
import { LOG_KEY, readVkey, WITNESS_KEY } from './note.mjs';

/**
 * @typedef {import('./note.mjs').NoteKey} NoteKey
 * @typedef {{name: string, witness: NoteKey} | {name: string, atLeast: number, of: Rule[]}} Rule
 * @typedef {{logs: NoteKey[], witnesses: NoteKey[], quorum: Rule | undefined}} Policy the quorum is undefined for `none`
 */

/**
 * @param {string} text
 * @param {import('../primitives.mjs').Primitives} primitives
 * @returns {Policy}
 * @throws {Problem} that names the line which cannot be read
 */
export function readPolicy(text, primitives) {
  /** @type {Map<string, Rule>} */
  const rules = new Map();
  const used = new Set();
  const keys = new Set();
  /** @type {NoteKey[]} */
  const logs = [];
  /** @type {NoteKey[]} */
  const witnesses = [];
  /** @type {{rule: Rule | undefined} | undefined} */
  let quorum;

  text.split('\n').forEach((line, i) => {
    const [word, ...rest] = line.split(/[ \t]+/).filter((part) => part !== '');
    const wrong = (/** @type {string} */ what) =>
      unusable('policy', `Line ${i + 1} of the trust policy ${what}.`);
    // eslint-disable-next-line no-control-regex
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) throw wrong('holds a control character');
    if (word === undefined || word.startsWith('#')) return;
    /** @param {string | undefined} vkey @param {number} type @returns {NoteKey} */
    const keyOf = (vkey, type) => {
      const key = readVkey(vkey ?? '', type, primitives);
      if (key === undefined) throw wrong('does not hold an Ed25519 key of the right kind');
      if (keys.has(key.raw.join())) throw wrong('names a key that was named before');
      keys.add(key.raw.join());
      return key;
    };
    /** @param {string} name @param {Rule} rule */
    const define = (name, rule) => {
      if (name === 'none' || rules.has(name)) throw wrong('defines a name that is taken');
      rules.set(name, rule);
    };
    if (word === 'log' && (rest.length === 1 || rest.length === 2)) {
      logs.push(keyOf(rest[0], LOG_KEY));
    } else if (word === 'witness' && (rest.length === 2 || rest.length === 3)) {
      const witness = keyOf(rest[1], WITNESS_KEY);
      witnesses.push(witness);
      define(rest[0], { name: rest[0], witness });
    } else if (word === 'group' && rest.length >= 3) {
      const [name, threshold, ...members] = rest;
      const of = members.map((member) => {
        const rule = rules.get(member);
        if (rule === undefined) throw wrong('names a member that is not defined above it');
        if (used.has(member)) throw wrong('names a member that is in a group already');
        used.add(member);
        return rule;
      });
      const atLeast = threshold === 'all' ? of.length : threshold === 'any' ? 1 : Number(threshold);
      if (!/^(all|any|[1-9]\d*)$/.test(threshold) || atLeast > of.length)
        throw wrong('asks for more members than the group has, or for none');
      define(name, { name, atLeast, of });
    } else if (word === 'quorum' && rest.length === 1) {
      if (quorum !== undefined) throw wrong('is a second quorum');
      if (rest[0] !== 'none' && !rules.has(rest[0]))
        throw wrong('names a quorum that is not defined above it');
      quorum = { rule: rules.get(rest[0]) };
    } else {
      throw wrong('is not one of log, witness, group and quorum with what belongs to it');
    }
  });
  if (quorum === undefined) throw unusable('policy', 'The trust policy does not say what its quorum is.');
  return { logs, witnesses, quorum: quorum.rule };
}

/** @param {Rule | undefined} rule @param {ReadonlySet<NoteKey>} signed @returns {boolean} */
export function isMet(rule, signed) {
  if (rule === undefined) return true;
  if ('witness' in rule) return signed.has(rule.witness);
  return rule.of.filter((member) => isMet(member, signed)).length >= rule.atLeast;
}

/** @param {Rule} rule @returns {string} such as "2 of: w1, w2, (1 of: x, y)" */
export function ruleInWords(rule) {
  if ('witness' in rule) return rule.witness.name;
  const members = rule.of.map((member) =>
    'witness' in member ? member.witness.name : `(${ruleInWords(member)})`,
  );
  return `${rule.atLeast} of: ${members.join(', ')}`;
}
