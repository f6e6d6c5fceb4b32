// The bundles that are right, and what the wrong ones are made with.

import { createHash } from 'node:crypto';

import { ACTS, audit, bundle, entriesOf, idOf, logKey, repacked, serverKey, unzip, zipped } from './log.mjs';

export const log = logKey('desk.example/audit/t1', 'log');
export const forger = logKey('desk.example/audit/t1', 'forger');
export const server = await serverKey('server');
export const otherServer = await serverKey('other-server');
export const newServer = await serverKey('new-server', { type: 'curve25519' });
export const newestServer = await serverKey('newest-server', {
  type: 'curve25519',
  config: { v6Keys: true },
});
export const honest = entriesOf(ACTS);
export const id = (index) => `entry ${index} (id ${idOf(index)})`;
export const Id = (index) => `E${id(index).slice(1)}`;

export const whole = await bundle(honest, log, server);
export const part = await bundle(honest, log, server, {
  from: 3,
  to: 12,
  withheld: [
    { from: 4, to: 5 },
    { from: 7, to: 9 },
  ],
});
export const oneEntry = await bundle(honest, log, server, { from: 5, to: 6 });
export const noEntry = await bundle(honest, log, server, { from: 5, to: 5 });
export const textSignature = await server.sign(unzip(whole).get('manifest.json').toString());
export const rewritten = honest.with(4, Buffer.from(honest[4].toString().replace('st-ines', 'st-omar')));
export const forged = await bundle(entriesOf(ACTS), forger, otherServer);

/** Signed by the server, and wrong all the same: what an honest key cannot make good. */
export async function signedAnew(zip, change) {
  const files = unzip(zip);
  const manifest = audit.canonicalize(change(JSON.parse(files.get('manifest.json').toString())));
  files.set('manifest.json', manifest);
  files.set('manifest.json.asc', Buffer.from(await server.sign(manifest)));
  return zipped(files);
}

/** A log of entries that `writeBundle` would not take: every hash and signature fits, and the entries are not right. */
export async function logOf(entries) {
  const leaves = entries.map((entry) => audit.leafHash(entry));
  const root = audit.root(leaves);
  const note = audit.signNote(
    audit.formatCheckpoint({ origin: log.origin, size: 14, root }),
    log.origin,
    log.privateKey,
  );
  const changed = await repacked(whole, (files) => {
    files.set('entries.jsonl', Buffer.from(entries.map((entry) => `${entry}\n`).join('')));
    files.set('proof/leaves.bin', Buffer.concat(leaves));
    files.set('proof/checkpoint', Buffer.from(note));
  });
  const files = unzip(changed);
  const listed = ({ name }) => {
    const data = files.get(name);
    return { name, size: data.length, sha256: createHash('sha256').update(data).digest('hex') };
  };
  return signedAnew(changed, (manifest) => ({
    ...manifest,
    root: root.toString('base64'),
    files: manifest.files.map(listed),
  }));
}

export const reworded = (index, from, to) =>
  logOf(honest.with(index, Buffer.from(honest[index].toString().replace(from, to))));

export const DAMAGED = 'The zip file is not as it was written';
export const LOG = ['--vkey', 'keys/log.vkey'];
export const SERVER = ['--key', 'keys/server.asc'];
