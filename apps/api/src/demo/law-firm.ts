import { type DemoTenant, hoursOn, YES_OR_NO } from './demo-tenant';
import { noticeText } from './notice';

const WORKDAYS = [1, 2, 3, 4, 5] as const;

/** A law office with business hours, a lunch break and days on which it is closed. */
export const LAW_FIRM: DemoTenant = {
  slug: 'larkspur-legal',
  name: 'Larkspur Legal',
  sector: 'law',
  queues: { intake: 'New matters', family: 'Family law', matters: 'Open matters' },
  site: {
    slug: 'larkspur-legal',
    name: 'Larkspur Legal',
    topics: {
      family: 'family',
      housing: 'intake',
      work: 'intake',
      immigration: 'intake',
      'open-matter': 'matters',
      other: 'intake',
    },
    definition: {
      locales: ['en', 'es'],
      timeZone: 'America/Chicago',
      tagline: {
        en: 'Housing, work, family and immigration: say what happened',
        es: 'Vivienda, trabajo, familia e inmigración: cuéntenos qué pasó',
      },
      answeredBy: {
        en: 'Our intake team and lawyers answer',
        es: 'Responden nuestro equipo de admisión y nuestros abogados',
      },
      hours: hoursOn(WORKDAYS, ['09:00', '12:30'], ['13:30', '17:30']),
      exceptions: [
        { date: '2026-11-26', hours: [] },
        { date: '2026-11-27', hours: [{ opens: '09:00', closes: '12:30' }] },
        { date: '2026-12-24', hours: [{ opens: '09:00', closes: '12:30' }] },
        { date: '2026-12-25', hours: [] },
        { date: '2027-01-01', hours: [] },
        { date: '2027-01-18', hours: [] },
        { date: '2027-05-31', hours: [] },
        { date: '2027-07-05', hours: [] },
      ],
      emergency: {
        text: {
          en: 'If somebody is in danger now, call 911. We cannot send help from this chat.',
          es: 'Si alguien está en peligro ahora, llame al 911. Desde este chat no podemos enviar ayuda.',
        },
        lines: [
          { label: { en: 'Emergency', es: 'Emergencias' }, number: '911' },
          {
            label: {
              en: 'National Domestic Violence Hotline',
              es: 'Línea nacional contra la violencia doméstica',
            },
            number: '1-800-799-7233',
          },
        ],
      },
      form: [
        {
          id: 'topic',
          kind: 'topic',
          label: { en: 'What is it about?', es: '¿De qué se trata?' },
          required: true,
          options: [
            {
              value: 'family',
              label: { en: 'Family, custody or divorce', es: 'Familia, custodia o divorcio' },
            },
            { value: 'housing', label: { en: 'My home or my landlord', es: 'Mi vivienda o mi casero' } },
            { value: 'work', label: { en: 'My work', es: 'Mi trabajo' } },
            { value: 'immigration', label: { en: 'Immigration', es: 'Inmigración' } },
            {
              value: 'open-matter',
              label: { en: 'A matter you already handle for me', es: 'Un asunto que ya me llevan' },
            },
            { value: 'other', label: { en: 'Something else', es: 'Otra cosa' } },
          ],
        },
        {
          id: 'danger',
          kind: 'choice',
          label: { en: 'Is somebody in danger now?', es: '¿Hay alguien en peligro ahora?' },
          hint: {
            en: 'If so, call 911 first. "Leave quickly" empties this page at once.',
            es: 'Si es así, llame primero al 911. «Salir rápido» vacía esta página al instante.',
          },
          required: true,
          when: { field: 'topic', equals: ['family'] },
          options: YES_OR_NO,
        },
        {
          id: 'safe-to-call',
          kind: 'choice',
          label: { en: 'Is it safe to call or write to you?', es: '¿Es seguro llamarle o escribirle?' },
          required: true,
          when: { field: 'danger', equals: ['yes'] },
          options: YES_OR_NO,
        },
        {
          id: 'court-date',
          kind: 'choice',
          label: { en: 'Have you been given a date by a court?', es: '¿Un tribunal le ha dado una fecha?' },
          required: true,
          when: { field: 'topic', equals: ['family', 'housing', 'work', 'immigration'] },
          options: [
            { value: 'this-week', label: { en: 'Yes, within a week', es: 'Sí, en menos de una semana' } },
            { value: 'later', label: { en: 'Yes, later', es: 'Sí, más adelante' } },
            { value: 'no', label: { en: 'No', es: 'No' } },
          ],
        },
        {
          id: 'other-side',
          kind: 'text',
          label: { en: 'Who is on the other side?', es: '¿Quién es la otra parte?' },
          hint: {
            en: 'A name is enough. We check that we do not act for them before you tell us more.',
            es: 'Basta un nombre. Comprobamos que no representamos a esa parte antes de que nos cuente más.',
          },
          required: true,
          maxLength: 120,
          when: { field: 'topic', equals: ['family', 'housing', 'work'] },
        },
        { id: 'name', kind: 'name', label: { en: 'Your name', es: 'Su nombre' }, required: true },
        {
          id: 'contact',
          kind: 'contact',
          label: { en: 'E-mail or phone', es: 'Correo electrónico o teléfono' },
          hint: {
            en: 'One that only you read or answer',
            es: 'Uno que solo usted lea o conteste',
          },
          required: true,
        },
      ],
      mail: { fromName: 'Larkspur Legal', address: 'intake@larkspur-legal.example' },
    },
    notice: noticeText(
      {
        en: 'Larkspur Legal answers you here: our intake team and our lawyers. We use what you tell us to see whether we may and can help you.',
        es: 'Aquí le responde Larkspur Legal: nuestro equipo de admisión y nuestros abogados. Usamos lo que nos cuenta para ver si podemos y debemos ayudarle.',
      },
      {
        en: 'Writing to us does not make us your lawyers; we say so in writing when we are. Please keep the facts of your matter for after we have checked that we do not act for the other side.',
        es: 'Escribirnos no nos convierte en sus abogados; cuando lo seamos se lo diremos por escrito. Deje los hechos de su asunto para cuando hayamos comprobado que no representamos a la otra parte.',
      },
    ),
  },
  replies: [
    {
      title: 'Welcome',
      body: {
        en: 'Hello {{client.name}}, this is {{staff.name}} at {{site.name}}. I first check that we do not act for the other side; please wait a moment before you tell me more.',
        es: 'Hola, {{client.name}}. Soy {{staff.name}}, de {{site.name}}. Primero compruebo que no representamos a la otra parte; espere un momento antes de contarme más.',
      },
    },
    {
      title: 'Conflict check is clear',
      body: {
        en: 'We do not act for the other side, so you may tell me what happened. Please start with what has a date.',
        es: 'No representamos a la otra parte, así que puede contarme qué pasó. Empiece, por favor, por lo que tiene fecha.',
      },
    },
    {
      title: 'Please confirm who you are',
      body: {
        en: 'Before I speak about your matter I have to confirm that it is you. A form opens on your side; we then send a code to the e-mail address in your file.',
        es: 'Antes de hablar de su asunto tengo que confirmar que es usted. Se abrirá un formulario en su pantalla; después enviaremos un código al correo de su expediente.',
      },
    },
    {
      title: 'Next hearing',
      body: {
        en: 'Thank you, {{client.name}}. Your next hearing is {{record.next_hearing}}. We meet you at the entrance half an hour before.',
        es: 'Gracias, {{client.name}}. Su próxima audiencia es {{record.next_hearing}}. Nos vemos en la entrada media hora antes.',
      },
    },
    {
      title: 'Shall we talk on video?',
      body: {
        en: 'I would rather hear this from you in person. May I invite you to a video call? It is not recorded.',
        es: 'Prefiero que me lo cuente en persona. ¿Puedo invitarle a una videollamada? No se graba.',
      },
    },
    {
      title: 'Not legal advice yet',
      body: {
        en: 'What I say here is general and is not yet advice on your matter.',
        es: 'Lo que digo aquí es general y todavía no es un consejo sobre su asunto.',
      },
    },
  ],
  staff: [
    {
      email: 'theo@larkspur-legal.example',
      name: 'Theo Marchetti (demo)',
      role: 'receptionist',
      queues: ['intake', 'matters'],
    },
    {
      email: 'wren@larkspur-legal.example',
      name: 'Wren Adeyemi, attorney (demo)',
      role: 'clinician',
      queues: ['intake', 'family', 'matters'],
    },
    {
      email: 'june@larkspur-legal.example',
      name: 'June Castellan (demo)',
      role: 'supervisor',
      queues: ['intake', 'family', 'matters'],
    },
    {
      email: 'pavel@larkspur-legal.example',
      name: 'Pavel Novak (demo)',
      role: 'compliance-officer',
      queues: [],
    },
    { email: 'iris@larkspur-legal.example', name: 'Iris Tan (demo)', role: 'administrator', queues: [] },
  ],
  records: {
    definition: {
      identifier: 'file_number',
      fullName: 'full_name',
      dateOfBirth: 'date_of_birth',
      email: 'email',
      phone: 'phone',
      others: [
        {
          column: 'next_hearing',
          field: 'next_hearing',
          label: { en: 'Next hearing', es: 'Próxima audiencia' },
          guarded: true,
        },
        {
          column: 'trust_balance',
          field: 'trust_balance',
          label: { en: 'Held in trust', es: 'Fondos en custodia' },
          guarded: true,
        },
        { column: 'matter', field: 'matter', label: { en: 'Matter', es: 'Asunto' }, guarded: true },
      ],
    },
    csv: (day) => `file_number,full_name,date_of_birth,email,phone,next_hearing,trust_balance,matter
LL-731904,Maria Example,1984-03-12,maria.example@post.example,+1 312 555 0151,${day(11)} 09:30,"$1,250.00",Example v. Placeholder Holdings
LL-731958,Devon Sample,1979-10-05,devon.sample@post.example,+1 312 555 0152,${day(6)} 14:00,$480.00,Sample guardianship
LL-732011,Ana Muestra,1990-02-17,ana.muestra@post.example,+1 312 555 0153,${day(18)} 10:15,$600.00,Muestra lease dispute
LL-732076,Kofi Specimen,1966-06-23,kofi.specimen@post.example,+1 312 555 0154,${day(25)} 13:45,"$2,310.50",Specimen wage claim
LL-732140,Ruth Placeholder,1987-08-31,ruth.placeholder@post.example,+1 312 555 0155,${day(4)} 11:00,$975.25,Placeholder custody
LL-732203,Minh Fixture,1998-04-09,minh.fixture@post.example,+1 312 555 0156,${day(33)} 15:30,$300.75,Fixture asylum application
`,
  },
};
