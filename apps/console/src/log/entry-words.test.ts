import type { EntryRow } from '../protocol';
import { en } from '../texts/en';
import { enDesk } from '../texts/en-desk';
import { enLog } from '../texts/en-log';
import { es } from '../texts/es';
import { esDesk } from '../texts/es-desk';
import { esLog } from '../texts/es-log';
import { actorWords, actWords, purposeWords, reasonWords } from './entry-words';

const entry: EntryRow = {
  entryId: 'e',
  at: '2026-01-01T00:00:00.000Z',
  act: 'record.read',
  outcome: 'ok',
  actor: { kind: 'staff', id: 's1', name: 'Staff One' },
  policies: ['D5-record-once-known'],
};

test('an entry is told in words', () => {
  expect(actWords(entry.act, enLog.log)).toBe('Read values of a client’s record');
  expect(actorWords(entry.actor, enLog.log)).toBe('Staff One');
  expect(reasonWords(entry, enLog.log)).toBe('They had taken it, and identity was confirmed');
});

test('an act, a rule and a purpose that have no words keep their own names', () => {
  expect(actWords('tape.play', enLog.log)).toBe('tape.play');
  expect(reasonWords({ ...entry, policies: ['X9-new'] }, enLog.log)).toBe('X9-new');
  expect(purposeWords({ ...entry, purpose: 'AUDIT' }, enLog.log)).toBe('audit');
  expect(purposeWords({ ...entry, purpose: 'NEW' }, enLog.log)).toBe('NEW');
  expect(purposeWords(entry, enLog.log)).toBeUndefined();
});

test('a refusal that no rule allowed says so', () => {
  expect(reasonWords({ ...entry, outcome: 'refused', policies: [] }, enLog.log)).toBe('No rule allows it');
  expect(reasonWords({ ...entry, policies: [] }, enLog.log)).toBe('');
});

test('an act that the rules allowed and something else stopped says what stopped it', () => {
  const stopped = { ...entry, outcome: 'refused' as const, detail: { reason: 'held' } };
  expect(reasonWords(stopped, enLog.log)).toBe('A legal hold keeps the conversation');
  expect(reasonWords({ ...stopped, outcome: 'ok' }, enLog.log)).toBe(
    'They had taken it, and identity was confirmed',
  );
  expect(reasonWords({ ...stopped, detail: { reason: 'other' } }, enLog.log)).toBe(
    'They had taken it, and identity was confirmed',
  );
});

test('a client is not named in the log', () => {
  expect(actorWords({ kind: 'client', id: 'c1' }, enLog.log)).toBe('A client');
});

test('Spanish has words for everything that English has', () => {
  const keys = (node: object): string[] =>
    Object.entries(node).flatMap(([key, value]) =>
      value !== null && typeof value === 'object' ? keys(value).map((rest) => `${key}.${rest}`) : [key],
    );
  expect(keys({ ...es, ...esDesk, ...esLog }).sort()).toEqual(keys({ ...en, ...enDesk, ...enLog }).sort());
});
