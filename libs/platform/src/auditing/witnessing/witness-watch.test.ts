import { HOUR, later, newId, SECOND, type TenantId } from '@app/kernel';
import { evidencePolicy } from '@app/policies';
import { join } from 'node:path';
import { WitnessWatch } from './witness-watch';

const policy = evidencePolicy(join(__dirname, '../../../../../policies/governance'));
const START = new Date('2026-06-15T12:00:00.000Z');
const tenantId = newId<TenantId>();
let now = START;
const watchOf = (isNeeded: boolean) => new WitnessWatch(policy, isNeeded, { now: () => now });

beforeEach(() => (now = START));

test('without a witness nothing waits, and before the first look held acts do', () => {
  expect(watchOf(false).holds(tenantId, 'export.create')).toBe(false);
  expect(watchOf(true).holds(tenantId, 'export.create')).toBe(true);
  expect(watchOf(true).holds(tenantId, 'staff.manage')).toBe(false);
});

test('held acts wait from the moment that the policy names, and for that log alone', () => {
  const watch = watchOf(true);
  now = later(START, policy.witnessLagSeconds * SECOND);
  watch.tell(new Map([[tenantId, START]]));
  expect(watch.holds(tenantId, 'export.create')).toBe(false);
  now = later(now, 1);
  expect(watch.holds(tenantId, 'export.create')).toBe(true);
  expect(watch.holds(newId<TenantId>(), 'export.create')).toBe(false);
});

test('a watch that nobody tells anything any more holds them as well', () => {
  const watch = watchOf(true);
  watch.tell(new Map());
  now = later(START, 4 * HOUR + 1);
  expect(watch.holds(tenantId, 'export.create')).toBe(true);
});
