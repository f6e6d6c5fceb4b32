import { type DemoTenant, hoursOn } from './demo-tenant';
import { noticeText } from './notice';

const SCHOOL_DAYS = [1, 2, 3, 4, 5] as const;
/** Working days without school: Thanksgiving, winter break, spring break. */
const NO_SCHOOL = [
  ...['2026-11-25', '2026-11-26', '2026-11-27'],
  ...['2026-12-21', '2026-12-22', '2026-12-23', '2026-12-24', '2026-12-25'],
  ...['2026-12-28', '2026-12-29', '2026-12-30', '2026-12-31', '2027-01-01'],
  ...['2027-03-29', '2027-03-30', '2027-03-31', '2027-04-01', '2027-04-02'],
];

/** A school that answers parents and guardians in term time. */
export const SCHOOL: DemoTenant = {
  slug: 'quillwood-school',
  name: 'Quillwood School',
  sector: 'school',
  queues: { office: 'School office', counselling: 'Counselling' },
  site: {
    slug: 'quillwood-school',
    name: 'Quillwood School',
    topics: {
      attendance: 'office',
      enrolment: 'office',
      learning: 'counselling',
      wellbeing: 'counselling',
      other: 'office',
    },
    definition: {
      locales: ['en', 'es'],
      timeZone: 'America/Los_Angeles',
      tagline: {
        en: 'For parents and guardians: attendance, enrolment, support',
        es: 'Para familias y tutores: asistencia, matrícula, apoyo',
      },
      answeredBy: {
        en: 'The school office and our counsellors answer',
        es: 'Responden la secretaría y nuestro equipo de orientación',
      },
      hours: hoursOn(SCHOOL_DAYS, ['07:30', '12:00'], ['12:45', '16:00']),
      exceptions: [
        ...NO_SCHOOL.map((date) => ({ date, hours: [] })),
        { date: '2026-12-18', hours: [{ opens: '07:30', closes: '12:00' }] },
      ],
      emergency: {
        text: {
          en: 'If a child may be in danger, call 911 now. Do not wait for an answer here.',
          es: 'Si un menor puede estar en peligro, llame ahora al 911. No espere una respuesta aquí.',
        },
        lines: [
          { label: { en: 'Emergency', es: 'Emergencias' }, number: '911' },
          {
            label: { en: 'Suicide & Crisis Lifeline', es: 'Línea de prevención del suicidio y crisis' },
            number: '988',
          },
          {
            label: { en: 'Childhelp, against child abuse', es: 'Childhelp, contra el maltrato infantil' },
            number: '1-800-422-4453',
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
            { value: 'attendance', label: { en: 'Absence or attendance', es: 'Ausencia o asistencia' } },
            { value: 'enrolment', label: { en: 'Enrolment', es: 'Matrícula' } },
            { value: 'learning', label: { en: 'Learning support', es: 'Apoyo al aprendizaje' } },
            { value: 'wellbeing', label: { en: 'How my child is doing', es: 'Cómo está mi hijo o hija' } },
            { value: 'other', label: { en: 'Something else', es: 'Otra cosa' } },
          ],
        },
        {
          id: 'adult',
          kind: 'choice',
          label: { en: 'Who is writing?', es: '¿Quién escribe?' },
          required: true,
          options: [
            { value: 'guardian', label: { en: 'A parent or guardian', es: 'Madre, padre o tutor' } },
            {
              value: 'student',
              label: { en: 'A student, 18 or older', es: 'Un estudiante de 18 años o más' },
            },
            { value: 'other-adult', label: { en: 'Another adult', es: 'Otra persona adulta' } },
          ],
        },
        {
          id: 'grade',
          kind: 'choice',
          label: { en: 'Which grade?', es: '¿Qué curso?' },
          required: true,
          when: { field: 'topic', equals: ['attendance', 'learning'] },
          options: [
            { value: 'k-2', label: { en: 'Kindergarten to 2nd', es: 'Infantil a 2.º' } },
            { value: 'g3-5', label: { en: '3rd to 5th', es: '3.º a 5.º' } },
            { value: 'g6-8', label: { en: '6th to 8th', es: '6.º a 8.º' } },
          ],
        },
        {
          id: 'absence',
          kind: 'choice',
          label: { en: 'Is it about today?', es: '¿Es sobre hoy?' },
          required: true,
          when: { field: 'topic', equals: ['attendance'] },
          options: [
            { value: 'today', label: { en: 'Yes, an absence today', es: 'Sí, una ausencia de hoy' } },
            { value: 'ahead', label: { en: 'An absence to come', es: 'Una ausencia futura' } },
            { value: 'past', label: { en: 'A day that has passed', es: 'Un día que ya pasó' } },
          ],
        },
        {
          id: 'days-ahead',
          kind: 'text',
          label: { en: 'Which days?', es: '¿Qué días?' },
          required: true,
          maxLength: 80,
          when: { field: 'absence', equals: ['ahead', 'past'] },
        },
        { id: 'name', kind: 'name', label: { en: 'Your name', es: 'Su nombre' }, required: true },
        {
          id: 'contact',
          kind: 'contact',
          label: { en: 'E-mail or phone', es: 'Correo electrónico o teléfono' },
          required: true,
        },
        {
          id: 'more',
          kind: 'long-text',
          label: { en: 'Anything we should know first?', es: '¿Algo que debamos saber antes?' },
          hint: {
            en: 'Please leave out names of other children.',
            es: 'No escriba, por favor, nombres de otros menores.',
          },
          required: false,
          maxLength: 600,
        },
      ],
      mail: { fromName: 'Quillwood School', address: 'office@quillwood-school.example' },
    },
    notice: noticeText(
      {
        en: 'Quillwood School answers you here: the school office and our counsellors. This page is for adults: parents, guardians, and students who are 18. We use what you tell us to answer you and to look after the student.',
        es: 'Aquí le responde Quillwood School: la secretaría y el equipo de orientación. Esta página es para personas adultas: madres, padres, tutores y estudiantes de 18 años. Usamos lo que nos cuenta para responderle y cuidar del estudiante.',
      },
      {
        en: 'If you are under 18, please ask a parent or guardian to write, or come to the school office.',
        es: 'Si tiene menos de 18 años, pida a su madre, padre o tutor que escriba, o venga a la secretaría.',
      },
    ),
  },
  replies: [
    {
      title: 'Welcome',
      body: {
        en: 'Hello {{client.name}}, this is {{staff.name}} at {{site.name}}. Thank you for writing. How can I help?',
        es: 'Hola, {{client.name}}. Soy {{staff.name}}, de {{site.name}}. Gracias por escribir. ¿En qué puedo ayudar?',
      },
    },
    {
      title: 'Absence noted',
      body: {
        en: 'Thank you, the absence is noted. Please send a line when your child is coming back.',
        es: 'Gracias, la ausencia queda anotada. Avísenos, por favor, cuando su hijo o hija vuelva.',
      },
    },
    {
      title: 'Please confirm who you are',
      body: {
        en: 'Before I speak about a student I have to confirm who you are. A form opens on your side; we then send a code to the e-mail address that the school has for you.',
        es: 'Antes de hablar de un estudiante tengo que confirmar quién es usted. Se abrirá un formulario en su pantalla; después enviaremos un código al correo que la escuela tiene de usted.',
      },
    },
    {
      title: 'Next meeting',
      body: {
        en: 'Thank you, {{client.name}}. Your next meeting with the teacher is {{record.next_meeting}}.',
        es: 'Gracias, {{client.name}}. Su próxima reunión con el profesorado es {{record.next_meeting}}.',
      },
    },
    {
      title: 'Shall we talk on video?',
      body: {
        en: 'Would you like to talk it over? I can invite you to a video call now. It is not recorded.',
        es: '¿Quiere que lo hablemos? Puedo invitarle ahora a una videollamada. No se graba.',
      },
    },
    {
      title: 'A child in danger',
      body: {
        en: 'If a child may be in danger, please call 911 now. You can also reach Childhelp at 1-800-422-4453, day and night.',
        es: 'Si un menor puede estar en peligro, llame ahora al 911. También puede llamar a Childhelp, 1-800-422-4453, de día y de noche.',
      },
    },
  ],
  staff: [
    {
      email: 'lucia@quillwood-school.example',
      name: 'Lucía Ferrer (demo)',
      role: 'receptionist',
      queues: ['office'],
    },
    {
      email: 'ben@quillwood-school.example',
      name: 'Ben Achterberg, counsellor (demo)',
      role: 'clinician',
      queues: ['counselling', 'office'],
    },
    {
      email: 'mara@quillwood-school.example',
      name: 'Mara Whitlock (demo)',
      role: 'supervisor',
      queues: ['office', 'counselling'],
    },
    {
      email: 'owen@quillwood-school.example',
      name: 'Owen Sato (demo)',
      role: 'compliance-officer',
      queues: [],
    },
    {
      email: 'greta@quillwood-school.example',
      name: 'Greta Bloom (demo)',
      role: 'administrator',
      queues: [],
    },
  ],
  records: {
    definition: {
      identifier: 'student_number',
      fullName: 'full_name',
      dateOfBirth: 'date_of_birth',
      email: 'email',
      phone: 'phone',
      others: [
        {
          column: 'next_meeting',
          field: 'next_meeting',
          label: { en: 'Next meeting', es: 'Próxima reunión' },
          guarded: true,
        },
        {
          column: 'lunch_account',
          field: 'lunch_account',
          label: { en: 'Lunch account', es: 'Cuenta del comedor' },
          guarded: true,
        },
        { column: 'homeroom', field: 'homeroom', label: { en: 'Homeroom', es: 'Tutoría' }, guarded: true },
      ],
    },
    csv: (day) => `student_number,full_name,date_of_birth,email,phone,next_meeting,lunch_account,homeroom
QS-301184,Maria Example,1984-03-12,maria.example@post.example,+1 415 555 0161,${day(8)} 15:10,$23.40,Room 12B Heron
QS-301207,Sofia Muestra,1982-06-14,sofia.muestra@post.example,+1 415 555 0162,${day(5)} 08:20,$41.15,Room 12B Heron
QS-301229,Liam Sample,1988-09-27,liam.sample@post.example,+1 415 555 0163,${day(15)} 14:30,$12.80,Room 7A Otter
QS-301256,Amara Specimen,1979-12-03,amara.specimen@post.example,+1 415 555 0164,${day(10)} 15:40,$55.60,Room 7A Otter
QS-301271,Hugo Placeholder,1985-04-21,hugo.placeholder@post.example,+1 415 555 0165,${day(22)} 08:00,$18.25,Room 3C Wren
QS-301298,Yuki Fixture,1991-01-08,yuki.fixture@post.example,+1 415 555 0166,${day(13)} 16:00,$37.95,Room 3C Wren
`,
  },
};
