import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityLimits } from './governance';

const GOVERNANCE = join(__dirname, '../governance');
const WRITTEN = readFileSync(join(GOVERNANCE, 'identity.json'), 'utf8');

type File = Record<string, Record<string, unknown>>;

function read(text: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'governance-'));
  try {
    writeFileSync(join(folder, 'identity.json'), text);
    return identityLimits(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function changed(change: (file: File) => void): string {
  const file = JSON.parse(WRITTEN) as File;
  change(file);
  return JSON.stringify(file);
}

test('the limits are those of the file', () => {
  expect(identityLimits(GOVERNANCE)).toEqual({
    codeDigits: 6,
    codeLifeSeconds: 600,
    triesPerCode: 5,
    backOffSeconds: [0, 0, 2, 5, 10, 30, 60, 120, 300, 900, 1800, 3600],
    sendsPerAddressPer15Minutes: 3,
    sendsPerAddressPerDay: 6,
    failuresPerRecordPerDay: 10,
    failuresPerSessionPerDay: 10,
    recordsPerSession: 3,
    failuresPerNetworkPerHour: 60,
    networkPrefixBitsIpv4: 24,
    networkPrefixBitsIpv6: 56,
    answerFloorMs: 800,
    answerJitterMs: 200,
    idleDropSeconds: 900,
    confirmedLifeSeconds: 86_400,
    digest: `sha256:${createHash('sha256').update(WRITTEN).digest('hex')}`,
  });
});

test.each(Object.keys(JSON.parse(WRITTEN) as File))(
  'without %s it does not load, and the message names it',
  (key) => {
    expect(() => read(changed((file) => delete file[key]))).toThrow(`${key} is missing`);
  },
);

test.each<[string, (file: File) => void, string]>([
  [
    'an unknown key',
    (file) => (file['codeLetters'] = { value: 2, why: 'x', source: 'x' }),
    'codeLetters is not known',
  ],
  ['a key of the language', (file) => (file['constructor'] = {}), 'constructor is not known'],
  [
    'an unknown part',
    (file) => (file['codeDigits']!['unit'] = 'digits'),
    'codeDigits has an unknown part, unit',
  ],
  ['no reason', (file) => delete file['codeDigits']!['why'], 'codeDigits has no why'],
  ['an empty source', (file) => (file['codeDigits']!['source'] = ' '), 'codeDigits has no source'],
  [
    'a code shorter than the law allows',
    (file) => (file['codeDigits']!['value'] = 5),
    'codeDigits is not a whole number from 6',
  ],
  [
    'a code that lives too long',
    (file) => (file['codeLifeSeconds']!['value'] = 601),
    'codeLifeSeconds is not a whole',
  ],
  [
    'more failures than the law allows',
    (file) => (file['failuresPerRecordPerDay']!['value'] = 101),
    'failuresPerRecordPerDay is',
  ],
  [
    'a number in quotes',
    (file) => (file['triesPerCode']!['value'] = '5'),
    'triesPerCode is not a whole number',
  ],
  ['half a try', (file) => (file['triesPerCode']!['value'] = 4.5), 'triesPerCode is not a whole number'],
  ['no back-off', (file) => (file['backOffSeconds']!['value'] = []), 'backOffSeconds is not a list'],
  [
    'a back-off that is no number',
    (file) => (file['backOffSeconds']!['value'] = [0, '1']),
    'backOffSeconds has a wait',
  ],
  [
    'a back-off that falls',
    (file) => (file['backOffSeconds']!['value'] = [5, 2]),
    'shorter than the one before',
  ],
])('with %s it does not load, and the message names it', (_what, change, message) => {
  expect(() => read(changed(change))).toThrow(message);
});

test('all that is wrong is said at once', () => {
  const text = changed((file) => {
    delete file['codeDigits'];
    file['triesPerCode']!['value'] = 0;
  });
  expect(() => read(text)).toThrow(/codeDigits is missing; triesPerCode is not a whole number/);
});

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['null', 'null'],
])('a file that holds %s does not load', (_what, text) => {
  expect(() => read(text)).toThrow('identity.json: not');
});

test('nobody changes a limit while the program runs', () => {
  const limits = identityLimits(GOVERNANCE);
  expect(() => Object.assign(limits, { codeDigits: 1 })).toThrow(TypeError);
  expect(() => (limits.backOffSeconds as number[]).push(0)).toThrow(TypeError);
});
