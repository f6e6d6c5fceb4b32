import type { TenantId } from '@app/kernel';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const State = z.strictObject({
  size: z.number().int().nonnegative(),
  root: z.base64(),
  /** Which log of the tenant it is: 1, and one more with each loss that was accepted. */
  generation: z.number().int().min(1).default(1),
});
/** What was signed last: size and root (base64) of the log, and which of the tenant's logs it is. Size 0: nothing yet. */
export type SignedState = z.infer<typeof State>;

/**
 * What was signed last, in one file a tenant outside PostgreSQL. Beside it may stand what a person has said with
 * `npm run restore -- --accept-loss`: that this very state is lost, and the log may go on without it.
 */
export class SignedStates {
  constructor(
    /** Where the files are. */
    private readonly folder: string,
  ) {}

  /** @throws Error if there is a file that cannot be read: what was signed is then not known. */
  read(tenantId: TenantId): Promise<SignedState | undefined> {
    return this.parsed(`${tenantId}.json`);
  }

  /** Returns when it is on the disk. */
  async write(tenantId: TenantId, state: SignedState): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `${tenantId}.json`);
    const fresh = `${path}.new`;
    const file = await open(fresh, 'w', 0o600);
    await file.writeFile(JSON.stringify(state));
    await file.sync();
    await file.close();
    await rename(fresh, path);
  }

  /** Returns the tenants of whose log somebody has accepted a loss. */
  async accepted(): Promise<TenantId[]> {
    try {
      const names = await readdir(this.folder);
      return names
        .filter((name) => name.endsWith(ACCEPTED))
        .map((name) => name.slice(0, -ACCEPTED.length) as TenantId);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Returns the state that was accepted as lost. */
  readAccepted(tenantId: TenantId): Promise<SignedState | undefined> {
    return this.parsed(`${tenantId}${ACCEPTED}`);
  }

  forgetAccepted(tenantId: TenantId): Promise<void> {
    return rm(join(this.folder, `${tenantId}${ACCEPTED}`), { force: true });
  }

  private async parsed(name: string): Promise<SignedState | undefined> {
    try {
      return State.parse(JSON.parse(await readFile(join(this.folder, name), 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

const ACCEPTED = '.accepted';
