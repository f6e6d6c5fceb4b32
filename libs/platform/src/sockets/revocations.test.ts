import { type Clock, instantAt, later, newId, type StaffId, type TenantId } from '@app/kernel';
import { concerns, type Revocation, Revocations } from './revocations';

const [tenantId, otherTenant] = [newId<TenantId>(), newId<TenantId>()];
const [staffId, otherStaff] = [newId<StaffId>(), newId<StaffId>()];
const held = { tenantId, staffId, sessionId: 'one' };

test.each<[string, Omit<Revocation, 'reason'>, boolean]>([
  ['their session', { tenantId, sessionId: 'one' }, true],
  ['another session of theirs', { tenantId, sessionId: 'two', staffId }, false],
  ['all that they have', { tenantId, staffId }, true],
  ['somebody else', { tenantId, staffId: otherStaff }, false],
  ['the same id in another tenant', { tenantId: otherTenant, staffId, sessionId: 'one' }, false],
  ['nobody', { tenantId }, false],
])('what is taken from %s concerns them: %s', (_, revocation, expected) => {
  expect(concerns({ ...revocation, reason: 'disabled' }, held)).toBe(expected);
});

test('a client, who is no staff member, is not concerned by what is taken from nobody in particular', () => {
  expect(concerns({ tenantId, reason: 'disabled' }, { tenantId, sessionId: 'one' })).toBe(false);
});

describe('a ticket', () => {
  let now = instantAt(1_000_000);
  const clock: Clock = { now: () => now };
  const start = now;

  test('that was made before access ended opens nothing for a minute, and one that was made after it does', () => {
    const revocations = new Revocations(clock);
    revocations.tell({ tenantId, staffId, reason: 'disabled' });
    expect(revocations.hasEndedSince(later(start, -1), held)).toBe(true);
    expect(revocations.hasEndedSince(start, held)).toBe(true);
    expect(revocations.hasEndedSince(later(start, 1), held)).toBe(false);
    now = later(start, 59_000);
    revocations.tell({ tenantId: otherTenant, staffId, reason: 'disabled' });
    expect(revocations.hasEndedSince(start, held)).toBe(true);
    now = start;
  });
});

test('whoever listens hears until they stop, and one that stops does not keep another from hearing', () => {
  const revocations = new Revocations({ now: () => instantAt(0) });
  const heard: string[] = [];
  const stop = revocations.listen(() => {
    heard.push('first');
    stop();
  });
  revocations.listen(() => heard.push('second'));
  revocations.tell({ tenantId, staffId, reason: 'disabled' });
  revocations.tell({ tenantId, staffId, reason: 'disabled' });
  expect(heard).toEqual(['first', 'second', 'second']);
});
