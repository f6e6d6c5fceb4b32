import { newSecret } from '@app/crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const Passwords = z.strictObject({ app: z.string().min(20), sequencer: z.string().min(20) });

/** Returns the passwords of the database roles that we run as, made at the first start and kept in `home/secrets`. */
export async function rolePasswords(home: string): Promise<z.infer<typeof Passwords>> {
  const folder = join(home, 'secrets');
  const path = join(folder, 'roles.json');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    // `wx`: of two first starts one writes, the other reads.
    await writeFile(path, JSON.stringify({ app: newSecret(), sequencer: newSecret() }), {
      mode: 0o600,
      flag: 'wx',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return Passwords.parse(JSON.parse(await readFile(path, 'utf8')));
}
