import { open } from '@app/crypto/open';
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { rowsOf } from './page';
import type { MatcherModule, PageBack, PageOut, ThreadData } from './protocol';

/** A thread of `BulkOpener`: opens the values of a page, asks the matcher of each, and says which. Nothing opened leaves it. */
const { tenant, content, matcherFile, input } = workerData as ThreadData;
const { matcher } = createRequire(__filename)(matcherFile) as MatcherModule;
const matches = matcher(input);

parentPort?.on('message', ({ packed, owners, keys }: PageOut) => {
  const found: [owner: number, n: number, atMs: number][] = [];
  let looked = 0;
  let unreadable = 0;
  const held = keys.map((ofOne) => ofOne.map(({ id, secret }) => ({ id: Buffer.from(id), secret })));
  for (const { owner, n, atMs, item, sealed } of rowsOf(bufferOf(packed))) {
    looked += 1;
    const ofOwner = held[owner];
    const name = owners[owner];
    if (ofOwner === undefined || ofOwner.length === 0 || name === undefined) continue;
    const key = ofOwner.find(({ id }) => id.compare(sealed, 4, 20) === 0);
    try {
      if (key === undefined) throw new Error('no such key');
      const text = open(key, sealed, { tenant, owner: name, item, content }).toString('utf8');
      if (matches(text)) found.push([owner, n, atMs]);
    } catch {
      unreadable += 1;
    }
  }
  parentPort?.postMessage({ found, looked, unreadable } satisfies PageBack);
});

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
