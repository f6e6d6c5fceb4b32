import fc from 'fast-check';
import { canonicalName, compact, fold } from './fold';
import { dayOf } from './dates';
import {
  candidatesIn,
  formOfEmail,
  formsOfDay,
  formsOfIdentifier,
  formsOfPhone,
  formsOfValue,
} from './forms';

const finds = (forms: readonly string[], text: string) => {
  const candidates = candidatesIn(text);
  return forms.some((form) => candidates.has(form));
};

const EN = 'January February March April May June July August September October November December'.split(' ');
const ES = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(
  ' ',
);
const ordinal = (n: number) =>
  `${n}${n % 10 === 1 && n !== 11 ? 'st' : n % 10 === 2 && n !== 12 ? 'nd' : n % 10 === 3 && n !== 13 ? 'rd' : 'th'}`;
const two = (n: number) => String(n).padStart(2, '0');

/** Every notation that a day is written in here. */
function notations(y: number, m: number, d: number): string[] {
  const [en = '', es = ''] = [EN[m - 1], ES[m - 1]];
  return [
    `${y}-${two(m)}-${two(d)}`,
    `${y}/${m}/${d}`,
    `${two(d)}/${two(m)}/${y}`,
    `${two(m)}/${two(d)}/${y}`,
    `${d}.${m}.${y}`,
    `${d}-${m}-${two(y % 100)}`,
    `${m}/${d}/${two(y % 100)}`,
    `${d} ${en.slice(0, 3)} ${y}`,
    `${d}-${en.slice(0, 3).toUpperCase()}-${two(y % 100)}`,
    `${en} ${d}, ${y}`,
    `${en} ${ordinal(d)}, ${y}`,
    `the ${ordinal(d)} of ${en} ${y}`,
    `${en.slice(0, 3)}. ${d}, ’${two(y % 100)}`,
    `${d} de ${es} de ${y}`,
    `${d} de ${es.toUpperCase()} del ${y}`,
    `${d}.º de ${es} de ${y}`,
    `${y}${two(m)}${two(d)}`,
    `${two(d)}${two(m)}${y}`,
  ];
}

const day = fc
  .record({
    y: fc.integer({ min: 1905, max: 2026 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
  })
  .map(({ y, m, d }) => ({ y, m, d, iso: dayOf(y, m, d) ?? '' }));
/** Any text before and after, ended by something that is neither letter nor digit. */
const around = fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }));
const within = ([before, after]: readonly [string, string], value: string) => `${before} ${value} ${after}`;

test('a date of birth is found in every notation, whatever stands around it', () => {
  fc.assert(
    fc.property(day, around, fc.nat(), ({ y, m, d, iso }, text, pick) => {
      const all = notations(y, m, d);
      return finds(formsOfDay(iso), within(text, all[pick % all.length] ?? ''));
    }),
    { numRuns: 3_000 },
  );
});

test('an identifier is found however it is spaced, cased and punctuated', () => {
  const identifier = fc.tuple(fc.stringMatching(/^[A-Z]{0,4}$/), fc.stringMatching(/^[0-9]{4,9}$/));
  const separator = fc.constantFrom('', ' ', '-', ' - ', '.', '/', '\u200b', ' nº ');
  fc.assert(
    fc.property(identifier, separator, around, fc.boolean(), ([letters, digits], between, text, spelled) => {
      const forms = formsOfIdentifier(`${letters}-${digits}`);
      const written = spelled
        ? `${letters}${digits}`.toLowerCase().split('').join(' ')
        : between === ' nº '
          ? `${letters} ${digits}`
          : `${letters.toLowerCase()}${between}${digits}`;
      return finds(forms, within(text, written));
    }),
    { numRuns: 2_000 },
  );
});

test('a phone number is found with any separators, with and without its country', () => {
  const number = fc.record({
    country: fc.constantFrom('1', '34', '52', '502'),
    digits: fc.stringMatching(/^[1-9][0-9]{8,9}$/),
  });
  fc.assert(
    fc.property(number, around, fc.nat(8), ({ country, digits }, text, pick) => {
      const [a, b, c] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
      const written = [
        `+${country} ${a} ${b} ${c}`,
        `+${country}${digits}`,
        `00${country}${digits}`,
        `(${a}) ${b}-${c}`,
        `${a}.${b}.${c}`,
        `${a}-${b}-${c}`,
        digits,
        digits.split('').join(' '),
        `0${digits}`,
      ][pick];
      const stored = [`+${country} ${digits}`, digits];
      return stored.every((value) => finds(formsOfPhone(value), within(text, written ?? '')));
    }),
    { numRuns: 2_000 },
  );
});

test('an e-mail address is found in any case, and glued to punctuation', () => {
  const address = fc.stringMatching(
    /^[a-z][a-z0-9]{0,8}([._+-][a-z0-9]{1,5}){0,2}@[a-z]{2,9}(\.[a-z]{2,5}){1,2}$/,
  );
  const wrap = fc.constantFrom(
    (a: string) => a,
    (a: string) => a.toUpperCase(),
    (a: string) => `<${a}>`,
    (a: string) => `mailto:${a}.`,
    (a: string) => `(${a}),`,
    (a: string) => a.replace('@', ' @ '),
    (a: string) => a.replace('@', ' (at) '),
    (a: string) => `${a}.Thanks`,
  );
  fc.assert(
    fc.property(address, wrap, around, (a, write, text) => finds([formOfEmail(a)], within(text, write(a)))),
    { numRuns: 2_000 },
  );
});

test('any other guarded value is found as its words, in any case, accents and punctuation', () => {
  const word = fc.stringMatching(/^[a-zñáéíóú]{3,9}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 2, maxLength: 14 }),
      around,
      fc.boolean(),
      (words, text, loud) => {
        const written = loud ? words.join(', ').toUpperCase() : words.join(' ').normalize('NFD');
        return finds(formsOfValue(words.join(' ')), within(text, written));
      },
    ),
    { numRuns: 1_000 },
  );
});

test.each([
  'Your next appointment is on March 5 at 2:30 pm.',
  'See you on 5 March, 14:30',
  'on the 5th of March 2027 at 2.30 p.m.',
  'Su cita es el 5 de marzo a las 14:30 h',
  'su cita: 05/03, 2:30',
  '3/5 at 14h30',
  'It is on 2027-03-05.',
])('an appointment is found: %s', (text) => {
  expect(finds(formsOfValue('2027-03-05 14:30'), text)).toBe(true);
});

test.each([
  'We open at 2:30 pm.',
  'We are closed on March 5.',
  'See you on March 6 at 2:30 pm.',
  'March 5 at 3 pm',
])('what is not the appointment is let through: %s', (text) => {
  expect(finds(formsOfValue('2027-03-05 14:30'), text)).toBe(false);
});

test('ordinary replies name no value of any of a thousand records', () => {
  const forms = Array.from({ length: 1_000 }, (_, i) => [
    ...formsOfIdentifier(`MRN-${String(100_000 + i * 37)}`),
    ...formsOfDay(dayOf(1930 + (i % 80), 1 + (i % 12), 1 + (i % 28)) ?? ''),
    ...formsOfPhone(`+1 202 555 ${String(1_000 + i)}`),
    formOfEmail(`person${i}@mail.example.org`),
    ...formsOfValue(`2027-03-${two(1 + (i % 28))} ${two(8 + (i % 9))}:30`),
    ...formsOfValue(['Knee replacement', 'Custody hearing', 'Reading support plan'][i % 3] ?? ''),
  ]).flat();
  const guarded = new Set(forms);
  for (const text of ORDINARY)
    expect([text, [...candidatesIn(text)].filter((one) => guarded.has(one))]).toEqual([text, []]);
});

const ORDINARY = [
  'Hello, thank you for writing. How can I help you today?',
  'We are open Monday to Friday from 8:00 to 17:00 and on Saturday from 9 to 1.',
  'Our address is 1200 Main Street, Suite 400, Springfield 97201.',
  'You can call the front desk at 202-555-0100 and choose option 2.',
  'Please bring a photo document and arrive 15 minutes early.',
  'For an emergency please call 911 at once.',
  'I have sent you a code of 6 digits. It works for 10 minutes.',
  'Before I can talk about your appointment I need to confirm who you are.',
  'The next free day for new clients is Tuesday, March 9.',
  'Our clinic has been here since 1998, with 24 nurses and 3 doctors.',
  'The fee for a first consult is $120.00, or $95 by video.',
  'Gracias por escribirnos. ¿En qué puedo ayudarle?',
  'Abrimos de lunes a viernes de 8:00 a 17:00 h.',
  'La matrícula para el curso 2026-2027 empieza el 1 de septiembre.',
  'Puede traer los documentos el jueves por la mañana.',
  'Write to info@clinic.example.org if you prefer e-mail.',
  'The school year 2026/2027 begins on 1 September 2026.',
];

test('folding a text again changes nothing, and leaves no accent, case or hidden character', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)));
  expect(fold('ÁRBOL Straße\u00ad ١٢٣ Łódź')).toBe('arbol strasse 123 lodz');
});

test.each([
  ['María José García-López', 'garcia lopez, MARIA JOSE'],
  ["Seán O'Brien", 'O’BRIEN Sean'],
  ['Søren Åse', 'ase soren'],
])('%s and %s are one name', (one, other) => {
  expect(canonicalName(one)).toBe(canonicalName(other));
});

test('an identifier is the same with and without its punctuation, and another is not', () => {
  expect(compact('MRN-004217')).toBe(compact(' mrn 004217'));
  expect(compact('MRN-004217')).not.toBe(compact('MRN-004271'));
});
