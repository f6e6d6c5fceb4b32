import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A file in which something stands that should stand nowhere in the clear, and how it is written there. */
export interface Sighting {
  readonly file: string;
  readonly canary: string;
  readonly as: 'utf8' | 'utf16' | 'hex' | 'base64';
}

const CHUNK = 1 << 20;

/**
 * Looks for words in every file below some folders, whatever the file is: tables, WAL, logs, leftovers. A word is looked for as
 * text in two encodings, in hexadecimal (as PostgreSQL writes bytes) and in base64 at each of its three places.
 *
 * It reads bytes: what is compressed is not seen, unless by chance. PostgreSQL compresses values of 2 kB and more.
 */
export async function findCanaries(
  folders: readonly string[],
  canaries: readonly string[],
): Promise<Sighting[]> {
  const patterns = canaries.flatMap(spellings);
  const longest = Math.max(...patterns.map(({ bytes }) => bytes.length));
  const found: Sighting[] = [];
  for (const folder of folders)
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      for (const { canary, as } of await sightings(file, patterns, longest)) found.push({ file, canary, as });
    }
  return found;
}

interface Pattern {
  readonly canary: string;
  readonly as: Sighting['as'];
  readonly bytes: Buffer;
}

function spellings(canary: string): Pattern[] {
  const text = Buffer.from(canary, 'utf8');
  const base64 = [0, 1, 2].map((shift) => {
    // Only the letters that this word alone decides: not the first, which the bytes before it share, nor the last.
    const letters = Buffer.concat([Buffer.alloc(shift), text])
      .toString('base64')
      .replaceAll('=', '');
    return letters.slice(shift === 0 ? 0 : shift + 1, -1);
  });
  return [
    { canary, as: 'utf8', bytes: text },
    { canary, as: 'utf16', bytes: Buffer.from(canary, 'utf16le') },
    { canary, as: 'hex', bytes: Buffer.from(text.toString('hex')) },
    ...base64.map((letters) => ({ canary, as: 'base64' as const, bytes: Buffer.from(letters) })),
  ];
}

async function sightings(file: string, patterns: readonly Pattern[], longest: number): Promise<Set<Pattern>> {
  const seen = new Set<Pattern>();
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(CHUNK + longest);
    for (let at = 0; ; at += CHUNK) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
      const chunk = buffer.subarray(0, bytesRead);
      for (const pattern of patterns)
        if (!seen.has(pattern) && chunk.includes(pattern.bytes)) seen.add(pattern);
      if (bytesRead < buffer.length) return seen;
    }
  } finally {
    await handle.close();
  }
}
