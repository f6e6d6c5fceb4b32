import fc from 'fast-check';
import { isSearchable, MAX_WORDS, matcher, type Query, spansOf } from './matcher';

const phrase = (words: string): Query => ({ words, match: 'phrase' });
const all = (words: string): Query => ({ words, match: 'all-words' });

test.each([
  ['the letter', 'I got THE letter yesterday'],
  ['recibi la carta', 'Ayer recibí la carta.'],
  ['mañana', 'Hasta manana'],
  ['manana', 'Hasta MAÑANA'],
  ['cancion', 'la canci\u006f\u0301n'],
  ['strasse', 'Lange Straße 5'],
  ['STRASSE', 'lange straße 5'],
  ['ﬁnal office', 'the FINAL oﬃce'],
  ['ΟΔΟΣ', 'η οδός μου'],
  ['istanbul', 'İstanbul'],
  ['２０２６', 'in 2026'],
  ["don't", 'I don’t know'],
  ['l’avi', "l'avi"],
  ['follow up', 'a follow-up, please'],
  ['ana@example.org', 'write to Ana@Example.org!'],
  ['555-0123', 'call 555 0123'],
  ['client', 'the client’s file'],
  ['extraordinary', 'extra\u00adordinary'],
  ['qué', '¿Qué?'],
  ['東京', '私は東京に'],
  ['key', 'the 🔑key🔑'],
])('the phrase "%s" is in "%s"', (words, text) => {
  expect(matcher(phrase(words))(text)).toBe(true);
  const [span] = spansOf(phrase(words), text);
  expect(span).toBeDefined();
  expect(text.slice(span?.from, span?.to).length).toBeGreaterThan(0);
});

test.each([
  ['cat', 'concatenate'],
  ['cat', 'cats'],
  ['papa', 'papás'],
  ['the letter', 'the long letter'],
  ['letter the', 'the letter'],
  ['año', 'años'],
  ['2026', '120261'],
  ['key', 'keyé'],
])('the phrase "%s" is not in "%s": words are whole, and in their order', (words, text) => {
  expect(matcher(phrase(words))(text)).toBe(false);
  expect(spansOf(phrase(words), text)).toEqual([]);
});

test('all words may stand anywhere in the message, and each must', () => {
  expect(matcher(all('carta juez'))('El juez mandó una carta')).toBe(true);
  expect(matcher(all('carta juez'))('El juez no mandó nada')).toBe(false);
  expect(matcher(all("don't ana@example.org"))('ana@example.org: don’t')).toBe(true);
  expect(matcher(all('ana@example.org'))('ana, see the example at org.uk')).toBe(false);
});

test('marks stand where the words are in the text as it was written', () => {
  const text = '¡La Straße y el AÑO! Año nuevo.';
  const marked = (query: Query) => spansOf(query, text).map(({ from, to }) => text.slice(from, to));
  expect(marked(phrase('ano'))).toEqual(['AÑO', 'Año']);
  expect(marked(all('nuevo strasse'))).toEqual(['Straße', 'nuevo']);
  expect(marked(all('ano ano'))).toEqual(['AÑO', 'Año']);
  expect(marked(all('ano fiesta'))).toEqual([]);
});

test('a combining accent belongs to the letter before it', () => {
  const text = 'cafe\u0301 con leche';
  expect(spansOf(phrase('café'), text).map(({ from, to }) => text.slice(from, to))).toEqual(['cafe\u0301']);
});

test.each([phrase(''), phrase('…'), all(' - '), phrase('🔑'), phrase('a '.repeat(MAX_WORDS + 1))])(
  'there is nothing to look for in %j',
  (query) => expect(isSearchable(query)).toBe(false),
);

test('as many words as are allowed are looked for', () => {
  expect(isSearchable(all('a '.repeat(MAX_WORDS)))).toBe(true);
});

test('a query that is not searchable finds nothing', () => {
  expect(matcher(phrase('…'))('… … …')).toBe(false);
});

test('what the fast way finds is marked, and what is marked the fast way finds, whatever the text', () => {
  const piece = fc.constantFrom(
    ...[
      'a',
      'b',
      'á',
      'ñ',
      'ß',
      'ς',
      'Σ',
      'ﬁ',
      'İ',
      ' ',
      '-',
      '’',
      '\u0301',
      '\u00ad',
      '🔑',
      '東',
      '½',
      '가',
      '\ud83c',
    ],
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(
      text,
      text,
      fc.constantFrom('phrase' as const, 'all-words' as const),
      (words, within, match) => {
        const query = { words, match };
        expect(spansOf(query, within).length > 0).toBe(matcher(query)(within));
      },
    ),
    { numRuns: 5_000 },
  );
});

test('a text is found in itself, whatever surrounds it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (words) => {
      fc.pre(isSearchable(phrase(words)));
      expect(matcher(phrase(words))(`x ${words} y`)).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['a b', 'a '.repeat(2_000)],
  ['a a a a a a a a a a a a a a a a a a a b', 'a '.repeat(2_000)],
  ['a b', `a${' '.repeat(3_998)}`],
  ['aaaaaaaaaaaaaaaaaaaab', 'a'.repeat(4_000)],
  ['ñ '.repeat(19) + 'x', 'ñ '.repeat(2_000)],
])('the longest text is looked through in time: "%s"', (words, text) => {
  const has = matcher(phrase(words));
  const start = performance.now();
  for (let i = 0; i < 20; i++) expect(has(text)).toBe(false);
  // Twenty of the longest messages there can be; a pattern that goes back and forth would take seconds.
  expect((performance.now() - start) / 20).toBeLessThan(50);
});
