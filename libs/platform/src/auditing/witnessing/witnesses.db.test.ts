import { cosignaturesIn, parseCosignerVkey, parseVkey, verifyNote } from '@app/audit';
import { type Clock, HOUR, later, MINUTE, SECOND, systemClock, type TenantId } from '@app/kernel';
import { type EvidencePolicy, evidencePolicy } from '@app/policies';
import { setBack, type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { WitnessProcess } from '../../../../../audit/tests/witness-process';
import { connect } from '../../database/connect';
import { openKeyFile } from '../../keys/kms/key-file';
import { Keys } from '../../keys/keys';
import { Recorder } from '../recording/recorder';
import { Sequencer } from '../sequencer';
import { CheckpointSigner } from '../signer';
import { WitnessWatch } from './witness-watch';
import { Witnesses } from './witnesses';

const policy = evidencePolicy(join(__dirname, '../../../../../policies/governance'));
let offset = 0;
const clock: Clock = { now: () => later(systemClock.now(), offset) };
const faults: unknown[] = [];
const witness = new WitnessProcess();
const logs: string[] = [];
let states = 0;
let base: TestDatabase;
let source: DataSource;
let folder: string;
let keys: Keys;
let recorder: Recorder;
let sequencer: Sequencer;
let signer: CheckpointSigner;

beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 3, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'witnessing-'));
  keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
  recorder = new Recorder(base.database, keys, clock);
  sequencer = new Sequencer(source, clock, recorder);
  forgetWhatWasSigned();
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
  await witness.remove();
});
beforeEach(() => (offset = 0));
afterEach(() => expect(faults.splice(0)).toEqual([]));

function forgetWhatWasSigned(): void {
  signer = new CheckpointSigner(source, base.database, keys, clock, join(folder, `states-${(states += 1)}`));
}

/** A tenant whose log the witness follows. */
async function followed(slug: string): Promise<TenantId> {
  const tenantId = await base.tenant(slug);
  logs.push(await signer.vkey(tenantId));
  await witness.stop();
  witness.follow(logs);
  await witness.start();
  return tenantId;
}

function witnessesOf(
  configured: readonly { url: string; vkey: string }[],
  changed: Partial<EvidencePolicy> = {},
) {
  const own = { ...policy, ...changed };
  const watch = new WitnessWatch(own, configured.length > 0, clock);
  const witnesses = new Witnesses(
    configured,
    own,
    watch,
    source,
    base.database,
    recorder,
    clock,
    (error) => void faults.push(error),
  );
  return { watch, witnesses };
}

const theWitness = () => ({ url: witness.url.replace(/\/$/, ''), vkey: witness.vkey() });

async function grow(tenantId: TenantId, by: number, act = 'test.act'): Promise<void> {
  for (let i = 0; i < by; i++)
    await base.database.transaction(tenantId, (tx) =>
      recorder.record(tx, { act, actor: { kind: 'system', id: 'a-test' } }),
    );
  await checkpoint();
}

async function checkpoint(): Promise<void> {
  while ((await sequencer.pass()).sequenced > 0);
  await signer.pass();
}

async function alarmsOf(tenantId: TenantId): Promise<{ act: string; detail?: unknown }[]> {
  await checkpoint();
  const rows = await base.owner<{ entry: Buffer }>(
    "SELECT entry FROM audit_entry WHERE tenant_id = $1 AND act LIKE 'witness.%' ORDER BY idx",
    [tenantId],
  );
  return rows.map(({ entry }) => {
    const { act, detail } = JSON.parse(entry.toString('utf8')) as { act: string; detail?: unknown };
    return { act, detail };
  });
}

async function standingOf(tenantId: TenantId, witnesses: Witnesses) {
  const { witnesses: all, witnessed } = await base.database.transaction(tenantId, (tx) =>
    witnesses.standing(tx),
  );
  return { witnessed, ...all[0]?.standing };
}

test('each checkpoint is shown to the witness, and the note that is given away has its cosignature', async () => {
  const tenantId = await followed('cosigned');
  const { witnesses } = witnessesOf([theWitness()]);
  for (const by of [3, 5, 260]) {
    await grow(tenantId, by);
    await witnesses.pass();
  }
  const best = await witnesses.checkpoint(tenantId, 100, 0);
  expect(best).toMatchObject({ size: 268, witnesses: 1 });
  const { text, signedBy } = verifyNote(best?.note ?? '', [parseVkey(await signer.vkey(tenantId))]);
  expect(signedBy).toEqual([CheckpointSigner.origin(tenantId)]);
  const lines = (best?.note ?? '').slice(text.length + 1);
  expect(cosignaturesIn(lines, text, [parseCosignerVkey(witness.vkey())])).toHaveLength(1);
  expect(await standingOf(tenantId, witnesses)).toMatchObject({
    witnessed: 268,
    size: 268,
    awaySince: undefined,
  });
  expect(await alarmsOf(tenantId)).toEqual([]);
});

test('what is asked for with a checkpoint is the one that was seen, not one that was just signed', async () => {
  const tenantId = await followed('seen');
  const { witnesses } = witnessesOf([theWitness()]);
  await grow(tenantId, 4);
  await witnesses.pass();
  await grow(tenantId, 2);
  expect(await witnesses.checkpoint(tenantId, 4, 0)).toMatchObject({ size: 4, witnesses: 1 });
  expect(await witnesses.checkpoint(tenantId, 5, 0)).toMatchObject({ size: 6, witnesses: 0 });
  expect(await witnesses.checkpoint(tenantId, 7, 0)).toBeUndefined();
});

test('a witness that stands elsewhere than we think is asked again from there', async () => {
  const tenantId = await followed('resync');
  const { witnesses } = witnessesOf([theWitness()]);
  await grow(tenantId, 7);
  await witnesses.pass();
  // Less than it has seen; and more than there is, as after another log has taken the place of the first.
  for (const [remembered, by, size] of [
    [3, 6, 13],
    [99, 1, 14],
  ] as const) {
    await base.owner('UPDATE audit_witness SET size = $2 WHERE tenant_id = $1', [tenantId, remembered]);
    await grow(tenantId, by);
    await witnesses.pass();
    expect(await standingOf(tenantId, witnesses)).toMatchObject({ witnessed: size, isRefusing: false });
  }
});

test('while the witness is away, nothing waits at first; then there is an alarm, then held acts wait; then it is back', async () => {
  const tenantId = await followed('away');
  const { witnesses, watch } = witnessesOf([theWitness()]);
  await grow(tenantId, 2);
  await witnesses.pass();
  await witness.stop();

  await grow(tenantId, 1);
  await witnesses.pass();
  expect(await standingOf(tenantId, witnesses)).toMatchObject({ witnessed: 2, fault: 'unreachable' });
  expect(await alarmsOf(tenantId)).toEqual([]);
  expect(watch.holds(tenantId, 'export.create')).toBe(false);

  offset = 16 * MINUTE;
  await witnesses.pass();
  await witnesses.pass();
  expect(await alarmsOf(tenantId)).toEqual([
    { act: 'witness.away', detail: { size: 2, reason: 'unreachable' } },
  ]);
  expect(watch.holds(tenantId, 'export.create')).toBe(false);

  offset = 4 * HOUR + MINUTE;
  await witnesses.pass();
  expect(watch.holds(tenantId, 'export.create')).toBe(true);
  expect(watch.holds(tenantId, 'message.post')).toBe(false);
  expect(watch.holds(tenantId, 'staff.manage')).toBe(false);

  await witness.start();
  const back = witnessesOf([theWitness()]);
  await back.witnesses.pass();
  expect(back.watch.holds(tenantId, 'export.create')).toBe(false);
  expect((await alarmsOf(tenantId)).map(({ act }) => act)).toEqual(['witness.away', 'witness.back']);
});

test('fork drill: a log that was set back is refused at once, and so is the other history that it grows', async () => {
  const tenantId = await followed('forked');
  const honest = witnessesOf([theWitness()]);
  await grow(tenantId, 20);
  await honest.witnesses.pass();

  await setBack(base, tenantId, 12);
  forgetWhatWasSigned();
  const { witnesses, watch } = witnessesOf([theWitness()]);
  await grow(tenantId, 1, 'test.another');
  await witnesses.pass();
  expect(await standingOf(tenantId, witnesses)).toMatchObject({
    isRefusing: true,
    fault: 'set-back',
    witnessed: 0,
  });
  expect(await alarmsOf(tenantId)).toEqual([
    { act: 'witness.refused', detail: { size: 0, reason: 'set-back' } },
  ]);

  await grow(tenantId, 15, 'test.another');
  offset = 5 * HOUR;
  await witnesses.pass();
  expect(await standingOf(tenantId, witnesses)).toMatchObject({
    isRefusing: true,
    fault: 'fork',
    witnessed: 0,
  });
  expect(await alarmsOf(tenantId)).toHaveLength(1);
  expect(watch.holds(tenantId, 'export.create')).toBe(true);
  const [cosignatures] = await base.owner<{ n: string }>(
    'SELECT count(*) AS n FROM audit_cosignature WHERE tenant_id = $1 AND size > 12',
    [tenantId],
  );
  expect(Number(cosignatures?.n)).toBe(0);
});

test('with a quorum of two, what one of them has seen is not witnessed', async () => {
  const tenantId = await followed('quorum');
  const second = new WitnessProcess('witness.example/w2');
  second.follow([]);
  await second.start();
  try {
    const both = [theWitness(), { url: second.url.replace(/\/$/, ''), vkey: second.vkey() }];
    const { witnesses } = witnessesOf(both, { witnessQuorum: 2 });
    await grow(tenantId, 3);
    await witnesses.pass();
    const { witnesses: standings, witnessed } = await base.database.transaction(tenantId, (tx) =>
      witnesses.standing(tx),
    );
    expect(standings.map(({ name, standing }) => [name, standing.size, standing.fault])).toEqual([
      ['witness.example/w1', 3, undefined],
      ['witness.example/w2', 0, 'unknown-log'],
    ]);
    expect(witnessed).toBe(0);
    expect(() => witnessesOf([theWitness()], { witnessQuorum: 2 })).toThrow(/names 1, .* wants 2/);
  } finally {
    await second.remove();
  }
});

test.each<[string, string, (answer: import('node:http').ServerResponse) => void]>([
  ['answers somebody else', 'bad-cosignature', (answer) => void answer.writeHead(200).end('\u2014 x AAAA\n')],
  ['names another size each time', 'moving', () => undefined],
])('a witness that %s is away: %s', async (what, fault, act) => {
  const tenantId = await base.tenant(`odd-${fault}-${what.length}`);
  await grow(tenantId, 2);
  const server: Server = createServer((request, answer) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () =>
      fault === 'moving'
        ? answer.writeHead(409).end(body.startsWith('old 1\n') ? '0\n' : '1\n')
        : act(answer),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { witnesses } = witnessesOf([{ url, vkey: witness.vkey() }], { requestTimeoutSeconds: 1 });
    const began = systemClock.now().getTime();
    await witnesses.pass();
    expect(systemClock.now().getTime() - began).toBeLessThan(10 * SECOND);
    expect(await standingOf(tenantId, witnesses)).toMatchObject({ fault, size: 0, isRefusing: false });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('the application cannot change or take back what a witness has said', async () => {
  const tenantId = await base.tenant('kept');
  for (const sql of [
    'DELETE FROM audit_cosignature',
    "UPDATE audit_cosignature SET line = ''",
    'DELETE FROM audit_witness',
  ])
    await expect(base.database.transaction(tenantId, (tx) => tx.query(sql))).rejects.toThrow(
      /permission denied/,
    );
  await expect(base.owner('TRUNCATE audit_cosignature')).rejects.toThrow('audit_cosignature is append-only');
});
