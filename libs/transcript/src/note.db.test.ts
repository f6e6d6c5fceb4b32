import { type IntakeId, newId } from '@app/kernel';
import { Room } from '../testing/room';

let room: Room;
let intakeId: IntakeId;
let rosa: Awaited<ReturnType<Room['staff']>>;
let sam: typeof rosa;
beforeAll(async () => {
  room = await Room.open();
  [rosa, sam] = [await room.staff('Rosa'), await room.staff('Sam')];
}, 60_000);
beforeEach(async () => {
  ({ intakeId } = await room.intake());
});
afterAll(() => room.close());

const add = (text: string, author = rosa, clientMsgId = newId<string>()) =>
  room.db.database.transaction(room.tenantId, (tx) =>
    room.notes.add(
      tx,
      intakeId,
      { clientMsgId, author, text },
      { act: 'note.write', actor: { kind: 'staff', id: author.id } },
    ),
  );
const read = async (after = 0) => {
  const receipt = await room.receipt(intakeId);
  return room.db.database.transaction(room.tenantId, (tx) => room.notes.read(tx, receipt, intakeId, after));
};

test("notes have numbers of their own: a client's numbers have no holes that tell of them", async () => {
  await room.transcript.append(
    { tenantId: room.tenantId, intakeId, version: 1, lastSeq: 0, chain: { n: 0, prev: undefined } },
    { clientMsgId: newId(), author: { kind: 'client', id: intakeId }, text: 'hello' },
    { act: 'message.post', actor: { kind: 'client', id: intakeId } },
  );
  await add('one');
  await add('two', sam);
  expect((await read()).map(({ seq, text, author }) => [seq, text, author.name])).toEqual([
    [1, 'one', 'Rosa'],
    [2, 'two', 'Sam'],
  ]);
  expect((await read(1)).map(({ text }) => text)).toEqual(['two']);
  expect((await room.read(intakeId)).map(({ seq, text }) => [seq, text])).toEqual([[1, 'hello']]);
});

test('the same id again is the same note, which says what it said first', async () => {
  const id = newId<string>();
  await expect(add('first', rosa, id)).resolves.toMatchObject({ added: { seq: 1, text: 'first' } });
  await expect(add('second', rosa, id)).resolves.toEqual({ repeated: 1 });
  expect((await read()).map(({ text }) => text)).toEqual(['first']);
});

test("a colleague's id makes a note of one's own, and leaves theirs as it was", async () => {
  const id = newId<string>();
  await add('first', rosa, id);
  await expect(add('second', sam, id)).resolves.toMatchObject({ added: { seq: 2, text: 'second' } });
  expect((await read()).map(({ text }) => text)).toEqual(['first', 'second']);
});

test('a note that was put in the place of a message, or of another note, does not open', async () => {
  await add('one');
  await add('two');
  await room.db.owner(
    `UPDATE note n SET sealed = o.sealed FROM note o
     WHERE n.intake_id = $1 AND o.intake_id = $1 AND n.seq = 1 AND o.seq = 2`,
    [intakeId],
  );
  await expect(read()).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
  await room.db.owner(
    `INSERT INTO message (tenant_id, intake_id, seq, message_id, client_msg_id, author_kind, author_id, sealed, sent_at)
     SELECT tenant_id, intake_id, 1, note_id, note_id, 'client', intake_id, sealed, sent_at FROM note
     WHERE intake_id = $1 AND seq = 2`,
    [intakeId],
  );
  await expect(room.read(intakeId)).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
});
