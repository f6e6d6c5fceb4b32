import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evidencePolicy } from './evidence';

const GOVERNANCE = join(__dirname, '../governance');
const WRITTEN = readFileSync(join(GOVERNANCE, 'evidence.json'), 'utf8');

type File = Record<string, Record<string, unknown>>;

function read(change: (file: File) => void): unknown {
  const file = JSON.parse(WRITTEN) as File;
  change(file);
  const folder = mkdtempSync(join(tmpdir(), 'governance-'));
  try {
    writeFileSync(join(folder, 'evidence.json'), JSON.stringify(file));
    return evidencePolicy(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the policy is that of the file, and nobody changes it while the program runs', () => {
  const policy = evidencePolicy(GOVERNANCE);
  expect(policy).toMatchObject({
    witnessQuorum: 1,
    witnessAlarmSeconds: 900,
    witnessLagSeconds: 14_400,
    anchorSeconds: 3_600,
    digest: `sha256:${createHash('sha256').update(WRITTEN).digest('hex')}`,
  });
  expect(policy.heldActs).toContain('export.create');
  expect(() => Object.assign(policy, { witnessQuorum: 0 })).toThrow(TypeError);
});

test('taking access away is not among the acts that wait for a witness', () => {
  expect(evidencePolicy(GOVERNANCE).heldActs).not.toContain('staff.manage');
});

test.each<[string, (file: File) => void, string]>([
  [
    'no quorum',
    (file) => (file['witnessQuorum']!['value'] = 0),
    'witnessQuorum is not a whole number from 1',
  ],
  ['no lag', (file) => delete file['witnessLagSeconds'], 'witnessLagSeconds is missing'],
  [
    'an act that nobody declared',
    (file) => (file['heldActs']!['value'] = ['export.all']),
    'heldActs names an act that',
  ],
  ['one act', (file) => (file['heldActs']!['value'] = 'export.create'), 'heldActs is not a list of acts'],
  [
    'an act twice',
    (file) => (file['heldActs']!['value'] = ['export.create', 'export.create']),
    'heldActs names an act twice',
  ],
  ['an unknown key', (file) => (file['witnessKindness'] = {}), 'witnessKindness is not known'],
])('with %s it does not load, and the message names it', (_what, change, message) => {
  expect(() => read(change)).toThrow(message);
});
