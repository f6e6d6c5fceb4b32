import {
  type BundleInput,
  consistencyProof,
  encodeEntry,
  formatCheckpoint,
  formatVkey,
  leafHash,
  type NodeSource,
  root,
  signNote,
  writeBundle,
} from '@app/audit';
import { spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMessage, generateKey, readPrivateKey, sign } from 'openpgp';
import { LocalAuthority } from './local-authority';

// A bundle that holds a time stamp of a real authority (OpenSSL), and the entry that records it.

const ORIGIN = 'desk.example/audit/t1';
const VERIFIER = join(__dirname, '..', 'cli', 'verify.mjs');
const STAMPED_SIZE = 5;
const RECORDED_AT = 6;
const folder = mkdtempSync(join(tmpdir(), 'stamps-'));
const { privateKey, publicKey } = generateKeyPairSync('ed25519');
let one: LocalAuthority;
let other: LocalAuthority;
let entries: Buffer[];
let token: Buffer;
let keys: { privateKey: string; publicKey: string };

beforeAll(async () => {
  one = new LocalAuthority({ key: 'p256' });
  other = new LocalAuthority({ key: 'p256' });
  keys = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Test' }],
    format: 'armored',
  });
  const before = Array.from({ length: STAMPED_SIZE }, (_, i) => entryAt(i, 'staff.sign-in'));
  token = one.stamp(textOf(before.map(leafHash)));
  const record = {
    refs: { token: createHash('sha256').update(token).digest('hex') },
    detail: { size: STAMPED_SIZE },
  };
  entries = [
    ...before,
    entryAt(5, 'staff.sign-in'),
    entryAt(RECORDED_AT, 'anchor.stamped', record),
    entryAt(7, 'export.requested', { actor: { kind: 'staff', id: 'st-1' }, purpose: 'AUDIT' }),
  ];
});

afterAll(() => {
  one.remove();
  other.remove();
  rmSync(folder, { recursive: true });
});

function entryAt(i: number, act: string, more: object = {}): Buffer {
  return encodeEntry({
    ...{ v: 1, id: `en-${i}`, tenant: 'tn-1', at: `2026-03-02T08:00:0${i}.000Z`, act, outcome: 'ok' },
    actor: { kind: 'system', id: 'a-test' },
    writer: { id: 'w-1', n: i + 1 },
    ...more,
  });
}

const textOf = (leaves: readonly Buffer[]) =>
  formatCheckpoint({ origin: ORIGIN, size: leaves.length, root: root(leaves) });

/** Writes a bundle of the log, lets `--tsa-ca` be what is given, and returns what the verifier says. */
async function checked(change: Partial<BundleInput>, ca?: string): Promise<[number | null, string]> {
  const leaves = entries.map(leafHash);
  const nodes: NodeSource = (level, index) =>
    root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const signingKeys = await readPrivateKey({ armoredKey: keys.privateKey });
  const chunks: Buffer[] = [];
  const anchor = {
    checkpoint: textOf(leaves.slice(0, STAMPED_SIZE)),
    token,
    consistency: await consistencyProof(nodes, STAMPED_SIZE, leaves.length),
  };
  await writeBundle(
    {
      exportId: 'ex-1',
      tenant: 'tn-1',
      scope: { kind: 'period', from: '2026-03-02T00:00:00.000Z', to: '2026-03-03T00:00:00.000Z' },
      range: { from: 0, to: leaves.length },
      withheld: [],
      entries: () => entries,
      leaves: Buffer.concat(leaves),
      proof: { left: [], right: [] },
      checkpoint: signNote(textOf(leaves), ORIGIN, privateKey),
      vkey: formatVkey({ name: ORIGIN, publicKey }),
      heads: {},
      exportEntry: { id: 'en-7', index: 7 },
      requestedBy: 'st-1',
      purpose: 'AUDIT',
      createdAt: '2026-03-02T09:00:00.000Z',
      software: 'test/1',
      serverKey: keys.publicKey,
      sign: async (manifest) => {
        const message = await createMessage({ binary: manifest });
        return String(await sign({ message, signingKeys, detached: true, format: 'armored' }));
      },
      verifier: Buffer.from('// verifier'),
      anchors: [anchor],
      ...change,
    },
    (chunk) => void chunks.push(Buffer.from(chunk)),
  );
  const path = join(folder, 'bundle.zip');
  writeFileSync(path, Buffer.concat(chunks));
  if (ca !== undefined) writeFileSync(join(folder, 'ca.pem'), ca);
  const args = [VERIFIER, path, ...(ca === undefined ? [] : ['--tsa-ca', join(folder, 'ca.pem')])];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env: {} });
  return [status, stdout];
}

test('a stamp by an authority of the reader says before when entries were there, and after when others were written', async () => {
  const [status, stdout] = await checked({}, one.ca);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /The first 5 entries were there before \d{4}-\S+Z, says an authority of yours\. Entry 6 records it, so what follows was written after it\./,
  );
});

test('without an authority to trust it is said where the certificate came from', async () => {
  expect((await checked({}))[1]).toContain('says an authority that nobody vouches for here');
  expect((await checked({ tsaCa: one.ca }))[1]).toContain('whose certificate came from inside the bundle');
});

test('a stamp by another authority, and none at all, is less than was asked for', async () => {
  const [status, stdout] = await checked({}, other.ca);
  expect([status, stdout.split('\n')[1]]).toEqual([
    3,
    'The time stamp on 5 entries is not by an authority of yours.',
  ]);
  expect((await checked({ anchors: [] }, one.ca))[0]).toBe(3);
});

test('a stamp on another state of the log, or one that was changed, is tampering', async () => {
  const leaves = entries.map(leafHash);
  const nodes: NodeSource = (level, index) =>
    root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  const moved = {
    checkpoint: textOf(leaves.slice(0, 4)),
    token,
    consistency: await consistencyProof(nodes, 4, 8),
  };
  const [status, stdout] = await checked({ anchors: [moved] }, one.ca);
  expect([status, stdout.split('\n')[1]?.slice(0, 43)]).toEqual([
    1,
    'The time stamp on 4 entries does not hold: ',
  ]);
  const consistency = await consistencyProof(nodes, STAMPED_SIZE, 8);
  const changed = token.with(token.length - 5, (token.at(-5) ?? 0) ^ 1);
  const checkpoint = textOf(leaves.slice(0, STAMPED_SIZE));
  expect((await checked({ anchors: [{ checkpoint, token: Buffer.from(changed), consistency }] }))[0]).toBe(1);
});

test('no bundle is written with a stamped checkpoint that the log did not grow from', async () => {
  const checkpoint = textOf([leafHash(Buffer.from('another history'))]);
  await expect(checked({ anchors: [{ checkpoint, token, consistency: [] }] })).rejects.toThrow(
    'did not grow',
  );
});
