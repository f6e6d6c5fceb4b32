// Bundles of format 2 with all parts, of which one is wrong; and proofs of one entry.

import { createHash } from 'node:crypto';

import { audit, bundle, edit, idOf, repacked, unzip } from './log.mjs';
import { honest, log, LOG, part, server, signedAnew } from './honest.mjs';
import { entries, EXPORT_AT, INTAKE, messages, noteAt, oneIntake, proofOf, rich, w1, w2 } from './rich.mjs';

const POLICY = (name) => ['--policy', `trust/${name}.policy`];
const AGAINST = (name) => ['--against', `trust/${name}.checkpoint`];
const id = (index) => `entry ${index} (id ${idOf(index)})`;

/** Changes files of a bundle, and has the server sign for them: what only the entries and the tree can show. */
async function resigned(zip, change, manifestToo = (manifest) => manifest) {
  const changed = await repacked(zip, change);
  const files = unzip(changed);
  return signedAnew(changed, (manifest) =>
    manifestToo({
      ...manifest,
      files: manifest.files
        .filter(({ name }) => files.has(name))
        .map(({ name }) => {
          const data = files.get(name);
          return { name, size: data.length, sha256: createHash('sha256').update(data).digest('hex') };
        }),
    }),
  );
}

const MESSAGES = 'transcript/messages.jsonl';
/** A transcript that says something else. */
const retold = (change, bundled = rich) =>
  resigned(
    bundled,
    (files) => {
      const lines = change(structuredClone(messages)).map((line) => `${audit.canonicalize(line)}\n`);
      files.set(MESSAGES, Buffer.from(lines.join('')));
    },
    (manifest) => ({ ...manifest, messages: change(structuredClone(messages)).length }),
  );
const reworded = (i, change) => retold((lines) => lines.with(i, { ...lines[i], ...change(lines[i]) }));

/** [name, bytes, exit code, how the first finding begins, further arguments] */
export const PARTS = [
  ['all-parts', rich, 0, ''],
  ['all-parts', rich, 0, '', POLICY('two-of-three')],
  ['all-parts', rich, 0, '', POLICY('any-in-groups')],
  ['all-parts', rich, 0, '', POLICY('none')],
  ['all-parts', rich, 3, 'Your policy asks for witnesses (3 of: ', POLICY('all-three')],
  ['all-parts', rich, 1, 'Your policy does not name the log', POLICY('another-log')],
  ['all-parts', rich, 2, 'Line 3 of the trust policy asks for more members', POLICY('broken')],
  ['all-parts', rich, 3, 'You asked for a time stamp', ['--tsa-ca', 'trust/none.policy']],
  ['one-intake', oneIntake, 0, ''],

  ['all-parts', rich, 0, '', AGAINST('size-3')],
  ['all-parts', rich, 0, '', AGAINST('size-5')],
  ['all-parts', rich, 0, '', AGAINST('size-5-on-paper')],
  ['all-parts', rich, 0, '', AGAINST('size-10')],
  [
    'all-parts',
    rich,
    1,
    'The log did not grow from the checkpoint that you gave',
    AGAINST('another-history'),
  ],
  ['all-parts', rich, 2, 'The checkpoint that you gave is of another log', AGAINST('another-log')],
  ['all-parts', rich, 2, 'The checkpoint that you gave is not one', ['--against', 'keys/log.vkey']],
  ['part', part, 2, 'The checkpoint that you gave is not one', AGAINST('another-signature')],
  [
    'older',
    await bundle(entries.slice(0, 9), log, server, { exportEntry: { id: idOf(8), index: 8 } }),
    2,
    'The checkpoint that you gave is newer than the bundle',
    AGAINST('size-10'),
  ],
  [
    'of-two-entries',
    await bundle(entries, log, server, { from: 8, to: 10, exportEntry: { id: idOf(8), index: 8 } }),
    2,
    'The bundle holds no proof that reaches back to your checkpoint',
    AGAINST('size-5'),
  ],
  [
    'of-two-entries',
    await bundle(entries, log, server, { from: 8, to: 10, exportEntry: { id: idOf(8), index: 8 } }),
    0,
    '',
    AGAINST('size-9'),
  ],

  [
    'cosignature-changed',
    await resigned(
      rich,
      edit('proof/checkpoint', (text) => changedLine(text, 5)),
    ),
    1,
    'The signature of the witness witness.example/w1 does not fit',
    POLICY('two-of-three'),
  ],
  [
    'cosignature-missing',
    await resigned(rich, (files) => files.set('proof/checkpoint', Buffer.from(noteAt(10, [w2])))),
    3,
    'Your policy asks for witnesses (2 of: witness.example/w1, witness.example/w2, witness.example/w3), and only witness.example/w2 signed',
    POLICY('two-of-three'),
  ],
  [
    'cosigned-by-one-twice',
    await resigned(rich, (files) => files.set('proof/checkpoint', Buffer.from(noteAt(10, [w1, w1])))),
    3,
    'Your policy asks for witnesses',
    POLICY('two-of-three'),
  ],

  [
    'previous-changed',
    await resigned(
      rich,
      edit('proof/previous', (text) => text.replace('\n3\n', '\n4\n')),
    ),
    1,
    'The checkpoint of the export before this one has been changed.',
  ],
  [
    'previous-of-another-size',
    await resigned(rich, (files) => files.set('proof/previous', Buffer.from(noteAt(4)))),
    1,
    'The manifest names another earlier export',
  ],
  [
    'consistency-changed',
    await resigned(
      rich,
      edit('proof/consistency', (text) => text.split('\n').toSpliced(0, 1).join('\n')),
    ),
    1,
    'The log did not grow from its earlier checkpoint of 3 entries',
  ],
  [
    'previous-missing',
    await resigned(rich, (files) => files.delete('proof/previous')),
    2,
    'The bundle is incomplete: proof/previous is missing.',
  ],

  [
    'opening-changed',
    await resigned(
      rich,
      edit('openings.jsonl', (text) => text.replace('192.0.2.1', '192.0.2.2')),
    ),
    1,
    `The value of ip that is shown for ${id(0)} is not the one`,
  ],
  [
    'opening-of-another-field',
    await resigned(
      rich,
      edit('openings.jsonl', (text) => text.replace('"ip"', '"ua"')),
    ),
    1,
    `The value of ua that is shown for ${id(0)} is not the one`,
  ],
  [
    'opening-of-no-entry',
    await resigned(
      rich,
      edit('openings.jsonl', (text) => text.replace(idOf(6), idOf(99))),
    ),
    1,
    'Line 2 of openings.jsonl opens an entry that is not shown.',
  ],
  [
    'opening-left-out',
    await resigned(
      rich,
      edit('openings.jsonl', (text) => text.slice(0, text.indexOf('\n') + 1)),
    ),
    1,
    'The file openings.jsonl does not hold as many lines',
  ],
  [
    'opening-garbled',
    await resigned(
      rich,
      edit('openings.jsonl', (text) => text.replace('{', '{ ')),
    ),
    1,
    'Line 1 of openings.jsonl has been changed',
  ],

  [
    'message-reworded',
    await reworded(0, () => ({ text: 'My landlord has been kind.' })),
    1,
    'Message 1 of the transcript says something else than what was sealed.',
  ],
  [
    'message-by-another',
    await reworded(0, () => ({ author: { kind: 'client', id: 'cl-2' } })),
    1,
    'Message 1 of the transcript is said to be by somebody else',
  ],
  [
    'message-of-another-key',
    await reworded(0, () => ({ key: Buffer.alloc(32, 1).toString('base64') })),
    1,
    'Message 1 of the transcript does not open with the key',
  ],
  [
    'message-of-another-place',
    await reworded(0, ({ place }) => ({ place: { ...place, item: 'me-9' } })),
    1,
    'Message 1 of the transcript does not open with the key',
  ],
  [
    'message-of-another-intake',
    await reworded(0, ({ place }) => ({ place: { ...place, owner: 'in-9' } })),
    1,
    'Message 1 of the transcript is said to belong elsewhere',
  ],
  [
    'message-of-another-entry',
    await reworded(0, () => ({ entry: idOf(5) })),
    1,
    'Message 1 of the transcript is not the one that its entry recorded.',
  ],
  [
    'message-of-no-entry',
    await reworded(0, () => ({ entry: idOf(99) })),
    1,
    'Message 1 of the transcript names an entry that is not shown',
  ],
  [
    'message-left-out',
    await retold((lines) => lines.toSpliced(2, 1)),
    1,
    'Message 4 of the transcript stands after message 2',
  ],
  [
    'messages-swapped',
    await retold((lines) => lines.with(0, lines[2]).with(2, lines[0])),
    1,
    'Message 3 of the transcript stands after message 0',
  ],
  [
    'last-message-left-out',
    await retold((lines) => lines.slice(0, -1)),
    1,
    `The transcript leaves out what ${id(7)} stored.`,
  ],
  [
    'transcript-emptied',
    await retold(() => [], oneIntake),
    1,
    `The transcript leaves out what ${id(2)} stored.`,
  ],
  [
    'messages-in-another-order',
    await retold((lines) => lines.with(0, { ...lines[2], seq: 1 }).with(2, { ...lines[0], seq: 3 })),
    1,
    'Message 3 of the transcript stands after one that was said later.',
  ],
  [
    'message-told-twice',
    await retold((lines) => [...lines, { ...lines[4], seq: 6 }]),
    1,
    'Message 6 of the transcript stands in it twice.',
  ],
  [
    'message-of-another-time',
    await reworded(0, () => ({ at: '2026-03-02T09:59:00.000Z' })),
    1,
    'Message 1 of the transcript has another time than its entry.',
  ],
  [
    'message-shown-as-an-event',
    await retold((lines) => lines.with(4, { entry: lines[4].entry, seq: 5, at: lines[4].at, event: 'left' })),
    1,
    'Message 5 of the transcript is something that was said',
  ],
  [
    'message-with-more',
    await reworded(0, () => ({ likes: 3 })),
    1,
    'Line 1 of transcript/messages.jsonl has been changed',
  ],
  [
    'message-hidden-behind-an-act',
    await reworded(3, () => ({ entry: idOf(3) })),
    1,
    'Message 4 of the transcript is said to be redacted, and its entry stored nothing.',
  ],

  ...(await Promise.all(
    [
      ['export-by-another', { requestedBy: 'st-omar' }],
      ['export-for-another-purpose', { purpose: 'DSAR' }],
      ['export-of-another-number', { exportId: '019cab00-0000-7000-8000-0000000000ff' }],
    ].map(async ([name, change]) => [
      name,
      await signedAnew(oneIntake, (manifest) => ({ ...manifest, ...change })),
      1,
      `The manifest says of this export something else than ${id(EXPORT_AT)}`,
    ]),
  )),
  [
    'intake-not-whole',
    await bundle(entries, log, server, {
      scope: { kind: 'intake', intake: INTAKE },
      from: 1,
      to: 10,
      withheld: [
        { from: 2, to: 3 },
        { from: 6, to: 7 },
      ],
      exportEntry: { id: idOf(EXPORT_AT), index: EXPORT_AT },
    }),
    1,
    `Entry 3 (id ${idOf(3)}) is number 3 of its intake, and not all before it are shown`,
  ],
  [
    'intake-and-others',
    await bundle(entries, log, server, {
      scope: { kind: 'intake', intake: INTAKE },
      exportEntry: { id: idOf(EXPORT_AT), index: EXPORT_AT },
    }),
    1,
    `Entry 0 (id ${idOf(0)}) is not of the intake`,
  ],
  [
    'no-such-intake',
    await bundle(honest, log, server, { scope: { kind: 'intake', intake: 'in-9' }, from: 12, to: 13 }),
    1,
    'No entry is shown of the intake',
  ],

  ['entry.tlog-proof', Buffer.from(await proofOf(4)), 0, '', LOG],
  ['entry.tlog-proof', Buffer.from(await proofOf(4)), 0, '', POLICY('none')],
  ['entry.tlog-proof', Buffer.from(await proofOf(4)), 2, 'A proof of one entry holds no key'],
  [
    'entry.tlog-proof',
    Buffer.from(await proofOf(4)),
    3,
    'Your policy asks for witnesses',
    POLICY('two-of-three'),
  ],
  [
    'entry-changed.tlog-proof',
    Buffer.from((await proofOf(4)).replace(/extra .*/, `extra ${entries[5].toString('base64')}`)),
    1,
    'Entry 4 is not in the log as it stands here',
    LOG,
  ],
  [
    'entry-of-another-index.tlog-proof',
    Buffer.from((await proofOf(4)).replace('index 4', 'index 5')),
    1,
    'Entry 5 is not in the log as it stands here',
    LOG,
  ],
  [
    'entry-of-another-log.tlog-proof',
    Buffer.from(await proofOf(4)),
    1,
    'Your policy does not name the log',
    POLICY('another-log'),
  ],
  [
    'entry-without-signature.tlog-proof',
    Buffer.from((await proofOf(4)).replace(/\u2014 desk.*\n/u, '')),
    1,
    'The checkpoint is not signed by the key of the log.',
    LOG,
  ],
  [
    'entry-not-there.tlog-proof',
    Buffer.from((await proofOf(4)).replace(/extra .*\n/, '')),
    2,
    'This is not a C2SP tlog-proof with an entry',
    LOG,
  ],
];

/** Changes one letter in the middle of a line. */
function changedLine(text, nth) {
  const lines = text.split('\n');
  const at = 60;
  lines[nth] = `${lines[nth].slice(0, at)}${lines[nth][at] === 'A' ? 'B' : 'A'}${lines[nth].slice(at + 1)}`;
  return lines.join('\n');
}
