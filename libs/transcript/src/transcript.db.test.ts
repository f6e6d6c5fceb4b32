import { type IntakeId, newId, type StaffId } from '@app/kernel';
import type { Act } from '@app/platform';
import type { KnownHead, NewMessage } from './transcript.service';
import { Room } from '../testing/room';

let room: Room;
let head: KnownHead;
beforeAll(async () => {
  room = await Room.open();
}, 60_000);
beforeEach(async () => {
  head = await room.intake();
});
afterAll(() => room.close());

const message = (text: string, clientMsgId = newId<string>()): NewMessage => ({
  clientMsgId,
  author: { kind: 'client', id: head.intakeId },
  text,
});
const act = (): Act => ({ act: 'message.post', actor: { kind: 'client', id: head.intakeId } });
const append = (at: KnownHead, text: string, clientMsgId?: string) =>
  room.transcript.append(at, message(text, clientMsgId), act());

/** Appends and returns where the conversation then stands. */
async function said(at: KnownHead, text: string): Promise<KnownHead> {
  const result = await append(at, text);
  if (result.outcome !== 'appended') throw new Error(result.outcome);
  return result.head;
}

test('messages get the numbers 1, 2, 3, and are read in that order, after a number', async () => {
  const last = await said(await said(await said(head, 'one'), 'two'), 'three');
  expect(last.lastSeq).toBe(3);
  expect((await room.read(head.intakeId)).map(({ seq, text }) => [seq, text])).toEqual([
    [1, 'one'],
    [2, 'two'],
    [3, 'three'],
  ]);
  expect((await room.read(head.intakeId, 2)).map(({ text }) => text)).toEqual(['three']);
});

test('the same id again is the same message, and its first text is the one that is kept', async () => {
  const id = newId<string>();
  const first = await append(head, 'first', id);
  if (first.outcome !== 'appended') throw new Error(first.outcome);
  // Whether the sender knows of it or not.
  for (const at of [head, first.head])
    await expect(append(at, 'second', id)).resolves.toEqual({ outcome: 'repeated', posted: first.posted });
  expect((await room.read(head.intakeId)).map(({ text }) => text)).toEqual(['first']);
});

test("somebody else's id makes a message of one's own, and leaves theirs as it was", async () => {
  const id = newId<string>();
  const first = await append(head, 'mine', id);
  if (first.outcome !== 'appended') throw new Error(first.outcome);
  const staff = { kind: 'staff' as const, id: newId<StaffId>(), name: 'Sam' };
  await expect(
    room.transcript.append(first.head, { ...message('theirs', id), author: staff }, act()),
  ).resolves.toMatchObject({ outcome: 'appended', posted: { seq: 2 } });
  const [mine, theirs] = await room.read(head.intakeId);
  expect([mine?.text, mine?.clientMsgId, theirs?.text, theirs?.clientMsgId]).toEqual([
    'mine',
    id,
    'theirs',
    undefined,
  ]);
});

test.each<[string, (at: KnownHead) => KnownHead]>([
  ['an older version', (at) => ({ ...at, version: at.version - 1 })],
  ['a number too early', (at) => ({ ...at, lastSeq: at.lastSeq - 1 })],
  ['a number too late', (at) => ({ ...at, lastSeq: at.lastSeq + 1 })],
  ['fewer entries', (at) => ({ ...at, chain: { n: 0, prev: undefined } })],
  ['more entries', (at) => ({ ...at, chain: { ...at.chain, n: at.chain.n + 1 } })],
])('a decision on %s is stale: nothing is stored, and nothing recorded', async (_, changed) => {
  const now = await said(head, 'one');
  const before = await room.stored(head.intakeId);
  await expect(append(changed(now), 'two')).resolves.toEqual({ outcome: 'stale' });
  expect(await room.stored(head.intakeId)).toEqual(before);
});

test('of many that were decided on the same facts one is in, and the others are stale', async () => {
  await room.remember(head.intakeId);
  const results = await Promise.all(Array.from({ length: 10 }, (_, i) => append(head, `message ${i}`)));
  expect(results.map(({ outcome }) => outcome).sort()).toEqual([
    'appended',
    ...Array<string>(9).fill('stale'),
  ]);
});

test('a conversation that is not there, or is of another tenant, is missing', async () => {
  await expect(append({ ...head, intakeId: newId<IntakeId>() }, 'x')).resolves.toEqual({
    outcome: 'missing',
  });
  const other = await room.db.tenant('another-clinic');
  await expect(append({ ...head, tenantId: other }, 'x')).resolves.toEqual({ outcome: 'missing' });
});

test('a message whose tokens hold one of a record value is guarded and not stored', async () => {
  const [value, harmless] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await room.recordValue(value);
  const before = await room.stored(head.intakeId);
  const guarded = (guard: Buffer) => room.transcript.append(head, { ...message('x'), guard }, act());
  for (const guard of [value, Buffer.concat([harmless, value]), Buffer.concat([value, harmless])])
    await expect(guarded(guard)).resolves.toEqual({ outcome: 'guarded' });
  expect(await room.stored(head.intakeId)).toEqual(before);
  // Two tokens that hold the value's bytes between them hold no value.
  const across = Buffer.concat([harmless.subarray(0, 16), value, harmless.subarray(16)]);
  await expect(guarded(across)).resolves.toMatchObject({ outcome: 'appended' });
});

test('a message that was put in the place of another, or into another conversation, does not open', async () => {
  await said(await said(head, 'yes'), 'no');
  const broken = { code: 'SEAL_BROKEN' };
  await room.db.owner(
    `UPDATE message m SET sealed = o.sealed FROM message o
     WHERE m.intake_id = $1 AND o.intake_id = $1 AND m.seq = 1 AND o.seq = 2`,
    [head.intakeId],
  );
  await expect(room.read(head.intakeId)).rejects.toMatchObject(broken);
  const other = await room.intake();
  await room.db.owner('UPDATE message SET intake_id = $2, seq = 1 WHERE intake_id = $1 AND seq = 2', [
    head.intakeId,
    other.intakeId,
  ]);
  await expect(room.read(other.intakeId)).rejects.toMatchObject(broken);
});

test("a receipt for one conversation opens no other's messages", async () => {
  await said(head, 'one');
  const other = await room.intake();
  await expect(room.read(head.intakeId, 0, other.intakeId)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('the id that a page gave comes back to its sender and to nobody else', async () => {
  const id = newId<string>();
  await append(head, 'mine', id);
  const [own] = await room.read(head.intakeId);
  const [theirs] = await room.read(head.intakeId, 0, head.intakeId, { kind: 'staff', id: newId<string>() });
  expect([own?.clientMsgId, theirs?.clientMsgId]).toEqual([id, undefined]);
});

test('a line of what happened has the next number, and comes with what its entry says of the stored bytes', async () => {
  const at = await said(head, 'one');
  const { line, kept } = await room.db.database.transaction(at.tenantId, (tx) =>
    room.transcript.appendEvent(tx, at.intakeId, 'claimed'),
  );
  const lines = await room.read(head.intakeId);
  expect(lines.map(({ seq, event }) => [seq, event])).toEqual([
    [1, undefined],
    [2, 'claimed'],
  ]);
  const [stored] = await room.db.owner<{ sealed: Buffer }>(
    'SELECT sealed FROM message WHERE intake_id = $1 AND seq = 2',
    [at.intakeId],
  );
  expect(kept).toEqual({ refs: { message: line.messageId }, ciphertext: stored?.sealed });
  await expect(append(at, 'two')).resolves.toEqual({ outcome: 'stale' });
});
