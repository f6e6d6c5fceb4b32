import type { IntakeId } from '@app/kernel';
import { Room } from '../testing/room';

let room: Room;
let intakeId: IntakeId;
beforeAll(async () => {
  room = await Room.open();
}, 60_000);
beforeEach(async () => {
  ({ intakeId } = await room.intake());
  await room.db.owner('UPDATE intake_head SET last_seq = 10 WHERE intake_id = $1', [intakeId]);
});
afterAll(() => room.close());

const raise = (side: 'client' | 'staff', delivered: number, read: number) =>
  room.receipts.raise(room.tenantId, intakeId, side, { delivered, read });

test.each([
  ['received', [3, 0], [3, 0]],
  ['read is received too', [0, 4], [4, 4]],
  ['never past the last message', [99, 99], [10, 10]],
  ['the largest number there is', [2_147_483_647, 0], [10, 0]],
] as const)('%s', async (_, [delivered, read], [clientDelivered, clientRead]) => {
  await expect(raise('client', delivered, read)).resolves.toEqual({
    clientDelivered,
    clientRead,
    staffDelivered: 0,
    staffRead: 0,
  });
});

test('marks never go back, in whichever order they come', async () => {
  await raise('staff', 7, 5);
  await expect(raise('staff', 2, 1)).resolves.toMatchObject({ staffDelivered: 7, staffRead: 5 });
  const marks = Array.from({ length: 10 }, (_, i) => i + 1);
  await Promise.all([...marks].reverse().map((mark) => raise('staff', mark, mark)));
  await expect(raise('staff', 0, 0)).resolves.toMatchObject({ staffDelivered: 10, staffRead: 10 });
});

test("one side does not move the other's, and another tenant moves none", async () => {
  await raise('client', 6, 6);
  const other = await room.db.tenant('another-clinic');
  const none = { clientDelivered: 0, clientRead: 0, staffDelivered: 0, staffRead: 0 };
  await expect(room.receipts.raise(other, intakeId, 'staff', { delivered: 9, read: 9 })).resolves.toEqual(
    none,
  );
  await expect(raise('staff', 0, 0)).resolves.toEqual({ ...none, clientDelivered: 6, clientRead: 6 });
});
