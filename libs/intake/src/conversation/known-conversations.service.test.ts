import { type IntakeId, newId, type TenantId } from '@app/kernel';
import type { Conversation } from './conversation';
import { KnownConversations } from './known-conversations.service';

const TENANT = newId<TenantId>();

function conversation(tenantId = TENANT, intakeId = newId<IntakeId>()): Conversation {
  const head = { tenantId, intakeId, version: 1, lastSeq: 0, chain: { n: 0, prev: undefined } };
  return { tenantId, intakeId, head } as unknown as Conversation;
}

test("what is known of one tenant's conversation is not what is known of another's under the same id", () => {
  const known = new KnownConversations();
  const mine = conversation();
  known.remember(mine);
  expect(known.get(TENANT, mine.intakeId)).toBe(mine);
  expect(known.get(newId<TenantId>(), mine.intakeId)).toBeUndefined();
});

test('a message moves the head and nothing else, and what is forgotten is asked for again', () => {
  const known = new KnownConversations();
  const one = conversation();
  known.advance(one, { ...one.head, lastSeq: 7 });
  expect(known.get(TENANT, one.intakeId)).toEqual({ ...one, head: { ...one.head, lastSeq: 7 } });
  known.forget(TENANT, one.intakeId);
  expect(known.get(TENANT, one.intakeId)).toBeUndefined();
});

test('five thousand are known, and the one that came first makes room for the next', () => {
  const known = new KnownConversations();
  const all = Array.from({ length: 5_001 }, () => conversation());
  for (const one of all) known.remember(one);
  const held = all.filter((one) => known.get(TENANT, one.intakeId) !== undefined);
  expect(held).toEqual(all.slice(1));
});
