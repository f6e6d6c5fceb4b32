import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import cases from '../vectors/bundles/cases.json';
import casesOfFormat1 from '../vectors/format-1/cases.json';

const VECTORS = join(__dirname, '..', 'vectors');
const VERIFIER = join(__dirname, '..', 'cli', 'verify.mjs');
const JOINER = join(__dirname, '..', 'verify', 'join.mjs');

/** How an answer begins, by the exit code. */
const ANSWERS = [/^VALID:/, /^NOT VALID:/, /^CANNOT BE CHECKED/, /^VALID, BUT BELOW/];

function verify(args: readonly string[], verifier = VERIFIER) {
  // Nothing of this process's environment, so that a flag for Jest does not reach the program.
  return spawnSync(process.execPath, [verifier, ...args], { cwd: VECTORS, encoding: 'utf8', env: {} });
}

test.each([...cases, ...casesOfFormat1])(
  '$file $args ends with $exit: $says',
  ({ file, args, exit, says }) => {
    const { status, stdout, stderr } = verify([file, ...args]);
    expect([status, stderr]).toEqual([exit, '']);
    const [answer, first] = stdout.split('\n');
    expect(answer).toMatch(ANSWERS[exit] as RegExp);
    if (exit !== 0) expect(first?.slice(0, says.length)).toBe(says);
  },
);

test('for programs, the answer is one line of JSON that names the entry', () => {
  const { status, stdout } = verify(['bundles/entry-changed.zip', '--json']);
  expect(stdout.trimEnd()).not.toContain('\n');
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({
    result: 'tampered',
    exitCode: 1,
    findings: [{ code: 'entry-changed', index: 4, id: '019cab00-0000-7000-8000-000000000004' }, {}, {}],
  });
  expect(status).toBe(1);
});

test('the one file is what the modules make, to the byte', () => {
  const script = `import { joined } from ${JSON.stringify(JOINER)}; process.stdout.write(joined());`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: {},
    maxBuffer: 1 << 24,
  });
  expect(stderr).toBe('');
  expect(stdout === readFileSync(VERIFIER, 'utf8')).toBe(true);
});

test('at least as many of the bundles must fail as must pass', () => {
  expect(cases.filter(({ exit }) => exit !== 0).length).toBeGreaterThan(
    cases.filter(({ exit }) => exit === 0).length,
  );
});

test('every changed byte of a bundle is noticed, and those of an entry name it', () => {
  const script = join(__dirname, 'flip-bytes.mjs');
  const run = spawnSync(process.execPath, [script, 'bundles/part.zip', '3,5,6,9,10,11'], {
    cwd: VECTORS,
    encoding: 'utf8',
    env: {},
  });
  expect(run.stderr).toBe('');
  const { tried, entryBytes, ...faults } = JSON.parse(run.stdout) as Record<string, number | number[]>;
  expect(tried).toBeGreaterThan(9_000);
  expect(entryBytes).toBeGreaterThan(2_500);
  expect(faults).toEqual({ passed: [], wordless: [], unnamed: [], cuts: [] });
}, 120_000);

test('the verifier runs alone in an empty folder, with nothing of ours beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  copyFileSync(VERIFIER, join(folder, 'verify.mjs'));
  const { status, stdout } = verify(['bundles/whole.zip'], join(folder, 'verify.mjs'));
  rmSync(folder, { recursive: true });
  expect([status, stdout.slice(0, 6)]).toEqual([0, 'VALID:']);
});

test('the verifier imports nothing but Node', () => {
  const code = readFileSync(VERIFIER, 'utf8');
  const imports = [...code.matchAll(/^import .* from '([^']+)';$/gm)].map(([, name]) => name);
  expect(imports).toEqual(['node:crypto', 'node:fs', 'node:url', 'node:zlib']);
  expect(code).not.toMatch(/\bimport\(|\brequire\(|\bfetch\(|process\.binding|getBuiltinModule/);
});

test('what a bundle holds cannot steer the terminal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  const path = join(folder, 'evil.zip');
  const zip = readFileSync(join(VECTORS, 'bundles', 'manifest-without-size.zip'), 'latin1');
  writeFileSync(path, zip.replace('vestibule-bundle/2', 'vestibule\u001b[2J/12'), 'latin1');
  const { status, stdout } = verify([path]);
  rmSync(folder, { recursive: true });
  expect(status).toBeGreaterThan(0);
  expect(stdout).not.toContain('\u001b');
});

test.each([
  ['no bundle', []],
  ['two bundles', ['bundles/whole.zip', 'bundles/part.zip']],
  ['an unknown option', ['bundles/whole.zip', '--trust-me']],
  ['a bundle that is not there', ['bundles/nothing.zip']],
  ['a folder', ['bundles']],
  ['a key that is not there', ['bundles/whole.zip', '--key', 'keys/nothing.asc']],
  ['an option without its file', ['bundles/whole.zip', '--key']],
])('%s ends with 2 and one sentence', (_says, args) => {
  const { status, stdout, stderr } = verify(args);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^[A-Z][^\n]+\n$/);
});

test('a key that is not a key ends with 2', () => {
  expect(verify(['bundles/whole.zip', '--key', 'keys/log.vkey']).status).toBe(2);
  expect(verify(['bundles/whole.zip', '--vkey', 'keys/server.asc']).status).toBe(2);
});
