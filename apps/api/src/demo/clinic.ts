import { type DemoTenant, hoursOn, YES_OR_NO } from './demo-tenant';
import { noticeText } from './notice';

const ALL_WEEK = [0, 1, 2, 3, 4, 5, 6] as const;

/** A clinic that is open around the clock, so that there is a site to try at any hour. */
export const CLINIC: DemoTenant = {
  slug: 'juniper-clinic',
  name: 'Juniper Street Clinic',
  sector: 'clinic',
  queues: { desk: 'Front desk', nurse: 'Nurse line', billing: 'Billing' },
  site: {
    slug: 'juniper-clinic',
    name: 'Juniper Street Clinic',
    topics: {
      appointment: 'desk',
      medicine: 'nurse',
      'test-results': 'nurse',
      symptoms: 'nurse',
      billing: 'billing',
      other: 'desk',
    },
    definition: {
      locales: ['en', 'es'],
      timeZone: 'America/New_York',
      tagline: {
        en: 'Appointments, medicines and test results, day and night',
        es: 'Citas, medicamentos y resultados, de día y de noche',
      },
      answeredBy: {
        en: 'Our front desk and nurses answer',
        es: 'Responden nuestra recepción y nuestro equipo de enfermería',
      },
      hours: hoursOn(ALL_WEEK, ['00:00', '24:00']),
      exceptions: [],
      emergency: {
        text: {
          en: 'If a life may be in danger, call 911 now. Nobody can send an ambulance from this chat.',
          es: 'Si una vida puede estar en peligro, llame ahora al 911. Desde este chat nadie puede enviar una ambulancia.',
        },
        lines: [
          { label: { en: 'Emergency', es: 'Emergencias' }, number: '911' },
          {
            label: { en: 'Suicide & Crisis Lifeline', es: 'Línea de prevención del suicidio y crisis' },
            number: '988',
          },
          { label: { en: 'Poison control', es: 'Control de envenenamientos' }, number: '1-800-222-1222' },
        ],
      },
      form: [
        {
          id: 'topic',
          kind: 'topic',
          label: { en: 'What is it about?', es: '¿De qué se trata?' },
          required: true,
          options: [
            { value: 'appointment', label: { en: 'An appointment', es: 'Una cita' } },
            { value: 'medicine', label: { en: 'A medicine', es: 'Un medicamento' } },
            { value: 'test-results', label: { en: 'Test results', es: 'Resultados de pruebas' } },
            { value: 'symptoms', label: { en: 'I do not feel well', es: 'No me siento bien' } },
            { value: 'billing', label: { en: 'A bill', es: 'Una factura' } },
            { value: 'other', label: { en: 'Something else', es: 'Otra cosa' } },
          ],
        },
        {
          id: 'which-medicine',
          kind: 'text',
          label: { en: 'Which medicine?', es: '¿Qué medicamento?' },
          hint: { en: 'As it is written on the package', es: 'Como figura en el envase' },
          required: true,
          maxLength: 100,
          when: { field: 'topic', equals: ['medicine'] },
        },
        {
          id: 'medicine-need',
          kind: 'choice',
          label: { en: 'What do you need?', es: '¿Qué necesita?' },
          required: true,
          when: { field: 'topic', equals: ['medicine'] },
          options: [
            { value: 'refill', label: { en: 'A refill', es: 'Una renovación' } },
            {
              value: 'side-effects',
              label: { en: 'I may have side effects', es: 'Puede que tenga efectos secundarios' },
            },
            { value: 'question', label: { en: 'I have a question', es: 'Tengo una pregunta' } },
          ],
        },
        {
          id: 'breathing',
          kind: 'choice',
          label: {
            en: 'Is it hard to breathe, or is your face or throat swollen?',
            es: '¿Le cuesta respirar, o tiene la cara o la garganta hinchadas?',
          },
          hint: {
            en: 'If so, call 911 before anything else.',
            es: 'Si es así, llame al 911 antes que nada.',
          },
          required: true,
          when: { field: 'medicine-need', equals: ['side-effects'] },
          options: YES_OR_NO,
        },
        {
          id: 'which-test',
          kind: 'choice',
          label: { en: 'Which kind of test?', es: '¿Qué tipo de prueba?' },
          required: true,
          when: { field: 'topic', equals: ['test-results'] },
          options: [
            { value: 'blood', label: { en: 'Blood or urine', es: 'Sangre u orina' } },
            { value: 'imaging', label: { en: 'X-ray or scan', es: 'Radiografía o escáner' } },
            { value: 'other-test', label: { en: 'Another', es: 'Otra' } },
          ],
        },
        {
          id: 'since',
          kind: 'choice',
          label: { en: 'Since when?', es: '¿Desde cuándo?' },
          required: true,
          when: { field: 'topic', equals: ['symptoms'] },
          options: [
            { value: 'today', label: { en: 'Today', es: 'Hoy' } },
            { value: 'days', label: { en: 'A few days', es: 'Unos días' } },
            { value: 'longer', label: { en: 'Longer', es: 'Más tiempo' } },
          ],
        },
        {
          id: 'name',
          kind: 'name',
          label: { en: 'Your name', es: 'Su nombre' },
          hint: { en: 'As you like to be called', es: 'Como prefiere que le llamen' },
          required: true,
        },
        {
          id: 'contact',
          kind: 'contact',
          label: { en: 'E-mail or phone', es: 'Correo electrónico o teléfono' },
          hint: {
            en: 'Only to reach you if this conversation is cut off',
            es: 'Solo para localizarle si se corta esta conversación',
          },
          required: true,
        },
        {
          id: 'more',
          kind: 'long-text',
          label: { en: 'Anything we should know first?', es: '¿Algo que debamos saber antes?' },
          required: false,
          maxLength: 600,
        },
      ],
      mail: { fromName: 'Juniper Street Clinic', address: 'desk@juniper-clinic.example' },
    },
    notice: noticeText(
      {
        en: 'Juniper Street Clinic answers you here: front desk, nurses and billing. We use what you tell us to answer you and to arrange your care.',
        es: 'Aquí le responde Juniper Street Clinic: recepción, enfermería y facturación. Usamos lo que nos cuenta para responderle y organizar su atención.',
      },
      {
        en: 'This chat does not replace an examination and is not for emergencies.',
        es: 'Este chat no sustituye a una consulta y no es para emergencias.',
      },
    ),
  },
  replies: [
    {
      title: 'Welcome',
      body: {
        en: 'Hello {{client.name}}, this is {{staff.name}} at {{site.name}}. How can I help you?',
        es: 'Hola, {{client.name}}. Soy {{staff.name}}, de {{site.name}}. ¿En qué puedo ayudarle?',
      },
    },
    {
      title: 'Please confirm who you are',
      body: {
        en: 'Before I look at your record I have to confirm that it is you. A form opens on your side; we then send a code to the e-mail address that we have on record.',
        es: 'Antes de mirar su expediente tengo que confirmar que es usted. Se abrirá un formulario en su pantalla; después enviaremos un código al correo que consta en su expediente.',
      },
    },
    {
      title: 'Next appointment',
      body: {
        en: 'Thank you, {{client.name}}. Your next appointment is {{record.next_appointment}}. Please come ten minutes early.',
        es: 'Gracias, {{client.name}}. Su próxima cita es {{record.next_appointment}}. Por favor, llegue diez minutos antes.',
      },
    },
    {
      title: 'Open balance',
      body: {
        en: 'The open balance on your account is {{record.balance}}.',
        es: 'El saldo pendiente de su cuenta es {{record.balance}}.',
      },
    },
    {
      title: 'Shall we talk on video?',
      body: {
        en: 'This is easier face to face. May I invite you to a short video call? It is not recorded.',
        es: 'Esto es más fácil cara a cara. ¿Puedo invitarle a una videollamada breve? No se graba.',
      },
    },
    {
      title: 'Call 911',
      body: {
        en: 'What you describe may be an emergency. Please call 911 now, or have somebody call for you. I stay in this chat.',
        es: 'Lo que describe puede ser una emergencia. Llame ahora al 911 o pida que alguien llame por usted. Yo sigo en este chat.',
      },
    },
  ],
  staff: [
    {
      email: 'rosa@juniper-clinic.example',
      name: 'Rosa Vega (demo)',
      role: 'receptionist',
      queues: ['desk', 'billing'],
    },
    {
      email: 'noor@juniper-clinic.example',
      name: 'Noor Haddad, RN (demo)',
      role: 'clinician',
      queues: ['nurse', 'desk'],
    },
    {
      email: 'sam@juniper-clinic.example',
      name: 'Sam Okafor (demo)',
      role: 'supervisor',
      queues: ['desk', 'nurse', 'billing'],
    },
    {
      email: 'ines@juniper-clinic.example',
      name: 'Inés Prado (demo)',
      role: 'compliance-officer',
      queues: [],
    },
    { email: 'ada@juniper-clinic.example', name: 'Ada Lindqvist (demo)', role: 'administrator', queues: [] },
  ],
  records: {
    definition: {
      identifier: 'medical_record_number',
      fullName: 'full_name',
      dateOfBirth: 'date_of_birth',
      email: 'email',
      phone: 'phone',
      others: [
        {
          column: 'next_appointment',
          field: 'next_appointment',
          label: { en: 'Next appointment', es: 'Próxima cita' },
          guarded: true,
        },
        {
          column: 'balance',
          field: 'balance',
          label: { en: 'Open balance', es: 'Saldo pendiente' },
          guarded: true,
        },
        { column: 'prefers', field: 'prefers', label: { en: 'Prefers', es: 'Prefiere' }, guarded: false },
      ],
    },
    csv: (day) => `medical_record_number,full_name,date_of_birth,email,phone,next_appointment,balance,prefers
JC-104233,Maria Example,1984-03-12,maria.example@post.example,+1 212 555 0141,${day(9)} 10:30,$84.50,Spanish
JC-104587,Alex Sample,1991-07-28,alex.sample@post.example,+1 212 555 0142,${day(3)} 08:45,$0.00,mornings
JC-105012,Tomas Muestra,1976-11-02,tomas.muestra@post.example,+1 212 555 0143,${day(14)} 16:15,$212.75,Spanish
JC-105190,Priya Specimen,2001-01-19,priya.specimen@post.example,+1 212 555 0144,${day(21)} 11:00,$35.00,video
JC-105344,Jordan Placeholder,1969-05-30,jordan.placeholder@post.example,+1 212 555 0145,${day(5)} 13:30,$127.20,phone
JC-105671,Lena Fixture,1958-09-08,lena.fixture@post.example,+1 212 555 0146,${day(12)} 09:20,$0.00,mornings
JC-105902,Omar Testcase,1995-12-24,omar.testcase@post.example,+1 212 555 0147,${day(30)} 14:40,$61.90,afternoons
`,
  },
};
