import { newId, systemClock } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyFile } from '../../keys/kms/key-file';
import { Keys } from '../../keys/keys';
import { Recorder } from './recorder';

let db: TestDatabase;
let home: string;
let recorder: Recorder;
beforeAll(async () => {
  db = await testDatabase();
  home = await mkdtemp(join(tmpdir(), 'receipts-'));
  const keys = new Keys(await openKeyFile(join(home, 'root.key'), undefined), systemClock);
  recorder = new Recorder(db.database, keys, systemClock);
});
afterAll(async () => {
  await db.close();
  await rm(home, { recursive: true });
});

test('an entry of a reading names exactly what its receipt opens, however much it is', async () => {
  const tenantId = await db.tenant('scopes');
  const owners = Array.from({ length: 2_000 }, () => newId<string>());
  const one = { act: 'test.read', actor: { kind: 'system', id: 'test' } } as const;
  await recorder.recordRead(tenantId, one, owners);
  await recorder.recordRead(tenantId, one, owners.slice(1));
  await recorder.recordRead(tenantId, one, owners.slice(0, 1));
  const rows = await db.owner<{ entry: Buffer }>(
    'SELECT entry FROM audit_pending WHERE tenant_id = $1 UNION ALL SELECT entry FROM audit_entry WHERE tenant_id = $1 ORDER BY 1',
    [tenantId],
  );
  const scopes = rows.map(
    ({ entry }) => (JSON.parse(entry.toString('utf8')) as { refs?: { scope?: string } }).refs?.scope,
  );
  const digest = (names: readonly string[]) =>
    createHash('sha256')
      .update(
        [...names]
          .sort()
          .map((name) => `${name}\n`)
          .join(''),
      )
      .digest('hex');
  expect(new Set(scopes)).toEqual(new Set([digest(owners), digest(owners.slice(1)), undefined]));
});
