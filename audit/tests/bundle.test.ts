import { createPrivateKey, createPublicKey } from 'node:crypto';

import {
  type BundleInput,
  BundleRefused,
  encodeEntry,
  formatCheckpoint,
  formatVkey,
  leafHash,
  nextCrc32,
  rangeProof,
  root,
  signNote,
  writeBundle,
  writeZip,
} from '@app/audit';

const ORIGIN = 'desk.example/audit/t1';
const PRIVATE = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 5)]),
  format: 'der',
  type: 'pkcs8',
});

const ENTRIES = Array.from({ length: 6 }, (_, i) =>
  encodeEntry({
    v: 1,
    id: `en-${i}`,
    tenant: 'tn-1',
    at: `2026-03-02T08:00:0${i}.000Z`,
    act: 'staff.sign-in',
    actor: { kind: 'staff', id: 'st-1' },
    outcome: 'ok',
    detail: { change: -i },
    writer: { id: 'w-1', n: i + 1 },
  }),
);
const LEAVES = ENTRIES.map(leafHash);

async function anInput(change: Partial<BundleInput> = {}): Promise<BundleInput> {
  const node = (level: number, index: number) =>
    root(LEAVES.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const text = formatCheckpoint({ origin: ORIGIN, size: 6, root: root(LEAVES) });
  return {
    exportId: 'ex-1',
    tenant: 'tn-1',
    range: { from: 1, to: 5 },
    scope: { kind: 'period', from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
    withheld: [{ from: 2, to: 3 }],
    entries: () => [1, 3, 4].map((i) => ENTRIES[i] as Buffer),
    leaves: Buffer.concat(LEAVES.slice(1, 5)),
    proof: await rangeProof(node, 1, 5, 6),
    checkpoint: signNote(text, ORIGIN, PRIVATE),
    vkey: formatVkey({ name: ORIGIN, publicKey: createPublicKey(PRIVATE) }),
    heads: {},
    exportEntry: { id: 'en-5', index: 5 },
    requestedBy: 'st-1',
    purpose: 'AUDIT',
    createdAt: '2026-03-02T09:00:00.000Z',
    software: 'test/1',
    serverKey: 'key',
    sign: () => 'signature',
    verifier: Buffer.from('// verifier'),
    ...change,
  };
}

async function written(input: BundleInput): Promise<Buffer> {
  const chunks: Buffer[] = [];
  await writeBundle(input, (chunk) => void chunks.push(Buffer.from(chunk)));
  return Buffer.concat(chunks);
}

test('what is said of a bundle is what was written, and the same parts make the same bytes', async () => {
  const chunks: Buffer[] = [];
  const said = await writeBundle(await anInput(), async (chunk) => void chunks.push(Buffer.from(chunk)));
  const again = await written(await anInput());
  expect(Buffer.concat(chunks).equals(again)).toBe(true);
  expect(said.bytes).toBe(again.length);
  expect(said.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('the signature is made over the manifest as it stands in the bundle', async () => {
  let signed: Buffer = Buffer.alloc(0);
  const zip = await written(await anInput({ sign: (manifest) => ((signed = manifest), 'signature') }));
  expect(signed.toString()).toMatch(/^\{"counts":\{"included":3,"withheld":1\}/);
  expect(zip.includes(signed)).toBe(true);
});

test.each<[string, Partial<BundleInput>]>([
  ['an entry that is not the one in the log', { entries: () => [1, 3, 5].map((i) => ENTRIES[i] as Buffer) }],
  ['an entry too few', { entries: () => [ENTRIES[1] as Buffer, ENTRIES[3] as Buffer] }],
  ['an entry too many', { entries: () => [1, 3, 4, 5].map((i) => ENTRIES[i] as Buffer) }],
  ['a withheld part that is empty', { withheld: [{ from: 2, to: 2 }] }],
  [
    'a withheld part past the end',
    {
      withheld: [
        { from: 2, to: 3 },
        { from: 5, to: 6 },
      ],
    },
  ],
  ['a leaf too few', { leaves: Buffer.concat(LEAVES.slice(1, 4)) }],
  ['another leaf', { leaves: Buffer.concat(LEAVES.slice(0, 4)) }],
  ['a proof that is not this range’s', { proof: { left: [], right: [] } }],
])('no bundle is written of %s', async (_says, change) => {
  await expect(written(await anInput(change))).rejects.toThrow(BundleRefused);
});

test('no bundle is written when another key signed the checkpoint', async () => {
  const input = await anInput();
  const checkpoint = input.checkpoint.replace('\n6\n', '\n7\n');
  await expect(written({ ...input, checkpoint })).rejects.toThrow('does not fit');
});

test('a cell that a spreadsheet would run as a formula has an apostrophe before it', async () => {
  const zip = await written(await anInput());
  const rows =
    zip
      .toString('latin1')
      .match(/index,leaf,id[^]*?PK/)?.[0]
      .split('\r\n') ?? [];
  expect(rows).toHaveLength(5);
  for (const cell of rows.flatMap((row) => row.split(','))) expect(cell).not.toMatch(/^[=+@-]/);
});

test('the zip waits for its reader', async () => {
  let waiting = 0;
  await writeBundle(await anInput(), async () => {
    waiting += 1;
    expect(waiting).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    waiting -= 1;
  });
});

test.each([
  ['a name that leads out', '../x', 1, 'not a plain name'],
  ['a content that is shorter than it says', 'x', 2, '1 bytes, not 2'],
  ['a content beyond 4 GiB', 'x', 2 ** 32, 'take a shorter period'],
])('a zip is refused for %s', async (_says, name, size, message) => {
  const file = { name, size, crc32: nextCrc32(0, Buffer.from('a')), content: () => [Buffer.from('a')] };
  await expect(writeZip([file], () => undefined)).rejects.toThrow(message);
});
