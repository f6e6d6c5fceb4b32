import { parseEntry } from '@app/audit';
import { type Clock, type EntryId, newId, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { connect } from '../../database/connect';
import { Keys } from '../../keys/keys';
import { openKeyFile } from '../../keys/kms/key-file';
import { LogClock } from '../log-clock';
import { Recorder } from './recorder';
import { Alarms } from '../scrubbing/alarm';
import { Sequencer } from '../sequencer';
import { CheckpointSigner } from '../signer';

const system = { kind: 'system', id: 'test' } as const;
let base: TestDatabase;
let source: DataSource;
let folder: string;
let aheadMs = 0;
const clock: Clock = { now: () => new Date(systemClock.now().getTime() + aheadMs) };
let keys: Keys;
let recorder: Recorder;
let tenantId: TenantId;

beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 2, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'holes-'));
  keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
});
beforeEach(async () => {
  aheadMs = 0;
  recorder = new Recorder(base.database, keys, clock);
  tenantId = await base.tenant(`t-${randomBytes(6).toString('hex')}`);
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
});

const recordOne = (act = 'test.act') =>
  base.database.transaction(tenantId, (tx) => recorder.record(tx, { act, actor: system }));

async function sequenced() {
  const sequencer = new Sequencer(source, clock, recorder);
  while ((await sequencer.pass()).sequenced > 0);
  const rows = await base.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_entry WHERE tenant_id = $1 ORDER BY idx',
    [tenantId],
  );
  return rows.map(({ entry }) => parseEntry(entry));
}

describe('a number whose answer was lost', () => {
  test('is not called void when its entry was stored, waiting or already in its place', async () => {
    const waiting = await recordOne('test.one');
    recorder.voidEntry(tenantId, { id: waiting, writerN: 1 });
    await recorder.explainHoles();
    expect((await sequenced()).map(({ act }) => act)).toEqual(['test.one']);
    recorder.voidEntry(tenantId, { id: waiting, writerN: 1 });
    await recorder.explainHoles();
    expect((await sequenced()).map(({ act }) => act)).toEqual(['test.one']);
  });

  test.each([
    ['COMMIT', []],
    ['ROLLBACK', [{ n0: 1 }]],
  ])('is waited for while its transaction is still on its way to %s', async (end, explained) => {
    const id = newId<EntryId>();
    const other = new Client({ connectionString: base.urls.app });
    await other.connect();
    await other.query('BEGIN');
    await other.query("SELECT set_config('app.tenant', $1, true)", [tenantId]);
    const { bytes } = recorder.prepare(tenantId, { act: 'test.late', actor: system });
    await other.query('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)', [
      tenantId,
      id,
      bytes,
    ]);
    recorder.voidEntry(tenantId, { id, writerN: 1 });
    const explaining = recorder.explainHoles();
    await expect(Promise.race([explaining, sleep(300, 'waits')])).resolves.toBe('waits');
    await other.query(end);
    await explaining;
    await other.end();
    const voids = (await sequenced()).filter(({ act }) => act === 'audit.void');
    expect(voids.map(({ detail }) => detail)).toEqual(explained);
  });

  test('is explained a minute later at the soonest when the connection broke, and at once when PostgreSQL said no', async () => {
    const lost = recorder.prepare(tenantId, { act: 'test.lost', actor: system });
    const refused = recorder.prepare(tenantId, { act: 'test.refused', actor: system });
    recorder.voidEntry(tenantId, lost, new Error('Connection terminated unexpectedly'));
    recorder.voidEntry(
      tenantId,
      refused,
      new Error('no', { cause: Object.assign(new Error(), { severity: 'ERROR' }) }),
    );
    await recorder.explainHoles();
    expect((await sequenced()).map(({ detail }) => detail)).toEqual([{ n0: 2 }]);
    aheadMs = 61_000;
    await recorder.explainHoles();
    expect((await sequenced()).map(({ detail }) => detail)).toEqual([{ n0: 2 }, { n0: 1 }]);
  });
});

describe('the time of an entry', () => {
  test('that is more than five minutes from the database’s is pointed at, once a batch, and the entry is kept', async () => {
    await recordOne('test.right');
    aheadMs = -301_000;
    const first = await recordOne('test.early');
    aheadMs = 3_600_000;
    await recordOne('test.late');
    const entries = await sequenced();
    expect(entries.map(({ act }) => act)).toEqual(['test.right', 'test.early', 'test.late', 'clock.skew']);
    expect(entries[3]).toMatchObject({
      actor: { kind: 'system', id: 'sequencer' },
      refs: { entry: first },
      detail: { index: 1, count: 2, seconds: 3_600 },
    });
    expect(entries.map(({ writer }) => writer.n)).toEqual([1, 2, 3, 4]);
  });

  test('is not taken while this process is that far off: acts are refused until it is right again', async () => {
    const faults: string[] = [];
    const signer = new CheckpointSigner(source, base.database, keys, clock, folder);
    const alarms = new Alarms(base.database, recorder, clock);
    const log = new LogClock(new Sequencer(source, clock, recorder), signer, recorder, alarms, (what) =>
      faults.push(what),
    );
    aheadMs = -301_000;
    log.start();
    await sleep(500);
    await expect(recordOne()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(faults).toContain('the time');
    aheadMs = 299_000;
    await sleep(1_500);
    await expect(recordOne()).resolves.toBeDefined();
    await log.stop();
    expect((await sequenced()).map(({ act }) => act)).toEqual(['test.act']);
  });
});
