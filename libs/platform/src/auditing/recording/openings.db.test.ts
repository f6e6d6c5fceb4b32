import { memoryKms, type TestDatabase, testDatabase } from '@app/platform/testing';
import { newId, systemClock, type TenantId } from '@app/kernel';
import { Keys } from '../../keys/keys';
import { Recorder } from './recorder';

const PERSONAL = { ip: '203.0.113.7' };
const actor = { kind: 'system', id: 'test' } as const;
const intakeId = newId<string>();
let db: TestDatabase;
let tenantId: TenantId;
let keys: Keys;
let recorder: Recorder;
beforeAll(async () => {
  db = await testDatabase();
  tenantId = await db.tenant();
  keys = new Keys(memoryKms(), systemClock);
  recorder = new Recorder(db.database, keys, systemClock);
  await db.owner('INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $2)', [tenantId, intakeId]);
});
afterAll(() => db.close());

/** Records an act with a personal value, and returns its opening as it is stored. */
async function stored(of?: string) {
  const entryId = await db.database.transaction(tenantId, (tx) =>
    recorder.record(tx, {
      act: 'test.personal',
      actor,
      personal: PERSONAL,
      ...(of !== undefined && { intakeId: of }),
    }),
  );
  const [row] = await db.owner<{ sealed: Buffer }>('SELECT sealed FROM audit_opening WHERE entry_id = $1', [
    entryId,
  ]);
  if (row === undefined) throw new Error('no opening');
  return { entryId, sealed: row.sealed };
}

/** Opens it as a reader does who asks the database whose key it names. */
const read = async ({ entryId, sealed }: Awaited<ReturnType<typeof stored>>) =>
  db.database.transaction(tenantId, async (tx) => {
    const owner = (await keys.ownerOf(tx, sealed)) ?? 'nobody';
    const receipt = await recorder.recordRead(tenantId, { act: 'test.read', actor }, [owner]);
    const opened = await keys.open(tx, receipt, owner, { item: entryId, content: 'ip' }, sealed);
    return { owner, value: (JSON.parse(opened.toString()) as { value: string }).value };
  });

test("what an entry of a conversation commits to is sealed under that conversation's key, and dies with it", async () => {
  const [own, general] = [await stored(intakeId), await stored()];
  await expect(read(own)).resolves.toEqual({ owner: intakeId, value: PERSONAL.ip });
  await expect(read(general)).resolves.toEqual({ owner: 'audit-openings', value: PERSONAL.ip });
  await db.database.transaction(tenantId, (tx) => keys.destroy(tx, intakeId));
  await expect(read(own)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  await expect(read(general)).resolves.toMatchObject({ value: PERSONAL.ip });
});

test('an opening from before that, sealed under the common key, is still read', async () => {
  const { entryId } = await stored(intakeId);
  const sealed = await db.database.transaction(tenantId, (tx) =>
    keys.seal(
      tx,
      'audit-openings',
      { item: entryId, content: 'ip' },
      JSON.stringify({ salt: '', value: 'old' }),
    ),
  );
  await expect(read({ entryId, sealed })).resolves.toEqual({ owner: 'audit-openings', value: 'old' });
});
