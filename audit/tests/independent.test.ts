import {
  consistencyProof,
  inclusionProof,
  isConsistent,
  isIncluded,
  leafHash,
  type NodeSource,
  root,
} from '@app/audit';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import published from '../vectors/published-proofs.json';

// What we write is read by code of others: notes, proofs and trees of Go's checksum database. Without Go this fails: a
// check that is skipped is a check that nobody does.

const VECTORS = join(__dirname, '..', 'vectors');
let folder: string;
let program: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'independent-'));
  program = join(folder, 'reader');
  const env = {
    PATH: '/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: folder,
    GOCACHE: join(folder, 'cache'),
    GOPATH: '/usr/share/gocode',
    GO111MODULE: 'off',
    GOFLAGS: '',
    CGO_ENABLED: '0',
  };
  const built = spawnSync('go', ['build', '-o', program, join(__dirname, 'go', 'reader.go')], {
    encoding: 'utf8',
    env,
  });
  if (built.status !== 0) throw new Error(`go build: ${built.error?.message ?? built.stderr}`);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

const base64 = (hash: Buffer) => hash.toString('base64');
const buffers = (hashes: readonly string[]) => hashes.map((hash) => Buffer.from(hash, 'base64'));
const LEAVES = Array.from({ length: 70 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const NODES: NodeSource = (level, index) => root(LEAVES.slice(index * 2 ** level, (index + 1) * 2 ** level));

test('proofs published by others hold for us, and their wrong ones do not', () => {
  for (const { says, holds, leaf, index, size, root: top, proof } of published.inclusion) {
    const [leafOf, rootOf] = buffers([leaf, top]) as [Buffer, Buffer];
    expect([says, isIncluded(leafOf, index, size, buffers(proof), rootOf)]).toEqual([says, holds]);
  }
  for (const { says, holds, oldSize, oldRoot, size, root: top, proof } of published.consistency) {
    const [before, now] = buffers([oldRoot, top]) as [Buffer, Buffer];
    expect([says, isConsistent(oldSize, before, size, now, buffers(proof))]).toEqual([says, holds]);
  }
});

test('Go finds every proof of a log of 70 right, and none of them when one hash is another', async () => {
  const size = LEAVES.length;
  const top = base64(root(LEAVES));
  const other = base64(leafHash(Buffer.from('of no leaf')));
  const inclusion = [];
  const consistency = [];
  for (let n = 1; n <= size; n++) {
    const included = (await inclusionProof(NODES, n - 1, size)).map(base64);
    const leaf = base64(LEAVES[n - 1] as Buffer);
    inclusion.push({ index: n - 1, size, leaf, root: top, proof: included });
    inclusion.push({ index: n - 1, size, leaf, root: top, proof: included.with(n % included.length, other) });
    const grown = (await consistencyProof(NODES, n, size)).map(base64);
    const oldRoot = base64(root(LEAVES.slice(0, n)));
    consistency.push({ oldSize: n, size, oldRoot, root: top, proof: grown });
    if (n < size)
      consistency.push({ oldSize: n, size, oldRoot, root: top, proof: grown.with(n % grown.length, other) });
  }
  const answers = ask({ inclusion, consistency });
  const right = (answer: string) => answer === 'ok';
  const ofInclusion = answers.slice(0, inclusion.length);
  expect(ofInclusion.filter((_, i) => i % 2 === 0).every(right)).toBe(true);
  expect(ofInclusion.filter((_, i) => i % 2 === 1).some(right)).toBe(false);
  const ofConsistency = answers.slice(inclusion.length);
  expect(ofConsistency.filter((_, i) => i % 2 === 0).every(right)).toBe(true);
  expect(ofConsistency.filter((_, i) => i % 2 === 1).some(right)).toBe(false);
  expect(answers).toHaveLength(inclusion.length + consistency.length);
});

test.each(['whole', 'all-parts'])('Go reads the note and the whole tree of the bundle %s', (name) => {
  expect(ask({ bundles: [unpacked(name)] })).toEqual(['ok']);
});

test.each([
  ['entry-changed', 'entry 4 is not what its leaf hash is of'],
  ['leaf-changed', 'is not what its leaf hash is of'],
  ['checkpoint-changed', 'invalid signature'],
  ['last-entry-removed', 'do not lead to the root'],
])('Go sees what is wrong with the bundle %s', (name, says) => {
  const [answer] = ask({ bundles: [unpacked(name)] });
  expect(answer).toContain(says);
});

function ask(job: object): string[] {
  const { stdout, stderr } = spawnSync(program, { input: JSON.stringify(job), encoding: 'utf8', env: {} });
  expect(stderr).toBe('');
  return stdout.trimEnd().split('\n');
}

/** @returns the folder with the files of a bundle: they are stored as they are */
function unpacked(name: string): string {
  const zip = readFileSync(join(VECTORS, 'bundles', `${name}.zip`));
  const target = join(folder, name);
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const start = at + 30 + zip.readUInt16LE(at + 26);
    const path = join(target, zip.toString('latin1', at + 30, start));
    const end = start + zip.readUInt32LE(at + 18);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, zip.subarray(start, end));
    at = end;
  }
  return target;
}
