import { createHash } from 'node:crypto';

import { nextCrc32, type ZipFile } from './zip';

/** A file of a bundle, measured: what the zip and the manifest say of it. */
export interface BundleFile extends ZipFile {
  readonly sha256: string;
}

/** Small pieces are put together up to this size: a hash is asked once for them, and not once for each line. */
const PIECE_BYTES = 65_536;

/** Takes the content of a file once, in pieces, and gives back the measured file. */
export class Measure {
  private readonly digest = createHash('sha256');
  /** Nobody keeps what is measured, so the same memory serves again. */
  private readonly buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  private used = 0;
  private size = 0;
  private crc = 0;

  add(chunk: Uint8Array): void {
    if (this.used + chunk.length > PIECE_BYTES) this.flush();
    if (chunk.length > PIECE_BYTES) return this.take(chunk);
    this.buffer.set(chunk, this.used);
    this.used += chunk.length;
  }

  file(name: string, content: ZipFile['content']): BundleFile {
    this.flush();
    return { name, size: this.size, crc32: this.crc, sha256: this.digest.digest('hex'), content };
  }

  private flush(): void {
    this.take(this.buffer.subarray(0, this.used));
    this.used = 0;
  }

  private take(piece: Uint8Array): void {
    this.digest.update(piece);
    this.size += piece.length;
    this.crc = nextCrc32(this.crc, piece);
  }
}

const NONE: readonly Buffer[] = [];

/** Puts small chunks together. A piece that it gives out is never written to again. */
export class Pieces {
  private buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  private used = 0;

  /** @returns what is full now, in order */
  add(chunk: Uint8Array): readonly Buffer[] {
    const full = this.used + chunk.length > PIECE_BYTES ? this.rest() : NONE;
    if (chunk.length > PIECE_BYTES)
      return [...full, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)];
    this.buffer.set(chunk, this.used);
    this.used += chunk.length;
    return full;
  }

  /** @returns what has been kept back */
  rest(): readonly Buffer[] {
    if (this.used === 0) return NONE;
    const piece = this.buffer.subarray(0, this.used);
    this.buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
    this.used = 0;
    return [piece];
  }
}

/** Measures a file whose content is read from where it is, now and again when the zip is written. */
export async function streamed(name: string, content: ZipFile['content']): Promise<BundleFile> {
  const measure = new Measure();
  for await (const chunk of content()) measure.add(chunk);
  return measure.file(name, content);
}

export function bytes(name: string, content: Uint8Array): BundleFile {
  const measure = new Measure();
  measure.add(content);
  return measure.file(name, () => [content]);
}

export function text(name: string, content: string): BundleFile {
  return bytes(name, Buffer.from(content, 'utf8'));
}
