import { type Entry, parseEntry } from '@app/audit';
import { type Clock, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFile } from '../../keys/kms/key-file';
import { Keys } from '../../keys/keys';
import { Recorder } from './recorder';

let base: TestDatabase;
let folder: string;
let keys: Keys;
let aheadMs = 0;
const clock: Clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) };

beforeAll(async () => {
  base = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'refusals-'));
  keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
});
afterAll(async () => {
  await base.close();
  await rm(folder, { recursive: true });
});

const aRecorder = () => new Recorder(base.database, keys, clock);
const refused = (who: string, reason: string) => ({
  act: 'intake.read',
  actor: { kind: 'staff' as const, id: who },
  refs: { asked: 'something' },
  detail: { reason },
});

async function entriesOf(tenantId: TenantId): Promise<Entry[]> {
  const rows = await base.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_pending WHERE tenant_id = $1 ORDER BY arrived_at, entry_id',
    [tenantId],
  );
  return rows.map(({ entry }) => parseEntry(entry));
}

/** How many refusals the entries tell of, by who and why. */
function told(entries: readonly Entry[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { actor, detail } of entries) {
    const key = `${actor.id} ${detail?.['reason']}`;
    sums[key] = (sums[key] ?? 0) + Number(detail?.['count'] ?? 1);
  }
  return sums;
}

test('of forty refusals at once, ten are entries and one entry tells of the thirty', async () => {
  const tenantId = await base.tenant('flood');
  const recorder = aRecorder();
  await Promise.all(
    Array.from({ length: 40 }, () => recorder.recordRefusal(tenantId, refused('ana', 'origin'))),
  );
  expect(await entriesOf(tenantId)).toHaveLength(10);
  await recorder.tellRefusals(tenantId, false);
  expect(await entriesOf(tenantId)).toHaveLength(10);
  aheadMs += 61_000;
  await recorder.tellRefusals(tenantId, false);
  const entries = await entriesOf(tenantId);
  expect(entries.slice(0, 10).every(({ refs }) => refs?.['asked'] === 'something')).toBe(true);
  expect(entries.slice(10)).toMatchObject([
    {
      act: 'intake.read',
      actor: { kind: 'staff', id: 'ana' },
      outcome: 'refused',
      detail: { reason: 'origin', count: 30 },
    },
  ]);
  await recorder.tellRefusals(tenantId, true);
  expect(await entriesOf(tenantId)).toHaveLength(11);
});

test('a refusal that cannot be recorded is not counted either', async () => {
  const tenantId = await base.tenant('unwritten');
  const recorder = aRecorder();
  await base.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  try {
    await expect(recorder.recordRefusal(tenantId, refused('ana', 'origin'))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
  } finally {
    await base.owner('GRANT INSERT ON audit_pending TO vestibule_app');
  }
  expect(await base.owner('SELECT 1 FROM refusal_tally WHERE tenant_id = $1', [tenantId])).toEqual([]);
});

type Step =
  | { readonly refuse: number; readonly who: string; readonly why: string }
  | { readonly waitMs: number }
  | 'tell'
  | 'die';

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        refuse: fc.integer({ min: 1, max: 25 }),
        who: fc.constantFrom('ana', 'ben'),
        why: fc.constantFrom('origin', 'not-found'),
      }),
    },
    { weight: 2, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 90_000 }) }) },
    { weight: 2, arbitrary: fc.constant<Step>('tell') },
    { weight: 1, arbitrary: fc.constant<Step>('die') },
  ) as fc.Arbitrary<Step>,
  { minLength: 1, maxLength: 12 },
);

test('whatever comes when, and however often the program dies: what is told of is what was refused', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const tenantId = await base.tenant(`t-${randomBytes(6).toString('hex')}`);
      let recorder = aRecorder();
      const attempts: Record<string, number> = {};
      for (const step of all) {
        if (step === 'tell') await recorder.tellRefusals(tenantId, false);
        else if (step === 'die') recorder = aRecorder();
        else if ('waitMs' in step) aheadMs += step.waitMs;
        else {
          const key = `${step.who} ${step.why}`;
          attempts[key] = (attempts[key] ?? 0) + step.refuse;
          await Promise.all(
            Array.from({ length: step.refuse }, () =>
              recorder.recordRefusal(tenantId, refused(step.who, step.why)),
            ),
          );
        }
      }
      await recorder.tellRefusals(tenantId, true);
      expect(told(await entriesOf(tenantId))).toEqual(attempts);
      expect(await base.owner('SELECT 1 FROM refusal_tally WHERE tenant_id = $1', [tenantId])).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 60_000);
