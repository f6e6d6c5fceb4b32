import { parseEntry, parseVkey, verifyNote } from '@app/audit';
import { systemClock, type TenantId } from '@app/kernel';
import { memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { connect } from '../database/connect';
import { Keys } from '../keys/keys';
import { LogGenerations } from './log-generations';
import { Recorder } from './recording/recorder';
import { Sequencer } from './sequencer';
import { SignedStates } from './signed-states';
import { CheckpointSigner } from './signer';

let base: TestDatabase;
let source: DataSource;
let folder: string;
let recorder: Recorder;
let signer: CheckpointSigner;
let generations: LogGenerations;
let tenantId: TenantId;
const changes: number[] = [];
beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 2, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'generations-'));
  const keys = new Keys(memoryKms(), systemClock);
  recorder = new Recorder(base.database, keys, systemClock);
  signer = new CheckpointSigner(source, base.database, keys, systemClock, folder);
  generations = new LogGenerations(base.database, recorder, signer, new SignedStates(folder), (_, state) =>
    changes.push(state.generation),
  );
  tenantId = await base.tenant();
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
});

const state = () => join(folder, `${tenantId}.json`);
const accepted = () => join(folder, `${tenantId}.accepted`);

async function write(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1)
    await base.database.transaction(tenantId, (tx) =>
      recorder.record(tx, { act: 'test.done', actor: { kind: 'system', id: 'a-test' } }),
    );
  const sequencer = new Sequencer(source, systemClock, recorder);
  while ((await sequencer.pass()).more);
}

const fault = async () => (await signer.pass()).get(tenantId)?.message;
const lastNote = async () => {
  const [row] = await base.owner<{ note: string }>(
    'SELECT note FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tenantId],
  );
  return row?.note ?? '';
};
const lastEntry = async () => {
  const [row] = await base.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_entry WHERE tenant_id = $1 ORDER BY idx DESC LIMIT 1',
    [tenantId],
  );
  return parseEntry(row?.entry ?? Buffer.alloc(0));
};

/** As after a restore: the state file knows of 20 entries, the database has fewer. */
async function setBack(): Promise<void> {
  await writeFile(
    state(),
    JSON.stringify({ ...JSON.parse(await readFile(state(), 'utf8')), size: 20, root: 'AAAA' }),
  );
}

test('a log that was set back goes on under another name when the loss was accepted, and says what was lost', async () => {
  await write(3);
  expect(await fault()).toBeUndefined();
  const before = await lastNote();
  await setBack();
  await write(1);
  expect(await fault()).toMatch('it was set back');
  await generations.run();
  expect(await fault()).toMatch('it was set back'); // nobody has accepted anything

  await copyFile(state(), accepted());
  await generations.run();
  await write(0);
  expect(await fault()).toBeUndefined();
  expect(changes).toEqual([2]);
  expect(await lastEntry()).toMatchObject({
    act: 'log.restored',
    actor: { kind: 'system', id: 'restore' },
    detail: { generation: 2, has: 4, signed: 20, signedRoot: '000000' },
  });
  const vkey = await signer.vkey(tenantId);
  expect(vkey.startsWith(`vestibule/log/${tenantId}/2+`)).toBe(true);
  const { text } = verifyNote(await lastNote(), [parseVkey(vkey)]);
  expect(text.startsWith(`vestibule/log/${tenantId}/2\n5\n`)).toBe(true);
  // The name of before signs nothing any more, and what it has signed is still verified by it.
  const [former = ''] = await signer.vkeys(tenantId);
  expect(() => verifyNote(before, [parseVkey(former)])).not.toThrow();
  const now = await lastNote();
  expect(() => verifyNote(now, [parseVkey(former)])).toThrow();
  expect((await readdir(folder)).filter((name) => name.endsWith('.accepted'))).toEqual([]);
});

test('an acceptance is for one loss: the next one is not signed again', async () => {
  await write(1);
  expect(await fault()).toBeUndefined();
  await setBack();
  expect(await fault()).toBeUndefined(); // it has not grown, so nothing is to be signed
  await write(1);
  expect(await fault()).toMatch('it was set back');
});

test('an acceptance of another state is void', async () => {
  await writeFile(accepted(), JSON.stringify({ size: 19, root: 'AAAA', generation: 2 }));
  await generations.run();
  await write(1);
  expect(await fault()).toMatch('it was set back');
  expect((await readdir(folder)).filter((name) => name.endsWith('.accepted'))).toEqual([]);
});

test('a log that lacks nothing does not change its name, whatever somebody accepted', async () => {
  await copyFile(state(), accepted());
  await generations.run();
  await write(0);
  expect(await fault()).toBeUndefined();
  expect(changes).toEqual([2, 3]);
  await copyFile(state(), accepted());
  await generations.run();
  expect(changes).toEqual([2, 3]);
});
