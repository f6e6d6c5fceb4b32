// What was sealed and is shown in a bundle: openings of commitments, and messages (FORMAT.md, sections 3 and 10).

import { base64, concat, fromBase64, same, strictTextOf, uint32, utf8 } from '../form/bytes.mjs';
import { canonical, parseCanonical } from '../form/canonical.mjs';
import { lineCutter } from '../form/lines.mjs';
import { isCount, isText } from '../form/manifest.mjs';
import { attempt, nameOf, tampered } from '../form/problem.mjs';
import { sha256Of } from '../log/tree.mjs';

/**
 * @typedef {import('../form/zip.mjs').Archive} Archive
 * @typedef {import('../form/manifest.mjs').Manifest} Manifest
 * @typedef {import('../primitives.mjs').Primitives} Primitives
 * @typedef {import('../log/entries.mjs').Shown} Shown
 * @typedef {{entry: string, field: string, salt: string, value: unknown}} Opening
 * @typedef {{entry?: string, seq: number, at: string, author: {kind: string, id: string}, sealed: string, key: string, place: {tenant: string, owner: string, item: string, content: string}, text: string, redacted?: string, event?: string}} Message
 * @typedef {{openings: Opening[], messages: Message[]}} Sealed
 * @typedef {{opened: number, redacted: number, events: number}} Counted messages of a transcript
 */

const OPENINGS = 'openings.jsonl';
const MESSAGES = 'transcript/messages.jsonl';
const MAX_LINE_BYTES = 1 << 24;

/** Form of a sealed value: C5, version 1, suite 1, flags 0; key id 16, salt 32, commitment 32; ciphertext; tag 16. */
const SEAL_START = Uint8Array.of(0xc5, 1, 1, 0);
const SEAL_HEADER_BYTES = 84;
const SEAL_TAG_BYTES = 16;

/**
 * Reads both files, if they are there.
 *
 * @param {Archive} archive @param {Manifest} manifest
 * @returns {Sealed}
 */
export function readSealed(archive, manifest) {
  return {
    openings: readJsonLines(archive, OPENINGS, manifest.openings, isOpening),
    messages: readJsonLines(archive, MESSAGES, manifest.messages, isMessage),
  };
}

/**
 * @param {Archive} archive @param {string} name @param {number | undefined} count @param {(value: any) => boolean} isForm
 * @returns {any[]}
 */
function readJsonLines(archive, name, count, isForm) {
  if (count === undefined && !archive.has(name)) return [];
  /** @type {any[]} */
  const values = [];
  const bad = () =>
    tampered('lines', `Line ${values.length + 1} of ${name} has been changed: it is not what it should be.`, {
      file: name,
    });
  const cutter = lineCutter(
    MAX_LINE_BYTES,
    (bytes, from, to) => {
      const value = attempt(() => parseCanonical(bytes.subarray(from, to))).value;
      if (!isForm(value)) throw bad();
      values.push(value);
    },
    () => {
      throw bad();
    },
  );
  archive.stream(name, (chunk) => cutter.add(chunk));
  if (!cutter.end() || values.length !== count)
    throw tampered('lines', `The file ${name} does not hold as many lines as the manifest says.`, {
      file: name,
    });
  return values;
}

/** @param {any} value */
const isOpening = (value) =>
  isText(value?.entry) &&
  isText(value.field) &&
  fromBase64(String(value.salt))?.length === 32 &&
  hasKeys(value, 'entry,field,salt,value');

/** @param {any} value */
function isMessage(value) {
  if (!isCount(value?.seq)) return false;
  if (value.redacted !== undefined)
    return isText(value.redacted) && isText(value.entry) && hasKeys(value, 'entry,redacted,seq');
  if (value.event !== undefined)
    return (
      isText(value.event) &&
      isText(value.at) &&
      (hasKeys(value, 'at,event,seq') || (isText(value.entry) && hasKeys(value, 'at,entry,event,seq')))
    );
  const { entry, at, author, sealed, key, place, text } = value;
  return (
    [entry, at, author?.kind, author?.id, place?.tenant, place?.owner, place?.item, place?.content].every(
      isText,
    ) &&
    [sealed, key, text].every((one) => typeof one === 'string') &&
    hasKeys(value, 'at,author,entry,key,place,sealed,seq,text') &&
    hasKeys(author, 'id,kind') &&
    hasKeys(place, 'content,item,owner,tenant')
  );
}

/** @param {object} value @param {string} keys */
const hasKeys = (value, keys) => Object.keys(value).join() === keys;

/** @param {Sealed} sealed @returns {Set<string>} ids of the entries that are needed to check them */
export function entriesOf({ openings, messages }) {
  return new Set([...openings, ...messages].flatMap(({ entry }) => entry ?? []));
}

/** Each opening fits the commitment of its entry. @param {Sealed} sealed @param {Map<string, Shown>} shown @param {Primitives} primitives */
export function checkOpenings({ openings }, shown, { sha256Into }) {
  const about = { file: OPENINGS };
  openings.forEach(({ entry: id, field, salt, value }, i) => {
    const found = shown.get(id);
    if (found === undefined)
      throw tampered('opening', `Line ${i + 1} of ${OPENINGS} opens an entry that is not shown.`, about);
    const salted = /** @type {Uint8Array} */ (fromBase64(salt));
    const digest = sha256Of(sha256Into, concat(`vestibule/commit/v1\0${field}\0`, salted, canonical(value)));
    const sealed = found.entry.sealed;
    if (
      typeof sealed !== 'object' ||
      !Object.hasOwn(sealed, field) ||
      sealed[field] !== `c1:${base64(digest)}`
    ) {
      const message = `The value of ${field} that is shown for ${nameOf(found.index, id)} is not the one that the entry commits to.`;
      throw tampered('opening', message, { ...about, index: found.index, id });
    }
  });
}

/** The act of whoever says something. An entry that stores a line of what happened has another. */
const POST_ACT = 'message.post';

/** The message that an entry says it stored. @param {any} entry @returns {string | undefined} */
const storedBy = ({ ctHash, refs }) =>
  typeof ctHash === 'string' && typeof refs?.message === 'string' ? refs.message : undefined;

/**
 * Which entries are needed to see that a transcript leaves none of its messages out.
 *
 * @param {Manifest} manifest
 * @returns {((intake: string | undefined) => boolean) | undefined} nothing: there is no transcript
 */
export function intakesTold({ messages, scope }) {
  if (messages === undefined) return undefined;
  return (intake) => (scope.kind === 'intake' ? intake === scope.intake : intake !== undefined);
}

/**
 * Each message is what its entry recorded, opens with its key to its text, and none is left out, told twice or moved.
 *
 * @param {Sealed} sealed @param {Map<string, Shown>} shown @param {Manifest} manifest @param {Primitives} primitives
 * @returns {Counted}
 */
export function checkMessages({ messages }, shown, manifest, primitives) {
  const counted = { opened: 0, redacted: 0, events: 0 };
  /** @type {Set<string>} */
  const told = new Set();
  let last = 0;
  let place = -1;
  let owner = manifest.scope.kind === 'intake' ? manifest.scope.intake : undefined;
  messages.forEach((message, i) => {
    const found = message.entry === undefined ? undefined : shown.get(message.entry);
    const about = { file: MESSAGES, ...(found && { index: found.index, id: message.entry }) };
    const say = (/** @type {string} */ what) =>
      tampered('message', `Message ${message.seq} of the transcript ${what}.`, about);
    if (message.seq !== last + 1) throw say(`stands after message ${last}: one is missing or out of order`);
    last = message.seq;
    if (message.entry !== undefined && found === undefined)
      throw say(`names an entry that is not shown (line ${i + 1} of ${MESSAGES})`);
    const intake = found?.entry.intake?.id;
    if (found !== undefined && (intake === undefined || intake !== (owner ??= intake)))
      throw say('is of another intake');
    if (message.redacted !== undefined) {
      if (typeof found?.entry.ctHash !== 'string')
        throw say('is said to be redacted, and its entry stored nothing');
      counted.redacted++;
    } else if (message.event !== undefined) {
      if (found?.entry.act === POST_ACT)
        throw say('is something that was said, and shown as something that happened');
      counted.events++;
    } else {
      checkMessage(message, /** @type {Shown} */ (found), manifest, primitives, say);
      counted.opened++;
    }
    if (found === undefined) return;
    if (message.at !== undefined && message.at !== found.entry.at)
      throw say('has another time than its entry');
    const stored = storedBy(found.entry) ?? found.entry.id;
    if (told.has(stored)) throw say('stands in it twice');
    told.add(stored);
    // What happened is recorded by the act that made it happen: several lines of one act may be recorded in any order.
    if (message.event !== undefined) return;
    if (found.index < place) throw say('stands after one that was said later');
    place = found.index;
  });
  for (const { index, entry } of shown.values()) {
    const stored = entry.intake?.id === owner ? storedBy(entry) : undefined;
    if (stored === undefined || told.has(stored)) continue;
    const message = `The transcript leaves out what ${nameOf(index, entry.id)} stored.`;
    throw tampered('message', message, { file: MESSAGES, index, id: entry.id });
  }
  return counted;
}

/**
 * @param {Message} message @param {Shown} found @param {Manifest} manifest @param {Primitives} primitives
 * @param {(what: string) => Error} say
 */
function checkMessage(message, { entry }, { tenant }, primitives, say) {
  const { place, text, author } = message;
  const blob = fromBase64(message.sealed);
  const key = fromBase64(message.key);
  if (blob === undefined || key?.length !== 32)
    throw say('has been changed: what was sealed, or its key, is not base64');
  if (base64(sha256Of(primitives.sha256Into, blob)) !== entry.ctHash)
    throw say('is not the one that its entry recorded');
  if (place.tenant !== tenant || place.owner !== entry.intake.id)
    throw say('is said to belong elsewhere than its entry');
  if (author.kind !== entry.actor?.kind || author.id !== entry.actor?.id)
    throw say('is said to be by somebody else than its entry');
  const opened = open(blob, key, place, primitives);
  if (opened === undefined) throw say('does not open with the key that comes with it');
  if ((storedBy(entry) ?? place.item) !== place.item) throw say('is not the one that its entry names');
  // Canonical JSON holds text in Unicode normal form C, whatever form was typed.
  const plain = attempt(() => strictTextOf(opened).normalize('NFC')).value;
  if (plain !== text) throw say('says something else than what was sealed');
}

/**
 * @param {Uint8Array} blob @param {Uint8Array} key @param {Message['place']} place @param {Primitives} primitives
 * @returns {Uint8Array | undefined}
 */
function open(blob, key, { tenant, owner, item, content }, { openAesGcm }) {
  if (blob.length < SEAL_HEADER_BYTES + SEAL_TAG_BYTES || !same(blob.subarray(0, 4), SEAL_START))
    return undefined;
  const parts = [tenant, owner, item, content].flatMap((part) => [uint32(utf8(part).length), part]);
  const aad = concat(blob.subarray(0, SEAL_HEADER_BYTES), ...parts);
  return openAesGcm(key, new Uint8Array(12), aad, blob.subarray(SEAL_HEADER_BYTES));
}
