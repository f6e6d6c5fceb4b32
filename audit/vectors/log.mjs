// What the vectors are made of: keys of fixed seeds, a small log, bundles of it, and ways to spoil a zip.

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
import { dirname, join } from 'node:path';

import * as openpgp from 'openpgp';
import ts from 'typescript';

const here = import.meta.dirname;
export const audit = compiled(join(here, '..', 'src'));

/** Compiles the front door, so that this script needs no build. */
function compiled(source) {
  const target = mkdtempSync(join(tmpdir(), 'vectors-'));
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  for (const name of readdirSync(source, { recursive: true })) {
    if (!name.endsWith('.ts')) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true });
    const { outputText } = ts.transpileModule(readFileSync(join(source, name), 'utf8'), { compilerOptions });
    writeFileSync(join(target, name.replace(/ts$/, 'js')), outputText);
  }
  const front = createRequire(import.meta.url)(join(target, 'index.js'));
  rmSync(target, { recursive: true });
  return front;
}

// ---- Keys -----------------------------------------------------------------------------------------------------------

export function logKey(origin, label) {
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

export async function serverKey(name, kind = { type: 'ecc', curve: 'ed25519Legacy' }) {
  const path = join(here, 'keys', `${name}.for-tests-only.asc`);
  if (!existsSync(path)) {
    const { privateKey } = await openpgp.generateKey({
      ...kind,
      userIDs: [{ name: `Test vectors only, ${name}` }],
      date: new Date('2026-01-01T00:00:00.000Z'),
    });
    writeFileSync(path, privateKey);
  }
  const signingKey = await openpgp.readPrivateKey({ armoredKey: readFileSync(path, 'utf8') });
  const sign = async (content) =>
    openpgp.sign({
      message: await openpgp.createMessage(
        typeof content === 'string' ? { text: content } : { binary: content },
      ),
      signingKeys: signingKey,
      detached: true,
      date: SIGNED_AT,
      config: { nonDeterministicSignaturesViaNotation: false },
    });
  return { armored: signingKey.toPublic().armor(), sign };
}

// ---- A small log ----------------------------------------------------------------------------------------------------

export const TENANT = '019cab00-0000-7000-8000-0000000000aa';
export const idOf = (index) => `019cab00-0000-7000-8000-${String(index).padStart(12, '0')}`;
export const minute = (index) => `2026-03-02T08:${String(index).padStart(2, '0')}:00.000Z`;

/** Fourteen acts of one morning: two intakes, a sign-in, a refusal, the export itself. */
export const ACTS = [
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
export function entriesOf(acts, skip = -1) {
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

export async function bundle(
  entries,
  log,
  server,
  { from = 0, to = entries.length, withheld = [], ...more } = {},
) {
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
      scope: { kind: 'period', from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
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

export function unzip(zip) {
  const files = new Map();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const [size, nameLength] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26)];
    const start = at + 30 + nameLength;
    files.set(zip.toString('latin1', at + 30, start), zip.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

export async function zipped(files) {
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
export async function repacked(zip, change) {
  const files = unzip(zip);
  change(files);
  return zipped(files);
}

export const edit = (name, change) => (files) =>
  files.set(name, Buffer.from(change(files.get(name).toString('latin1')), 'latin1'));
export const editLines = (change) =>
  edit('entries.jsonl', (text) => `${change(text.split('\n').slice(0, -1)).join('\n')}\n`);

/** Changes bytes of the zip itself, where `find` stands. */
export function patched(zip, find, value, nth = 0) {
  const copy = Buffer.from(zip);
  let at = copy.indexOf(find);
  for (let i = 0; i < nth; i++) at = copy.indexOf(find, at + 1);
  copy.set(Buffer.from(value), at);
  return copy;
}

/** Where the local header and the directory's header of a file begin. */
export function headersOf(zip, name) {
  const start = (mark, length) => {
    let at = zip.indexOf(mark);
    while (zip.toString('latin1', at + length, at + length + name.length) !== name)
      at = zip.indexOf(mark, at + 1);
    return at;
  };
  return { local: start('PK\x03\x04', 30), central: start('PK\x01\x02', 46) };
}

export function withChecksum(zip, name, crc) {
  const copy = Buffer.from(zip);
  const { local, central } = headersOf(copy, name);
  copy.writeUInt32LE(crc, local + 14);
  copy.writeUInt32LE(crc, central + 16);
  return copy;
}
