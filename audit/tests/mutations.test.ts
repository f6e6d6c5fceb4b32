import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

function ran(script: string, ...args: string[]): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, [join(__dirname, script), ...args], {
    encoding: 'utf8',
    env: {},
    maxBuffer: 1 << 24,
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

test('of 10,000 bundles that were changed at random, none passes', () => {
  const { passed, codes, kinds } = ran('mutations.mjs', '10000', '1') as {
    passed: unknown[];
    codes: Record<string, number>;
    kinds: Record<string, number>;
  };
  expect(passed).toEqual([]);
  expect((codes['1'] ?? 0) + (codes['2'] ?? 0)).toBe(10_000);
  // Most are found to be changed; what cannot be read any more cannot be checked.
  expect(codes['1']).toBeGreaterThan(5_000);
  expect(Object.keys(kinds)).toHaveLength(15);
  for (const times of Object.values(kinds)) expect(times).toBeGreaterThan(200);
}, 120_000);

test('what the quick reading of an entry takes, the slow one takes, and both read the same', () => {
  const { quick, slow, differing } = ran('scan.mjs', '20000') as {
    quick: number;
    slow: number;
    differing: string[];
  };
  expect(differing).toEqual([]);
  expect(quick).toBeGreaterThan(5_000);
  // Some that are canonical are not plain: those go the slow way.
  expect(slow).toBeGreaterThan(quick);
  expect(slow).toBeLessThan(20_000);
}, 60_000);
