/** Bytes of a bundle in one sealed row. */
export const PART_BYTES = 262_144;

/** Cuts what is written into parts of `PART_BYTES`, the last one shorter, and hands each on when it is full. */
export class Parts {
  private waiting: Buffer[] = [];
  private bytes = 0;
  private count = 0;

  constructor(private readonly keep: (part: number, content: Buffer) => Promise<void>) {}

  async add(chunk: Buffer): Promise<void> {
    this.waiting.push(chunk);
    this.bytes += chunk.length;
    while (this.bytes >= PART_BYTES) await this.cut(PART_BYTES);
  }

  /** Hands on what is left. */
  async end(): Promise<void> {
    if (this.bytes > 0) await this.cut(this.bytes);
  }

  private async cut(length: number): Promise<void> {
    const all = Buffer.concat(this.waiting);
    const rest = all.subarray(length);
    this.waiting = rest.length > 0 ? [rest] : [];
    this.bytes = rest.length;
    await this.keep(this.count, all.subarray(0, length));
    this.count += 1;
  }
}
