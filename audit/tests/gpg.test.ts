import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// The README tells an officer to check a bundle with GnuPG and sha256sum, so those must agree with our own verifier.
// Without GnuPG this fails: a check that is skipped is a check that nobody does.

const VECTORS = join(__dirname, '..', 'vectors');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpg-'));
  mkdirSync(join(folder, 'home'), { mode: 0o700 });
  unpack(readFileSync(join(VECTORS, 'bundles', 'whole.zip')));
});

afterAll(() => {
  run('gpgconf', ['--kill', 'all']);
  rmSync(folder, { recursive: true });
});

test('GnuPG finds the signature of the manifest good', () => {
  expect(run('gpg', ['--import', 'trust/server.asc'])).toMatchObject({ status: 0 });
  const { status, stderr } = run('gpg', ['--verify', 'manifest.json.asc', 'manifest.json']);
  expect(stderr).toContain('Good signature from "Test vectors only, server"');
  expect(status).toBe(0);
});

test('GnuPG finds it bad when one byte of the manifest is changed', () => {
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8').replace('LEGAL', 'LEGAl');
  writeFileSync(join(folder, 'changed.json'), manifest);
  const { status, stderr } = run('gpg', ['--verify', 'manifest.json.asc', 'changed.json']);
  expect(stderr).toContain('BAD signature');
  expect(status).toBe(1);
});

test('sha256sum agrees with the manifest about every file', () => {
  const { files } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
    files: { name: string; sha256: string }[];
  };
  const { stdout } = run(
    'sha256sum',
    files.map(({ name }) => name),
  );
  expect(stdout).toBe(files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''));
});

function run(program: string, args: readonly string[]) {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    GNUPGHOME: join(folder, 'home'),
    LC_ALL: 'C',
  };
  return spawnSync(program, args, { cwd: folder, encoding: 'utf8', env });
}

/** Unpacks a bundle: its files are stored as they are. */
function unpack(zip: Buffer): void {
  for (let at = 0; zip.readUInt32LE(at) === 0x04034b50;) {
    const start = at + 30 + zip.readUInt16LE(at + 26);
    const path = join(folder, zip.toString('latin1', at + 30, start));
    const end = start + zip.readUInt32LE(at + 18);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, zip.subarray(start, end));
    at = end;
  }
}
