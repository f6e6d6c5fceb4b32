import type { QueueId, SiteId, TenantId } from '@app/kernel';
import { Gate } from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { PolicySet } from '@app/policies';
import { join } from 'node:path';
import { addIntake, aSupervisor } from '../../testing/intakes';
import { ACTOR, aClock, aRecorder, aSiteService } from '../../testing/services';
import { aDefinition } from '../../testing/site';
import { TodayService } from './today.service';

// Monday, three in the afternoon in New York (UTC-5). The day there is 05:00Z to 05:00Z.
const clock = aClock('2026-11-23T20:00:00Z');
let db: TestDatabase;
let service: TodayService;
let clinic: TenantId;
let desk: QueueId;
let billing: QueueId;
let laboratory: QueueId;

async function aTenant(slug: string): Promise<{ tenantId: TenantId; siteId: SiteId; queues: QueueId[] }> {
  const tenantId = await db.tenant(slug);
  const sites = aSiteService(db.database, clock);
  return db.database.transaction(tenantId, async (tx) => {
    const queues = [];
    for (const name of ['Desk', 'Billing', 'Laboratory']) queues.push(await sites.addQueue(tx, ACTOR, name));
    const [ill, bill] = queues as [QueueId, QueueId];
    const notice = { en: 'Notice', es: 'Aviso' };
    const site = { slug, name: slug, definition: aDefinition(ill, bill), notice };
    return { tenantId, siteId: await sites.addSite(tx, ACTOR, site), queues };
  });
}

beforeAll(async () => {
  db = await testDatabase();
  const recorder = aRecorder(db.database, clock);
  const gate = new Gate(PolicySet.load(join(__dirname, '../../../../policies/access')), recorder);
  service = new TodayService(db.database, gate, clock);
  const ours = await aTenant('river-clinic');
  clinic = ours.tenantId;
  [desk, billing, laboratory] = ours.queues as [QueueId, QueueId, QueueId];
  const today = (time: string) => `2026-11-23T${time}Z`;
  const add = (story: Parameters<typeof addIntake>[3]) => addIntake(db, clinic, ours.siteId, story);

  // Begun at ten to midnight, taken at eight: answered today, arrived yesterday.
  await add({
    queue: desk,
    created: today('04:50:00'),
    claimed: today('13:00:00'),
    responded: today('13:00:40'),
  });
  await add({
    queue: desk,
    created: today('14:00:00'),
    claimed: today('14:00:30'),
    responded: today('14:01:00'),
    closed: today('14:30:00'),
    score: 5,
  });
  await add({
    queue: desk,
    created: today('14:10:00'),
    claimed: today('14:11:30'),
    responded: today('14:12:00'),
    closed: today('15:00:00'),
    score: 4,
  });
  await add({
    queue: desk,
    created: today('15:00:00'),
    claimed: today('15:05:00'),
    responded: today('15:06:00'),
    closed: today('16:00:00'),
    score: 2,
  });
  // Left unanswered.
  await add({ queue: desk, created: today('15:30:00'), closed: today('15:40:00') });
  // Taken after ten seconds, then given to billing, where it waits again.
  await add({
    queue: billing,
    created: today('16:00:00'),
    claimed: today('16:00:10'),
    responded: today('16:00:50'),
    transferred: true,
  });
  await add({ queue: desk, created: today('19:00:00') });
  await add({ queue: billing, created: today('19:30:00') });
  // Over before the day began, by a millisecond.
  await add({
    queue: desk,
    created: '2026-11-22T20:00:00Z',
    claimed: '2026-11-22T20:01:00Z',
    responded: '2026-11-22T20:02:00Z',
    closed: today('04:59:59.999'),
    score: 1,
  });
  // In a queue that is not the supervisor's.
  await add({
    queue: laboratory,
    created: today('14:00:00'),
    claimed: today('14:09:00'),
    responded: today('14:10:00'),
    closed: today('14:30:00'),
    score: 1,
  });

  const theirs = await aTenant('other-clinic');
  await addIntake(db, theirs.tenantId, theirs.siteId, {
    queue: theirs.queues[0] as QueueId,
    created: today('14:00:00'),
    closed: today('14:30:00'),
    score: 1,
  });
});
afterAll(() => db.close());

test('the figures of a day are those that were worked out by hand', async () => {
  const today = await service.today(aSupervisor(clinic, [desk, billing]));
  expect(today).toEqual({
    date: '2026-11-23',
    arrived: 7,
    answered: 5,
    waiting: 3,
    abandoned: 1,
    // 10, 30, 90, 300 and 29,400 seconds
    asaSeconds: { mean: 5_966, median: 90, p90: 17_760 },
    // 50, 60, 120, 360 and 29,440 seconds
    firstResponseSeconds: { mean: 6_006, median: 120, p90: 17_808 },
    csat: { responses: 3, closed: 4, positive: 2, counts: [0, 1, 0, 1, 1] },
    hours: expect.any(Array) as unknown,
    queues: [
      { id: billing, name: 'Billing', waiting: 2, longestWaitSeconds: 14_400 },
      { id: desk, name: 'Desk', waiting: 1, longestWaitSeconds: 3_600 },
    ],
  });
  expect(today.hours).toHaveLength(24);
  expect(today.hours.filter(({ arrived, answered }) => arrived + answered > 0)).toEqual([
    { hour: 8, arrived: 0, answered: 1, meanWaitSeconds: 29_400 },
    { hour: 9, arrived: 2, answered: 2, meanWaitSeconds: 60 },
    { hour: 10, arrived: 2, answered: 1, meanWaitSeconds: 300 },
    { hour: 11, arrived: 1, answered: 1, meanWaitSeconds: 10 },
    { hour: 14, arrived: 2, answered: 0 },
  ]);
});

test('PostgreSQL counts the same percentiles', async () => {
  const [row] = await db.owner<{ median: number; p90: number }>(
    `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) AS median, percentile_cont(0.9) WITHIN GROUP (ORDER BY wait) AS p90
     FROM (SELECT extract(epoch FROM first_claimed_at - queued_at)::float8 AS wait FROM intake
           WHERE queue_id = ANY($1) AND first_claimed_at >= '2026-11-23T05:00Z' AND first_claimed_at < '2026-11-24T05:00Z') w`,
    [[desk, billing]],
  );
  const { asaSeconds } = await service.today(aSupervisor(clinic, [desk, billing]));
  expect(row && { median: row.median, p90: Math.round(row.p90) }).toEqual({
    median: asaSeconds?.median,
    p90: asaSeconds?.p90,
  });
});

test('a supervisor of one queue sees that queue', async () => {
  const today = await service.today(aSupervisor(clinic, [billing]));
  expect(today).toMatchObject({
    arrived: 2,
    answered: 1,
    waiting: 2,
    abandoned: 0,
    csat: { responses: 0, closed: 0 },
  });
  expect(today.queues.map(({ id }) => id)).toEqual([billing]);
});

test('a supervisor of no queue, or of none of this tenant, sees nothing', async () => {
  const nothing = { arrived: 0, answered: 0, waiting: 0, abandoned: 0, queues: [] };
  expect(await service.today(aSupervisor(clinic, []))).toMatchObject(nothing);
  const stranger = await db.tenant('stranger');
  expect(await service.today(aSupervisor(stranger, [desk, billing]))).toMatchObject(nothing);
});

test('an empty day has no averages, and who waits still waits', async () => {
  clock.set('2026-11-25T05:00:00Z');
  const today = await service.today(aSupervisor(clinic, [desk, billing]));
  clock.set('2026-11-23T20:00:00Z');
  expect(today).toMatchObject({ date: '2026-11-25', arrived: 0, answered: 0, waiting: 3, abandoned: 0 });
  expect(Object.keys(today)).not.toContain('asaSeconds');
  expect(Object.keys(today)).not.toContain('firstResponseSeconds');
  expect(today.csat).toEqual({ responses: 0, closed: 0, positive: 0, counts: [0, 0, 0, 0, 0] });
  expect(today.hours).toEqual(Array.from({ length: 24 }, (_, hour) => ({ hour, arrived: 0, answered: 0 })));
});

test('whoever is no supervisor is refused, and that is on record', async () => {
  const receptionist = { ...aSupervisor(clinic, [desk]), roles: ['receptionist' as const] };
  await expect(service.today(receptionist)).rejects.toEqual(
    expect.objectContaining({ code: 'ACCESS_DENIED' }),
  );
  const entries = await db.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending WHERE tenant_id = $1', [
    clinic,
  ]);
  const acts = entries.map(
    ({ entry }) => JSON.parse(entry.toString('utf8')) as { act: string; outcome: string },
  );
  expect(acts).toContainEqual(expect.objectContaining({ act: 'insight.read', outcome: 'refused' }));
});
