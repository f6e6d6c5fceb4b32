// Makes a log of many entries and leaves it in files: node entries.mjs FOLDER ENTRIES. They stand there as they stand in a
// database when an export is made.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const audit = createRequire(import.meta.url)('../../dist/server/audit/src/index.js');

const [, , folder = '', count] = process.argv;
const ENTRIES = Number(count);
const ORIGIN = 'bench.example/audit/t1';
const TENANT = '019cab00-0000-7000-8000-0000000000aa';
const START = Date.parse('2026-03-02T08:00:00.000Z');
const ACTS = ['message.post', 'transcript.read', 'intake.claim', 'consult.join', 'record.read'];
/** Entries of one intake; how many intakes are written to in turn. */
const OF_AN_INTAKE = 20;
const AT_ONCE = 500;

const idOf = (i) => `019cab00-0000-7000-8000-${String(i).padStart(12, '0')}`;
const leaves = Buffer.alloc(32 * ENTRIES);
const heads = {};
const chains = [];
const tree = audit.CompactRange.empty();

/** An entry with the fields that the product writes; four in five have an intake before them to name. */
function entryAt(i) {
  const act = ACTS[i % ACTS.length];
  const chain = chains[i % AT_ONCE];
  const isNew = chain === undefined || chain.n === OF_AN_INTAKE;
  const link = isNew ? { id: idOf(i), n: 1 } : { id: chain.id, n: chain.n + 1, prev: chain.prev };
  // The last one asks for the export.
  const isRequest = i === ENTRIES - 1;
  const bytes = audit.encodeEntry({
    v: 1,
    id: idOf(i),
    tenant: TENANT,
    at: new Date(START + 25 * i).toISOString(),
    act,
    actor: {
      kind: isRequest || i % 2 ? 'staff' : 'client',
      id: isRequest ? 'st-1' : idOf(i % 97),
      session: idOf(i % 89),
    },
    outcome: 'ok',
    authz: { decision: 'allow', policies: ['R1-care-team'], policySet: `sha256:${'0f'.repeat(32)}` },
    purpose: isRequest ? 'LEGAL' : 'TREAT',
    intake: link,
    ...(act === 'message.post' && {
      refs: { message: idOf(i) },
      ctHash: Buffer.alloc(32, i).toString('base64'),
    }),
    writer: { id: 'w-1', n: i + 1 },
  });
  const leaf = audit.leafHash(bytes);
  leaf.copy(leaves, 32 * i);
  chains[i % AT_ONCE] = { ...link, prev: leaf.toString('base64') };
  heads[link.id] = link.n;
  tree.append(leaf);
  return bytes;
}

const out = createWriteStream(join(folder, 'entries.raw'), { highWaterMark: 1 << 20 });
let waiting = [];
for (let i = 0; i < ENTRIES; i++) {
  waiting.push(entryAt(i), Buffer.from('\n'));
  if (waiting.length < 2048 && i < ENTRIES - 1) continue;
  if (!out.write(Buffer.concat(waiting))) await once(out, 'drain');
  waiting = [];
}
out.end();
await once(out, 'finish');

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const text = audit.formatCheckpoint({ origin: ORIGIN, size: ENTRIES, root: tree.root() });
writeFileSync(join(folder, 'leaves.bin'), leaves);
writeFileSync(
  join(folder, 'log.json'),
  JSON.stringify({
    tenant: TENANT,
    heads,
    checkpoint: audit.signNote(text, ORIGIN, privateKey),
    vkey: audit.formatVkey({ name: ORIGIN, publicKey }),
    exportEntry: { id: idOf(ENTRIES - 1), index: ENTRIES - 1 },
  }),
);
