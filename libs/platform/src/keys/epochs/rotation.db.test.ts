import { parseEntry } from '@app/audit';
import { newId, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { issueReceipt } from '../../auditing/recording/receipt';
import { Recorder } from '../../auditing/recording/recorder';
import { connect } from '../../database/connect';
import { Database } from '../../database/database';
import { KeyEar } from '../cache/key-ear';
import { Keys } from '../keys';
import { openKeyFile } from '../kms/key-file';
import { TenantKeys } from './tenant-keys';

const PLACE = { item: 'item', content: 'message' };
const LIMITS = { epochDays: 7, backupDays: 30 };
const TESTING = join(__dirname, '../../../testing');
let db: TestDatabase;
let home: string;
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'rotation-'));
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

/** A process: its own connections, its own memory of keys, its own ear. */
async function startProcess() {
  const database = new Database(await connect(db.urls.app, 4, () => undefined));
  const keys = new Keys(await openKeyFile(join(home, 'root.key'), undefined), systemClock);
  const ear = new KeyEar(db.urls.app, keys, () => undefined);
  ear.start();
  await ear.listening();
  const recorder = new Recorder(database, keys, systemClock);
  return {
    database,
    keys,
    tenantKeys: new TenantKeys(keys, recorder, systemClock, LIMITS),
    stop: async () => {
      await ear.stop();
      await database.close();
    },
  };
}
type Process = Awaited<ReturnType<typeof startProcess>>;

const seal = (by: Process, tenantId: TenantId, owner: string) =>
  by.database.transaction(tenantId, (tx) => by.keys.seal(tx, owner, PLACE, `of ${owner}`));
const open = (by: Process, tenantId: TenantId, owner: string, bytes: Buffer) =>
  by.database.transaction(tenantId, async (tx) =>
    (await by.keys.open(tx, issueReceipt(tenantId, newId(), [owner]), owner, PLACE, bytes)).toString(),
  );
const leftUnder = async (tenantId: TenantId, version: number) => {
  const [row] = await db.owner<{ n: string }>(
    'SELECT count(*) AS n FROM data_key WHERE tenant_id = $1 AND key_version = $2',
    [tenantId, version],
  );
  return Number(row?.n);
};

test('the key is changed three times under eight readers and writers in two processes, and no reading and no sealing fails', async () => {
  const tenantId = await db.tenant('under-load');
  const processes = [await startProcess(), await startProcess()];
  const sealed: { readonly owner: string; readonly bytes: Buffer }[] = [];
  for (let i = 0; i < 60; i += 1)
    sealed.push({ owner: `first ${i}`, bytes: await seal(processes[0] as Process, tenantId, `first ${i}`) });

  let isOn = true;
  const done = { opened: 0, sealed: 0 };
  const failed: unknown[] = [];
  const working = Array.from({ length: 8 }, async (_, worker) => {
    const own = processes[worker % 2] as Process;
    for (let i = 0; isOn; i += 1) {
      try {
        if (i % 3 === 0) {
          const owner = `worker ${worker} ${i}`;
          sealed.push({ owner, bytes: await seal(own, tenantId, owner) });
          done.sealed += 1;
        }
        const one = sealed[(i * 31 + worker * 7) % sealed.length];
        if (one === undefined) continue;
        if (i % 5 === 0) own.keys.heed({ tenantId, owner: one.owner }); // as if its time in memory were over
        if ((await open(own, tenantId, one.owner, one.bytes)) === `of ${one.owner}`) done.opened += 1;
      } catch (error) {
        failed.push(error);
      }
    }
  });
  for (const [i, changer] of [processes[0], processes[1], processes[0]].entries()) {
    const { database, tenantKeys } = changer as Process;
    await database.transaction(tenantId, (tx) =>
      tenantKeys.rotate(tx, { actor: { kind: 'system', id: 'test' } }),
    );
    for (let more = true; more;)
      ({ more } = await database.transaction(tenantId, (tx) => tenantKeys.rewrapSome(tx, 25)));
    await sleep(100);
    expect(await leftUnder(tenantId, i)).toBe(0);
  }
  isOn = false;
  await Promise.all(working);
  expect(failed).toEqual([]);
  expect(done.opened).toBeGreaterThan(100);
  expect(done.sealed).toBeGreaterThan(30);
  for (const { owner, bytes } of sealed)
    expect(await open(processes[1] as Process, tenantId, owner, bytes)).toBe(`of ${owner}`);
  for (const one of processes) await one.stop();
}, 60_000);

test('kill -9 in the middle of moving loses nothing, and another process goes on where the first was', async () => {
  const tenantId = await db.tenant('killed');
  const here = await startProcess();
  const sealed = new Map<string, Buffer>();
  for (let i = 0; i < 200; i += 1) sealed.set(`owner ${i}`, await seal(here, tenantId, `owner ${i}`));
  await here.database.transaction(tenantId, (tx) => here.keys.keepSecret(tx, 'secret', Buffer.from('kept')));
  await here.database.transaction(tenantId, (tx) =>
    here.tenantKeys.rotate(tx, { actor: { kind: 'system', id: 'test' } }),
  );

  const child = spawn(
    process.execPath,
    [
      join(TESTING, 'run-ts.cjs'),
      join(TESTING, 'rewrap-process.ts'),
      db.urls.app,
      join(home, 'root.key'),
      tenantId,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { PATH: process.env['PATH'] } },
  );
  const ended = once(child, 'close');
  let committed = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('moved')) committed += 1;
    // After two batches, while the third has been written and is not committed.
    else if (committed === 2) child.kill('SIGKILL');
  }
  expect(await ended).toEqual([null, 'SIGKILL']);
  const left = await leftUnder(tenantId, 1);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(160);

  let moved = 0;
  // The database notices a moment later that the dead process's transaction is nobody's any more.
  for (let tries = 0; (await leftUnder(tenantId, 1)) > 0 && tries < 200; tries += 1) {
    const batch = await here.database.transaction(tenantId, (tx) => here.tenantKeys.rewrapSome(tx, 20));
    moved += batch.dataKeys;
    if (batch.dataKeys === 0) await sleep(50);
  }
  expect(moved).toBe(left);
  const reader = await startProcess();
  for (const [owner, bytes] of sealed) expect(await open(reader, tenantId, owner, bytes)).toBe(`of ${owner}`);
  const secret = await reader.database.transaction(tenantId, (tx) => reader.keys.readSecret(tx, 'secret'));
  expect(secret?.toString()).toBe('kept');
  // What the entries say was moved is what was moved, by both processes together.
  const entries = await db.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending WHERE tenant_id = $1', [
    tenantId,
  ]);
  const counts = entries.map(({ entry }) => parseEntry(entry)).filter(({ act }) => act === 'key.rewrapped');
  expect(counts.reduce((sum, { detail }) => sum + Number(detail?.['dataKeys']), 0)).toBe(200);
  await here.stop();
  await reader.stop();
}, 60_000);
