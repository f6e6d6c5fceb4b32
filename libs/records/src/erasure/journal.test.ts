import { type IntakeId, newId, type StaffId, type TenantId } from '@app/kernel';
import type { Tx } from '@app/platform';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ErasureJournal, type JournalAct } from './journal';

const TENANT = newId<TenantId>();
let home: string;
let journal: ErasureJournal;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'journal-'));
  journal = new ErasureJournal(join(home, 'erasure-journal'));
});
afterEach(() => rmSync(home, { recursive: true }));

const path = () => join(home, 'erasure-journal', `${TENANT}.jsonl`);
const act = (): JournalAct => ({
  kind: 'erased',
  id: newId(),
  intakeId: newId<IntakeId>(),
  purpose: 'DSAR',
  requestedBy: newId<StaffId>(),
  requestedAt: '2026-03-01T10:00:00.000Z',
  unreadableBy: '2026-04-07T10:00:00.000Z',
  requestEntry: newId(),
});

/** A transaction of which only the end matters. */
function transaction() {
  const tell: (() => void)[] = [];
  const tx = { tenantId: TENANT, afterCommit: (act: () => void) => tell.push(act) } as unknown as Tx;
  return { tx, commit: () => tell.forEach((one) => one()) };
}

test('an act is on the disk before its transaction commits, and is done when it has', async () => {
  const { tx, commit } = transaction();
  const erased = act();
  await journal.keep(tx, erased);
  expect(await journal.read(TENANT)).toEqual([{ act: erased, phase: 'begun' }]);
  commit();
  await journal.settled(TENANT);
  expect(await journal.read(TENANT)).toEqual([{ act: erased, phase: 'done' }]);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
});

test('what a later start found not to have happened is not read any more', async () => {
  const erased = act();
  await journal.keep(transaction().tx, erased);
  await journal.settle(TENANT, erased, 'void');
  expect(await journal.read(TENANT)).toEqual([]);
});

test.each(['before', 'after'])(
  'what a process that starts meanwhile takes for not done stays done: it says so %s the one that did it',
  async (when) => {
    const { tx, commit } = transaction();
    const erased = act();
    await journal.keep(tx, erased);
    if (when === 'before') await journal.settle(TENANT, erased, 'void');
    commit();
    await journal.settled(TENANT);
    if (when === 'after') await journal.settle(TENANT, erased, 'void');
    expect(await journal.read(TENANT)).toEqual([{ act: erased, phase: 'done' }]);
  },
);

test('a line that a crash has cut off at any place hides nothing else', async () => {
  const [first, second] = [act(), act()];
  const { tx, commit } = transaction();
  await journal.keep(tx, first);
  commit();
  await journal.settled(TENANT);
  const whole = JSON.stringify({ phase: 'begun', act: act() });
  for (const length of [1, 9, 40, whole.length - 1]) appendFileSync(path(), `\n${whole.slice(0, length)}`);
  await journal.keep(tx, second);
  const read = await journal.read(TENANT);
  expect(read.map(({ act: one, phase }) => [one.id, phase])).toEqual([
    [first.id, 'done'],
    [second.id, 'begun'],
  ]);
});

test('a line that is not understood is an error: nothing is served on half of what is known', async () => {
  await journal.keep(transaction().tx, act());
  appendFileSync(path(), '\n{"phase":"begun","act":{"kind":"forgotten"}}\n');
  await expect(journal.read(TENANT)).rejects.toThrow();
});

test('a house that never erased anything has no journal', async () => {
  expect(await journal.tenants()).toEqual([]);
  await journal.keep(transaction().tx, act());
  expect(await journal.tenants()).toEqual([TENANT]);
  expect(readFileSync(path(), 'utf8').endsWith('\n')).toBe(true);
});
