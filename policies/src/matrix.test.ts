import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicySet } from './decide';
import { matrix } from './matrix';

const POLICIES = join(__dirname, '..');
const WRITTEN = readFileSync(join(POLICIES, 'MATRIX.md'), 'utf8');

test('MATRIX.md says what the rules say', () => {
  expect(WRITTEN).toBe(matrix(PolicySet.load(join(POLICIES, 'access'))));
});

test('the command in MATRIX.md prints it', () => {
  expect(execFileSync(process.execPath, [join(POLICIES, 'matrix.mjs')], { encoding: 'utf8' })).toBe(WRITTEN);
});
