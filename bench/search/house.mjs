// @ts-check
// The rooms of the program that search, put together as the program does, without its doors.
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../infra/bootstrap/steps/places.mjs';

/** @typedef {Awaited<ReturnType<typeof openHouse>>} House */

const load = createRequire(path.join(ROOT, 'dist/server/apps/api/src/main.js'));

/** @param {string} room a file of the built program */
export const built = (room) => load(path.join(ROOT, 'dist/server', room));

/** @param {{ ownerUrl: string, home: string, owner: import('pg').Client }} options */
export async function openHouse({ ownerUrl, home, owner }) {
  load('reflect-metadata');
  const { NestFactory } = load('@nestjs/core');
  const { newId } = built('libs/kernel/src/index.js');
  const platform = built('libs/platform/src/index.js');
  const { TranscriptModule } = built('libs/transcript/src/index.js');
  const { SearchService } = built('libs/transcript/src/search/search.service.js');
  const { MySearches } = built('libs/transcript/src/search/found/my-searches.service.js');
  const urls = await platform.prepareRoles(ownerUrl, {
    app: 'app-of-a-bench',
    sequencer: 'sequencer-of-a-bench',
  });
  await platform.migrate(ownerUrl);
  const config = platform.readConfig({
    DATABASE_URL: ownerUrl,
    VESTIBULE_HOME: home,
    VESTIBULE_SFU_WORKER: '/no/video/here',
  });
  const options = {
    config,
    urls,
    policies: path.join(ROOT, 'policies/access'),
    smtpUrl: 'smtp://127.0.0.1:1',
  };
  class Rooms {}
  const module = { module: Rooms, imports: [platform.PlatformModule.forRoot(options), TranscriptModule] };
  const app = await NestFactory.createApplicationContext(module, { logger: ['error', 'fatal'] });
  const ids = { tenantId: newId(), siteId: newId(), queueId: newId(), staffId: newId() };
  await addTenant(owner, ids);
  const principal = {
    kind: 'staff',
    tenantId: ids.tenantId,
    staffId: ids.staffId,
    sessionId: newId(),
    name: 'An Officer',
    roles: ['compliance-officer'],
    queues: [],
  };
  return {
    ...ids,
    principal,
    newId,
    database: app.get(platform.Database),
    keys: app.get(platform.Keys),
    recorder: app.get(platform.Recorder),
    searches: app.get(SearchService),
    mine: app.get(MySearches),
    close: () => app.close(),
  };
}

/** @param {import('pg').Client} owner @param {Record<'tenantId' | 'siteId' | 'queueId' | 'staffId', string>} ids */
async function addTenant(owner, { tenantId, siteId, queueId, staffId }) {
  await owner.query(
    `WITH t AS (INSERT INTO tenant (tenant_id, slug, name, sector, created_at) VALUES ($1, 'a-clinic', 'A clinic', 'clinic', now()))
     INSERT INTO audit_head (tenant_id) VALUES ($1)`,
    [tenantId],
  );
  await owner.query("INSERT INTO queue (tenant_id, queue_id, name) VALUES ($1, $2, 'Desk')", [
    tenantId,
    queueId,
  ]);
  await owner.query(
    "INSERT INTO site (tenant_id, site_id, slug, name, definition) VALUES ($1, $2, 'a-clinic', 'A clinic', '{}')",
    [tenantId, siteId],
  );
  await owner.query(
    `INSERT INTO staff_member (tenant_id, staff_id, email, name, roles, password_hash, created_at)
     VALUES ($1, $2, 'officer@bench.example', 'An Officer', '{compliance-officer}', 'none', now())`,
    [tenantId, staffId],
  );
}
