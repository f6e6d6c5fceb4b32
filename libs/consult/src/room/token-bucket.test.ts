import { TokenBucket } from './token-bucket';

test('a bucket lets its burst through, says how long to wait, and fills with time', () => {
  let nowMs = 0;
  const bucket = new TokenBucket({ burst: 2, perSecond: 0.5 }, { now: () => new Date(nowMs) });
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
  nowMs = 2_000;
  expect([bucket.take(), bucket.take()]).toEqual([0, 2]);
  nowMs = 3_600_000;
  expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 2]);
});
