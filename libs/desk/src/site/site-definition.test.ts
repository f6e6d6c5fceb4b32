import { AppError, newId, type QueueId } from '@app/kernel';
import { aDefinition } from '../../testing/site';
import { parseDefinition, queueFor, queuesServing, type SiteDefinition, topicLabel } from './site-definition';

const ILL = newId<QueueId>();
const BILL = newId<QueueId>();
const GOOD = aDefinition(ILL, BILL);
const both = (words: string) => ({ en: words, es: words });

function fieldsRefused(input: unknown): unknown {
  try {
    parseDefinition(input);
  } catch (error) {
    if (error instanceof AppError) return error.extra['fields'];
    throw error;
  }
  return 'nothing';
}

/** A copy of the good one in which one field of the form is other than it was. */
const withField = (at: number, change: object) => ({
  ...GOOD,
  form: GOOD.form.map((field, i) => (i === at ? { ...field, ...change } : field)),
});

test('a definition comes back as it went in, also through JSON', () => {
  expect(parseDefinition(GOOD)).toEqual(GOOD);
  expect(parseDefinition(JSON.parse(JSON.stringify(GOOD)))).toEqual(GOOD);
});

test.each<[string, unknown, string]>([
  ['a field that it does not have', { ...GOOD, colour: 'red' }, 'an unknown field'],
  ['a time zone that nobody knows', { ...GOOD, timeZone: 'Mars/Olympus' }, 'timeZone'],
  ['a language that is not ours', { ...GOOD, locales: ['fr'] }, 'locales.0'],
  ['a language twice', { ...GOOD, locales: ['en', 'en'] }, 'locales'],
  ['words in one language only', { ...GOOD, tagline: { en: 'Care' } }, 'tagline.es'],
  ['words that are blank', { ...GOOD, answeredBy: { en: 'Nurses', es: ' ' } }, 'answeredBy.es'],
  [
    'an hour that no clock shows',
    { ...GOOD, hours: [{ day: 1, opens: '24:00', closes: '24:00' }] },
    'hours.0.opens',
  ],
  ['an eighth day', { ...GOOD, hours: [{ day: 7, opens: '09:00', closes: '10:00' }] }, 'hours.0.day'],
  ['hours past midnight in one', { ...GOOD, hours: [{ day: 1, opens: '22:00', closes: '02:00' }] }, 'hours'],
  [
    'an exception on no date',
    { ...GOOD, exceptions: [{ date: '2026-02-30', hours: [] }] },
    'exceptions.0.date',
  ],
  [
    'an exception twice',
    { ...GOOD, exceptions: [...GOOD.exceptions, ...GOOD.exceptions] },
    'exceptions.1.date',
  ],
  ['no emergency line', { ...GOOD, emergency: { text: both('Call'), lines: [] } }, 'emergency.lines'],
  [
    'a line that is not a number',
    { ...GOOD, emergency: { text: both('Call'), lines: [{ label: both('x'), number: 'javascript:1' }] } },
    'emergency.lines.0.number',
  ],
  [
    'a mail name with a line break',
    { ...GOOD, mail: { ...GOOD.mail, fromName: 'River\r\nBcc: x' } },
    'mail.fromName',
  ],
  ['a mail address that is none', { ...GOOD, mail: { ...GOOD.mail, address: 'desk' } }, 'mail.address'],
  ['a topic without a queue', { ...GOOD, topics: { ill: ILL } }, 'topics.bill'],
  [
    'a queue for a topic that is not asked',
    { ...GOOD, topics: { ...GOOD.topics, other: ILL } },
    'topics.other',
  ],
  ['a queue that is not an id', { ...GOOD, topics: { ...GOOD.topics, ill: 'front-desk' } }, 'topics.ill'],
  ['a choice without options', withField(1, { options: undefined }), 'form.1.options'],
  ['options of what is typed', withField(2, { options: GOOD.form[0]?.options }), 'form.2.options'],
  [
    'an option twice',
    withField(1, { options: [1, 2].map(() => ({ value: 'today', label: both('x') })) }),
    'form.1.options',
  ],
  ['an id twice', withField(2, { id: 'since' }), 'form.2.id'],
  [
    'a branch on a later question',
    withField(1, { when: { field: 'fever', equals: ['today'] } }),
    'form.1.when',
  ],
  [
    'a branch on an answer that is not offered',
    withField(1, { when: { field: 'topic', equals: ['pill'] } }),
    'form.1.when',
  ],
  ['a contact that may be left out', withField(4, { required: false }), 'form.4.required'],
  [
    'a name that is asked of some',
    withField(3, { when: { field: 'topic', equals: ['ill'] } }),
    'form.3.when',
  ],
  ['a length for a choice', withField(1, { maxLength: 3 }), 'form.1.maxLength'],
  ['a length over the longest', withField(2, { maxLength: 201 }), 'form.2.maxLength'],
  ['two names', withField(2, { kind: 'name', maxLength: undefined, when: undefined }), 'form.name'],
])('a definition with %s is refused', (_says, input, field) => {
  expect(fieldsRefused(input)).toContain(field);
});

test('a topic leads to its queue and has its words', () => {
  expect(queueFor(GOOD, 'bill')).toBe(BILL);
  expect(topicLabel(GOOD, 'bill')).toEqual({ en: 'A bill', es: 'Una factura' });
  expect(queuesServing(aDefinition(ILL))).toEqual([ILL]);
});

test.each(['pill', '__proto__', 'constructor'])(
  'a topic that the site does not have leads nowhere: %s',
  (topic) => {
    expect(() => queueFor(GOOD as SiteDefinition, topic)).toThrow(
      expect.objectContaining({ code: 'INPUT_MALFORMED' }),
    );
    expect(topicLabel(GOOD, topic)).toEqual({ en: topic, es: topic });
  },
);
