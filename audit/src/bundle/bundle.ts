import { createHash } from 'node:crypto';

import { type Canonical, canonicalize } from '../canonical';
import { parseCheckpoint, parseVkey, verifyNote } from '../note';
import { isRange } from '../proof';
import type { RangeProof } from '../prove';
import { HASH_BYTES } from '../tree';
import { leavesOf, measureEntries, widthOf } from './entries';
import { type BundleInput, BundleRefused } from './input';
import { bytes, text } from './measure';
import { optionalParts } from './parts';
import { README } from './readme';
import { TABLE } from './table';
import { type Write, writeZip } from './zip';

/**
 * Writes a bundle: a zip that anyone can check with the verifier inside it. It holds no more of it in memory than the
 * leaf hashes.
 *
 * @returns the size in bytes, and in hexadecimal the SHA-256 of what was written and that of its manifest.
 * @throws BundleRefused if an entry, the leaves, the proofs and the checkpoints do not fit together.
 * @throws NoteRefused if the key did not sign the checkpoint. @throws RangeError above 4 GiB.
 */
export async function writeBundle(
  input: BundleInput,
  write: Write,
): Promise<{ bytes: number; sha256: string; manifestSha256: string }> {
  const key = parseVkey(input.vkey);
  const checkpoint = parseCheckpoint(verifyNote(input.checkpoint, [key]).text);
  checkRange(input, checkpoint.size, checkpoint.root);

  const entries = await measureEntries(input, [TABLE, ...(input.views ?? [])]);
  const optional = await optionalParts(input, checkpoint, key);
  const files = [
    text('README-VERIFY.txt', README),
    ...entries.files,
    text('proof/checkpoint', input.checkpoint),
    bytes('proof/leaves.bin', input.leaves),
    text('proof/range', rangeLines(input.proof)),
    text('trust/log.vkey', `${input.vkey}\n`),
    text('trust/server.asc', input.serverKey),
    bytes('verify.mjs', input.verifier),
    ...optional.files,
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const names = new Set(['manifest.json', 'manifest.json.asc', ...files.map(({ name }) => name)]);
  if (names.size !== files.length + 2) throw new BundleRefused('two files of one name');
  const manifest = canonicalize({
    format: 'vestibule-bundle/2',
    origin: checkpoint.origin,
    tenant: input.tenant,
    scope: { ...input.scope },
    range: { ...input.range },
    counts: { included: entries.count, withheld: widthOf(input.range) - entries.count },
    withheld: input.withheld.map(({ from, to }) => ({ from, to })),
    size: checkpoint.size,
    root: checkpoint.root.toString('base64'),
    files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    exportId: input.exportId,
    requestedBy: input.requestedBy,
    purpose: input.purpose,
    exportEntry: { ...input.exportEntry },
    heads: { ...input.heads },
    createdAt: input.createdAt,
    software: input.software,
    ...present(optional.manifest),
  } satisfies Canonical);

  const signature = await input.sign(manifest);
  const digest = createHash('sha256');
  let written = 0;
  await writeZip(
    [bytes('manifest.json', manifest), text('manifest.json.asc', signature), ...files],
    async (chunk) => {
      digest.update(chunk);
      written += chunk.length;
      await write(chunk);
    },
  );
  return {
    bytes: written,
    sha256: digest.digest('hex'),
    manifestSha256: createHash('sha256').update(manifest).digest('hex'),
  };
}

function checkRange({ range, leaves, proof }: BundleInput, size: number, root: Buffer): void {
  if (
    leaves.length !== widthOf(range) * HASH_BYTES ||
    !isRange(leavesOf(leaves), range.from, size, proof, root)
  ) {
    throw new BundleRefused('the leaves and the range proof do not lead to the root of the checkpoint');
  }
}

function rangeLines({ left, right }: RangeProof): string {
  const line = (side: string) => (hash: Buffer) => `${side} ${hash.toString('base64')}\n`;
  return [...left.map(line('l')), ...right.map(line('r'))].join('');
}

function present(fields: Readonly<Record<string, Canonical | undefined>>): Record<string, Canonical> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
