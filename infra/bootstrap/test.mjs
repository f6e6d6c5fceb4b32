// @ts-check
// `npm test`: everything the tests need, then every test. `npm test -- PATTERN…` hands the words to jest.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { prepare } from './steps/prepare.mjs';
import { NODE, ROOT, runMain } from './steps/places.mjs';
import { runProgram } from './run.mjs';

await runMain(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const forJest = words.filter((word) => word !== '--yes');
  const needs = ['build', 'sfu', 'worker', 'browser', 'gnupg', 'openssl', 'pdf', 'hsm', 'go', 'postgresql'];
  const env = await prepare(needs, { yes: words.includes('--yes') });
  // Programs that run before anything is installed have tests without packages, too.
  const plain = forJest.length === 0 ? plainTests(env) : { passed: 0, failed: 0 };

  const folder = mkdtempSync(path.join(os.tmpdir(), 'vestibule-jest-'));
  const outcome = path.join(folder, 'outcome.json');
  const jest = ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${outcome}`, ...forJest];
  const code = await runProgram(['--experimental-vm-modules', ...jest], {
    ...env,
    NODE_OPTIONS: vmModules(env),
  });
  const counted = countJest(outcome);
  rmSync(folder, { recursive: true });
  const failed = counted.failed + plain.failed;
  process.stdout.write(`\n${counted.passed + plain.passed} passed, ${failed} failed\n`);
  return failed > 0 ? 1 : code;
});

/** Nest is made of ES modules; jest loads them with this. @param {NodeJS.ProcessEnv} env */
function vmModules(env) {
  return `${env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();
}

/** A file that could not be run at all counts as one failure. @param {string} file */
function countJest(file) {
  try {
    const told = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: told.numPassedTests, failed: told.numFailedTests + told.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 1 }; // jest ended before it could count
  }
}

/** Runs `infra/**` tests of node:test. @param {NodeJS.ProcessEnv} env */
function plainTests(env) {
  const files = readdirSync(path.join(ROOT, 'infra'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.mjs'))
    .map((name) => path.join('infra', name));
  const ran = spawnSync(NODE, ['--test', '--test-reporter=tap', ...files], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
  const count = (/** @type {string} */ what) =>
    Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(ran.stdout)?.[1] ?? 0);
  if (ran.status !== 0) process.stdout.write(`${ran.stdout}${ran.stderr}`);
  return { passed: count('pass'), failed: ran.status === 0 ? 0 : Math.max(1, count('fail')) };
}
