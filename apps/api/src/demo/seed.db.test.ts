import { CannedReplyService, DeskModule, SiteService, TenantService } from '@app/desk';
import { IdentityModule, RecordTable } from '@app/identity';
import type { TenantId } from '@app/kernel';
import { type Config, Database, PlatformModule } from '@app/platform';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { StaffModule } from '@app/staff';
import { Test, type TestingModule } from '@nestjs/testing';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_TENANTS, seedDemo, type SignIn } from './seed';

const POLICIES = join(__dirname, '../../../../policies');
let db: TestDatabase;
let home: string;
let app: TestingModule;
let signIns: SignIn[];

beforeAll(async () => {
  db = await testDatabase();
  home = mkdtempSync(join(tmpdir(), 'vestibule-seed-'));
  const config: Config = {
    databaseUrl: db.urls.owner,
    home,
    port: 0,
    host: '127.0.0.1',
    publicUrl: '',
    demo: true,
    passphrase: undefined,
    keyFile: join(home, 'root.key'),
    kms: { kind: 'file' },
    keys: { epochDays: 7, backupDays: 30 },
    smtpUrl: undefined,
    mailFrom: 'demo@vestibule.example',
    media: { workerBin: '', listenIp: '127.0.0.1', announcedAddress: undefined, port: 0, workers: 1 },
    trustProxy: false,
  };
  const options = {
    config,
    urls: db.urls,
    policies: join(POLICIES, 'access'),
    smtpUrl: 'smtp://127.0.0.1:1',
  };
  app = await Test.createTestingModule({
    imports: [
      PlatformModule.forRoot(options),
      StaffModule,
      IdentityModule.forRoot({ governance: join(POLICIES, 'governance') }),
      DeskModule,
    ],
  }).compile();
  signIns = await seedDemo(app);
});
afterAll(async () => {
  await app.close();
  await db.close();
  rmSync(home, { recursive: true });
});

const tables = [
  'tenant',
  'address',
  'site',
  'notice',
  'queue',
  'queue_member',
  'canned_reply',
  'staff_member',
  'record',
  'audit_pending',
];
const counts = async () => {
  const sql = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join(', ');
  return (await db.owner<Record<string, number>>(`SELECT ${sql}`))[0];
};

test.each(DEMO_TENANTS.map((demo) => [demo.site.slug, demo] as const))(
  'the site %s can be read',
  async (slug, demo) => {
    const { name, sector, definition, notice } = await app.get(SiteService).bySlug(slug);
    expect({ name, sector, notice }).toEqual({
      name: demo.site.name,
      sector: demo.sector,
      notice: { version: 1, text: demo.site.notice },
    });
    expect(Object.keys(definition.topics).sort()).toEqual(Object.keys(demo.site.topics).sort());
  },
);

test('everybody can sign in by what is printed, and it is not the same on every machine', () => {
  expect(signIns).toHaveLength(15);
  expect(new Set(signIns.map(({ password, totpSecret }) => `${password} ${totpSecret}`)).size).toBe(1);
  expect(signIns[0]).toEqual({
    organisation: 'juniper-clinic',
    role: 'receptionist',
    email: 'rosa@juniper-clinic.example',
    password: expect.stringMatching(/^[a-z]{4}-[a-z]{4}-[a-z]{4}$/) as string,
    totpSecret: expect.stringMatching(/^[A-Z2-7]{32}$/) as string,
    site: '/p/juniper-clinic',
  });
});

test('what is set up is on record, and the entries hold no name of anybody', async () => {
  const rows = await db.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending');
  const entries = rows.map(({ entry }) => entry.toString('utf8'));
  const acts = new Set(entries.map((entry) => (JSON.parse(entry) as { act: string }).act));
  expect([...acts].sort()).toEqual([
    'canned-reply.added',
    'notice.published',
    'queue.added',
    'records.imported',
    'site.added',
    'staff.added',
    'tenant.created',
  ]);
  for (const entry of entries) expect(entry).not.toMatch(/Rosa|Wren|Example|@/);
});

test('a second time changes nothing and prints the same', async () => {
  const before = await counts();
  expect(await seedDemo(app)).toEqual(signIns);
  expect(await counts()).toEqual(before);
});

test('a record of the demo is found by what its client would type', async () => {
  const tenantId = (await app.get(TenantService).bySlug('juniper-clinic')) as TenantId;
  const claim = { fullName: 'maria example', dateOfBirth: '1984-03-12', identifier: 'JC 104233' };
  const found = await app.get(Database).transaction(tenantId, (tx) => app.get(RecordTable).find(tx, claim));
  expect(found).toBeDefined();
});

test('no reply that staff may send to anybody says a value of a record', async () => {
  for (const { slug } of DEMO_TENANTS) {
    const tenantId = (await app.get(TenantService).bySlug(slug)) as TenantId;
    await app.get(Database).transaction(tenantId, async (tx) => {
      for (const { body } of await app.get(CannedReplyService).list(tx))
        for (const text of [body.en, body.es])
          expect([text, await app.get(RecordTable).guardedFieldsIn(tx, text)]).toEqual([text, []]);
    });
  }
});
