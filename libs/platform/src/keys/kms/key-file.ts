import { keyFromPassphrase, unwrap, wrap } from '@app/crypto';
import { AppError } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { access, link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { EpochFiles } from './epoch-files';
import type { KekRef, KmsProvider } from './kms-provider';

const CONTEXT = 'vestibule/root-key/v1';
/** Versions from before there were epochs stand under the root key itself. */
const SHARED = 'root';

const KeyFile = z.discriminatedUnion('sealed', [
  // 32 bytes are 44 characters of base64; what is sealed says by itself whether it is whole.
  z.strictObject({ version: z.literal(1), sealed: z.literal('no'), key: z.base64().length(44) }),
  z.strictObject({ version: z.literal(1), sealed: z.literal('argon2id'), salt: z.base64(), key: z.base64() }),
]);

/**
 * Opens the root key file, making it on the first start. The file stands outside the database's folder, readable by its
 * owner alone; with a passphrase the key in it is sealed under Argon2id. Beside it, in `epochs/`, is one file for each
 * version of each tenant's key: destroying one overwrites its file.
 *
 * @throws Error, without any value, if the file can be read by others, is damaged, needs a passphrase that was not given,
 * or was sealed under another one.
 */
export async function openKeyFile(path: string, passphrase: string | undefined): Promise<KmsProvider> {
  const root = (await readRoot(path, passphrase)) ?? (await makeRoot(path, passphrase));
  return new KeyFileProvider(path, root);
}

class KeyFileProvider implements KmsProvider {
  readonly kind = 'file';
  readonly destroyDelayDays = 0;
  private readonly epochs: EpochFiles;

  constructor(
    private readonly path: string,
    private readonly root: Buffer,
  ) {
    this.epochs = new EpochFiles(`${dirname(path)}/epochs`, root);
  }

  async createKek(tenantId: string, version: number): Promise<KekRef> {
    const kek = `${tenantId}.${version}`;
    await this.epochs.make(kek);
    return { tenantId, version, kek };
  }

  async wrap(kek: KekRef, key: Buffer, context: string): Promise<Buffer> {
    return this.under(kek, (bytes) => wrap(bytes, key, context));
  }

  async unwrap(kek: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    return this.under(kek, (bytes) => unwrap(bytes, wrapped, context));
  }

  async rewrap(from: KekRef, to: KekRef, wrapped: Buffer, context: string): Promise<Buffer> {
    const key = await this.unwrap(from, wrapped, context);
    try {
      return await this.wrap(to, key, context);
    } finally {
      key.fill(0);
    }
  }

  async destroy(kek: KekRef, notBefore: Date, now: Date): Promise<Date> {
    if (now < notBefore) throw new RangeError('a key is not destroyed before its time');
    if (kek.kek === SHARED) throw new RangeError('the root key is shared, and destroyed with its file');
    await this.epochs.destroy(kek.kek, now);
    return now;
  }

  async status(kek: KekRef) {
    if (kek.kek === SHARED) return 'usable' as const;
    return (await this.epochs.stands(kek.kek)) ? ('usable' as const) : ('destroyed' as const);
  }

  async health(): Promise<void> {
    // Without the file the next start would make another root key, and nothing could be opened.
    await access(this.path).catch(() => {
      throw new Error('The root key file is gone. Put it back from its backup before anything is restarted.');
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private async under(kek: KekRef, use: (bytes: Buffer) => Buffer): Promise<Buffer> {
    if (kek.kek === SHARED) return use(this.root);
    const bytes = await this.epochs.read(kek.kek);
    if (bytes === undefined) throw new AppError('SEAL_BROKEN', 'This key was destroyed.');
    try {
      return use(bytes);
    } finally {
      bytes.fill(0);
    }
  }
}

async function readRoot(path: string, passphrase: string | undefined): Promise<Buffer | undefined> {
  let text: string;
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) !== 0) throw new Error('The root key file can be read by others: chmod 600 it.');
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const file = parse(text);
  if (file.sealed === 'no') return Buffer.from(file.key, 'base64');
  if (passphrase === undefined) throw new Error('The root key file is sealed: set VESTIBULE_PASSPHRASE.');
  const wrapping = await keyFromPassphrase(passphrase, Buffer.from(file.salt, 'base64'));
  try {
    return unwrap(wrapping, Buffer.from(file.key, 'base64'), CONTEXT);
  } catch {
    throw new Error('VESTIBULE_PASSPHRASE does not open the root key file.');
  }
}

function parse(text: string): z.infer<typeof KeyFile> {
  try {
    return KeyFile.parse(JSON.parse(text));
  } catch {
    throw new Error(
      'The root key file is damaged. Restore it from its backup; without it nothing can be opened.',
    );
  }
}

async function makeRoot(path: string, passphrase: string | undefined): Promise<Buffer> {
  const root = randomBytes(32);
  const salt = randomBytes(16);
  const file: z.infer<typeof KeyFile> =
    passphrase === undefined
      ? { version: 1, sealed: 'no', key: root.toString('base64') }
      : {
          version: 1,
          sealed: 'argon2id',
          salt: salt.toString('base64'),
          key: wrap(await keyFromPassphrase(passphrase, salt), root, CONTEXT).toString('base64'),
        };
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Not named by the process: in containers that share the folder each is number 1, and one would link the other's file
  // believing it to be its own.
  const fresh = `${path}.${randomBytes(8).toString('hex')}.new`;
  await writeFile(fresh, JSON.stringify(file), { mode: 0o600, flush: true });
  try {
    // link() fails where a file stands already: two first starts never make two root keys.
    await link(fresh, path);
    return root;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const existing = await readRoot(path, passphrase);
    if (existing === undefined) throw error;
    return existing;
  } finally {
    await rm(fresh, { force: true });
  }
}
