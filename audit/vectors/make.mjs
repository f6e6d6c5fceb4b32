// Makes the bundles in this folder anew: node audit/vectors/make.mjs. The same sources give the same bytes.
//
// Half are honest, the others are each wrong in one way; bundles/cases.json says how the verifier must answer. The keys
// are made of fixed seeds and are good for nothing else.

import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

import * as openpgp from 'openpgp';
import ts from 'typescript';

const here = import.meta.dirname;
const audit = compiled(join(here, '..', 'src'));

/** Compiles the front door, so that this script needs no build. */
function compiled(source) {
  const target = mkdtempSync(join(tmpdir(), 'vectors-'));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  for (const name of readdirSync(source)) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, name), 'utf8'), { compilerOptions });
    writeFileSync(join(target, name.replace(/ts$/, 'js')), outputText);
  }
  const front = createRequire(import.meta.url)(join(target, 'index.js'));
  rmSync(target, { recursive: true });
  return front;
}

// ---- Keys -----------------------------------------------------------------------------------------------------------

function logKey(origin, label) {
  const seed = createHash('sha256').update(`vestibule test vector ${label}`).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return {
    origin,
    privateKey,
    vkey: audit.formatVkey({ name: origin, publicKey: createPublicKey(privateKey) }),
  };
}

const SIGNED_AT = new Date('2026-03-02T09:00:00.000Z');

async function serverKey(name) {
  const path = join(here, 'keys', `${name}.for-tests-only.asc`);
  if (!existsSync(path)) {
    const { privateKey } = await openpgp.generateKey({
      type: 'ecc',
      curve: 'ed25519Legacy',
      userIDs: [{ name: `Test vectors only, ${name}` }],
      date: new Date('2026-01-01T00:00:00.000Z'),
    });
    writeFileSync(path, privateKey);
  }
  const signingKey = await openpgp.readPrivateKey({ armoredKey: readFileSync(path, 'utf8') });
  const sign = async (bytes) =>
    openpgp.sign({
      message: await openpgp.createMessage({ binary: bytes }),
      signingKeys: signingKey,
      detached: true,
      date: SIGNED_AT,
      config: { nonDeterministicSignaturesViaNotation: false },
    });
  return { armored: signingKey.toPublic().armor(), sign };
}

// ---- A small log ----------------------------------------------------------------------------------------------------

const TENANT = '019cab00-0000-7000-8000-0000000000aa';
const idOf = (index) => `019cab00-0000-7000-8000-${String(index).padStart(12, '0')}`;
const minute = (index) => `2026-03-02T08:${String(index).padStart(2, '0')}:00.000Z`;

/** Fourteen acts of one morning: two intakes, a sign-in, a refusal, the export itself. */
const ACTS = [
  ['staff.sign-in', 'staff', 'st-ines'],
  ['intake.open', 'client', 'cl-1', 'in-1'],
  ['message.post', 'client', 'cl-1', 'in-1'],
  ['intake.claim', 'staff', 'st-ines', 'in-1'],
  ['transcript.read', 'staff', 'st-ines', 'in-1'],
  ['intake.open', 'client', 'cl-2', 'in-2'],
  ['message.post', 'staff', 'st-ines', 'in-1'],
  ['record.read', 'staff', 'st-ines', 'in-1'],
  ['message.post', 'client', 'cl-2', 'in-2'],
  ['intake.claim', 'staff', 'st-omar', 'in-2'],
  ['intake.close', 'staff', 'st-ines', 'in-1'],
  ['message.post', 'staff', 'st-omar', 'in-2'],
  ['export.request', 'staff', 'st-ada'],
  ['intake.close', 'staff', 'st-omar', 'in-2'],
];

/** @returns the bytes of each entry; `skip` gives a number of an intake away, as if its entry had never been sequenced */
function entriesOf(acts, skip = -1) {
  const last = new Map();
  return acts.map(([act, kind, actor, intake], index) => {
    const before = last.get(intake);
    const n = (before?.n ?? 0) + (index === skip ? 2 : 1);
    const refused = act === 'record.read';
    const bytes = audit.encodeEntry({
      v: 1,
      id: idOf(index),
      tenant: TENANT,
      at: minute(index),
      act,
      actor: { kind, id: actor, ...(kind === 'staff' && { roles: ['clinician'] }) },
      outcome: refused ? 'refused' : 'ok',
      authz: {
        decision: refused ? 'deny' : 'allow',
        policies: refused ? [] : ['R1-care-team'],
        policySet: 'sha256:00',
      },
      ...(intake && { intake: { id: intake, n, ...(before && { prev: before.leaf }) } }),
      ...(act === 'message.post' && {
        refs: { message: `me-${index}` },
        ctHash: createHash('sha256').update(`ciphertext ${index}`).digest('base64'),
      }),
      ...(act === 'staff.sign-in' && {
        sealed: { ip: audit.commit('ip', Buffer.alloc(32, index), '192.0.2.1') },
      }),
      writer: { id: 'w-1', n: index + 1 },
    });
    if (intake) last.set(intake, { n, leaf: audit.leafHash(bytes).toString('base64') });
    return bytes;
  });
}

// ---- Bundles --------------------------------------------------------------------------------------------------------

async function bundle(entries, log, server, { from = 0, to = entries.length, withheld = [], ...more } = {}) {
  const leaves = entries.map((entry) => audit.leafHash(entry));
  const node = (level, index) => audit.root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const hidden = (index) => withheld.some((span) => index >= span.from && index < span.to);
  const shown = entries.filter((_, index) => index >= from && index < to && !hidden(index));
  const links = shown.map((entry) => audit.parseEntry(entry).intake?.id).filter((id) => id !== undefined);
  const heads = {};
  for (const { intake } of entries.map(audit.parseEntry))
    if (links.includes(intake?.id)) heads[intake.id] = intake.n;
  const text = audit.formatCheckpoint({ origin: log.origin, size: entries.length, root: audit.root(leaves) });
  const chunks = [];
  await audit.writeBundle(
    {
      exportId: '019cab00-0000-7000-8000-0000000000ee',
      tenant: TENANT,
      range: { from, to },
      period: { from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
      withheld,
      entries: () => shown,
      leaves: Buffer.concat(leaves.slice(from, to)),
      proof: await audit.rangeProof(node, from, to, entries.length),
      checkpoint: audit.signNote(text, log.origin, log.privateKey),
      vkey: log.vkey,
      heads,
      exportEntry: { id: idOf(12), index: 12 },
      requestedBy: 'st-ada',
      purpose: 'LEGAL',
      createdAt: '2026-03-02T09:00:00.000Z',
      software: 'vestibule/0.1.0',
      serverKey: server.armored,
      sign: server.sign,
      verifier: Buffer.from('// A bundle has audit/cli/verify.mjs here.\n'),
      ...more,
    },
    (chunk) => void chunks.push(Buffer.from(chunk)),
  );
  return Buffer.concat(chunks);
}

function unzip(zip) {
  const files = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameLength] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26)];
    const start = at + 30 + nameLength;
    files.set(zip.toString('latin1', at + 30, start), zip.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

async function zipped(files) {
  const chunks = [];
  const list = [...files].map(([name, data]) => ({
    name,
    size: data.length,
    crc32: audit.nextCrc32(0, data),
    content: () => [data],
  }));
  await audit.writeZip(list, (chunk) => void chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

/** Unpacks, lets `change` have the files, and packs again with checksums that fit. */
async function repacked(zip, change) {
  const files = unzip(zip);
  change(files);
  return zipped(files);
}

const edit = (name, change) => (files) =>
  files.set(name, Buffer.from(change(files.get(name).toString('latin1')), 'latin1'));
const editLines = (change) =>
  edit('entries.jsonl', (text) => `${change(text.split('\n').slice(0, -1)).join('\n')}\n`);

/** Changes bytes of the zip itself, where `find` stands. */
function patched(zip, find, value, nth = 0) {
  const copy = Buffer.from(zip);
  let at = copy.indexOf(find);
  for (let i = 0; i < nth; i++) at = copy.indexOf(find, at + 1);
  copy.set(Buffer.from(value), at);
  return copy;
}

// ---- The cases ------------------------------------------------------------------------------------------------------

const log = logKey('desk.example/audit/t1', 'log');
const forger = logKey('desk.example/audit/t1', 'forger');
mkdirSync(join(here, 'keys'), { recursive: true });
const server = await serverKey('server');
const otherServer = await serverKey('other-server');
const honest = entriesOf(ACTS);
const id = (index) => `entry ${index} (id ${idOf(index)})`;
const Id = (index) => `E${id(index).slice(1)}`;

const whole = await bundle(honest, log, server);
const part = await bundle(honest, log, server, {
  from: 3,
  to: 12,
  withheld: [
    { from: 4, to: 5 },
    { from: 7, to: 9 },
  ],
});
const oneEntry = await bundle(honest, log, server, { from: 5, to: 6 });
const noEntry = await bundle(honest, log, server, { from: 5, to: 5 });
const rewritten = honest.with(4, Buffer.from(honest[4].toString().replace('st-ines', 'st-omar')));
const forged = await bundle(entriesOf(ACTS), forger, otherServer);

/** Where the local header and the directory's header of a file begin. */
function headersOf(zip, name) {
  const start = (mark, length) => {
    let at = zip.indexOf(mark);
    while (zip.toString('latin1', at + length, at + length + name.length) !== name)
      at = zip.indexOf(mark, at + 1);
    return at;
  };
  return { local: start('PK\x03\x04', 30), central: start('PK\x01\x02', 46) };
}

function withChecksum(zip, name, crc) {
  const copy = Buffer.from(zip);
  const { local, central } = headersOf(copy, name);
  copy.writeUInt32LE(crc, local + 14);
  copy.writeUInt32LE(crc, central + 16);
  return copy;
}

/** Signed by the server, and wrong all the same: what an honest key cannot make good. */
async function signedAnew(zip, change) {
  const files = unzip(zip);
  const manifest = audit.canonicalize(change(JSON.parse(files.get('manifest.json').toString())));
  files.set('manifest.json', manifest);
  files.set('manifest.json.asc', Buffer.from(await server.sign(manifest)));
  return zipped(files);
}

const DAMAGED = 'The zip file is not as it was written';
const LOG = ['--vkey', 'keys/log.vkey'];
const SERVER = ['--key', 'keys/server.asc'];

/** [name, bytes, exit code, how the first finding begins, further arguments] */
const CASES = [
  ['whole', whole, 0, ''],
  ['whole', whole, 0, '', [...LOG, ...SERVER]],
  ['part', part, 0, ''],
  ['part', part, 0, '', SERVER],
  ['one-entry', oneEntry, 0, '', LOG],
  ['no-entry', noEntry, 0, ''],
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
    'entries.jsonl does not end with a newline.',
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
    'proof/leaves.bin does not hold one hash for each entry',
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
    await bundle(honest, log, server, { period: { from: minute(1), to: minute(20) } }),
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
    'manifest.json is incomplete: size is missing',
  ],
  [
    'counts-wrong',
    await signedAnew(whole, (manifest) => ({ ...manifest, counts: { included: 13, withheld: 1 } })),
    2,
    'manifest.json contradicts itself',
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

rmSync(join(here, 'bundles'), { recursive: true, force: true });
mkdirSync(join(here, 'bundles'));
writeFileSync(join(here, 'keys', 'log.vkey'), `${log.vkey}\n`);
writeFileSync(join(here, 'keys', 'server.asc'), server.armored);
for (const [name, bytes] of CASES) writeFileSync(join(here, 'bundles', `${name}.zip`), bytes);
const cases = CASES.map(([name, , exit, says, args = []]) => ({
  file: `bundles/${name}.zip`,
  args,
  exit,
  says,
}));
writeFileSync(join(here, 'bundles', 'cases.json'), `${JSON.stringify(cases, null, 2)}\n`);
console.log(`${cases.length} cases`);
