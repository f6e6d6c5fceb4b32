import { type IntakeId, newId } from '@app/kernel';
import { BulkOpener, Keys, type StaffPrincipal } from '@app/platform';
import { ALWAYS, SearchHouse } from '../../testing/search-house';
import { MAX_HITS } from './running/search-job.service';

let house: SearchHouse;
let supervisor: StaffPrincipal;
let officer: StaffPrincipal;
let mine: IntakeId;
let theirs: IntakeId;
const LEGAL = { purpose: 'LEGAL' } as const;

beforeAll(async () => {
  house = await SearchHouse.open();
  supervisor = await house.principal('supervisor');
  officer = await house.principal('compliance-officer', []);
  mine = await house.said(['Hello', 'Recibí LA CARTA del juez', 'What does the letter say?', 'Thank you']);
  theirs = await house.said(['la carta llegó ayer'], house.other);
}, 60_000);
afterEach(() => jest.restoreAllMocks());
afterAll(() => house.close());

/** Whether anything was opened in threads while something was done. */
function watchOpening() {
  return jest.spyOn(house.room.module.get(BulkOpener), 'look');
}

describe('a search', () => {
  test('finds words without their case and accents, and shows of each conversation no word', async () => {
    const { search, hits, searchId } = await house.search(officer, 'la carta', LEGAL);
    expect(search).toMatchObject({
      ...{ state: 'done', hits: 2, found: 2, erased: 0, unreadable: 0, capped: false, conversations: 2 },
      progress: { done: 5, total: 5 },
    });
    expect(hits).toHaveLength(2);
    expect(hits.find(({ intakeId }) => intakeId === mine)).toEqual({
      intakeId: mine,
      access: 'allowed',
      messages: 1,
      firstAt: expect.any(String) as string,
      lastAt: expect.any(String) as string,
      queue: { id: house.room.site.queueId, name: 'Desk' },
      topic: { en: 'other', es: 'other' },
    });
    expect(JSON.stringify([search, hits])).not.toMatch(/carta/i);
    const [entry] = (await house.entries('transcript.searched')).slice(-1);
    expect(entry).toMatchObject({
      actor: { kind: 'staff', id: officer.staffId },
      outcome: 'ok',
      purpose: 'LEGAL',
      authz: { policies: ['S3-search-with-a-purpose'] },
      refs: { search: searchId, scope: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      detail: { ...ALWAYS, match: 'phrase', conversations: 2 },
      sealed: { words: expect.any(String) as string },
    });
    expect((await house.entries('transcript.search-ended')).at(-1)).toMatchObject({
      refs: { search: searchId },
      detail: { state: 'done', looked: 5, messages: 2, conversations: 2, erased: 0, capped: 'false' },
    });
  });

  test('looks for all words, each anywhere in one message', async () => {
    const all = { ...LEGAL, match: 'all-words' } as const;
    expect((await house.search(officer, 'juez carta', all)).intakes).toEqual([mine]);
    expect((await house.search(officer, 'juez ayer', all)).intakes).toEqual([]);
  });

  test('of a supervisor opens their own queues only', async () => {
    const { search, intakes } = await house.search(supervisor, 'la carta');
    expect(intakes).toEqual([mine]);
    expect(search.conversations).toBe(1);
    expect((await house.entries('transcript.searched')).at(-1)).toMatchObject({
      authz: { policies: ['S1-search-my-queues', 'S2-ask-for-a-search'] },
      detail: { conversations: 1 },
    });
  });

  test('keeps to its period, its queue and its conversation', async () => {
    const old = await house.said(
      ['la carta vieja'],
      house.room.site.queueId,
      new Date('2021-05-01T10:00:00Z'),
    );
    await house.room.db.owner("UPDATE message SET sent_at = '2021-05-01T10:00:00Z' WHERE intake_id = $1", [
      old,
    ]);
    const may = { from: '2021-05-01T00:00:00.000Z', to: '2021-05-02T00:00:00.000Z' };
    expect((await house.search(officer, 'la carta', { ...LEGAL, ...may })).intakes).toEqual([old]);
    const june = { from: '2021-06-01T00:00:00.000Z', to: '2021-07-01T00:00:00.000Z' };
    expect((await house.search(officer, 'la carta', { ...LEGAL, ...june })).intakes).toEqual([]);
    expect((await house.search(officer, 'la carta', { ...LEGAL, queueId: house.other })).intakes).toEqual([
      theirs,
    ]);
    const one = await house.search(officer, 'la carta', { ...LEGAL, intakeId: mine });
    expect([one.intakes, one.search.conversations]).toEqual([[mine], 1]);
    // One conversation is named in the entry, which stands among that conversation's own.
    expect((await house.entries('transcript.searched')).at(-1)).toMatchObject({ intake: { id: mine } });
    await house.room.db.owner('DELETE FROM message WHERE intake_id = $1', [old]);
  });

  test('does not find what another organisation was told, with the same ids of everything but the tenant', async () => {
    const elsewhere = await house.room.db.tenant('elsewhere');
    await house.room.db.owner(
      `INSERT INTO message SELECT $2, intake_id, seq + 100, message_id, message_id, author_kind, author_id, event, sealed, sent_at
       FROM message WHERE intake_id = $1`,
      [mine, elsewhere],
    );
    const before = await house.search(officer, 'la carta', { ...LEGAL, intakeId: mine });
    expect(before.search).toMatchObject({ hits: 1, unreadable: 0 });
    await house.room.db.owner('DELETE FROM message WHERE tenant_id = $1', [elsewhere]);
  });

  test('that finds nothing says so, and so does one in which nothing stands', async () => {
    expect(await house.search(officer, 'no such words', LEGAL)).toMatchObject({
      search: { state: 'done', hits: 0 },
      hits: [],
    });
    const before = { from: '2020-01-01T00:00:00.000Z', to: '2020-01-02T00:00:00.000Z' };
    expect((await house.search(officer, 'la carta', { ...LEGAL, ...before })).search).toMatchObject({
      state: 'done',
      conversations: 0,
      progress: { done: 0, total: 0 },
    });
  });

  test('counts a conversation whose key is gone as erased, and a message that was changed as unreadable', async () => {
    const erased = await house.said(['la carta secreta', 'otra vez']);
    const changed = await house.said(['la carta cambiada', 'la carta entera']);
    const keys = house.room.module.get(Keys);
    await house.room.db.database.transaction(house.room.tenantId, (tx) => keys.destroy(tx, erased));
    await house.room.db.owner(
      'UPDATE message SET sealed = set_byte(sealed, 110, 255 - get_byte(sealed, 110)) WHERE intake_id = $1 AND seq = 1',
      [changed],
    );
    const { search, intakes } = await house.search(officer, 'la carta', LEGAL);
    expect(search).toMatchObject({ state: 'done', erased: 1, unreadable: 1, hits: 3 });
    expect(intakes).not.toContain(erased);
    await house.room.db.owner('DELETE FROM message WHERE intake_id = ANY ($1)', [[erased, changed]]);
  });

  test(`ends at ${MAX_HITS} messages and says that there are more, and not when there are exactly so many`, async () => {
    const many = await house.said(['la carta']);
    const fill = (count: number) =>
      house.room.db.owner(
        `WITH copies AS (SELECT m.*, n FROM message m, generate_series(2, $2::int) n WHERE m.intake_id = $1 AND m.seq = 1),
           added AS (INSERT INTO message SELECT tenant_id, intake_id, n, message_id, gen_random_uuid(), author_kind, author_id,
             event, sealed, sent_at FROM copies)
         UPDATE intake_head SET last_seq = $2 WHERE intake_id = $1`,
        [many, count],
      );
    await fill(MAX_HITS);
    const scope = { ...LEGAL, intakeId: many };
    expect((await house.search(officer, 'la carta', scope)).search).toMatchObject({
      hits: MAX_HITS,
      capped: false,
    });
    await house.room.db.owner('DELETE FROM message WHERE intake_id = $1 AND seq > 1', [many]);
    await fill(MAX_HITS + 1);
    const { search, hits } = await house.search(officer, 'la carta', scope);
    expect(search).toMatchObject({ state: 'done', hits: MAX_HITS, found: 1, capped: true });
    expect(hits).toMatchObject([{ messages: MAX_HITS }]);
    await house.room.db.owner('DELETE FROM message WHERE intake_id = $1', [many]);
  });

  test('leaves the words readable nowhere: not in a table, not in the log, not in what the program prints', async () => {
    const printed: string[] = [];
    for (const stream of [process.stdout, process.stderr])
      jest.spyOn(stream, 'write').mockImplementation((line) => {
        printed.push(String(line));
        return true;
      });
    const canary = 'zanzibarquokka';
    await house.search(officer, canary, LEGAL);
    jest.spyOn(house.room.module.get(BulkOpener), 'look').mockImplementation(() => {
      throw new Error('planted');
    });
    const failed = await house.searches.request(officer, {
      words: canary,
      match: 'phrase',
      ...ALWAYS,
      ...LEGAL,
    });
    expect(await house.ended(officer, failed)).toMatchObject({ state: 'failed' });
    const tables = await house.room.db.owner<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
    );
    expect(tables.length).toBeGreaterThan(30);
    for (const { name } of tables) {
      const rows = await house.room.db.owner<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      for (const hidden of [
        canary,
        Buffer.from(canary).toString('hex'),
        Buffer.from(canary).toString('base64'),
      ])
        expect([name, text.includes(hidden)]).toEqual([name, false]);
    }
    expect(printed.join('')).not.toContain(canary);
  });
});

describe('nothing is opened', () => {
  test.each(['receptionist', 'clinician', 'administrator'] as const)(
    'for a %s, and the refusal is recorded',
    async (role) => {
      const who = await house.principal(role);
      const opened = watchOpening();
      await expect(house.search(who, 'la carta', LEGAL)).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
      expect(opened).not.toHaveBeenCalled();
      expect((await house.entries('transcript.search')).at(-1)).toMatchObject({
        actor: { id: who.staffId },
        outcome: 'refused',
        purpose: 'LEGAL',
      });
    },
  );

  test('for a compliance officer who does not say why', async () => {
    await expect(house.search(officer, 'la carta')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
    expect((await house.entries('transcript.search')).at(-1)).toMatchObject({
      actor: { id: officer.staffId },
      outcome: 'refused',
    });
  });

  test('for a supervisor who names a queue or a conversation that is not theirs, and the refusal says which', async () => {
    const opened = watchOpening();
    await expect(house.search(supervisor, 'carta', { queueId: house.other })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    expect((await house.entries('transcript.search')).at(-1)).toMatchObject({
      outcome: 'refused',
      refs: { queue: house.other },
    });
    await expect(house.search(supervisor, 'carta', { intakeId: theirs })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    expect((await house.entries('transcript.search')).at(-1)).toMatchObject({
      outcome: 'refused',
      intake: { id: theirs },
    });
    const nobodys = newId<IntakeId>();
    await expect(house.search(supervisor, 'carta', { intakeId: nobodys })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect((await house.entries('transcript.search')).at(-1)).toMatchObject({ refs: { asked: nobodys } });
    expect(opened).not.toHaveBeenCalled();
  });

  test('while entries cannot be written: there is no search either', async () => {
    const opened = watchOpening();
    const count = () => house.room.db.owner('SELECT count(*)::int AS n FROM transcript_search');
    const before = await count();
    await house.withoutLog(async () => {
      await expect(house.search(officer, 'la carta', LEGAL)).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
    });
    expect(opened).not.toHaveBeenCalled();
    expect(await count()).toEqual(before);
  });
});
