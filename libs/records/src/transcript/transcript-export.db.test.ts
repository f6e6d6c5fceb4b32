import type { ExportId, TenantId } from '@app/kernel';
import type { StaffPrincipal } from '@app/platform';
import { createHash } from 'node:crypto';
import { Conversation } from '../../testing/conversation';
import { House } from '../../testing/house';
import { filesOf, manifestOf, verify } from '../../testing/judge';
import { Erasures } from '../erasure/erasure.service';
import { TranscriptExports } from '../export/transcript-exports.service';
import type { TranscriptDocument } from './document';

let house: House;
let transcripts: TranscriptExports;
let clinic: TenantId;
let officer: StaffPrincipal;
let clinician: StaffPrincipal;
let talk: Conversation;
const LONG = 'Una línea muy larga con eñes y acentos. '.repeat(60);
const LEGAL = 'LEGAL';

beforeAll(async () => {
  house = await House.open();
  transcripts = house.app.get(TranscriptExports);
  clinic = await house.tenant('a-clinic');
  officer = await house.staff(clinic);
  clinician = await house.staff(clinic, 'clinician', 'Noor Haddad');
});
beforeEach(async () => {
  talk = await Conversation.start(house, clinic);
  await talk.say(
    { by: 'client', text: 'My knee has hurt since Tuesday 🦵' },
    { event: 'claimed', who: 'Noor Haddad' },
    { by: 'staff', staffId: clinician.staffId, text: LONG },
    { by: 'client', text: 'e\u0301 is é' },
  );
});
afterAll(() => house.close());

const ask = (purpose: 'LEGAL' | 'DSAR' = LEGAL) =>
  transcripts.request(officer, { intakeId: talk.intakeId, purpose });
const made = async (exportId: ExportId) => {
  const done = await house.ended(officer, exportId);
  expect([done.state, done.failure]).toEqual(['ready', undefined]);
  const bundle = await house.bundle(officer, exportId);
  return { done, bundle, files: filesOf(bundle) };
};
const linesIn = (file: Buffer | undefined) =>
  (file?.toString('utf8') ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const documentIn = (files: Map<string, Buffer>) =>
  JSON.parse(files.get('transcript/transcript.json')?.toString('utf8') ?? '{}') as TranscriptDocument;

test('one conversation leaves the house as a bundle that verifies, with each message, its key, and its entry', async () => {
  const { done, bundle, files } = await made(await ask());
  expect(verify(bundle)).toEqual({ exitCode: 0, findings: [] });
  expect(manifestOf(bundle)).toMatchObject({
    scope: { kind: 'intake', intake: talk.intakeId },
    messages: 4,
    openings: 1,
    purpose: LEGAL,
  });
  expect(done).toMatchObject({ messages: 4, fileName: expect.stringContaining('conversation') as string });
  const acts = linesIn(files.get('entries.jsonl')).map(({ act }) => act);
  expect(acts).toEqual([
    ...['intake.start', 'message.post', 'intake.claim', 'message.post', 'message.post'],
    // The request itself and the reading are part of what the conversation's log says.
    ...['transcript.export', 'transcript.read'],
  ]);
  const [first] = linesIn(files.get('transcript/messages.jsonl'));
  expect(first).toMatchObject({
    seq: 1,
    text: 'My knee has hurt since Tuesday 🦵',
    author: { kind: 'client' },
  });
  const [, entry] = linesIn(files.get('entries.jsonl'));
  const digest = createHash('sha256')
    .update(Buffer.from(String(first?.['sealed']), 'base64'))
    .digest('base64');
  expect(entry).toMatchObject({ id: first?.['entry'], ctHash: digest });
  expect(
    documentIn(files).messages.map(({ author, text, event }) => [author.role, author.name, event ?? text]),
  ).toEqual([
    ['client', undefined, 'My knee has hurt since Tuesday 🦵'],
    ['system', 'Noor Haddad', 'claimed'],
    ['staff', 'Noor Haddad', LONG],
    ['client', undefined, 'é is é'],
  ]);
  expect(files.get('transcript/transcript.pdf')?.subarray(0, 8).toString()).toBe('%PDF-1.7');
});

test('what the client gave of themselves is opened, why it is on hold is not', async () => {
  const { files } = await made(await ask('DSAR'));
  expect(linesIn(files.get('openings.jsonl'))).toMatchObject([{ field: 'ip', value: '198.51.100.7' }]);
});

test('the reading is on record before anything is opened, in the name of who asked, once', async () => {
  const exportId = await ask();
  await made(exportId);
  const readings = (await house.entries(clinic, 'transcript.read')).filter(
    ({ refs }) => refs?.['export'] === exportId,
  );
  expect(readings).toMatchObject([
    { actor: { kind: 'staff', id: officer.staffId }, intake: { id: talk.intakeId }, purpose: LEGAL },
  ]);
  const [asked] = (await house.entries(clinic, 'transcript.export')).slice(-1);
  expect(asked).toMatchObject({
    authz: { decision: 'allow', policies: ['O6-take-a-conversation-out'] },
    intake: { id: talk.intakeId },
    refs: { export: exportId },
  });
});

test('nothing that was said stands readable in the database', async () => {
  await made(await ask());
  expect(await house.count('export_part', "position('since Tuesday'::bytea in sealed) > 0")).toBe(0);
  expect(await house.count('export', "row_to_json(export)::text LIKE '%Tuesday%'")).toBe(0);
});

describe('a redacted variant', () => {
  const redacted = async (source: ExportId) =>
    made(
      await transcripts.redact(officer, source, {
        redactions: [
          { seq: 1, reason: 'third-party' },
          { seq: 3, reason: 'privileged' },
        ],
      }),
    );

  test('keeps back what it should and nothing else, verifies, and names what it was made from', async () => {
    const source = await ask();
    const whole = await made(source);
    await talk.say({ by: 'client', text: 'One more thing, said later.' });
    const { bundle, files } = await redacted(source);
    expect(verify(bundle)).toEqual({ exitCode: 0, findings: [] });
    const manifest = whole.files.get('manifest.json');
    expect(manifestOf(bundle)).toMatchObject({
      source: {
        manifestSha256: createHash('sha256')
          .update(manifest ?? '')
          .digest('hex'),
      },
    });
    expect(
      linesIn(files.get('transcript/messages.jsonl')).map(
        ({ redacted: why, text, event }) => why ?? event ?? text,
      ),
    ).toEqual([...['third-party', 'claimed', 'privileged', 'é is é', 'later']]);
    for (const word of ['Tuesday', 'eñes', 'One more thing', '198.51.100.7'])
      expect([word, bundle.includes(word)]).toEqual([word, false]);
    expect(files.has('openings.jsonl')).toBe(false);
  });

  test('is not made of one that is not ready, of one that is redacted, nor with a number that is not there', async () => {
    const source = await ask();
    await made(source);
    const { done } = await redacted(source);
    const one = [{ seq: 1, reason: 'safety' }] as const;
    await expect(transcripts.redact(officer, done.exportId, { redactions: [...one] })).rejects.toMatchObject({
      code: 'STEP_NOT_ALLOWED',
    });
    await expect(
      transcripts.redact(officer, source, { redactions: [{ seq: 5, reason: 'safety' }] }),
    ).rejects.toMatchObject({ code: 'INPUT_MALFORMED' });
    const period = await house.exports.request(officer, {
      ...{ from: '2025-06-01T00:00:00.000Z', to: '2025-07-01T00:00:00.000Z', purpose: LEGAL },
    });
    await expect(transcripts.redact(officer, period, { redactions: [...one] })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    await house.ended(officer, period);
  });
});

describe('an export fails, says which message, and opens nothing of it, when', () => {
  test.each([
    [
      'the bytes of a message were changed',
      3,
      'UPDATE message SET sealed = set_byte(sealed, 120, get_byte(sealed, 120) # 1) WHERE intake_id = $1 AND seq = 3',
    ],
    [
      'an older ciphertext stands in its place',
      4,
      `UPDATE message SET sealed = (SELECT sealed FROM message WHERE intake_id = $1 AND seq = 1) WHERE intake_id = $1 AND seq = 4`,
    ],
    ['a message is gone', 1, 'DELETE FROM message WHERE intake_id = $1 AND seq = 1'],
    ['the last message is gone', 4, 'DELETE FROM message WHERE intake_id = $1 AND seq = 4'],
    [
      'somebody else is said to have written it',
      1,
      `UPDATE message SET author_kind = 'staff', author_id = gen_random_uuid()::text WHERE intake_id = $1 AND seq = 1`,
    ],
    [
      'a message was put in that nobody sent',
      5,
      `INSERT INTO message SELECT tenant_id, intake_id, 5, gen_random_uuid(), gen_random_uuid(), author_kind, author_id, event, sealed, sent_at FROM message WHERE intake_id = $1 AND seq = 4`,
    ],
  ])('%s', async (_, message, change) => {
    await house.db.owner(change, [talk.intakeId]);
    const done = await house.ended(officer, await ask());
    expect(done).toMatchObject({ state: 'failed', failure: { reason: 'transcript-altered', message } });
    const [failed] = (await house.entries(clinic, 'export.failed')).slice(-1);
    expect(failed).toMatchObject({ outcome: 'refused', detail: { reason: 'transcript-altered', message } });
    expect(await house.count('export_part', `export_id = '${done.exportId}'`)).toBe(0);
  });

  test('the conversation was erased', async () => {
    await house.db.owner('DELETE FROM data_key WHERE owner = $1', [talk.intakeId]);
    const done = await house.ended(officer, await ask());
    expect(done).toMatchObject({ state: 'failed', failure: { reason: 'erased' } });
  });
});

test('when a conversation is erased, its exports are gone with it: no part and no key is left', async () => {
  const exportId = await ask();
  await made(exportId);
  await house.app.get(Erasures).request(officer, talk.intakeId, 'DSAR');
  expect(await house.exports.get(officer, exportId)).toMatchObject({
    state: 'failed',
    failure: { reason: 'erased' },
  });
  expect(await house.count('export_part', `export_id = '${exportId}'`)).toBe(0);
  expect(await house.count('data_key', `owner IN ('${talk.intakeId}', 'export:${exportId}')`)).toBe(0);
  await expect(house.bundle(officer, exportId)).rejects.toMatchObject({ code: 'STEP_NOT_ALLOWED' });
  expect((await house.ended(officer, await ask())).failure).toEqual({ reason: 'erased' });
});

test('whoever may not is refused, on record, and asks for nothing', async () => {
  const before = await house.count('export');
  const administrator = await house.staff(clinic, 'administrator', 'An Administrator');
  const { intakeId } = talk;
  for (const who of [clinician, administrator])
    await expect(transcripts.request(who, { intakeId, purpose: LEGAL })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
    });
  await expect(transcripts.request(officer, { intakeId, purpose: 'AUDIT' })).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
  });
  const refused = (await house.entries(clinic, 'transcript.export')).filter(
    ({ outcome }) => outcome === 'refused',
  );
  expect(refused.slice(-3).map(({ actor, purpose }) => [actor.id, purpose])).toEqual([
    [clinician.staffId, LEGAL],
    [administrator.staffId, LEGAL],
    [officer.staffId, 'AUDIT'],
  ]);
  expect(await house.count('export')).toBe(before);
});

test('a conversation of another organisation is not found', async () => {
  const stranger = await house.staff(await house.tenant('elsewhere'));
  await expect(
    transcripts.request(stranger, { intakeId: talk.intakeId, purpose: LEGAL }),
  ).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('without the log nothing is asked for', async () => {
  const before = await house.count('export');
  await house.withoutLog(async () => {
    await expect(ask()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
  expect(await house.count('export')).toBe(before);
});
