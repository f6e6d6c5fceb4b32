import { type IntakeId, SECOND, type SearchId } from '@app/kernel';
import { BulkOpener, type StaffPrincipal } from '@app/platform';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALWAYS, SearchHouse } from '../../../testing/search-house';
import { PAGE, slicesOf } from './pages';

let house: SearchHouse;
let officer: StaffPrincipal;
let long: IntakeId;
const MESSAGES = 12_000;
const ASKED = { words: 'the letter', match: 'phrase', ...ALWAYS, purpose: 'LEGAL' } as const;

beforeAll(async () => {
  house = await SearchHouse.open();
  officer = await house.principal('compliance-officer', []);
  long = await house.said(['nothing']);
  await house.room.db.owner(
    `WITH copies AS (SELECT m.*, n FROM message m, generate_series(2, $2::int) n WHERE m.intake_id = $1 AND m.seq = 1),
       added AS (INSERT INTO message SELECT tenant_id, intake_id, n, message_id, gen_random_uuid(), author_kind, author_id, event,
         sealed, sent_at FROM copies)
     UPDATE intake_head SET last_seq = $2 WHERE intake_id = $1`,
    [long, MESSAGES],
  );
  // The newest conversation is looked through first: its hit is kept before the long one is done.
  await house.said(['I have the letter']);
}, 60_000);
afterEach(() => jest.restoreAllMocks());
afterAll(() => house.close());

/** Lets the opener give its first page, and holds the others back until it is told to go on. */
function holdBack(): { goOn: () => void } {
  const bulk = house.room.module.get(BulkOpener);
  const look = bulk.look.bind(bulk);
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  jest.spyOn(bulk, 'look').mockImplementation(async function* (...given) {
    let first = true;
    for await (const page of look(...given)) {
      if (!first) await held;
      first = false;
      yield page;
    }
  });
  return { goOn };
}

const hitsOf = (searchId: SearchId) =>
  house.room.db.owner('SELECT part FROM transcript_search_hit WHERE search_id = $1', [searchId]);
const stateOf = async (searchId: SearchId) => (await house.mine.get(officer, searchId)).state;
const endOf = async (searchId: SearchId) =>
  (await house.entries('transcript.search-ended')).filter(({ refs }) => refs?.['search'] === searchId);

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 500) throw new Error('what was waited for did not come');
    await sleep(10);
  }
}

test('a long conversation is cut into pages, and short ones share one', () => {
  const ids = ['a', 'b', 'c'] as IntakeId[];
  const [a, b, c] = ids as [IntakeId, IntakeId, IntakeId];
  const pages = [
    ...slicesOf([
      { intakeId: a, lastSeq: 400 },
      { intakeId: b, lastSeq: 200 },
      { intakeId: c, lastSeq: 0 },
    ]),
  ];
  expect(pages).toEqual([
    {
      messages: 500,
      slices: [
        { intakeId: a, after: 0, upto: 400 },
        { intakeId: b, after: 0, upto: 100 },
      ],
    },
    { messages: 100, slices: [{ intakeId: b, after: 100, upto: 200 }] },
  ]);
  expect([...slicesOf([{ intakeId: a, lastSeq: 2 * PAGE }])].map(({ messages }) => messages)).toEqual([
    500,
    PAGE,
    PAGE - 500,
  ]);
});

test('the first hit is there while the search goes on, and progress grows to all messages', async () => {
  const { goOn } = holdBack();
  const searchId = await house.searches.request(officer, ASKED);
  await until(async () => (await hitsOf(searchId)).length > 0);
  const { state, progress, hits } = await house.mine.get(officer, searchId);
  expect([state, progress, hits]).toEqual(['running', { done: 500, total: MESSAGES + 1 }, 1]);
  expect(await house.mine.hits(officer, searchId)).toHaveLength(1);
  goOn();
  const ended = await house.ended(officer, searchId);
  expect(ended).toMatchObject({ state: 'done', progress: { done: MESSAGES + 1, total: MESSAGES + 1 } });
});

test('cancelling ends it at the next page, once, and what it had found stays', async () => {
  const { goOn } = holdBack();
  const searchId = await house.searches.request(officer, ASKED);
  await until(async () => (await hitsOf(searchId)).length > 0);
  await house.mine.cancel(officer, searchId);
  goOn();
  await sleep(500);
  const { state, progress } = await house.mine.get(officer, searchId);
  expect([state, progress.done]).toEqual(['cancelled', 500]);
  expect(await hitsOf(searchId)).toHaveLength(1);
  await expect(house.mine.cancel(officer, searchId)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect(await endOf(searchId)).toMatchObject([
    { actor: { id: officer.staffId }, detail: { state: 'cancelled', looked: 500, messages: 1 } },
  ]);
  // The runner is free for the next.
  expect((await house.search(officer, 'the letter', { purpose: 'LEGAL' })).search.state).toBe('done');
});

test('one that waits is cancelled before anything of it is opened', async () => {
  const { goOn } = holdBack();
  const first = await house.searches.request(officer, ASKED);
  const second = await house.searches.request(officer, ASKED);
  await until(async () => (await hitsOf(first)).length > 0);
  expect(await stateOf(second)).toBe('waiting');
  await house.mine.cancel(officer, second);
  goOn();
  await house.ended(officer, first);
  await sleep(200);
  expect([await stateOf(first), await stateOf(second)]).toEqual(['done', 'cancelled']);
  expect(await hitsOf(second)).toEqual([]);
});

test('whoever has three under way waits for one of them', async () => {
  const { goOn } = holdBack();
  const asked = [];
  for (let n = 0; n < 3; n++) asked.push(await house.searches.request(officer, ASKED));
  await expect(house.searches.request(officer, ASKED)).rejects.toMatchObject({ code: 'TOO_MANY' });
  goOn();
  for (const searchId of asked) expect(await house.ended(officer, searchId)).toMatchObject({ state: 'done' });
});

test('one whose process is gone has failed after a minute, and not before: what it had found is thrown away', async () => {
  const { goOn } = holdBack();
  const searchId = await house.searches.request(officer, ASKED);
  await until(async () => (await hitsOf(searchId)).length > 0);
  const touched = (secondsAgo: number) =>
    house.room.db.owner(
      "UPDATE transcript_search SET touched_at = now() - $2 * interval '1 second' WHERE search_id = $1",
      [searchId, secondsAgo],
    );
  await touched(50);
  await house.runner.tidy();
  expect(await stateOf(searchId)).toBe('running');
  await touched(61);
  await house.runner.tidy();
  expect(await house.mine.get(officer, searchId)).toMatchObject({ state: 'failed', hits: 0, found: 0 });
  expect(await hitsOf(searchId)).toEqual([]);
  expect(await endOf(searchId)).toMatchObject([{ detail: { state: 'failed' }, purpose: 'LEGAL' }]);
  // If it was not gone after all, it finds out and writes nothing more.
  goOn();
  await sleep(500);
  expect([await stateOf(searchId), await hitsOf(searchId)]).toEqual(['failed', []]);
  expect(await endOf(searchId)).toHaveLength(1);
});

test('one that waits behind a long one is said to be alive', async () => {
  const { goOn } = holdBack();
  const first = await house.searches.request(officer, ASKED);
  const second = await house.searches.request(officer, ASKED);
  await house.room.db.owner(
    "UPDATE transcript_search SET touched_at = now() - interval '61 seconds' WHERE search_id = $1",
    [second],
  );
  await house.runner.tidy();
  expect(await stateOf(second)).toBe('waiting');
  goOn();
  for (const searchId of [first, second])
    expect(await house.ended(officer, searchId)).toMatchObject({ state: 'done' });
});

test('a search that breaks off has failed, with an entry, and the next one runs', async () => {
  jest.spyOn(house.room.module.get(BulkOpener), 'look').mockImplementationOnce(() => {
    throw new Error('planted');
  });
  const searchId = await house.searches.request(officer, ASKED);
  expect(await house.ended(officer, searchId)).toMatchObject({ state: 'failed' });
  expect(await endOf(searchId)).toMatchObject([{ actor: { id: 'searcher' }, detail: { state: 'failed' } }]);
  expect((await house.search(officer, 'the letter', { purpose: 'LEGAL' })).search.hits).toBe(1);
});

test('after a day the words, what was found and their key are gone, and not before', async () => {
  const { searchId } = await house.search(officer, 'the letter', { purpose: 'LEGAL' });
  const aged = (seconds: number) =>
    house.room.db.owner(
      "UPDATE transcript_search SET requested_at = now() - $2 * interval '1 second' WHERE search_id = $1",
      [searchId, seconds],
    );
  const day = 24 * 60 * 60;
  await aged(day - 60);
  await house.runner.tidy();
  expect(await stateOf(searchId)).toBe('done');
  await aged(day + 1);
  await house.runner.tidy();
  await expect(house.mine.get(officer, searchId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(await hitsOf(searchId)).toEqual([]);
  const keys = await house.room.db.owner('SELECT 1 FROM data_key WHERE owner = $1', [`search:${searchId}`]);
  expect(keys).toEqual([]);
  expect((await house.entries('transcript.search-deleted')).at(-1)).toMatchObject({
    refs: { search: searchId },
  });
});

test(
  'the program ends while a search runs: it has failed, and says so',
  async () => {
    const { goOn } = holdBack();
    const searchId = await house.searches.request(officer, ASKED);
    await until(async () => (await hitsOf(searchId)).length > 0);
    const stopped = house.runner.stop();
    goOn();
    await stopped;
    expect(await stateOf(searchId)).toBe('failed');
    expect(await hitsOf(searchId)).toEqual([]);
    house.runner.start();
    expect((await house.search(officer, 'the letter', { purpose: 'LEGAL' })).search.state).toBe('done');
  },
  30 * SECOND,
);
