import { type ConsultId, type IntakeId, newId, type TenantId } from '@app/kernel';
import { FakeMediaRouter } from '../../testing/fake-media-router';
import { FakePage } from '../../testing/room';
import { ABANDONED_MS, type ConsultKey, Rooms } from './rooms';

let rooms: Rooms;
let key: ConsultKey;
let router: FakeMediaRouter;

beforeEach(() => {
  jest.useFakeTimers();
  router = new FakeMediaRouter();
  rooms = new Rooms(router, { now: () => new Date(0) });
  key = { tenantId: newId<TenantId>(), consultId: newId<ConsultId>(), intakeId: newId<IntakeId>() };
});
afterEach(() => jest.useRealTimers());

const enter = (page: FakePage, state: 'waiting' | 'live') => {
  page.seat = rooms.enter(key, state, page);
  return page;
};

test('a client enters only a live consult, also one whose room staff opened in the lobby', () => {
  enter(new FakePage('s', 'staff'), 'waiting');
  expect(() => enter(new FakePage('c', 'client'), 'waiting')).toThrow(
    expect.objectContaining({ code: 'STEP_NOT_ALLOWED' }),
  );
  rooms.follow(key.consultId, 'live', 'staff');
  enter(new FakePage('c', 'client'), 'live');
});

test('the end of a consult ends its room and closes its media', async () => {
  const page = enter(new FakePage('s', 'staff'), 'live');
  await page.prepare();
  rooms.follow(key.consultId, 'ended', 'client');
  await jest.advanceTimersByTimeAsync(0);
  expect(page.heard('consult.ended')).toEqual([{ by: 'client' }]);
  expect(page.isClosed).toBe(true);
  expect(router.rooms.size).toBe(0);
});

test('a room that everybody has left for too long is closed and reported, once', async () => {
  const abandoned: ConsultKey[] = [];
  rooms.onAbandoned((gone) => abandoned.push(gone));
  const page = enter(new FakePage('s', 'staff'), 'live');
  await page.prepare();
  page.seat?.leave();
  page.seat?.leave();
  await jest.advanceTimersByTimeAsync(ABANDONED_MS - 1);
  expect(abandoned).toEqual([]);
  await jest.advanceTimersByTimeAsync(ABANDONED_MS);
  expect(abandoned).toEqual([key]);
  expect(router.rooms.size).toBe(0);
});

test('who comes back in time keeps the room', async () => {
  const abandoned: ConsultKey[] = [];
  rooms.onAbandoned((gone) => abandoned.push(gone));
  enter(new FakePage('s', 'staff'), 'live').seat?.leave();
  await jest.advanceTimersByTimeAsync(ABANDONED_MS - 1);
  enter(new FakePage('s', 'staff'), 'live');
  await jest.advanceTimersByTimeAsync(ABANDONED_MS * 2);
  expect(abandoned).toEqual([]);
});
