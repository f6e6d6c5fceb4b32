import { newId, type TenantId } from '@app/kernel';
import { type TestDatabase, testDatabase } from '@app/platform/testing';
import { ACTOR, aClock, aRecorder } from '../../testing/services';
import { CannedReplyService } from './canned-reply.service';

const both = (words: string) => ({ en: words, es: words });
let db: TestDatabase;
let replies: CannedReplyService;
let clinic: TenantId;
let other: TenantId;

const refusal = (code: string) => expect.objectContaining({ code }) as Error;

beforeAll(async () => {
  db = await testDatabase();
  replies = new CannedReplyService(aRecorder(db.database, aClock('2026-11-23T12:00:00Z')));
  clinic = await db.tenant('river-clinic');
  other = await db.tenant('other-clinic');
});
afterAll(() => db.close());

test('replies are kept, listed by title and found by id, and their adding is on record', async () => {
  const body = { en: 'Hello {{client.name}}', es: 'Hola, {{client.name}}' };
  await db.database.transaction(clinic, async (tx) => {
    const welcome = await replies.add(tx, ACTOR, 'Welcome', body);
    const closing = await replies.add(tx, ACTOR, 'Closing', both('Goodbye'));
    expect((await replies.list(tx)).map(({ replyId }) => replyId)).toEqual([closing, welcome]);
    expect(await replies.get(tx, welcome)).toEqual({ replyId: welcome, title: 'Welcome', body });
    const [{ n } = { n: 0 }] = await tx.query<{ n: number }>('SELECT count(*)::int AS n FROM audit_pending');
    expect(n).toBe(2);
  });
});

test('another tenant does not see them', async () => {
  const [reply] = await db.database.transaction(clinic, (tx) => replies.list(tx));
  await db.database.transaction(other, async (tx) => {
    expect(await replies.list(tx)).toEqual([]);
    await expect(replies.get(tx, reply?.replyId ?? '')).rejects.toEqual(refusal('NOT_FOUND'));
    await expect(replies.get(tx, newId())).rejects.toEqual(refusal('NOT_FOUND'));
  });
});

test.each<[string, string, { en: string; es: string }, string]>([
  [
    'an unknown merge field in either language',
    'A',
    { en: 'Hi', es: 'Hola {{cliente.nombre}}' },
    'INPUT_MALFORMED',
  ],
  ['no title', ' ', both('Hi'), 'INPUT_MALFORMED'],
  ['nothing to say', 'A', both(' '), 'INPUT_MALFORMED'],
  ['too much to say', 'A', both('x'.repeat(2_001)), 'INPUT_TOO_LARGE'],
])('a reply with %s is refused', async (_says, title, body, code) => {
  const add = db.database.transaction(clinic, (tx) => replies.add(tx, ACTOR, title, body));
  await expect(add).rejects.toEqual(refusal(code));
});
