/** The words of a transcript on paper. A code without words is shown as it is. */
export interface TranscriptWords {
  readonly title: string;
  readonly redactedTitle: string;
  readonly organisation: string;
  readonly conversation: string;
  readonly started: string;
  readonly queue: string;
  readonly purpose: string;
  readonly made: string;
  readonly exportId: string;
  readonly source: string;
  readonly messages: string;
  readonly about: string;
  readonly leftOut: string;
  readonly glyphs: string;
  readonly client: string;
  readonly staff: string;
  readonly system: string;
  readonly entry: (index: string) => string;
  readonly noEntry: string;
  readonly withheld: (reason: string) => string;
  readonly page: (page: number, pages: number) => string;
  readonly times: (zone: string) => string;
  readonly purposes: Readonly<Record<string, string>>;
  readonly reasons: Readonly<Record<string, string>>;
  readonly events: Readonly<Record<string, (who: string) => string>>;
}

const by = (words: string, someone: string) => (who: string) => `${who === '' ? someone : who} ${words}`;
const en = (words: string) => by(words, 'Staff');
const es = (words: string) => by(words, 'El equipo');

export const WORDS: Readonly<Record<'en' | 'es', TranscriptWords>> = {
  en: {
    title: 'Transcript of a conversation',
    redactedTitle: 'Redacted transcript of a conversation',
    organisation: 'Organisation',
    conversation: 'Conversation',
    started: 'Started',
    queue: 'Queue',
    purpose: 'Made for',
    made: 'Made on',
    exportId: 'Export',
    source: 'Made from the export whose manifest has the SHA-256',
    messages: 'Messages',
    about:
      'This page is for reading. What counts is the bundle that it came in: each message has the number of the entry of the audit log that recorded it, and the verifier shows that every message is the one that was stored and that none is missing.',
    leftOut:
      'Not in here: notes that staff wrote for each other, the form that the client filled in, a rating, and what was said in a video call, which is not recorded.',
    glyphs: 'A character that this type has no sign for is shown by its Unicode number, such as [U+1F600].',
    client: 'Client',
    staff: 'Staff',
    system: 'What happened',
    entry: (index) => `entry ${index}`,
    noEntry: 'not on record by itself',
    withheld: (reason) => `[This message is kept back: ${reason}.]`,
    page: (page, pages) => `Page ${page} of ${pages}`,
    times: (zone) => `Times are those of ${zone}.`,
    purposes: { LEGAL: 'legal proceedings', DSAR: 'a person’s request for their data' },
    reasons: {
      privileged: 'it is privileged',
      'third-party': 'it is about somebody else',
      safety: 'it could put somebody in danger',
      unrelated: 'it has nothing to do with the matter',
      later: 'it was written after the export that this one is made from',
    },
    events: {
      claimed: en('took the conversation.'),
      transferred: en('passed the conversation on.'),
      closed: en('closed the conversation.'),
      'verification-requested': en('asked the client to confirm who they are.'),
      verified: () => 'The client confirmed who they are.',
      'consult-offered': en('offered a video call.'),
      'consult-declined': () => 'The client declined the video call.',
      'consult-started': en('started the video call.'),
      'consult-ended': () => 'The video call ended.',
    },
  },
  es: {
    title: 'Transcripción de una conversación',
    redactedTitle: 'Transcripción parcial de una conversación',
    organisation: 'Organización',
    conversation: 'Conversación',
    started: 'Empezó',
    queue: 'Cola',
    purpose: 'Hecha para',
    made: 'Hecha el',
    exportId: 'Exportación',
    source: 'Hecha a partir de la exportación cuyo manifiesto tiene el SHA-256',
    messages: 'Mensajes',
    about:
      'Esta página es para leer. Lo que vale es el paquete en que vino: cada mensaje lleva el número del asiento del registro que lo anotó, y el verificador muestra que cada mensaje es el que se guardó y que no falta ninguno.',
    leftOut:
      'Aquí no están: las notas que el equipo escribió para sí, el formulario que rellenó el cliente, una valoración, ni lo dicho en una videollamada, que no se graba.',
    glyphs:
      'Un carácter para el que esta letra no tiene signo se muestra con su número de Unicode, como [U+1F600].',
    client: 'Cliente',
    staff: 'Equipo',
    system: 'Qué pasó',
    entry: (index) => `asiento ${index}`,
    noEntry: 'sin asiento propio',
    withheld: (reason) => `[Este mensaje no se muestra: ${reason}.]`,
    page: (page, pages) => `Página ${page} de ${pages}`,
    times: (zone) => `Las horas son las de ${zone}.`,
    purposes: { LEGAL: 'un procedimiento legal', DSAR: 'la solicitud de una persona sobre sus datos' },
    reasons: {
      privileged: 'es confidencial por secreto profesional',
      'third-party': 'trata de otra persona',
      safety: 'podría poner a alguien en peligro',
      unrelated: 'no tiene que ver con el asunto',
      later: 'se escribió después de la exportación de la que sale esta',
    },
    events: {
      claimed: es('tomó la conversación.'),
      transferred: es('pasó la conversación.'),
      closed: es('cerró la conversación.'),
      'verification-requested': es('pidió al cliente que confirme quién es.'),
      verified: () => 'El cliente confirmó quién es.',
      'consult-offered': es('ofreció una videollamada.'),
      'consult-declined': () => 'El cliente rechazó la videollamada.',
      'consult-started': es('empezó la videollamada.'),
      'consult-ended': () => 'La videollamada terminó.',
    },
  },
};
