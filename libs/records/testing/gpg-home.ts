import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** GnuPG with a keyring of its own, as an officer has it at home. */
export class GpgHome {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gpg-home-'));

  constructor() {
    mkdirSync(join(this.folder, 'home'), { mode: 0o700 });
  }

  /** Makes a key. @returns the public half, armoured */
  makeKey(userId: string): string {
    this.run('--quick-generate-key', userId, 'default', 'default', 'never');
    return this.run('--armor', '--export', userId).stdout.toString('utf8');
  }

  /** @returns what was encrypted; nothing if it cannot be opened here */
  decrypt(message: Buffer): Buffer | undefined {
    writeFileSync(join(this.folder, 'in.pgp'), message);
    rmSync(join(this.folder, 'out'), { force: true });
    const { status } = this.run('--output', 'out', '--decrypt', 'in.pgp');
    return status === 0 ? readFileSync(join(this.folder, 'out')) : undefined;
  }

  close(): void {
    spawnSync('gpgconf', ['--kill', 'all'], { env: this.env });
    rmSync(this.folder, { recursive: true });
  }

  private run(...args: string[]) {
    return spawnSync('gpg', ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      cwd: this.folder,
      env: this.env,
    });
  }

  private get env() {
    return {
      PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
      GNUPGHOME: join(this.folder, 'home'),
      LC_ALL: 'C',
    };
  }
}
