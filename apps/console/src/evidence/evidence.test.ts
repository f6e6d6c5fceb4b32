import { type Evidence, signingOf, stampDays, stampingOf, witnessingOf, witnessState } from './evidence';

const NOW = new Date('2026-06-15T12:00:00.000Z');
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000).toISOString();
const witness = { name: 'w', size: 10, isRefusing: false };
const plain: Evidence = {
  log: { origin: 'o', vkey: 'v', entries: 10 },
  checkpoint: { size: 10, signedAt: ago(1), text: 'o\n10\nr\n' },
  witnesses: [witness],
  witnessed: 10,
  isHeld: false,
  anchors: { isConfigured: true, stamps: [{ size: 9, at: ago(600) }] },
  policy: {
    witnessQuorum: 1,
    witnessAlarmSeconds: 900,
    witnessLagSeconds: 14_400,
    anchorSeconds: 3_600,
    heldActs: [],
  },
  alarms: [],
  shownSince: ago(14 * 86_400),
};

test('a log is signed while its newest entries wait no longer than a minute', () => {
  expect(signingOf(plain, NOW)).toBe('signed');
  expect(signingOf({ ...plain, log: { ...plain.log, unsignedSince: ago(59) } }, NOW)).toBe('signed');
  expect(signingOf({ ...plain, log: { ...plain.log, unsignedSince: ago(61) } }, NOW)).toBe('late');
  const { checkpoint: _, ...before } = plain;
  expect(signingOf(before, NOW)).toBe('never');
});

test('of the witnesses the worst is said', () => {
  expect(witnessingOf({ ...plain, witnesses: [] }, NOW)).toBe('none');
  expect(witnessingOf(plain, NOW)).toBe('seen');
  expect(witnessingOf({ ...plain, witnesses: [witness, { ...witness, awaySince: ago(899) }] }, NOW)).toBe(
    'seen',
  );
  expect(witnessingOf({ ...plain, witnesses: [witness, { ...witness, awaySince: ago(900) }] }, NOW)).toBe(
    'away',
  );
  expect(witnessingOf({ ...plain, isHeld: true }, NOW)).toBe('held');
  expect(witnessingOf({ ...plain, isHeld: true, witnesses: [{ ...witness, isRefusing: true }] }, NOW)).toBe(
    'refused',
  );
});

test('a witness that has not seen all is catching up, not away', () => {
  expect(witnessState(witness, 10)).toBe('seen');
  expect(witnessState(witness, 11)).toBe('behind');
  expect(witnessState({ ...witness, awaySince: ago(1) }, 11)).toBe('away');
  expect(witnessState({ ...witness, awaySince: ago(1), isRefusing: true }, 11)).toBe('refusing');
});

test('stamps are late after twice the time between them', () => {
  const stamped = (seconds: number) => ({
    ...plain,
    anchors: { isConfigured: true, stamps: [{ size: 9, at: ago(seconds) }] },
  });
  expect(stampingOf(stamped(7_200), NOW)).toBe('stamped');
  expect(stampingOf(stamped(7_201), NOW)).toBe('late');
  expect(stampingOf({ ...plain, anchors: { isConfigured: false, stamps: [] } }, NOW)).toBe('none');
  expect(stampingOf({ ...plain, anchors: { isConfigured: true, stamps: [] } }, NOW)).toBe('first');
});

test('days without a stamp are days, too', () => {
  const days = stampDays(
    [
      { size: 3, at: '2026-06-13T08:00:00.000Z' },
      { size: 5, at: '2026-06-13T09:00:00.000Z' },
    ],
    new Date('2026-06-12T12:00:00.000Z'),
    NOW,
    (at) => at.toISOString().slice(0, 10),
  );
  expect(days.map(({ key, count, lastSize }) => [key, count, lastSize])).toEqual([
    ['2026-06-12', 0, undefined],
    ['2026-06-13', 2, 5],
    ['2026-06-14', 0, undefined],
    ['2026-06-15', 0, undefined],
  ]);
});
