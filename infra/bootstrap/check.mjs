// @ts-check
// `npm run check`: format, lint, types, floors, guards. Runs all of them, says which complained.
import { spawnSync } from 'node:child_process';
import { prepare } from './steps/prepare.mjs';
import { NODE, ROOT, runMain } from './steps/places.mjs';

const TSC = 'node_modules/typescript/bin/tsc';
const ROOMS = ['apps', 'libs', 'audit', 'policies'];

/** @type {Record<string, string[]>} */
const CHECKS = {
  format: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  lint: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '.'],
  'types of the server': [TSC, '--noEmit', '-p', 'tsconfig.json'],
  'types of the portal': [TSC, '--noEmit', '-p', 'apps/portal/tsconfig.json'],
  'types of the console': [TSC, '--noEmit', '-p', 'apps/console/tsconfig.json'],
  'types of the verifier': [TSC, '--noEmit', '-p', 'audit/verify/tsconfig.json'],
  'types of infra': [TSC, '--noEmit', '-p', 'infra/tsconfig.json'],
  floors: [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...ROOMS,
  ],
  guards: ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', 'guards'],
};

await runMain(import.meta.url, async () => {
  const env = { ...(await prepare([], { yes: true })), NODE_OPTIONS: '--experimental-vm-modules' };
  const complained = Object.entries(CHECKS).filter(([name, words]) => {
    process.stdout.write(`\n── ${name}\n`);
    return spawnSync(NODE, words, { cwd: ROOT, env, stdio: 'inherit' }).status !== 0;
  });
  const names = complained.map(([name]) => name).join(', ');
  process.stdout.write(names ? `\ncheck: these complained: ${names}\n` : '\ncheck: all is well\n');
  return names ? 1 : 0;
});
