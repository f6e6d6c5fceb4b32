import { createPrivateKey, createPublicKey } from 'node:crypto';

import {
  formatCheckpoint,
  formatVkey,
  type NoteKey,
  NoteRefused,
  parseCheckpoint,
  parseVkey,
  signNote,
  verifyNote,
} from '@app/audit';

import known from '../vectors/note.json';

const keyFrom = (seed: number) =>
  createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]),
    format: 'der',
    type: 'pkcs8',
  });
const PRIVATE = keyFrom(1);
const KEY: NoteKey = { name: 'desk.example/audit/t1', publicKey: createPublicKey(PRIVATE) };
const TEXT = formatCheckpoint({ origin: KEY.name, size: 12, root: Buffer.alloc(32, 3) });
const NOTE = signNote(TEXT, KEY.name, PRIVATE);

test('the note that the signed-note format is explained with verifies, and its lines of unknown keys are ignored', () => {
  const key = parseVkey(known.vkey);
  expect(formatVkey(key)).toBe(known.vkey);
  expect(verifyNote(known.note, [key])).toEqual({ text: known.text, signedBy: [key.name] });
});

test('a checkpoint comes back from its note as it was', () => {
  const { text } = verifyNote(NOTE, [KEY]);
  expect(parseCheckpoint(text)).toEqual({ origin: KEY.name, size: 12, root: Buffer.alloc(32, 3) });
});

test('a note with two signatures names both keys', () => {
  const second = keyFrom(2);
  const witness = { name: 'witness.example/w1', publicKey: createPublicKey(second) };
  const both = NOTE + signNote(TEXT, witness.name, second).slice(TEXT.length + 1);
  expect(verifyNote(both, [KEY, witness]).signedBy).toEqual([KEY.name, witness.name]);
});

test.each([
  ['one character of the text is changed', NOTE.replace('12', '13')],
  ['one character of the signature is changed', NOTE.replace(/.{8}\n$/, 'AAAAAAA=\n')],
  ['the last newline is missing', NOTE.slice(0, -1)],
  ['there is no signature', `${TEXT}\n`],
  ['the dash is a hyphen', NOTE.replace('\u2014', '-')],
  ['a control character is in the text', NOTE.replace('desk', 'de\u0007sk')],
  ['nobody whom we know signed', signNote(TEXT, KEY.name, keyFrom(9))],
  ['there are a hundred lines of unknown keys', NOTE + '\u2014 x AAAAAAAA\n'.repeat(100)],
])('a note is refused when %s', (_says, note) => {
  expect(() => verifyNote(note, [KEY])).toThrow(NoteRefused);
});

test.each([
  ['an extension line', `${TEXT}more\n`],
  ['a size with a leading zero', TEXT.replace('12', '012')],
  ['a negative size', TEXT.replace('12', '-12')],
  ['no origin', TEXT.replace(KEY.name, '')],
  ['a root that is too short', TEXT.replace(/.{4}\n$/, '\n')],
])('a checkpoint with %s is refused', (_says, text) => {
  expect(() => parseCheckpoint(text)).toThrow(NoteRefused);
});

test.each([
  ['the name changed', formatVkey(KEY).replace('desk', 'disk')],
  ['the key id changed', formatVkey(KEY).replace(/\+[0-9a-f]/, '+x')],
  ['another algorithm', formatVkey(KEY).replace('+AY', '+AI')],
  ['nothing in it', ''],
])('a verifier key with %s is refused', (_says, vkey) => {
  expect(() => parseVkey(vkey)).toThrow(NoteRefused);
});

test('a key name with a space or a plus sign is refused', () => {
  expect(() => signNote(TEXT, 'a b', PRIVATE)).toThrow(NoteRefused);
  expect(() => signNote(TEXT, 'a+b', PRIVATE)).toThrow(NoteRefused);
});
