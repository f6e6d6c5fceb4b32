// Bundles of which the manifest, the numbers or the zip itself are not right.

import { deflateRawSync } from 'node:zlib';

import {
  ACTS,
  bundle,
  edit,
  entriesOf,
  headersOf,
  idOf,
  minute,
  patched,
  repacked,
  unzip,
  withChecksum,
  zipped,
} from './log.mjs';
import {
  DAMAGED,
  Id,
  forged,
  forger,
  honest,
  log,
  newestServer,
  part,
  reworded,
  server,
  signedAnew,
  textSignature,
  whole,
} from './honest.mjs';

/** [name, bytes, exit code, how the first finding begins, further arguments] */
export const FRAME = [
  [
    'manifest-changed',
    await repacked(
      whole,
      edit('manifest.json', (text) => text.replace('LEGAL', 'AUDIT')),
    ),
    1,
    'The manifest has been changed, or its signature has',
  ],
  [
    'manifest-garbled',
    await repacked(
      whole,
      edit('manifest.json', (text) => text.replace('"', "'")),
    ),
    1,
    'The manifest has been changed, or its signature has',
  ],
  [
    'signature-by-another-key',
    await repacked(whole, (files) => files.set('manifest.json.asc', unzip(forged).get('manifest.json.asc'))),
    1,
    'The manifest has been changed, or its signature has',
  ],
  [
    'table-changed',
    await repacked(
      whole,
      edit('views/entries.csv', (text) => text.replace('refused', 'ok')),
    ),
    1,
    'The file views/entries.csv has been changed.',
  ],
  [
    'verifier-changed',
    await repacked(
      whole,
      edit('verify.mjs', (text) => `${text}process.exit(0);\n`),
    ),
    1,
    'The file verify.mjs has been changed.',
  ],
  [
    'file-added',
    await repacked(whole, (files) => files.set('views/more.csv', Buffer.from('x'))),
    1,
    'The files in the zip are not those that the manifest lists',
  ],
  [
    'zip-checksum-changed',
    withChecksum(whole, 'views/entries.csv', 7),
    1,
    'The zip checksum of views/entries.csv does not fit it.',
  ],

  [
    'intake-number-skipped',
    await bundle(entriesOf(ACTS, 9), log, server),
    1,
    `${Id(9)} is number 4 of its intake, and the one shown before it is number 2.`,
  ],
  [
    'intake-cut-short',
    await signedAnew(whole, (manifest) => ({ ...manifest, heads: { ...manifest.heads, 'in-2': 6 } })),
    1,
    'Intake in-2 ends with number 5 here, and the manifest says that it ends with 6.',
  ],
  [
    'outside-the-period',
    await bundle(honest, log, server, { scope: { kind: 'period', from: minute(1), to: minute(20) } }),
    1,
    `${Id(0)} is dated outside the period of the bundle.`,
  ],
  [
    'another-tenant',
    await bundle(honest, log, server, { tenant: 'tn-2' }),
    1,
    `${Id(0)} belongs to another tenant.`,
  ],
  [
    'another-export',
    await bundle(honest, log, server, { exportEntry: { id: idOf(1), index: 12 } }),
    1,
    `${Id(12)} is not the one that records this export.`,
  ],

  [
    'entry-not-canonical',
    await reworded(0, '{', '{ '),
    1,
    'Entry 0 is in the log, but it is not an entry of version 1.',
  ],
  [
    'entry-of-another-version',
    await reworded(13, '"v":1', '"v":2'),
    1,
    'Entry 13 is in the log, but it is not an entry of version 1.',
  ],
  [
    'entry-without-the-one-before',
    await reworded(13, /,"prev":"[^"]*"/, ''),
    1,
    'Entry 13 is in the log, but it is not an entry of version 1.',
  ],
  [
    'intake-of-which-nothing-is-shown',
    await signedAnew(whole, (manifest) => ({ ...manifest, heads: { ...manifest.heads, 'in-3': 1 } })),
    1,
    'The manifest names an intake of which no entry is shown.',
  ],
  [
    'range-proof-longer',
    await repacked(
      part,
      edit('proof/range', (text) => `${text}${text.slice(-47)}`),
    ),
    1,
    'The leaf hashes of the range and its proof do not lead to the root',
  ],
  [
    'range-proof-sides-mixed',
    await repacked(
      part,
      edit('proof/range', (text) => `${text}${text.slice(0, 47)}`),
    ),
    1,
    'The file proof/range has been changed.',
  ],
  [
    'checkpoint-cut',
    await repacked(
      whole,
      edit('proof/checkpoint', (text) => text.slice(0, 30)),
    ),
    1,
    'The checkpoint has been changed',
  ],
  [
    'checkpoint-with-a-broken-line',
    await repacked(
      whole,
      edit('proof/checkpoint', (text) => `${text}- somebody else\n`),
    ),
    1,
    'The checkpoint has been changed',
  ],
  [
    'signature-garbled',
    await repacked(
      whole,
      edit('manifest.json.asc', (text) => text.replace('BEGIN', 'BEGUN')),
    ),
    1,
    'The file manifest.json.asc has been changed',
  ],
  [
    'signature-of-a-text',
    await repacked(whole, (files) => files.set('manifest.json.asc', Buffer.from(textSignature))),
    1,
    'The file manifest.json.asc has been changed',
  ],
  [
    'server-key-of-version-6',
    await bundle(honest, log, { armored: newestServer.armored, sign: server.sign }),
    2,
    'There is no OpenPGP key of version 4 in trust/server.asc.',
  ],

  ['zip-date-changed', patched(whole, Buffer.from([0x21, 0x00]), [0x22, 0x00]), 2, DAMAGED],
  [
    'zip-comment',
    Buffer.concat([whole.subarray(0, -2), Buffer.from([1, 0]), Buffer.from('x')]),
    2,
    'The zip file breaks off, or something was added',
  ],
  ['zip-cut', whole.subarray(0, -100), 2, 'The zip file breaks off, or something was added'],
  ['zip-compressed', compressed(whole), 2, `${DAMAGED}: entries.jsonl is compressed`],
  [
    'zip-name-twice',
    await zipped([...unzip(whole), ['trust/log.vkey', Buffer.from(forger.vkey)]]),
    2,
    `${DAMAGED}: trust/log.vkey is in it twice`,
  ],
  [
    'zip-path-out',
    Buffer.from(whole.toString('latin1').replaceAll('views/entries.csv', '../..//entries.cs'), 'latin1'),
    2,
    `${DAMAGED}: a file in it has a name`,
  ],
  ['not-a-zip', Buffer.from('%PDF-1.7 this is something else\n'), 2, 'This is not a zip file.'],
  ['empty', Buffer.alloc(0), 2, 'This is not a zip file.'],
  [
    'file-missing',
    await repacked(whole, (files) => files.delete('proof/range')),
    2,
    'The bundle is incomplete: proof/range is missing.',
  ],
  [
    'another-format',
    await signedAnew(whole, (manifest) => ({ ...manifest, format: 'vestibule-bundle/9' })),
    2,
    'This bundle has another format',
  ],
  [
    'manifest-without-size',
    await signedAnew(whole, ({ size: _size, ...manifest }) => manifest),
    2,
    'The file manifest.json is incomplete: size is missing',
  ],
  [
    'counts-wrong',
    await signedAnew(whole, (manifest) => ({ ...manifest, counts: { included: 13, withheld: 1 } })),
    2,
    'The file manifest.json contradicts itself',
  ],
];

/** Marks entries.jsonl as deflated, and lets deflated bytes stand there: what packing a bundle again would do. */
function compressed(zip) {
  const copy = Buffer.from(zip);
  const { local, central } = headersOf(copy, 'entries.jsonl');
  copy.writeUInt16LE(8, local + 8);
  copy.writeUInt16LE(8, central + 10);
  deflateRawSync(unzip(zip).get('entries.jsonl')).copy(copy, local + 30 + 'entries.jsonl'.length);
  return copy;
}
