import { type IntakeId, newId, type SearchId } from '@app/kernel';
import { Keys, type StaffPrincipal } from '@app/platform';
import { SearchHouse } from '../../../testing/search-house';

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

describe('what was found', () => {
  test('is read one conversation at a time, each recorded, with its neighbours and the words marked', async () => {
    const { searchId } = await house.search(supervisor, 'la carta');
    const context = await house.contexts.read(supervisor, searchId, mine);
    expect(context).toMatchObject({ intakeId: mine, hits: 1, shown: 1 });
    expect(context.messages.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'Hello'],
      [2, 'Recibí LA CARTA del juez'],
      [3, 'What does the letter say?'],
      [4, 'Thank you'],
    ]);
    expect(context.messages.map(({ marks }) => marks)).toEqual([[], [{ from: 7, to: 15 }], [], []]);
    expect((await house.entries('transcript.read')).at(-1)).toMatchObject({
      actor: { id: supervisor.staffId },
      intake: { id: mine },
      refs: { search: searchId },
      authz: { policies: ['D6-supervise-the-queue'] },
    });
    await house.reread(mine);
  });

  test('is read by an officer with the purpose of the search', async () => {
    const { searchId } = await house.search(officer, 'la carta', { purpose: 'DSAR' });
    await house.contexts.read(officer, searchId, theirs);
    expect((await house.entries('transcript.read')).at(-1)).toMatchObject({
      actor: { id: officer.staffId },
      intake: { id: theirs },
      purpose: 'DSAR',
      authz: { policies: ['S3-search-with-a-purpose'] },
    });
  });

  test('is not for somebody who lost it meanwhile: the list says so, and reading is refused and recorded', async () => {
    const leaving = await house.said(['la carta que se va']);
    const { searchId } = await house.search(supervisor, 'se va');
    await house.room.db.owner('UPDATE intake SET queue_id = $2 WHERE intake_id = $1', [leaving, house.other]);
    expect(await house.mine.hits(supervisor, searchId)).toEqual([{ intakeId: leaving, access: 'denied' }]);
    await expect(house.contexts.read(supervisor, searchId, leaving)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
    expect((await house.entries('transcript.read')).at(-1)).toMatchObject({
      outcome: 'refused',
      actor: { id: supervisor.staffId },
      intake: { id: leaving },
    });
  });

  test('and was erased meanwhile is named so, and does not open', async () => {
    const gone = await house.said(['la carta que se borra']);
    const { searchId } = await house.search(officer, 'se borra', LEGAL);
    const keys = house.room.module.get(Keys);
    await house.room.db.database.transaction(house.room.tenantId, (tx) => keys.destroy(tx, gone));
    expect(await house.mine.hits(officer, searchId)).toMatchObject([{ intakeId: gone, access: 'erased' }]);
    await expect(house.contexts.read(officer, searchId, gone)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('opens nothing that the search has not found, and nothing to anybody else', async () => {
    const { searchId } = await house.search(officer, 'llegó ayer', LEGAL);
    await expect(house.contexts.read(officer, searchId, mine)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const colleague = await house.principal('compliance-officer', []);
    await expect(house.contexts.read(colleague, searchId, theirs)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const attempt of [
      () => house.mine.get(colleague, searchId),
      () => house.mine.hits(colleague, searchId),
      () => house.mine.cancel(colleague, searchId),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await house.mine.list(colleague)).toEqual([]);
  });

  test('is not read while that cannot be recorded', async () => {
    const { searchId } = await house.search(supervisor, 'la carta');
    const opened = jest.spyOn(house.room.module.get(Keys), 'open');
    await house.withoutLog(async () => {
      await expect(house.contexts.read(supervisor, searchId, mine)).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
      await expect(house.mine.hits(supervisor, searchId)).rejects.toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
      await expect(house.mine.list(supervisor)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    });
    expect(opened).not.toHaveBeenCalled();
  });

  test('the words are shown to whoever asked, and that is recorded', async () => {
    const asker = await house.principal('supervisor');
    const { searchId } = await house.search(asker, 'Thank YOU');
    expect(await house.mine.list(asker)).toMatchObject([{ searchId, words: 'Thank YOU', state: 'done' }]);
    expect((await house.entries('search.read')).at(-1)).toMatchObject({
      actor: { id: asker.staffId },
      detail: { searches: 1 },
    });
    await expect(house.mine.get(asker, newId<SearchId>())).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
