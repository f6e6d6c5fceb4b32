import {
  CompactRange,
  consistencyProof,
  coveringNodes,
  entriesPath,
  inclusionProof,
  isConsistent,
  isIncluded,
  isRange,
  leafHash,
  nodeHash,
  type NodeSource,
  nodesFromTiles,
  rangeProof,
  root,
  rootOf,
  tilePath,
  tilesOf,
} from '@app/audit';

import vectors from '../vectors/rfc6962.json';

const LEAVES = vectors.leaves.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const hex = (hashes: readonly Buffer[]) => hashes.map((hash) => hash.toString('hex'));

/** The definition itself, RFC 6962 section 2.1, for what the faster code is compared with. */
function byDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length <= 1) return leaves[0] ?? root([]);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(byDefinition(leaves.slice(0, split)), byDefinition(leaves.slice(split)));
}

function nodesOf(leaves: readonly Buffer[]): NodeSource {
  return (level, index) => {
    if ((index + 1) * 2 ** level > leaves.length) throw new Error('asked for a node outside the log');
    return byDefinition(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
  };
}

const someLeaves = (n: number) => Array.from({ length: n }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));

test.each(vectors.roots)('the root of $size leaves is the known answer', ({ size, root: wanted }) => {
  expect(root(LEAVES.slice(0, size)).toString('hex')).toBe(wanted);
});

test.each(vectors.inclusion)(
  'the proof of leaf $index of $size is the known answer',
  async ({ index, size, proof }) => {
    expect(hex(await inclusionProof(nodesOf(LEAVES.slice(0, size)), index, size))).toEqual(proof);
  },
);

test.each(vectors.consistency)(
  'the proof from $oldSize to $size is the known answer',
  async ({ oldSize, size, proof }) => {
    expect(hex(await consistencyProof(nodesOf(LEAVES.slice(0, size)), oldSize, size))).toEqual(proof);
  },
);

test('every leaf of every log up to 40 leaves proves its inclusion, and no other leaf, place or size does', async () => {
  const all = someLeaves(40);
  for (let size = 1; size <= all.length; size++) {
    const log = all.slice(0, size);
    const top = root(log);
    expect(top.equals(byDefinition(log))).toBe(true);
    expect((await rootOf(nodesOf(log), size)).equals(top)).toBe(true);
    for (const [index, leaf] of log.entries()) {
      const proof = await inclusionProof(nodesOf(log), index, size);
      expect(isIncluded(leaf, index, size, proof, top)).toBe(true);
      expect(isIncluded(leaf, (index + 1) % (size + 1), size, proof, top)).toBe(false);
      expect(isIncluded(leafHash(Buffer.from('forged')), index, size, proof, top)).toBe(false);
      expect(isIncluded(leaf, index, size, [...proof, top], top)).toBe(false);
      if (proof.length > 0) expect(isIncluded(leaf, index, size, proof.slice(1), top)).toBe(false);
    }
  }
});

test('every log up to 33 leaves is consistent with each of its beginnings, and with no other root', async () => {
  const all = someLeaves(33);
  for (let size = 0; size <= all.length; size++) {
    const log = all.slice(0, size);
    for (let oldSize = 0; oldSize <= size; oldSize++) {
      const oldRoot = root(all.slice(0, oldSize));
      const proof = await consistencyProof(nodesOf(log), oldSize, size);
      expect(isConsistent(oldSize, oldRoot, size, root(log), proof)).toBe(true);
      const forged = leafHash(Buffer.from('forged'));
      if (oldSize > 0) expect(isConsistent(oldSize, oldRoot, size, forged, proof)).toBe(false);
      expect(isConsistent(oldSize, forged, size, root(log), proof)).toBe(false);
      expect(isConsistent(oldSize, oldRoot, size, root(log), [...proof, forged])).toBe(false);
    }
  }
});

test('every range of every log up to 20 leaves proves itself, and a changed, moved or missing leaf does not', async () => {
  const forged = leafHash(Buffer.from('forged'));
  const all = someLeaves(20);
  for (let size = 1; size <= all.length; size++) {
    const log = all.slice(0, size);
    const top = root(log);
    for (let from = 0; from <= size; from++) {
      for (let to = from; to <= size; to++) {
        const proof = await rangeProof(nodesOf(log), from, to, size);
        const leaves = log.slice(from, to);
        expect(isRange(leaves, from, size, proof, top)).toBe(true);
        if (to === from) continue;
        expect(isRange(leaves.slice(1), from, size, proof, top)).toBe(false);
        expect(isRange(leaves.slice(1), from + 1, size, proof, top)).toBe(false);
        expect(isRange([...leaves.slice(0, -1), forged], from, size, proof, top)).toBe(false);
      }
    }
  }
});

test.each([-1, 0.5, Number.NaN, 8])('the index %p is refused, not thrown on', (index) => {
  expect(isIncluded(LEAVES[0] as Buffer, index, 8, [], root(LEAVES))).toBe(false);
});

test('a compact range goes on from what was stored as if it had never stopped', () => {
  const all = someLeaves(300);
  const whole = CompactRange.empty();
  for (const [i, leaf] of all.entries()) {
    const stored = CompactRange.of(i, whole.hashes());
    stored.append(leaf);
    whole.append(leaf);
    expect(stored.root().equals(whole.root())).toBe(true);
  }
  expect(whole.size).toBe(300);
  expect(whole.root().equals(byDefinition(all))).toBe(true);
});

test('a compact range with too few hashes, or too short ones, is refused', () => {
  expect(() => CompactRange.of(3, [Buffer.alloc(32)])).toThrow('do not fit');
  expect(() => CompactRange.of(1, [Buffer.alloc(31)])).toThrow('32 bytes');
});

test('the nodes that appending completes fill the tiles, and proofs made from tiles hold', async () => {
  const all = someLeaves(70_000);
  const tiles = new Map<string, Buffer[]>();
  const log = CompactRange.empty();
  for (const leaf of all) {
    log.append(leaf, ({ level, index }, hash) => {
      if (level % 8 !== 0) return;
      const key = `${level / 8}/${Math.floor(index / 256)}`;
      const tile = tiles.get(key) ?? [];
      tile.push(hash);
      tiles.set(key, tile);
    });
  }
  const node = nodesFromTiles(async (level, index) => Buffer.concat(tiles.get(`${level}/${index}`) ?? []));
  const top = log.root();
  for (const index of [0, 255, 256, 65_535, 65_536, 69_999]) {
    const proof = await inclusionProof(node, index, all.length);
    expect(isIncluded(all[index] as Buffer, index, all.length, proof, top)).toBe(true);
  }
  for (const { level, index, width } of tilesOf(all.length))
    expect(tiles.get(`${level}/${index}`)).toHaveLength(width);
  const old = root(all.slice(0, 40_001));
  expect(isConsistent(40_001, old, 70_000, top, await consistencyProof(node, 40_001, 70_000))).toBe(true);
  await expect(async () => node(0, 70_000)).rejects.toThrow('too short');
});

test('tile paths are those of C2SP tlog-tiles', () => {
  expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 1, index: 0, width: 5 })).toBe('tile/1/000.p/5');
  expect(tilePath({ level: 0, index: 1_000, width: 256 })).toBe('tile/0/x001/000');
  expect(entriesPath(273, 112)).toBe('tile/entries/273.p/112');
  expect(
    tilesOf(70_000)
      .filter(({ width }) => width < 256)
      .map(tilePath),
  ).toEqual(['tile/0/273.p/112', 'tile/1/001.p/17', 'tile/2/000.p/1']);
});

test('covering nodes lie side by side and are as large as their place allows', () => {
  expect(coveringNodes(3, 13).map(({ level, index }) => [index << level, 1 << level])).toEqual([
    [3, 1],
    [4, 4],
    [8, 4],
    [12, 1],
  ]);
});
