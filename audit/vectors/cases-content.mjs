// Honest bundles, and bundles of which an entry or a proof was changed.

import { audit, bundle, edit, editLines, patched, repacked, unzip } from './log.mjs';
import {
  Id,
  LOG,
  SERVER,
  forged,
  honest,
  id,
  log,
  newServer,
  noEntry,
  oneEntry,
  part,
  rewritten,
  whole,
} from './honest.mjs';

/** [name, bytes, exit code, how the first finding begins, further arguments] */
export const CONTENT = [
  ['whole', whole, 0, ''],
  ['whole', whole, 0, '', [...LOG, ...SERVER]],
  ['part', part, 0, ''],
  ['part', part, 0, '', SERVER],
  ['one-entry', oneEntry, 0, '', LOG],
  ['no-entry', noEntry, 0, ''],
  ['server-key-of-rfc-9580', await bundle(honest, log, newServer), 0, ''],
  ['forged-with-other-keys', forged, 0, ''],
  ['forged-with-other-keys', forged, 1, 'The bundle is by the server key', SERVER],
  ['forged-with-other-keys', forged, 1, 'The bundle names another log key', LOG],

  [
    'entry-changed',
    patched(whole, '"transcript.read"', '"transcript.REad"'),
    1,
    `${Id(4)} has been changed.`,
  ],
  [
    'entry-changed-and-repacked',
    await repacked(
      whole,
      edit('entries.jsonl', (text) => text.replace('record.read', 'record.list')),
    ),
    1,
    `${Id(7)} has been changed.`,
  ],
  [
    'entry-changed-in-part',
    await repacked(
      part,
      edit('entries.jsonl', (text) => text.replace('st-omar', 'st-ines')),
    ),
    1,
    `${Id(9)} has been changed.`,
  ],
  [
    'entry-removed',
    await repacked(
      whole,
      editLines((lines) => lines.toSpliced(7, 1)),
    ),
    1,
    'Entry 7 is missing: entry 8 stands in its place.',
  ],
  [
    'last-entry-removed',
    await repacked(
      whole,
      editLines((lines) => lines.slice(0, -1)),
    ),
    1,
    'Entry 13 is missing.',
  ],
  [
    'entry-added',
    await repacked(
      whole,
      editLines((lines) => [...lines, lines[3]]),
    ),
    1,
    'An entry was added after entry 13',
  ],
  [
    'entry-put-in',
    await repacked(
      whole,
      editLines((lines) => lines.toSpliced(4, 0, lines[4].replace('st-ines', 'st-omar'))),
    ),
    1,
    `${Id(4)} has been changed.`,
  ],
  [
    'entries-swapped',
    await repacked(
      whole,
      editLines((lines) => lines.with(4, lines[7]).with(7, lines[4])),
    ),
    1,
    `${Id(7)} stands where entry 4 belongs.`,
  ],
  [
    'newline-removed',
    await repacked(
      whole,
      edit('entries.jsonl', (text) => text.trimEnd()),
    ),
    1,
    'The file entries.jsonl does not end with a newline.',
  ],
  [
    'entry-and-leaf-changed',
    await repacked(whole, (files) => {
      editLines((lines) => lines.with(4, rewritten[4].toString()))(files);
      files.set('proof/leaves.bin', Buffer.concat(rewritten.map((entry) => audit.leafHash(entry))));
    }),
    1,
    `Entry 4 is not the one that ${id(6)}, the next of its intake, was written after.`,
  ],
  [
    'leaf-changed',
    await repacked(whole, (files) => {
      const leaves = Buffer.from(files.get('proof/leaves.bin'));
      leaves[32 * 9] ^= 1;
      files.set('proof/leaves.bin', leaves);
    }),
    1,
    `The leaf hash of ${id(9)} in proof/leaves.bin has been changed; the entry itself is whole.`,
  ],
  [
    'leaves-cut',
    await repacked(whole, (files) =>
      files.set('proof/leaves.bin', files.get('proof/leaves.bin').subarray(32)),
    ),
    1,
    'The file proof/leaves.bin does not hold one hash for each entry',
  ],
  [
    'range-proof-changed',
    await repacked(
      part,
      edit('proof/range', (text) => text.replace(/^(l .)./, (_, start) => `${start}_`)),
    ),
    1,
    'The file proof/range has been changed.',
  ],
  [
    'range-proof-cut',
    await repacked(
      part,
      edit('proof/range', (text) => text.slice(text.indexOf('\n') + 1)),
    ),
    1,
    'The leaf hashes of the range and its proof do not lead to the root',
  ],
  [
    'checkpoint-changed',
    await repacked(
      whole,
      edit('proof/checkpoint', (text) => text.replace('\n14\n', '\n15\n')),
    ),
    1,
    'The checkpoint has been changed',
  ],
  [
    'checkpoint-of-another-log',
    await repacked(whole, (files) => files.set('proof/checkpoint', unzip(forged).get('proof/checkpoint'))),
    1,
    'The checkpoint is not signed by the key of the log.',
  ],
  [
    'checkpoint-of-another-size',
    await repacked(whole, (files) => {
      const text = audit.formatCheckpoint({
        origin: log.origin,
        size: 13,
        root: audit.root(honest.slice(0, 13).map((entry) => audit.leafHash(entry))),
      });
      files.set('proof/checkpoint', Buffer.from(audit.signNote(text, log.origin, log.privateKey)));
    }),
    1,
    'The checkpoint and the manifest are not about the same state',
  ],
];
