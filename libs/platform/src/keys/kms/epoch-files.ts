import { unwrap, wrap } from '@app/crypto';
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KekGone } from './kms-provider';

const EpochFile = z.union([
  z.strictObject({ version: z.literal(1), key: z.base64() }),
  z.strictObject({ version: z.literal(1), destroyed: z.string() }),
]);

/**
 * One file for each key-encryption key: 32 random bytes, wrapped under the root key.
 *
 * Destroying writes over the file where it stands, before anything else, and leaves a mark there, so that the key is not
 * made again under its old name. What a file system keeps of old blocks (snapshots, flash) is beyond a program: SECURITY.md.
 */
export class EpochFiles {
  constructor(
    private readonly folder: string,
    private readonly root: Buffer,
  ) {}

  /** @throws KekGone if a key of this name was destroyed. */
  async make(name: string): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const key = randomBytes(32);
    const content = JSON.stringify({
      version: 1,
      key: wrap(this.root, key, contextOf(name)).toString('base64'),
    });
    key.fill(0);
    const fresh = `${this.pathOf(name)}.${randomBytes(8).toString('hex')}.new`;
    await writeFile(fresh, content, { mode: 0o600, flush: true });
    try {
      // link() fails where a file stands already: two that come together make one key.
      await link(fresh, this.pathOf(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (!(await this.stands(name))) throw new KekGone();
    } finally {
      await rm(fresh, { force: true });
    }
  }

  /** Returns the key; nothing if it was destroyed or never was. The caller clears it. */
  async read(name: string): Promise<Buffer | undefined> {
    const file = await this.parsed(name);
    return file === undefined || !('key' in file)
      ? undefined
      : unwrap(this.root, Buffer.from(file.key, 'base64'), contextOf(name));
  }

  async stands(name: string): Promise<boolean> {
    const file = await this.parsed(name);
    return file !== undefined && 'key' in file;
  }

  async destroy(name: string, at: Date): Promise<void> {
    if (!(await this.stands(name))) return;
    const file = await open(this.pathOf(name), 'r+');
    try {
      const { size } = await file.stat();
      await file.write(randomBytes(size), 0, size, 0);
      await file.datasync();
      await file.truncate(0);
      await file.write(JSON.stringify({ version: 1, destroyed: at.toISOString() }), 0);
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** A file that was being written over when the power went is a destroyed key. */
  private async parsed(name: string): Promise<z.infer<typeof EpochFile> | undefined> {
    let text: string;
    try {
      text = await readFile(this.pathOf(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    try {
      return EpochFile.parse(JSON.parse(text));
    } catch {
      return { version: 1, destroyed: 'while being written over' };
    }
  }

  private pathOf(name: string): string {
    return join(this.folder, `${name}.key`);
  }
}

function contextOf(name: string): string {
  return `vestibule/epoch-key/v1|${name}`;
}
