import { fieldsOf, nextOpening, parseDefinition } from '@app/desk';
import { newId, type QueueId } from '@app/kernel';
import { DEMO_TENANTS } from './seed';

const NOW = new Date('2026-11-22T12:00:00Z');

describe.each(DEMO_TENANTS.map((tenant) => [tenant.name, tenant] as const))('%s', (_name, tenant) => {
  const { site, queues, staff, replies, records } = tenant;
  const topics = Object.fromEntries(Object.keys(site.topics).map((topic) => [topic, newId<QueueId>()]));
  const definition = parseDefinition({ ...site.definition, topics });

  test('has a form with a branch, and every topic goes to a queue that it has', () => {
    expect(definition.form.some(({ when }) => when !== undefined)).toBe(true);
    for (const key of Object.values(site.topics)) expect(Object.keys(queues)).toContain(key);
  });

  test('opens within the next ten days', () => {
    const opening = nextOpening(definition, NOW);
    expect(opening && opening.getTime() - NOW.getTime()).toBeLessThan(10 * 86_400_000);
  });

  test('has somebody in every role, each queue is served, and every name is marked as made up', () => {
    expect(staff.map(({ role }) => role).sort()).toEqual([
      'administrator',
      'clinician',
      'compliance-officer',
      'receptionist',
      'supervisor',
    ]);
    const answering = staff.filter(({ role }) => role === 'receptionist' || role === 'clinician');
    for (const key of Object.keys(queues))
      expect(answering.some((one) => one.queues.includes(key))).toBe(true);
    for (const { name, email } of staff) {
      expect(name).toMatch(/ \(demo\)$/);
      expect(email).toMatch(/^[a-z]+@[a-z-]+\.example$/);
    }
  });

  test('has a reply that names a value of the record, which its records have', () => {
    const named = replies.flatMap(({ body }) => [...fieldsOf(body.en), ...fieldsOf(body.es)]);
    const fields = named.filter((field) => field.startsWith('record.')).map((field) => field.slice(7));
    expect(fields.length).toBeGreaterThan(0);
    const columns = records.definition.others.map(({ field }) => field);
    expect(columns).toEqual(expect.arrayContaining(fields));
  });

  test('has notices and replies in two languages that are not the same', () => {
    expect(site.notice.en).not.toBe(site.notice.es);
    for (const { body } of replies) {
      expect(body.en).not.toBe(body.es);
      expect(fieldsOf(body.en).sort()).toEqual(fieldsOf(body.es).sort());
    }
  });

  test('sends no mail to an address that somebody may have', () => {
    const addresses = records.csv(() => '2026-12-01').match(/\S+@[^,\s]+/g) ?? [];
    expect(addresses.length).toBeGreaterThanOrEqual(6);
    for (const address of addresses) expect(address).toMatch(/\.example$/);
  });
});
