import { type ConsultId, type IntakeId, newId, type TenantId } from '@app/kernel';
import { FakeMediaRouter } from '../testing/fake-media-router';
import { FakePage } from '../testing/room';
import { ConsultRooms } from './rooms';

const ABANDONED_MS = 1_000;
const call = {
  tenantId: newId<TenantId>(),
  consultId: newId<ConsultId>(),
  intakeId: newId<IntakeId>(),
};
const { tenantId, intakeId } = call;

let rooms: ConsultRooms;
let router: FakeMediaRouter;
let abandoned: object[];

beforeEach(() => {
  jest.useFakeTimers();
  router = new FakeMediaRouter();
  abandoned = [];
  rooms = new ConsultRooms(router, { now: () => new Date(0) }, () => undefined, ABANDONED_MS);
  rooms.onAbandoned(async (gone) => void abandoned.push(gone));
});
afterEach(() => jest.useRealTimers());

const enter = (page: FakePage, isLive: boolean) => {
  page.seat = rooms.join(call, isLive, page);
  return page;
};

test('a client enters only a live consult, also one whose room staff opened in the lobby', () => {
  enter(new FakePage('s', 'staff'), false);
  expect(() => enter(new FakePage('c', 'client'), false)).toThrow(
    expect.objectContaining({ code: 'STEP_NOT_ALLOWED' }),
  );
  rooms.admitClient(call.consultId);
  enter(new FakePage('c', 'client'), false);
});

test('the end of a consult is told in its room and closes its media', async () => {
  const page = await enter(new FakePage('s', 'staff'), true).prepare();
  rooms.end(call.consultId, 'client');
  await jest.advanceTimersByTimeAsync(0);
  expect(page.heard('consult.ended')).toEqual([{ by: 'client' }]);
  expect(page.isClosed).toBe(true);
  expect(router.rooms.size).toBe(0);
});

test('a room that everybody has left for too long is closed and reported, once', async () => {
  const page = await enter(new FakePage('s', 'staff'), true).prepare();
  page.seat?.leave();
  page.seat?.leave();
  await jest.advanceTimersByTimeAsync(ABANDONED_MS - 1);
  expect(abandoned).toEqual([]);
  await jest.advanceTimersByTimeAsync(ABANDONED_MS);
  expect(abandoned).toEqual([{ tenantId, intakeId }]);
  expect(router.rooms.size).toBe(0);
});

test('who comes back in time keeps the room', async () => {
  enter(new FakePage('s', 'staff'), true).seat?.leave();
  await jest.advanceTimersByTimeAsync(ABANDONED_MS - 1);
  enter(new FakePage('s', 'staff'), true);
  await jest.advanceTimersByTimeAsync(ABANDONED_MS * 2);
  expect(abandoned).toEqual([]);
});
