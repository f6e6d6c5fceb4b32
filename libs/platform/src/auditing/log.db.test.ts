import { CompactRange, leafHash, parseEntry, parseVkey, root, verifyNote } from '@app/audit';
import { type Clock, newId, systemClock, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { connect } from '../database/connect';
import { openKeyFile } from '../keys/kms/key-file';
import { Keys } from '../keys/keys';
import { LogClock } from './log-clock';
import { rootAt } from './log-tree';
import { ReadReceipt } from './recording/receipt';
import { Recorder } from './recording/recorder';
import { Alarms } from './scrubbing/alarm';
import { hashesIn, Sequencer } from './sequencer';
import { CheckpointSigner } from './signer';

const system = { kind: 'system', id: 'test' } as const;
const clock: Clock = systemClock;
let base: TestDatabase;
let source: DataSource;
let keys: Keys;
let recorder: Recorder;
let sequencer: Sequencer;
let folder: string;

beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 3, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'log-'));
  keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
  recorder = new Recorder(base.database, keys, clock);
  sequencer = new Sequencer(source, clock, recorder);
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
});

const signerIn = (states: string) =>
  new CheckpointSigner(source, base.database, keys, clock, join(folder, states));
const recordOne = (tenantId: TenantId, act = 'test.act') =>
  base.database.transaction(tenantId, (tx) => recorder.record(tx, { act, actor: system }));

async function sequenceAll(): Promise<void> {
  while ((await sequencer.pass()).sequenced > 0);
}

async function entriesOf(tenantId: TenantId) {
  return base.owner<{ idx: string; entry: Buffer; leaf_hash: Buffer }>(
    'SELECT idx, entry, leaf_hash FROM audit_entry WHERE tenant_id = $1 ORDER BY idx',
    [tenantId],
  );
}

test('entries of eight writers in two tenants are numbered without holes, and the tree is theirs', async () => {
  const tenants = [await base.tenant('one'), await base.tenant('two')];
  const writing = Array.from({ length: 8 }, async (_, writer) => {
    for (let i = 0; i < 40; i++) await recordOne(tenants[(writer + i) % 2] as TenantId);
  });
  let isWriting = true;
  const sequencing = (async () => {
    while (isWriting) await sequencer.pass();
  })();
  await Promise.all(writing);
  isWriting = false;
  await sequencing;
  await sequenceAll();
  for (const tenantId of tenants) {
    const entries = await entriesOf(tenantId);
    expect(entries.map(({ idx }) => Number(idx))).toEqual(Array.from({ length: 160 }, (_, i) => i));
    expect(entries.every(({ entry, leaf_hash }) => leafHash(entry).equals(leaf_hash))).toBe(true);
    const [head] = await base.owner<{ size: string; compact: Buffer }>(
      'SELECT * FROM audit_head WHERE tenant_id = $1',
      [tenantId],
    );
    const built = CompactRange.of(Number(head?.size), hashesIn(head?.compact ?? Buffer.alloc(0))).root();
    expect(built.equals(root(entries.map(({ leaf_hash }) => leaf_hash)))).toBe(true);
  }
});

test('a root that the log had once is made again from its kept nodes', async () => {
  const tenantId = await base.tenant('nodes');
  for (let i = 0; i < 6; i++) await Promise.all(Array.from({ length: 100 }, () => recordOne(tenantId)));
  await sequenceAll();
  const entries = await entriesOf(tenantId);
  const leaves = entries.map(({ leaf_hash }) => leaf_hash);
  for (const size of [1, 255, 256, 257, 512, 599]) {
    const again = await rootAt((sql, values) => source.query(sql, [...values]), tenantId, size);
    expect(again.equals(root(leaves.slice(0, size)))).toBe(true);
  }
});

test('an act that rolls back leaves no entry, and the hole in the numbers of its writer is explained', async () => {
  const tenantId = await base.tenant('holes');
  await recordOne(tenantId);
  await expect(
    base.database.transaction(tenantId, async (tx) => {
      await recorder.record(tx, { act: 'test.undone', actor: system });
      throw new Error('the act failed');
    }),
  ).rejects.toThrow('the act failed');
  await recorder.explainHoles();
  await sequenceAll();
  const entries = (await entriesOf(tenantId)).map(({ entry }) => parseEntry(entry));
  expect(entries.map(({ act }) => act)).toEqual(['test.act', 'audit.void']);
  expect(entries[1]?.detail).toEqual({ n0: 2 });
  expect(entries.map(({ writer }) => writer.n)).toEqual([1, 3]);
});

test('a tenant whose setting up was rolled back leaves nothing, and holds up nobody', async () => {
  const never = newId<TenantId>();
  await expect(
    base.database.transaction(never, async (tx) => {
      await recorder.record(tx, { act: 'test.undone', actor: system });
      throw new Error('the setting up failed');
    }),
  ).rejects.toThrow('the setting up failed');
  await recorder.explainHoles();
  const stray = newId<string>();
  await base.owner('INSERT INTO audit_pending (tenant_id, entry_id, entry) VALUES ($1, $2, $3)', [
    never,
    stray,
    Buffer.alloc(100),
  ]);
  const tenantId = await base.tenant('beside');
  await recordOne(tenantId);
  await sequenceAll();
  expect(await entriesOf(tenantId)).toHaveLength(1);
  expect(await base.owner('SELECT entry_id FROM audit_pending')).toEqual([{ entry_id: stray }]);
  await base.owner('DELETE FROM audit_pending WHERE entry_id = $1', [stray]);
});

test('a personal value is in the entry as a commitment and nowhere in the clear', async () => {
  const tenantId = await base.tenant('personal');
  await base.database.transaction(tenantId, (tx) =>
    recorder.record(tx, { act: 'test.personal', actor: system, personal: { ip: '203.0.113.7' } }),
  );
  await sequenceAll();
  const [row] = await entriesOf(tenantId);
  expect(row?.entry.toString()).toMatch(/"sealed":\{"ip":"c1:/);
  const openings = await base.owner<{ sealed: Buffer }>(
    'SELECT sealed FROM audit_opening WHERE tenant_id = $1',
    [tenantId],
  );
  expect(openings).toHaveLength(1);
  for (const bytes of [row?.entry, openings[0]?.sealed]) expect(bytes?.includes('203.0.113')).toBe(false);
});

test.each(['UPDATE audit_entry SET act = act', 'DELETE FROM audit_entry', 'TRUNCATE audit_entry'])(
  'even the owner of the tables cannot: %s',
  async (sql) => {
    await expect(base.owner(sql)).rejects.toThrow('audit_entry is append-only');
  },
);

test('the application cannot take back what it has recorded, nor number it', async () => {
  const tenantId = await base.tenant('rights');
  await recordOne(tenantId);
  for (const sql of [
    'DELETE FROM audit_pending',
    'UPDATE audit_pending SET entry = entry',
    'UPDATE audit_head SET size = 0',
    `INSERT INTO audit_checkpoint VALUES ('${tenantId}', 1, sha256(''), 'a note', now())`,
    'DROP TRIGGER append_only ON audit_entry',
  ])
    await expect(base.database.transaction(tenantId, (tx) => tx.query(sql))).rejects.toThrow(
      /permission denied|must be owner/,
    );
});

test('when entries cannot be added, the act does not happen and says so', async () => {
  const tenantId = await base.tenant('revoked');
  await base.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  try {
    await expect(recordOne(tenantId)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expect(
      recorder.recordRead(tenantId, { act: 'test.read', actor: system }, ['records']),
    ).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  } finally {
    await base.owner('GRANT INSERT ON audit_pending TO vestibule_app');
  }
});

test('while the log is behind, what must be recorded is refused', async () => {
  const tenantId = await base.tenant('behind');
  recorder.setBehind(true);
  await expect(recordOne(tenantId)).rejects.toMatchObject({ code: 'AUDIT_BACKLOG' });
  recorder.setBehind(false);
  await recordOne(tenantId);
});

test('the log is behind when an entry has waited for half a minute, and not after it is sequenced', async () => {
  const tenantId = await base.tenant('waiting');
  await recordOne(tenantId);
  expect(await sequencer.isBehind()).toBe(false);
  await base.owner(
    "UPDATE audit_pending SET arrived_at = now() - interval '31 seconds' WHERE tenant_id = $1",
    [tenantId],
  );
  expect(await sequencer.isBehind()).toBe(true);
  await sequenceAll();
  expect(await sequencer.isBehind()).toBe(false);
});

test('a value opens only with a receipt that was given for its owner', async () => {
  const tenantId = await base.tenant('receipts');
  const place = { item: 'a', content: 'test' };
  const sealed = await base.database.transaction(tenantId, (tx) =>
    keys.seal(tx, 'records', place, 'known to few'),
  );
  const receipt = await recorder.recordRead(tenantId, { act: 'test.read', actor: system }, ['records']);
  const other = await recorder.recordRead(tenantId, { act: 'test.read', actor: system }, ['elsewhere']);
  await base.database.transaction(tenantId, async (tx) => {
    expect((await keys.open(tx, receipt, 'records', place, sealed)).toString()).toBe('known to few');
    await expect(keys.open(tx, other, 'records', place, sealed)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    const forged = new ReadReceipt(tenantId, receipt.entryId, ['records']);
    await expect(keys.open(tx, forged, 'records', place, sealed)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
  });
});

test('a checkpoint is signed over the root, and is verified with the public key alone', async () => {
  const tenantId = await base.tenant('signed');
  const signer = signerIn('states-1');
  const entryId = await recordOne(tenantId);
  await sequenceAll();
  expect([...(await signer.pass()).keys()]).not.toContain(tenantId);
  expect(await signer.covers(tenantId, entryId)).toBe(0);
  const [checkpoint] = await base.owner<{ note: string; root: Buffer }>(
    'SELECT note, root FROM audit_checkpoint WHERE tenant_id = $1',
    [tenantId],
  );
  const { text } = verifyNote(checkpoint?.note ?? '', [parseVkey(await signer.vkey(tenantId))]);
  expect(text).toBe(`${CheckpointSigner.origin(tenantId)}\n1\n${checkpoint?.root.toString('base64')}\n`);
});

test('a log that was set back, or whose past was changed, is not signed again, and says why', async () => {
  const tenantId = await base.tenant('rewound');
  const states = join(folder, 'states-2');
  const signer = signerIn('states-2');
  for (let i = 0; i < 3; i++) await recordOne(tenantId);
  await sequenceAll();
  await signer.pass();
  const file = (await readdir(states)).find((name) => name.startsWith(tenantId)) ?? '';
  expect(JSON.parse(await readFile(join(states, file), 'utf8'))).toMatchObject({ size: 3 });

  // As after a restore of an older backup: the file knows of more than the database has.
  const truth = await readFile(join(states, file), 'utf8');
  await writeFile(join(states, file), JSON.stringify({ ...JSON.parse(truth), size: 9 }));
  await recordOne(tenantId);
  await sequenceAll();
  expect((await signer.pass()).get(tenantId)?.message).toMatch(/9 were signed: it was set back/);

  await writeFile(join(states, file), truth);
  await base.owner('ALTER TABLE audit_entry DISABLE TRIGGER append_only');
  await base.owner(`UPDATE audit_entry SET leaf_hash = sha256('another') WHERE tenant_id = $1 AND idx = 1`, [
    tenantId,
  ]);
  await base.owner('ALTER TABLE audit_entry ENABLE TRIGGER append_only');
  expect((await signer.pass()).get(tenantId)?.message).toMatch(
    /first 3 entries are not the ones that were signed/,
  );
});

test('a log that was set back while nobody ran is seen by the next signer at once, and said in the log', async () => {
  const tenantId = await base.tenant('restored');
  for (let i = 0; i < 2; i++) await recordOne(tenantId);
  await sequenceAll();
  await signerIn('states-3').pass();
  const path = join(folder, 'states-3', `${tenantId}.json`);
  const truth = await readFile(path, 'utf8');
  await writeFile(path, JSON.stringify({ ...JSON.parse(truth), size: 9 }));
  const faults: string[] = [];
  const alarms = new Alarms(base.database, recorder, clock);
  const log = new LogClock(sequencer, signerIn('states-3'), recorder, alarms, (what) => faults.push(what));
  log.start();
  await log.stop();
  expect(faults).toContain(`signing the log of ${tenantId}`);
  await sequenceAll();
  const said = (await entriesOf(tenantId)).map(({ entry }) => parseEntry(entry)).at(-1);
  expect(said).toMatchObject({ act: 'log.rewound', detail: { what: 'set-back', signed: 9 } });
});
