// Writes the bundle of a log that stands in files, and says how long it took: node write.mjs FOLDER (JSON on stdout).
import { createReadStream, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { generateKey, readKey, readPrivateKey, sign, createMessage } from 'openpgp';

const { writeBundle } = createRequire(import.meta.url)('../../dist/server/audit/src/index.js');

const [, , folder = ''] = process.argv;
const log = JSON.parse(readFileSync(join(folder, 'log.json'), 'utf8'));
const leaves = readFileSync(join(folder, 'leaves.bin'));
const keys = await generateKey({
  type: 'ecc',
  curve: 'ed25519Legacy',
  userIDs: [{ name: 'Bench' }],
  format: 'armored',
});
const signingKeys = await readPrivateKey({ armoredKey: keys.privateKey });

/** The entries of the file, as pages of a database would give them. */
async function* entries() {
  let kept = Buffer.alloc(0);
  for await (const chunk of createReadStream(join(folder, 'entries.raw'), { highWaterMark: 1 << 18 })) {
    const all = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
    let at = 0;
    for (let end = all.indexOf(10); end >= 0; end = all.indexOf(10, at)) {
      yield all.subarray(at, end);
      at = end + 1;
    }
    kept = all.subarray(at);
  }
}

const count = leaves.length / 32;
const zip = openSync(join(folder, 'bundle.zip'), 'w');
const began = process.hrtime.bigint();
const { bytes } = await writeBundle(
  {
    ...log,
    exportId: log.exportEntry.id,
    range: { from: 0, to: count },
    scope: { kind: 'period', from: '2026-03-01T00:00:00.000Z', to: '2027-03-01T00:00:00.000Z' },
    withheld: [],
    entries,
    leaves,
    proof: { left: [], right: [] },
    requestedBy: 'st-1',
    purpose: 'LEGAL',
    createdAt: '2026-03-02T09:00:00.000Z',
    software: 'bench',
    serverKey: (await readKey({ armoredKey: keys.publicKey })).armor(),
    sign: async (manifest) =>
      sign({ message: await createMessage({ binary: manifest }), signingKeys, detached: true }),
    verifier: readFileSync(new URL('../../audit/cli/verify.mjs', import.meta.url)),
  },
  (chunk) => void writeSync(zip, chunk),
);
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
writeFileSync(join(folder, 'server.asc'), keys.publicKey);
writeFileSync(join(folder, 'log.vkey'), `${log.vkey}\n`);
process.stdout.write(`${JSON.stringify({ seconds, bytes, count })}\n`);
