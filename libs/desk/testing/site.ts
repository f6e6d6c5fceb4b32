import type { QueueId } from '@app/kernel';
import type { SiteDefinition } from '../src/site/site-definition';

const both = (words: string) => ({ en: words, es: words });

/** A site with every kind of field and a branch on a branch. `ill` and `bill` go to the queues that are given. */
export function aDefinition(ill: QueueId, bill: QueueId = ill): SiteDefinition {
  return {
    locales: ['en', 'es'],
    timeZone: 'America/New_York',
    tagline: both('Care near the river'),
    answeredBy: both('Our nurses answer'),
    hours: [{ day: 1, opens: '09:00', closes: '17:00' }],
    exceptions: [{ date: '2026-12-25', hours: [] }],
    emergency: {
      text: both('In an emergency call 911'),
      lines: [{ label: both('Emergency'), number: '911' }],
    },
    form: [
      {
        id: 'topic',
        kind: 'topic',
        label: both('What is it about?'),
        required: true,
        options: [
          { value: 'ill', label: { en: 'I feel ill', es: 'Me siento mal' } },
          { value: 'bill', label: { en: 'A bill', es: 'Una factura' } },
        ],
      },
      {
        id: 'since',
        kind: 'choice',
        label: both('Since when?'),
        required: true,
        options: [
          { value: 'today', label: { en: 'Today', es: 'Hoy' } },
          { value: 'longer', label: { en: 'Longer', es: 'Más tiempo' } },
        ],
        when: { field: 'topic', equals: ['ill'] },
      },
      {
        id: 'fever',
        kind: 'text',
        label: both('How high is the fever?'),
        required: true,
        maxLength: 20,
        when: { field: 'since', equals: ['today'] },
      },
      { id: 'name', kind: 'name', label: both('Your name'), required: true },
      { id: 'contact', kind: 'contact', label: both('How do we reach you?'), required: true },
      { id: 'more', kind: 'long-text', label: both('Anything else?'), required: false },
    ],
    topics: { ill, bill },
    mail: { fromName: 'River Clinic', address: 'desk@river-clinic.example' },
  };
}
