// A bundle with every part that a bundle may have: witnesses, an earlier export, openings, a transcript, further views.

import { createCipheriv, createHash, createPublicKey } from 'node:crypto';

import { audit, bundle, idOf, logKey, minute, TENANT } from './log.mjs';
import { log, server } from './honest.mjs';

export const INTAKE = '019cab00-0000-7000-8000-00000000000a';
const POLICY_SET = 'sha256:00';

function witnessKey(name) {
  const { privateKey } = logKey(name, name);
  const key = { name, publicKey: createPublicKey(privateKey) };
  return { name, privateKey, vkey: audit.formatCosignerVkey(key) };
}

export const w1 = witnessKey('witness.example/w1');
export const w2 = witnessKey('witness.example/w2');
export const w3 = witnessKey('witness.example/w3');

/** As libs/crypto seals a value, with fixed bytes where that takes random ones. */
function sealed(text, place, label) {
  const bytes = (what, length) =>
    createHash('sha512').update(`vestibule test vector ${label} ${what}`).digest().subarray(0, length);
  const header = Buffer.concat([
    Buffer.from([0xc5, 1, 1, 0]),
    bytes('data key id', 16),
    bytes('salt', 32),
    bytes('commitment', 32),
  ]);
  const parts = [place.tenant, place.owner, place.item, place.content].flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(part));
    return [length, Buffer.from(part)];
  });
  const key = bytes('key', 32);
  const cipher = createCipheriv('aes-256-gcm', key, Buffer.alloc(12)).setAAD(
    Buffer.concat([header, ...parts]),
  );
  const blob = Buffer.concat([header, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { blob, key };
}

const TEXTS = new Map([
  [2, 'My landlord has changed the locks.'],
  [4, 'Are you safe tonight? ¿Está usted a salvo?'],
  [5, 'Yes, I am at my sister’s.'],
  [7, 'I will call you at nine.'],
]);

/** [act, kind, actor, whether it is of the intake] */
const ACTS = [
  ['staff.sign-in', 'staff', 'st-ines'],
  ['intake.open', 'client', 'cl-1', true],
  ['message.post', 'client', 'cl-1', true],
  ['intake.claim', 'staff', 'st-ines', true],
  ['message.post', 'staff', 'st-ines', true],
  ['message.post', 'client', 'cl-1', true],
  ['staff.sign-in', 'staff', 'st-omar'],
  ['message.post', 'staff', 'st-ines', true],
  ['transcript.export', 'staff', 'st-ada'],
  ['intake.close', 'staff', 'st-ines', true],
];
export const SALT = Buffer.alloc(32, 7);
export const EXPORT_AT = 8;
/** The export of the bundles of `bundle`. */
const EXPORT = '019cab00-0000-7000-8000-0000000000ee';

const places = new Map(
  [...TEXTS.keys()].map((i) => [i, { tenant: TENANT, owner: INTAKE, item: `me-${i}`, content: 'message' }]),
);
const blobs = new Map([...TEXTS].map(([i, text]) => [i, sealed(text, places.get(i), `message ${i}`)]));

/** The entries of a log of ten. */
export const entries = (() => {
  let before;
  return ACTS.map(([act, kind, actor, isOfIntake], index) => {
    const blob = blobs.get(index)?.blob;
    const bytes = audit.encodeEntry({
      v: 1,
      id: idOf(index),
      tenant: TENANT,
      at: minute(index),
      act,
      actor: { kind, id: actor },
      outcome: 'ok',
      ...(isOfIntake && {
        intake: { id: INTAKE, n: (before?.n ?? 0) + 1, ...(before && { prev: before.leaf }) },
      }),
      ...(blob && {
        refs: { message: `me-${index}` },
        ctHash: createHash('sha256').update(blob).digest('base64'),
      }),
      ...(act === 'transcript.export' && { purpose: 'LEGAL', refs: { export: EXPORT } }),
      ...(act === 'staff.sign-in' && { sealed: { ip: audit.commit('ip', SALT, '192.0.2.1') } }),
      writer: { id: 'w-1', n: index + 1 },
    });
    if (isOfIntake) before = { n: (before?.n ?? 0) + 1, leaf: audit.leafHash(bytes).toString('base64') };
    return bytes;
  });
})();

const messageOf = (index, seq) => ({
  entry: idOf(index),
  seq,
  at: minute(index),
  author: { kind: ACTS[index][1], id: ACTS[index][2] },
  sealed: blobs.get(index).blob.toString('base64'),
  key: blobs.get(index).key.toString('base64'),
  place: places.get(index),
  text: TEXTS.get(index),
});

export const messages = [
  messageOf(2, 1),
  { entry: idOf(3), seq: 2, at: minute(3), event: 'claimed' },
  messageOf(4, 3),
  { entry: idOf(5), seq: 4, redacted: 'third-party' },
  messageOf(7, 5),
];

export const nodeOf = (leaves) => (level, index) =>
  audit.root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
const leaves = entries.map((entry) => audit.leafHash(entry));
const textAt = (size) =>
  audit.formatCheckpoint({ origin: log.origin, size, root: audit.root(leaves.slice(0, size)) });

/** The note of a size, signed by the log and by witnesses. */
export const noteAt = (size, witnesses = []) =>
  audit.signNote(textAt(size), log.origin, log.privateKey) +
  witnesses.map((w, i) => audit.cosign(textAt(size), w.name, w.privateKey, 1_772_442_000 + i)).join('');
const noteOf = (origin, size, ofLeaves) =>
  audit.signNote(
    audit.formatCheckpoint({ origin, size, root: audit.root(ofLeaves) }),
    origin,
    log.privateKey,
  );

/** Checkpoints that a reader may have kept. */
export const checkpoints = {
  'size-3': noteAt(3),
  'size-5': noteAt(5, [w2]),
  'size-5-on-paper': textAt(5),
  'size-9': noteAt(9),
  'size-10': noteAt(10, [w1, w2]),
  'another-history': noteOf(log.origin, 5, leaves.slice(1, 6)),
  'another-log': noteOf('desk.example/audit/t2', 5, leaves.slice(0, 5)),
  'another-signature': noteAt(5).replace('\n5\n', '\n4\n'),
};
const inside = (...witnesses) =>
  `log ${log.vkey}\n${witnesses.map((w, i) => `witness w${i + 1} ${w.vkey}\n`).join('')}`;
export const policies = {
  'two-of-three': `${inside(w1, w2, w3)}group all-of-us 2 w1 w2 w3\nquorum all-of-us\n`,
  'all-three': `# Every one of them.\n${inside(w1, w2, w3)}group all-of-us all w1 w2 w3\nquorum all-of-us\n`,
  'any-in-groups': `${inside(w1, w2, w3)}group a any w1 w3\ngroup b any w2\ngroup both all a b\nquorum both\n`,
  none: `${inside()}quorum none\n`,
  'another-log': `log ${logKey('desk.example/audit/t9', 'other').vkey}\nquorum none\n`,
  broken: `${inside(w1)}group g 2 w1\nquorum g\n`,
};

const previousSize = 3;

export const rich = await bundle(entries, log, server, {
  scope: { kind: 'period', from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
  checkpoint: noteAt(10, [w1, w2]),
  exportEntry: { id: idOf(EXPORT_AT), index: EXPORT_AT },
  policySet: POLICY_SET,
  source: { manifestSha256: '00'.repeat(32) },
  previous: {
    checkpoint: noteAt(previousSize),
    consistency: await audit.consistencyProof(nodeOf(leaves), previousSize, 10),
  },
  openings: () => [
    { entry: idOf(0), field: 'ip', salt: SALT.toString('base64'), value: '192.0.2.1' },
    { entry: idOf(6), field: 'ip', salt: SALT.toString('base64'), value: '192.0.2.1' },
  ],
  messages: () => messages,
  views: [
    {
      name: 'views/lines.txt',
      head: 'index leaf act\n',
      row: ({ entry, index, leaf }) => `${index} ${leaf.toString('base64')} ${entry.act}\n`,
    },
  ],
  files: [{ name: 'transcript/transcript.json', content: () => [Buffer.from('{}\n')] }],
  trustPolicy: policies['two-of-three'],
});

/** One intake: everything else is withheld. */
export const oneIntake = await bundle(entries, log, server, {
  scope: { kind: 'intake', intake: INTAKE },
  from: 1,
  to: 10,
  withheld: [{ from: 6, to: 7 }],
  exportEntry: { id: idOf(EXPORT_AT), index: EXPORT_AT },
  messages: () => messages,
});

export const proofOf = async (index, note = noteAt(10, [w1])) =>
  audit.writeEntryProof({
    entry: entries[index],
    index,
    size: 10,
    proof: await audit.inclusionProof(nodeOf(leaves), index, 10),
    checkpoint: note,
  });
