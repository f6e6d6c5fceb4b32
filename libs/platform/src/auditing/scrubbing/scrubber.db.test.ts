import { parseEntry } from '@app/audit';
import { type Clock, newId, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { connect } from '../../database/connect';
import { openKeyFile } from '../../keys/kms/key-file';
import { Keys } from '../../keys/keys';
import { Recorder } from '../recording/recorder';
import { Sequencer } from '../sequencer';
import { CheckpointSigner } from '../signer';
import { Alarms } from './alarm';
import { Scrubber } from './scrubber';

const system = { kind: 'system', id: 'test' } as const;
const clock: Clock = systemClock;
let base: TestDatabase;
let source: DataSource;
let recorder: Recorder;
let keys: Keys;
let signer: CheckpointSigner;
let scrubber: Scrubber;
let folder: string;
let tenantId: TenantId;

beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 3, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'scrub-'));
  keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
  recorder = new Recorder(base.database, keys, clock);
  signer = new CheckpointSigner(source, base.database, keys, clock, join(folder, 'states'));
  scrubber = new Scrubber(source, base.database, new Alarms(base.database, recorder, clock), signer, clock);
});
beforeEach(async () => {
  tenantId = await base.tenant(`t-${newId<string>().slice(-12)}`);
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
});

async function sign(): Promise<void> {
  const sequencer = new Sequencer(source, clock, recorder);
  while ((await sequencer.pass()).sequenced > 0);
  await signer.pass();
}

/** Records so many entries; what is given back is signed in two checkpoints. */
async function log(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (i === Math.floor(count / 2)) await sign();
    await base.database.transaction(tenantId, (tx) =>
      recorder.record(tx, { act: 'test.act', actor: system }),
    );
  }
  await sign();
}

/** One whole round. @returns what was found in it. */
async function round(reading = scrubber) {
  const found: object[] = [];
  for (let ended = false; !ended;) {
    const slice = await reading.slice(tenantId);
    found.push(...slice.alarms.map(({ act, refs, detail }) => ({ act, ...refs, ...detail })));
    ({ ended } = slice);
  }
  return found;
}

/** As somebody does who owns the database. */
async function asSuperuser(table: string, sql: string): Promise<void> {
  await base.owner(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  await base.owner(sql.replaceAll(':tenant', `'${tenantId}'`));
  await base.owner(`ALTER TABLE ${table} ENABLE TRIGGER ALL`);
}

test('of a log that nobody touched, nothing is found, however many slices it is', async () => {
  await log(600);
  const sizes: number[] = [];
  for (let ended = false; !ended;) {
    const slice = await scrubber.slice(tenantId);
    sizes.push(slice.looked);
    expect(slice.alarms).toEqual([]);
    ({ ended } = slice);
  }
  expect(sizes).toEqual([250, 250, 100]);
  expect(
    await base.owner('SELECT rounds, ended_size, next_idx FROM audit_scrub WHERE tenant_id = $1', [tenantId]),
  ).toEqual([{ rounds: 1, ended_size: '600', next_idx: '0' }]);
});

test('an entry whose bytes were changed is named, although its leaf hash was left alone; once, and in the log itself', async () => {
  await log(6);
  await asSuperuser(
    'audit_entry',
    `UPDATE audit_entry SET entry = convert_to(replace(convert_from(entry, 'UTF8'), 'test.act', 'test.bct'), 'UTF8'), act = 'test.bct'
     WHERE tenant_id = :tenant AND idx = 2`,
  );
  expect(await round()).toEqual([{ act: 'log.altered', what: 'bytes', index: 2 }]);
  expect(await round()).toEqual([]);
  await sign();
  const [last] = await base.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_entry WHERE tenant_id = $1 ORDER BY idx DESC LIMIT 1',
    [tenantId],
  );
  expect(parseEntry(last?.entry ?? Buffer.alloc(0))).toMatchObject({
    act: 'log.altered',
    actor: { kind: 'system', id: 'scrubber' },
    detail: { what: 'bytes', index: 2 },
  });
});

test('an entry that was changed with its leaf hash is found between the checkpoints around it', async () => {
  await log(6);
  await asSuperuser(
    'audit_entry',
    `UPDATE audit_entry e SET entry = n.bytes, leaf_hash = sha256('\\x00'::bytea || n.bytes)
     FROM (SELECT idx, convert_to(replace(convert_from(entry, 'UTF8'), '"id":"test"', '"id":"tesu"'), 'UTF8') AS bytes
           FROM audit_entry WHERE tenant_id = :tenant) n
     WHERE e.tenant_id = :tenant AND e.idx = 4 AND n.idx = 4`,
  );
  expect(await round()).toEqual([
    { act: 'log.altered', what: 'copies', index: 4 },
    { act: 'log.altered', what: 'tree', from: 3, to: 5 },
  ]);
});

test('entries that were taken out are named, and so is one whose copies would not be found', async () => {
  await log(8);
  await asSuperuser('audit_entry', 'DELETE FROM audit_entry WHERE tenant_id = :tenant AND idx IN (2, 3, 7)');
  await asSuperuser(
    'audit_entry',
    "UPDATE audit_entry SET act = 'hidden' WHERE tenant_id = :tenant AND idx = 5",
  );
  expect(await round()).toEqual([
    { act: 'log.altered', what: 'missing', from: 2, to: 3 },
    { act: 'log.altered', what: 'copies', index: 5 },
    { act: 'log.altered', what: 'missing', index: 7 },
  ]);
});

test('an entry that somebody else put among the waiting ones, under a number that its writer has used, is named', async () => {
  await log(2);
  const [row] = await base.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_entry WHERE tenant_id = $1 AND idx = 1',
    [tenantId],
  );
  const forged = row?.entry.toString('utf8').replace('test.act', 'test.forged') ?? '';
  await base.owner('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)', [
    tenantId,
    newId(),
    Buffer.from(forged, 'utf8'),
  ]);
  await sign();
  expect(await round()).toEqual([{ act: 'log.altered', what: 'number', index: 2 }]);
});

test('a checkpoint that the key of the log has not signed is named', async () => {
  await log(4);
  await asSuperuser(
    'audit_checkpoint',
    "UPDATE audit_checkpoint SET note = replace(note, E'\\n2\\n', E'\\n3\\n') WHERE tenant_id = :tenant AND size = 2",
  );
  expect(await round()).toEqual([{ act: 'log.altered', what: 'checkpoint', size: 2 }]);
});

test('a message that was set back to an older ciphertext, and one that was deleted, are named', async () => {
  const intakeId = newId<string>();
  await base.owner('INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $2)', [tenantId, intakeId]);
  const ids = [newId<string>(), newId<string>(), newId<string>()];
  for (const [seq, id] of ids.entries())
    await base.database.transaction(tenantId, async (tx) => {
      const sealed = await keys.seal(tx, intakeId, { item: id, content: 'message' }, `text ${seq}`);
      await tx.query(
        `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, sealed, sent_at)
         VALUES ($1, $2, $3, $4, $4, 'client', 'ana', $5, now())`,
        [tenantId, intakeId, seq, id, sealed],
      );
      await recorder.record(tx, {
        act: 'message.post',
        actor: system,
        intakeId,
        refs: { message: id },
        ciphertext: sealed,
      });
    });
  await sign();
  expect(await round()).toEqual([]);
  await base.owner(
    'UPDATE message SET sealed = (SELECT sealed FROM message WHERE message_id = $1) WHERE message_id = $2',
    [ids[0], ids[1]],
  );
  await base.owner('DELETE FROM message WHERE message_id = $1', [ids[2]]);
  expect(await round()).toEqual([
    { act: 'message.altered', message: ids[1], what: 'ciphertext', index: 1 },
    { act: 'message.altered', message: ids[2], what: 'missing', index: 2 },
  ]);
});

test('an entry that was taken away before it had its place leaves a hole in the numbers of its writer, which is named', async () => {
  const late: Clock = { now: () => new Date(systemClock.now().getTime() + 11 * 60_000) };
  const later = new Scrubber(source, base.database, new Alarms(base.database, recorder, clock), signer, late);
  await log(2);
  await base.database.transaction(tenantId, (tx) => recorder.record(tx, { act: 'test.gone', actor: system }));
  await base.owner('DELETE FROM audit_pending WHERE tenant_id = $1', [tenantId]);
  await expect(
    base.database.transaction(tenantId, async (tx) => {
      await recorder.record(tx, { act: 'test.undone', actor: system });
      throw new Error('the act failed');
    }),
  ).rejects.toThrow('the act failed');
  await recorder.explainHoles();
  await sign();
  expect(await round()).toEqual([]); // it might be on its way
  expect(await round(later)).toEqual([{ act: 'log.gap', writer: expect.any(String), n0: 3 }]);
  await sign();
  expect(await round(later)).toEqual([]);
});
