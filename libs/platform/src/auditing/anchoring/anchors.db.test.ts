import { isConsistent, parseCheckpoint } from '@app/audit';
import { type Clock, HOUR, later, MINUTE, systemClock, type TenantId } from '@app/kernel';
import { evidencePolicy } from '@app/policies';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { LocalAuthority } from '../../../../../audit/tests/local-authority';
import { connect } from '../../database/connect';
import { openKeyFile } from '../../keys/kms/key-file';
import { Keys } from '../../keys/keys';
import { Recorder } from '../recording/recorder';
import { Sequencer } from '../sequencer';
import { CheckpointSigner } from '../signer';
import { anchorsForBundle, lastAnchor } from './anchor.store';
import { Anchors } from './anchors';
import { loadCheckStamp } from './timestamps';

const ROOT = join(__dirname, '../../../../..');
const policy = evidencePolicy(join(ROOT, 'policies/governance'));
const check = loadCheckStamp(join(ROOT, 'audit/verify'));
let offset = 0;
const clock: Clock = { now: () => later(systemClock.now(), offset) };
const faults: unknown[] = [];
const authority = new LocalAuthority({ key: 'p256' });
let base: TestDatabase;
let source: DataSource;
let folder: string;
let recorder: Recorder;
let sequencer: Sequencer;
let signer: CheckpointSigner;
let anchors: Anchors;

beforeAll(async () => {
  base = await testDatabase();
  source = await connect(base.urls.sequencer, 3, () => undefined);
  folder = await mkdtemp(join(tmpdir(), 'anchoring-'));
  const keys = new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock);
  recorder = new Recorder(base.database, keys, clock);
  sequencer = new Sequencer(source, clock, recorder);
  signer = new CheckpointSigner(source, base.database, keys, clock, join(folder, 'states'));
  anchors = anchorsAt(await authority.serve());
});
afterAll(async () => {
  await source.destroy();
  await base.close();
  await rm(folder, { recursive: true });
  authority.remove();
});
beforeEach(() => (offset = 0));
afterEach(() => expect(faults.splice(0)).toEqual([]));

function anchorsAt(url: string, caPem = authority.ca): Anchors {
  const own = { ...policy, requestTimeoutSeconds: 2 };
  return new Anchors(
    { url, caPem, check },
    own,
    source,
    base.database,
    recorder,
    clock,
    (error) => void faults.push(error),
  );
}

async function grow(tenantId: TenantId, by: number): Promise<void> {
  for (let i = 0; i < by; i++)
    await base.database.transaction(tenantId, (tx) =>
      recorder.record(tx, { act: 'test.act', actor: { kind: 'system', id: 'a-test' } }),
    );
  await checkpoint();
}

async function checkpoint(): Promise<void> {
  while ((await sequencer.pass()).sequenced > 0);
  await signer.pass();
}

async function entriesOf(tenantId: TenantId, act: string) {
  await checkpoint();
  const rows = await base.owner<{ idx: string; entry: Buffer }>(
    'SELECT idx, entry FROM audit_entry WHERE tenant_id = $1 AND act = $2 ORDER BY idx',
    [tenantId, act],
  );
  return rows.map(({ idx, entry }) => ({
    index: Number(idx),
    ...(JSON.parse(entry.toString('utf8')) as { refs?: { token: string }; detail?: object }),
  }));
}

const last = (tenantId: TenantId) => base.database.transaction(tenantId, (tx) => lastAnchor(tx));
const textOf = async (tenantId: TenantId, size: number) => {
  const [row] = await base.owner<{ note: string }>(
    'SELECT note FROM audit_checkpoint WHERE tenant_id = $1 AND size = $2',
    [tenantId, size],
  );
  return `${row?.note.split('\n\n')[0]}\n`;
};

test('a stamp is kept that OpenSSL accepts, and an entry logs it back', async () => {
  const tenantId = await base.tenant('stamped');
  await grow(tenantId, 5);
  const stamp = await anchors.stampNow(tenantId);
  expect(stamp?.size).toBe(5);
  expect(Math.abs((stamp?.stampedAt.getTime() ?? 0) - Date.now())).toBeLessThan(MINUTE);
  const kept = await last(tenantId);
  expect(kept?.response.equals(stamp?.response ?? Buffer.alloc(0))).toBe(true);
  expect(authority.verify(kept?.response ?? Buffer.alloc(0), await textOf(tenantId, 5))).toContain(
    'Verification: OK',
  );
  const token = createHash('sha256')
    .update(kept?.response ?? '')
    .digest('hex');
  expect(await entriesOf(tenantId, 'anchor.stamped')).toMatchObject([
    { index: 5, refs: { token }, detail: { size: 5 } },
  ]);
});

test('one checkpoint is stamped once, however many ask', async () => {
  const tenantId = await base.tenant('once');
  await grow(tenantId, 2);
  const stamps = await Promise.all([anchors.stampNow(tenantId), anchors.stampNow(tenantId)]);
  expect(await anchors.stampNow(tenantId)).toEqual(stamps[0]);
  expect(stamps[1]).toEqual(stamps[0]);
  expect(await entriesOf(tenantId, 'anchor.stamped')).toHaveLength(1);
});

test('every log is stamped once an hour, and one without a checkpoint is not', async () => {
  const [tenantId, empty] = [await base.tenant('hourly'), await base.tenant('empty')];
  await grow(tenantId, 3);
  const stampedAfter = async (minutes: number) => {
    offset = minutes * MINUTE;
    await anchors.pass();
    return (await entriesOf(tenantId, 'anchor.stamped')).length;
  };
  expect([await stampedAfter(0), await stampedAfter(30), await stampedAfter(59)]).toEqual([1, 1, 1]);
  expect(await stampedAfter(61)).toBe(2);
  expect(await last(empty)).toBeUndefined();
});

test('what goes into a bundle are the stamps on its entries and one before, each with its proof', async () => {
  const tenantId = await base.tenant('bundle');
  for (const by of [3, 4, 300, 2]) {
    await grow(tenantId, by);
    await anchors.stampNow(tenantId);
    await checkpoint();
  }
  const [{ size, root }] = (await base.owner<{ size: string; root: Buffer }>(
    'SELECT size, root FROM audit_checkpoint WHERE tenant_id = $1 ORDER BY size DESC LIMIT 1',
    [tenantId],
  )) as [{ size: string; root: Buffer }];
  const inBundle = (from: number) =>
    base.database.transaction(tenantId, (tx) => anchorsForBundle(tx, { from, size: Number(size) }));
  const all = await inBundle(0);
  expect(all.map(({ checkpoint: text }) => parseCheckpoint(text).size)).toEqual([3, 8, 309, 312]);
  for (const { checkpoint: text, consistency, token } of all) {
    const then = parseCheckpoint(text);
    expect(isConsistent(then.size, then.root, Number(size), root, consistency)).toBe(true);
    expect(authority.verify(token, text)).toContain('Verification: OK');
  }
  expect((await inBundle(50)).map(({ checkpoint: text }) => parseCheckpoint(text).size)).toEqual([
    8, 309, 312,
  ]);
});

test('of very many stamps a bundle has a hundred, the first and the last among them', async () => {
  const tenantId = await base.tenant('many');
  await base.owner(
    `INSERT INTO audit_checkpoint SELECT $1::uuid, n, sha256('r'), 'o' || E'\\n' || n || E'\\nr\\n\\nsignature', now() FROM generate_series(1, 1000) n`,
    [tenantId],
  );
  await base.owner(
    `INSERT INTO audit_anchor SELECT $1::uuid, n, now(), 'token', gen_random_uuid() FROM generate_series(1, 1000) n`,
    [tenantId],
  );
  const leaves = Array.from({ length: 1000 }, (_, i) => i);
  await base.owner(
    `INSERT INTO audit_entry SELECT $1::uuid, i, gen_random_uuid(), sha256('l'), 'e', now(), 'a.b', 'x', 'ok', NULL FROM unnest($2::bigint[]) i`,
    [tenantId, leaves],
  );
  await base.owner(
    `INSERT INTO audit_node SELECT $1::uuid, 8, i, sha256('n') FROM generate_series(0, 2) i UNION ALL SELECT $1::uuid, 9, 0, sha256('n')`,
    [tenantId],
  );
  const found = await base.database.transaction(tenantId, (tx) =>
    anchorsForBundle(tx, { from: 0, size: 1000 }),
  );
  const sizes = found.map(({ checkpoint: text }) => Number(text.split('\n')[1]));
  expect(sizes).toHaveLength(100);
  expect([sizes[0], sizes.at(-1)]).toEqual([1, 1000]);
  await base.owner('DELETE FROM audit_head WHERE tenant_id = $1', [tenantId]);
});

test.each<[string, string, (answer: Buffer) => Buffer]>([
  [
    'is changed on the way',
    'bad-token',
    (answer) => ((answer[answer.length - 5] = (answer.at(-5) ?? 0) ^ 1), answer),
  ],
  ['says no', 'rejected', () => Buffer.from('30053003020102', 'hex')],
  ['is not a stamp', 'bad-answer', () => Buffer.from('hello')],
  ['has no end', 'bad-answer', () => Buffer.alloc(100_000)],
])('an answer that %s is not kept, and the page can say so: %s', async (what, code, change) => {
  const tenantId = await base.tenant(`bad-${code}-${what.length}`);
  await grow(tenantId, 2);
  const bad = new LocalAuthority({ key: 'p256' });
  try {
    const from = anchorsAt(await bad.serve(change), bad.ca);
    expect(await from.stampNow(tenantId)).toBeUndefined();
    expect(from.fault(tenantId)).toMatchObject({ code, isAlarmed: false });
    expect(await last(tenantId)).toBeUndefined();
    expect(await entriesOf(tenantId, 'anchor.stamped')).toEqual([]);
  } finally {
    bad.remove();
  }
});

test('the answer to another request is not kept, nor a stamp of an authority that we were not given', async () => {
  const tenantId = await base.tenant('others');
  await grow(tenantId, 2);
  const replay = authority.stamp(await textOf(tenantId, 2));
  const other = new LocalAuthority({ key: 'p256' });
  const replaying = new LocalAuthority({ key: 'p256' });
  try {
    const replayed = anchorsAt(await replaying.serve(() => replay));
    expect(await replayed.stampNow(tenantId)).toBeUndefined();
    expect(replayed.fault(tenantId)?.code).toBe('other-nonce');
    const untrusted = anchorsAt(await other.serve());
    expect(await untrusted.stampNow(tenantId)).toBeUndefined();
    expect(untrusted.fault(tenantId)?.code).toBe('untrusted');
  } finally {
    other.remove();
    replaying.remove();
  }
});

test('an authority that stays away is an alarm, once, and nothing else happens; when it is back the log is stamped', async () => {
  const tenantId = await base.tenant('gone');
  await grow(tenantId, 2);
  const gone = anchorsAt('http://127.0.0.1:9/');
  for (const minutes of [0, 10, 16, 20]) {
    offset = minutes * MINUTE;
    expect(await gone.stampNow(tenantId)).toBeUndefined();
  }
  expect(gone.fault(tenantId)).toMatchObject({ code: 'unreachable', isAlarmed: true });
  expect(await entriesOf(tenantId, 'anchor.missing')).toMatchObject([{ detail: { reason: 'unreachable' } }]);
  offset = HOUR;
  expect(await anchors.stampNow(tenantId)).toBeDefined();
});

test('without an authority nothing is stamped and nothing is asked', async () => {
  const tenantId = await base.tenant('without');
  await grow(tenantId, 1);
  const none = new Anchors(
    undefined,
    policy,
    source,
    base.database,
    recorder,
    clock,
    (error) => void faults.push(error),
  );
  await none.pass();
  expect(await none.stampNow(tenantId)).toBeUndefined();
  expect(none.fault(tenantId)).toBeUndefined();
});

test('if the entry cannot be written, the stamp is not kept either', async () => {
  const tenantId = await base.tenant('unrecorded');
  await grow(tenantId, 1);
  await base.owner('REVOKE INSERT ON audit_pending FROM vestibule_app');
  try {
    expect(await anchors.stampNow(tenantId)).toBeUndefined();
    expect(anchors.fault(tenantId)?.code).toBe('not-recorded');
  } finally {
    await base.owner('GRANT INSERT ON audit_pending TO vestibule_app');
  }
  expect(await last(tenantId)).toBeUndefined();
});
