import { commit, encodeEntry, type Entry, NotAnEntry, parseEntry } from '@app/audit';

const HASH = Buffer.alloc(32, 7).toString('base64');

const FULL: Entry = {
  v: 1,
  id: '019a9f00-0000-7000-8000-000000000001',
  tenant: '019a9f00-0000-7000-8000-0000000000aa',
  at: '2026-11-22T06:41:00.000Z',
  act: 'message.post',
  actor: { kind: 'staff', id: 'st-1', roles: ['clinician'], session: 'se-1' },
  outcome: 'ok',
  authz: { decision: 'allow', policies: ['R1-care-team'], policySet: 'sha256:9a' },
  purpose: 'TREAT',
  intake: { id: 'in-1', n: 2, prev: HASH },
  refs: { message: 'me-1' },
  detail: { seq: 12, state: 'claimed' },
  ctHash: HASH,
  sealed: { ip: `c1:${HASH}` },
  writer: { id: 'w-1', n: 4 },
};

test('an entry comes back from its bytes as it was', () => {
  expect(parseEntry(encodeEntry(FULL))).toEqual(FULL);
});

test('the bytes are canonical JSON on one line', () => {
  const bytes = encodeEntry(FULL).toString('utf8');
  expect(bytes.startsWith('{"act":"message.post","actor":{"id":"st-1"')).toBe(true);
  expect(bytes).not.toContain('\n');
});

test.each<[string, object, string]>([
  ['an unknown field', { note: 'x' }, 'the entry must be without a field of a name not in the format'],
  ['an unknown field inside', { writer: { id: 'w', n: 1, x: 1 } }, 'writer must be without'],
  ['a field of every object', { toString: 'x' }, 'the entry must be without'],
  ['another version', { v: 2 }, 'v must be 1'],
  ['an instant without milliseconds', { at: '2026-11-22T06:41:00Z' }, 'at must be an instant'],
  ['a sentence as a detail', { detail: { why: 'she asked me to' } }, 'detail.why must be a code'],
  ['an e-mail address as an id', { actor: { kind: 'client', id: 'a@b.example' } }, 'actor.id must be a code'],
  ['a person as an outcome', { outcome: 'maybe' }, 'outcome must be ok or refused'],
  [
    'a second entry of an intake that names none before it',
    { intake: { id: 'i', n: 2 } },
    'intake.prev must be',
  ],
  [
    'a first entry of an intake that names one',
    { intake: { id: 'i', n: 1, prev: HASH } },
    'intake.prev must be',
  ],
  ['a number 0', { intake: { id: 'i', n: 0 } }, 'intake.n must be a number from 1 up'],
  ['a hash in another spelling', { ctHash: HASH.replace('c=', 'd=') }, 'ctHash must be base64 of 32 bytes'],
  ['a value where a commitment belongs', { sealed: { ip: '192.0.2.1' } }, 'sealed.ip must be a commitment'],
  ['a list where an object belongs', { refs: [] }, 'refs must be an object'],
])('%s is refused, and the error names the field and not the value', (_name, change, message) => {
  expect(() => encodeEntry({ ...FULL, ...change } as never)).toThrow(NotAnEntry);
  expect(() => encodeEntry({ ...FULL, ...change } as never)).toThrow(message);
});

test.each(['v', 'id', 'tenant', 'at', 'act', 'actor', 'outcome', 'writer'] as const)(
  'an entry without %s is refused',
  (field) => {
    const { [field]: _left, ...rest } = FULL;
    expect(() => encodeEntry(rest as never)).toThrow('the entry must be with each of');
  },
);

test('an entry of more than 16 KiB is refused', () => {
  const detail = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`k${i}`, 'x'.repeat(128)]));
  expect(() => encodeEntry({ ...FULL, detail })).toThrow('more than 16384');
  expect(() => parseEntry(Buffer.alloc(16_385, 0x20))).toThrow('more than 16384');
});

test('a commitment depends on the field, the salt and the value, and is the known answer', () => {
  const salt = Buffer.alloc(32, 1);
  expect(commit('ip', salt, '192.0.2.1')).toBe('c1:SKbBrzy/uuEBeFFp1YA6keL341Z35e/EqkjPzhS9b3g=');
  expect(commit('ua', salt, '192.0.2.1')).not.toBe(commit('ip', salt, '192.0.2.1'));
  expect(commit('ip', Buffer.alloc(32, 2), '192.0.2.1')).not.toBe(commit('ip', salt, '192.0.2.1'));
  expect(commit('ip', salt, '192.0.2.2')).not.toBe(commit('ip', salt, '192.0.2.1'));
  expect(() => commit('ip', Buffer.alloc(16), 'x')).toThrow('32 bytes');
});
