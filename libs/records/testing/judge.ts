import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { VERIFIER_PATH } from './house';

/** What the verifier says of a bundle. */
export interface Verdict {
  readonly exitCode: number;
  readonly findings: readonly { readonly code: string; readonly message: string; readonly index?: number }[];
}

/** Gives a bundle to the verifier, as a program of its own. @param files - that its arguments name */
export function verify(
  bundle: Buffer,
  args: readonly string[] = [],
  files: Readonly<Record<string, string | Buffer>> = {},
): Verdict {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  try {
    writeFileSync(join(folder, 'bundle.zip'), bundle);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { status, stdout } = spawnSync(process.execPath, [VERIFIER_PATH, 'bundle.zip', '--json', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
    const { findings } = JSON.parse(stdout) as Verdict;
    return { exitCode: status ?? -1, findings };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Gives the manifest of a bundle and its signature to GnuPG, which has not met the key before. */
export function gpgVerify(bundle: Buffer): { readonly status: number | null; readonly stderr: string } {
  const folder = mkdtempSync(join(tmpdir(), 'gpg-'));
  const run = (program: string, args: readonly string[]) =>
    spawnSync(program, args, {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
        GNUPGHOME: join(folder, 'home'),
        LC_ALL: 'C',
      },
    });
  try {
    mkdirSync(join(folder, 'home'), { mode: 0o700 });
    for (const [name, content] of filesOf(bundle)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    run('gpg', ['--import', 'trust/server.asc']);
    return run('gpg', ['--verify', 'manifest.json.asc', 'manifest.json']);
  } finally {
    run('gpgconf', ['--kill', 'all']);
    rmSync(folder, { recursive: true });
  }
}

/** The files of a bundle, which are stored as they are. */
export function filesOf(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const size = zip.readUInt32LE(at + 18);
    const nameLength = zip.readUInt16LE(at + 26);
    const dataAt = at + 30 + nameLength;
    files.set(zip.toString('ascii', at + 30, dataAt), zip.subarray(dataAt, dataAt + size));
    at = dataAt + size;
  }
  return files;
}

export function manifestOf(bundle: Buffer): Readonly<Record<string, unknown>> {
  return JSON.parse(filesOf(bundle).get('manifest.json')?.toString('utf8') ?? '{}') as Record<
    string,
    unknown
  >;
}
