import { type Clock, newId, type StaffId, systemClock, type TenantId } from '@app/kernel';
import { evidencePolicy, PolicySet } from '@app/policies';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from '../auditing/recording/recorder';
import { WitnessWatch } from '../auditing/witnessing/witness-watch';
import { openKeyFile } from '../keys/kms/key-file';
import { Keys } from '../keys/keys';
import { Gate } from './gate';
import type { StaffPrincipal } from './principal';

const POLICIES = join(__dirname, '../../../../policies');
const clock: Clock = systemClock;
let base: TestDatabase;
let folder: string;
let gate: Gate;
let watch: WitnessWatch;
let tenantId: TenantId;

beforeAll(async () => {
  base = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'gate-'));
  const recorder = new Recorder(
    base.database,
    new Keys(await openKeyFile(join(folder, 'root.key'), undefined), clock),
    clock,
  );
  watch = new WitnessWatch(evidencePolicy(join(POLICIES, 'governance')), true, clock);
  gate = new Gate(PolicySet.load(join(POLICIES, 'access')), recorder, watch);
  tenantId = await base.tenant('gate');
});
afterAll(async () => {
  await base.close();
  await rm(folder, { recursive: true });
});

const somebody = (role: 'compliance-officer' | 'receptionist'): StaffPrincipal => ({
  kind: 'staff',
  tenantId,
  staffId: newId<StaffId>(),
  sessionId: newId<string>(),
  name: 'Somebody',
  roles: [role],
  queues: [],
});

const exporting = (principal: StaffPrincipal) =>
  base.database.transaction(tenantId, (tx) =>
    Promise.resolve(
      gate.pass(tx, {
        principal,
        action: 'export.create',
        resource: { kind: 'tenant', id: tenantId },
        purpose: 'LEGAL',
      }),
    ),
  );

test('an act that waits for the witnesses is refused before it is done, and the refusal is recorded with its reason', async () => {
  watch.tell(new Map([[tenantId, new Date('2020-01-01')]]));
  const officer = somebody('compliance-officer');
  await expect(exporting(officer)).rejects.toMatchObject({ code: 'NOT_WITNESSED' });
  const [row] = await base.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending WHERE tenant_id = $1', [
    tenantId,
  ]);
  expect(JSON.parse(row?.entry.toString('utf8') ?? '')).toMatchObject({
    act: 'export.create',
    outcome: 'refused',
    authz: { decision: 'deny', policies: ['evidence.witnessLagSeconds'] },
  });
});

test('it is allowed when they are there, and who may not do it is told nothing of witnesses', async () => {
  watch.tell(new Map());
  expect((await exporting(somebody('compliance-officer'))).allowed).toBe(true);
  watch.tell(new Map([[tenantId, new Date('2020-01-01')]]));
  await expect(exporting(somebody('receptionist'))).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});
