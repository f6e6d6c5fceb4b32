import { execFile } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.dirname(__dirname);

const NAMES = `
import type { EntryId, TenantId } from '@app/kernel';
import type { Keys, ReadReceipt, Recorder, Tx } from '@app/platform';
declare const keys: Keys;
declare const recorder: Recorder;
declare const tx: Tx;
declare const sealed: Buffer;
declare const tenantId: TenantId;
declare const entryId: EntryId;
const place = { item: 'an-item', content: 'message' };
const actor = { kind: 'system', id: 'somebody' } as const;
`;

/** Ways to plaintext without a receipt, and what the compiler says of each. */
const FAULTS: readonly (readonly [says: string, source: string, complaint: RegExp])[] = [
  ['with no receipt', "void keys.open(tx, 'an-owner', place, sealed);", /TS2554|TS2345/],
  ['with nothing for a receipt', "void keys.open(tx, undefined, 'an-owner', place, sealed);", /TS2345/],
  [
    'with an object of the shape of a receipt',
    "const forged: ReadReceipt = { tenantId, entryId, covers: () => true };\nvoid keys.open(tx, forged, 'an-owner', place, sealed);",
    /TS2741.*#/,
  ],
  [
    'with the entry of an act that is not a reading',
    "void recorder.record(tx, { act: 'a.reading', actor }).then((id) => keys.open(tx, id, 'an-owner', place, sealed));",
    /TS2345/,
  ],
  [
    'with a receipt that is still being written',
    "void keys.open(tx, recorder.recordRead(tenantId, { act: 'a.reading', actor }, ['an-owner']), 'an-owner', place, sealed);",
    /TS2345/,
  ],
  [
    'with a receipt that it makes itself',
    "import { ReadReceipt as Receipt } from '@app/platform';\nvoid keys.open(tx, new Receipt(tenantId, entryId, ['an-owner']), 'an-owner', place, sealed);",
    /TS1361|TS1362/,
  ],
  [
    'by asking for receipts to be made',
    "import { issueReceipt } from '@app/platform';\nvoid issueReceipt;",
    /TS2305/,
  ],
  ['past the keys', "import { open } from '@app/crypto';\nvoid open;", /TS2305/],
  [
    'and its one-time key, with no receipt',
    "void keys.disclose(tx, 'an-owner', place, sealed);",
    /TS2554|TS2345/,
  ],
];

const SOUND = `
void recorder
  .recordRead(tenantId, { act: 'a.reading', actor }, ['an-owner'])
  .then((receipt) => keys.open(tx, receipt, 'an-owner', place, sealed));
`;

let folder: string;
let complaints: string[];
const nameOf = (index: number) => `fault-${index}.ts`;

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'vestibule-receipts-')));
  FAULTS.forEach(([, source], i) => writeFileSync(path.join(folder, nameOf(i)), `${NAMES}${source}\n`));
  writeFileSync(path.join(folder, 'sound.ts'), `${NAMES}${SOUND}`);
  const config = {
    extends: path.join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noEmit: true,
      rootDir: '/',
      noUnusedLocals: false,
      typeRoots: [path.join(ROOT, 'node_modules', '@types')],
    },
    include: ['*.ts'],
    exclude: [],
  };
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify(config));
  complaints = await new Promise((resolve) => {
    const words = [path.join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder, '--pretty', 'false'];
    execFile(process.execPath, words, { cwd: folder }, (_, stdout) => resolve(stdout.split('\n')));
  });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(FAULTS.map(([says, , complaint], i) => [says, complaint, i] as const))(
  'code that opens a value %s does not compile',
  (_, complaint, i) => {
    expect(complaints.filter((line) => line.startsWith(nameOf(i))).join('\n')).toMatch(complaint);
  },
);

test('code that opens a value with the receipt of its reading compiles, and nothing else is complained about', () => {
  expect(complaints.filter((line) => line !== '' && !/^(fault-\d+\.ts|\s)/.test(line))).toEqual([]);
});
