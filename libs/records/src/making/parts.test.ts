import { PART_BYTES, Parts } from './parts';

async function cut(...chunks: Buffer[]): Promise<Buffer[]> {
  const kept: Buffer[] = [];
  const parts = new Parts((part, content) => {
    kept[part] = Buffer.from(content);
    return Promise.resolve();
  });
  for (const chunk of chunks) await parts.add(chunk);
  await parts.end();
  return kept;
}

test('parts are full but for the last, and together are what was written', async () => {
  const chunks = [1, 70_000, 3 * PART_BYTES, 0, 5].map((length, i) => Buffer.alloc(length, i + 1));
  const kept = await cut(...chunks);
  expect(kept.map(({ length }) => length)).toEqual([PART_BYTES, PART_BYTES, PART_BYTES, 70_006]);
  expect(Buffer.concat(kept).equals(Buffer.concat(chunks))).toBe(true);
});

test('what fills parts exactly leaves no empty one, and nothing makes none', async () => {
  expect(await cut(Buffer.alloc(PART_BYTES))).toHaveLength(1);
  expect(await cut()).toHaveLength(0);
});
