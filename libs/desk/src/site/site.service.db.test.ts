import { newId, type QueueId, type SiteId, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { createHash } from 'node:crypto';
import { ACTOR, aClock, aSiteService } from '../../testing/services';
import { aDefinition } from '../../testing/site';
import type { NewSite, SiteService } from './site.service';

const NOTICE = { en: 'We keep what you write.', es: 'Guardamos lo que escribe.' };
const clock = aClock('2026-11-23T12:00:00Z');
let db: TestDatabase;
let sites: SiteService;
let clinic: TenantId;
let other: TenantId;
let queueId: QueueId;
let siteId: SiteId;

const refusal = (code: string, fields?: string[]) =>
  expect.objectContaining({ code, ...(fields && { extra: { fields } }) }) as Error;
const acts = async (tenantId: TenantId) =>
  (
    await db.owner<{ entry: Buffer }>(
      'SELECT entry FROM audit_pending WHERE tenant_id = $1 ORDER BY entry_id',
      [tenantId],
    )
  ).map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { act: string }).act);

beforeAll(async () => {
  db = await testDatabase();
  sites = aSiteService(db.database, clock);
  clinic = await db.tenant('river-clinic');
  other = await db.tenant('other-clinic');
  await db.database.transaction(clinic, async (tx) => {
    queueId = await sites.addQueue(tx, ACTOR, 'Front desk');
    siteId = await sites.addSite(tx, ACTOR, {
      slug: 'river-clinic',
      name: 'River Clinic',
      definition: aDefinition(queueId),
      notice: NOTICE,
    });
  });
});
afterAll(() => db.close());

test('a site is found by its address, with its tenant, definition and notice', async () => {
  expect(await sites.bySlug('river-clinic')).toEqual({
    tenantId: clinic,
    siteId,
    slug: 'river-clinic',
    name: 'River Clinic',
    sector: 'clinic',
    definition: aDefinition(queueId),
    notice: { version: 1, text: NOTICE },
  });
});

test('what was added is on record', async () => {
  expect((await acts(clinic)).slice(0, 3)).toEqual(['queue.added', 'site.added', 'notice.published']);
});

test.each(['nobody-here', '../river-clinic', 'River-Clinic', '', 'x'.repeat(60)])(
  'there is no site at %p',
  async (slug) => {
    await expect(sites.bySlug(slug)).rejects.toEqual(refusal('NOT_FOUND'));
  },
);

test('the list shows every site of every tenant, and nothing but its card', async () => {
  expect(await sites.list()).toEqual([
    { slug: 'river-clinic', name: 'River Clinic', sector: 'clinic', tagline: aDefinition(queueId).tagline },
  ]);
});

test('another tenant sees neither the site nor its queues', async () => {
  await db.database.transaction(other, async (tx) => {
    await expect(sites.byId(tx, siteId)).rejects.toEqual(refusal('NOT_FOUND'));
    expect(await sites.queuesOf(tx, [queueId])).toEqual([]);
    await expect(sites.agreedNotice(tx, siteId, 1, 'en')).rejects.toEqual(refusal('NOTICE_CHANGED'));
    await expect(sites.publishNotice(tx, ACTOR, siteId, NOTICE)).rejects.toEqual(refusal('NOT_FOUND'));
    expect(await tx.query('SELECT 1 FROM site')).toEqual([]);
  });
});

test("a site whose topic goes to another tenant's queue is refused", async () => {
  const site = { slug: 'other-clinic', name: 'Other', definition: aDefinition(queueId), notice: NOTICE };
  await expect(db.database.transaction(other, (tx) => sites.addSite(tx, ACTOR, site))).rejects.toEqual(
    refusal('INPUT_MALFORMED', ['topics']),
  );
});

test('an address that is taken is refused, also by another tenant, and nothing of it stays', async () => {
  const before = await acts(other);
  const add = db.database.transaction(other, async (tx) => {
    const own = await sites.addQueue(tx, ACTOR, 'Desk');
    await sites.addSite(tx, ACTOR, {
      slug: 'river-clinic',
      name: 'Other',
      definition: aDefinition(own),
      notice: NOTICE,
    });
  });
  await expect(add).rejects.toEqual(refusal('INPUT_MALFORMED', ['slug']));
  expect(await acts(other)).toEqual(before);
  expect(await db.owner('SELECT 1 FROM queue WHERE tenant_id = $1', [other])).toEqual([]);
});

test.each<[Partial<NewSite>, string[]]>([
  [{ slug: 'No Such' }, ['slug']],
  [{ name: ' ' }, ['name']],
  [{ definition: { ...aDefinition(newId<QueueId>()), timeZone: 'Mars' } }, ['timeZone']],
])('a new site with %j is refused', async (change, fields) => {
  const site = { slug: 'new-site', name: 'New', definition: aDefinition(queueId), notice: NOTICE, ...change };
  await expect(db.database.transaction(clinic, (tx) => sites.addSite(tx, ACTOR, site))).rejects.toEqual(
    refusal('INPUT_MALFORMED', fields),
  );
});

test('a yes to the notice is kept with the digest of the exact words in its language', async () => {
  const agreed = await db.database.transaction(clinic, (tx) => sites.agreedNotice(tx, siteId, 1, 'es'));
  expect(agreed).toEqual({ version: 1, textSha256: createHash('sha256').update(NOTICE.es).digest() });
});

test('after a new notice a yes to the old one is refused, and the page shows the new one at once', async () => {
  const changed = { en: 'We keep it for a year.', es: 'Lo guardamos un año.' };
  await sites.bySlug('river-clinic');
  const version = await db.database.transaction(clinic, (tx) =>
    sites.publishNotice(tx, ACTOR, siteId, changed),
  );
  expect(version).toBe(2);
  await db.database.transaction(clinic, async (tx) => {
    await expect(sites.agreedNotice(tx, siteId, 1, 'en')).rejects.toEqual(refusal('NOTICE_CHANGED'));
    await expect(sites.agreedNotice(tx, siteId, 3, 'en')).rejects.toEqual(refusal('NOTICE_CHANGED'));
    expect((await sites.agreedNotice(tx, siteId, 2, 'en')).version).toBe(2);
  });
  expect((await sites.bySlug('river-clinic')).notice).toEqual({ version: 2, text: changed });
});

test('two notices that are published at once get two versions', async () => {
  const publish = () =>
    db.database.transaction(clinic, (tx) => sites.publishNotice(tx, ACTOR, siteId, NOTICE));
  const versions = await Promise.all([publish(), publish(), publish()]);
  expect(versions.sort((a, b) => a - b)).toEqual([3, 4, 5]);
});

test('what another process changed shows after five seconds', async () => {
  await sites.bySlug('river-clinic');
  await db.owner("UPDATE site SET name = 'Lake Clinic' WHERE site_id = $1", [siteId]);
  expect((await sites.bySlug('river-clinic')).name).toBe('River Clinic');
  clock.set('2026-11-23T12:00:05Z');
  expect((await sites.bySlug('river-clinic')).name).toBe('Lake Clinic');
});

test('a notice is never changed or taken back', async () => {
  for (const sql of ["UPDATE notice SET body = '{}'", 'DELETE FROM notice'])
    await expect(db.owner(sql)).rejects.toThrow('notice is append-only');
});
