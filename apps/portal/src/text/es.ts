import { plural } from '@app/ui';
import type { PortalText } from './en';

export const es: PortalText = {
  language: 'Idioma',
  languageName: { en: 'English', es: 'Español' },
  skip: 'Ir al contenido',

  emergency: 'Emergencia',
  emergencyLabel: 'Números de emergencia y salida rápida',
  emergencyMore: 'Todos los números de emergencia',
  emergencyUnknown: 'Si alguien está en peligro ahora, llame al número de emergencias de su zona.',
  call: (label) => `${label}:`,
  leaveQuickly: 'Salir rápido',
  leaveHint: 'Salir rápido vacía esta página al instante. Pulsar Escape dos veces hace lo mismo.',

  loading: 'Un momento…',
  notFoundTitle: 'Esta página no existe',
  notFoundText: 'Revise la dirección que le dieron. Importan las mayúsculas y los guiones.',
  failedTitle: 'Ahora no se nos puede alcanzar',
  failedText:
    'Puede fallar su conexión o la nuestra. Nada de lo que envió se pierde. Si no puede esperar, use el teléfono.',
  tryAgain: 'Intentar de nuevo',
  overTitle: 'Esta conversación está cerrada en este dispositivo',
  overText: {
    'signed-out': 'Usted salió. Lo que escribió queda con las personas a quienes escribió.',
    disabled: 'El acceso se terminó. Si cree que es un error, llame por favor.',
    expired:
      'Estuvo abierta mucho tiempo sin uso y la cerramos para protegerle. Lo que escribió queda con las personas a quienes escribió.',
    replaced: 'Se abrió en otra ventana. Siga allí, por favor.',
    erased: 'Esta conversación se borró. Nadie puede leerla ya.',
  },
  startAgain: 'Empezar otra conversación',

  hereNow: 'Hay alguien ahora',
  openNobody: 'Abierto',
  openNobodyText: 'En este minuto no hay nadie en el mostrador. Escriba ahora y se le responderá por turno.',
  hereNowText: 'Hay alguien en el mostrador y responde por turno.',
  closedNow: 'Cerrado ahora',
  opensAt: (when) => `Abrimos ${when}. Puede dejar un mensaje ahora; es lo primero que leemos.`,
  closedText: 'Puede dejar un mensaje ahora; es lo primero que leemos.',
  waitingCount: (count) =>
    count === 0
      ? 'Nadie está esperando.'
      : plural('es', count, { one: 'Espera 1 persona.', other: `Esperan ${count} personas.` }),
  hours: 'Horario',
  closedDay: 'Cerrado',
  hoursZone: (zone) => `Horas de ${zone}`,
  privateTitle: 'Lo que escribe es privado',
  privateText: 'Se guarda cifrado, y cada vez que alguien lo lee queda registrado.',

  formTitle: 'Empezar una conversación',
  formLead: 'Unas pocas preguntas, para que responda la persona adecuada.',
  choose: 'Elija…',
  noticeTitle: 'Aviso de privacidad',
  noticeVersion: (version) => `Versión ${version}`,
  noticeYes: 'He leído el aviso de privacidad y estoy de acuerdo.',
  noticeChanged:
    'El aviso de privacidad cambió desde que abrió esta página. Lea el nuevo y dé su acuerdo otra vez.',
  start: 'Empezar la conversación',
  leaveMessage: 'Dejar un mensaje',
  summaryTitle: (count) => plural('es', count, { one: 'Revise una cosa', other: `Revise ${count} cosas` }),
  needChoice: (label) => `Elija una respuesta: ${label}`,
  needText: (label) => `Complete: ${label}`,
  needContact: 'Escriba un correo, como nombre@example.org, o un teléfono con prefijo.',
  tooLong: (label, most) => `Acorte a ${most} caracteres: ${label}`,
  needYes: 'Lea el aviso de privacidad y marque la casilla si está de acuerdo.',

  tooMany: (seconds) =>
    seconds === undefined
      ? 'Fueron demasiados intentos. Espere un poco y pruebe otra vez.'
      : plural('es', seconds, {
          one: 'Fueron demasiados intentos. Espere 1 segundo.',
          other: `Fueron demasiados intentos. Espere ${seconds} segundos.`,
        }),
  unreachable: 'No se nos pudo alcanzar. Revise su conexión e intente de nuevo.',
  away: 'Ahora no podemos registrarlo, así que no se hizo. Intente de nuevo en un minuto.',
  videoAway: 'El video aún no está listo. Intente en unos minutos; el chat sigue mientras tanto.',
  tooLarge: 'Este texto es demasiado largo.',
  wentWrong: 'Algo falló de nuestro lado. Intente de nuevo.',

  theTeam: 'El equipo',
  chatTitle: 'Su conversación',
  chatLog: 'Mensajes',
  offline: 'Sin conexión. Puede seguir escribiendo: todo se envía cuando vuelva.',
  beginTitle: '¿En qué podemos ayudarle?',
  beginText: 'Escriba con sus palabras. Puede cerrar esta página y volver: la conversación sigue aquí.',
  placeTitle: 'Su turno',
  placeNext: 'Usted es la siguiente persona.',
  placeQueue: (position, ahead) =>
    `Su turno es el ${position}. ${plural('es', ahead, { one: 'Hay 1 persona', other: `Hay ${ahead} personas` })} antes.`,
  placeQueueText: 'Puede escribir ya; se lee cuando llegue su turno.',
  placeQueueAway: 'En este minuto no hay nadie en el mostrador. Usted conserva su turno.',
  placeClosed: 'Ahora está cerrado. Deje aquí su mensaje.',
  placeClosedUntil: (when) => `Ahora está cerrado y abrimos ${when}. Deje aquí su mensaje.`,
  placeClosedText: 'Se lee cuando abramos. Conserva su turno; puede cerrar esta página y volver.',
  placeStaff: (name) => `Habla con ${name}.`,
  placeEnded: 'Esta conversación terminó.',
  verifiedBadge: 'Identidad confirmada',
  closedComposer: 'Esta conversación está cerrada. Puede leerla aquí mientras esta página siga abierta.',

  system: {
    claimed: (name) => `${name} se ha unido.`,
    transferred: 'Le pasamos a otro equipo. Conserva su turno.',
    closed: 'La conversación se cerró.',
    'verification-requested': 'Se le pidió confirmar quién es.',
    verified: 'Su identidad está confirmada.',
    'consult-offered': 'Se ofreció una consulta por video.',
    'consult-declined': 'Se rechazó la consulta por video. El chat sigue.',
    'consult-started': 'La consulta por video ha empezado.',
    'consult-ended': 'La consulta por video ha terminado. El chat sigue.',
  },

  verifyCardTitle: (name) => `${name} le pide confirmar quién es`,
  verifyCardText: 'Esto protege su información. Tarda unos dos minutos y necesita su correo.',
  verifyOpen: 'Confirmar quién soy',
  verifyCodeCard: 'Escriba el código de su correo',
  verifyLocked:
    'Ahora no es posible confirmarlo de esta manera. Pregunte aquí de qué otra forma puede hacerlo.',
  verifyTitle: 'Confirme quién es',
  verifyLead: 'Escríbalo como está en sus papeles. Va directo a la comprobación y no aparece en el chat.',
  backToChat: 'Volver al chat',
  fullName: 'Nombre completo',
  birth: 'Fecha de nacimiento',
  birthHint: 'Por ejemplo 27 de marzo de 1985',
  day: 'Día',
  month: 'Mes',
  year: 'Año',
  identifier: {
    clinic: 'Número de historia clínica',
    law: 'Número de caso o expediente',
    school: 'Número de estudiante',
  },
  identifierHint: {
    clinic: 'Está en su tarjeta de citas y en nuestras cartas.',
    law: 'Está en la parte de arriba de nuestras cartas.',
    school: 'Está en la tarjeta de estudiante y en los boletines.',
  },
  birthWrong: 'Escriba un día, un mes y un año de cuatro cifras que existan.',
  verifySend: 'Envíenme un código',
  codeTitle: 'Escriba su código',
  codeText:
    'Si lo que escribió coincide con un registro, un código de seis cifras va al correo de ese registro. Vale 10 minutos.',
  codeLabel: 'Código de seis cifras',
  codeSend: 'Confirmar',
  codeWrong: 'Escriba las seis cifras del código.',
  codeRefused: (left) =>
    left === undefined
      ? 'No se pudo confirmar.'
      : `No se pudo confirmar. ${left === 0 ? 'No quedan intentos: escriba sus datos otra vez.' : plural('es', left, { one: 'Le queda 1 intento.', other: `Le quedan ${left} intentos.` })}`,
  codeNone:
    '¿No llega el correo? Mire en la carpeta de spam. Puede escribir sus datos otra vez, o volver al chat y pedir otra forma.',
  codeAgain: 'Escribir mis datos otra vez',
  verifiedToast: 'Gracias. Su identidad está confirmada.',

  offerTitle: (name) => `${name} le ofrece una consulta por video`,
  offerText: 'Se ven y se oyen aquí, en el navegador. No se instala nada. Puede participar sin cámara.',
  accept: 'Aceptar',
  decline: 'Ahora no',
  consultReadyTitle: 'Su consulta por video',
  consultReadyText: 'Ahora: compruebe su cámara y su sonido. Nadie le ve todavía.',
  goOn: 'Continuar',
  lobbyTitle: 'Está en la sala de espera',
  lobbyText: (name) =>
    `${name} sabe que está aquí y le dará paso. Nadie le ve ni le oye todavía. Puede seguir en el chat.`,
  lobbyLeave: 'Salir de la sala de espera',
  callEndedTitle: 'Se perdió la conexión con la consulta',
  callEndedText: 'El chat todavía funciona. Intente entrar de nuevo, o escriba que no funciona.',
  joinAgain: 'Entrar de nuevo',

  rateTitle: '¿Cómo fue?',
  rateText: 'Su respuesta ayuda al equipo. Es voluntaria.',
  rateWords: ['Muy mal', 'Mal', 'Regular', 'Bien', 'Muy bien'],
  rateComment: '¿Quiere añadir algo?',
  rateSend: 'Enviar valoración',
  rateNeeded: 'Elija una de las cinco.',
  rateThanks: 'Gracias por su valoración.',

  landingTitle: 'Una entrada tranquila para quien necesita ayuda',
  landingLead:
    'Vestibule recibe un primer mensaje, averigua quién pregunta, pone a ambas partes cara a cara por video y guarda un registro que cualquiera puede comprobar.',
  landingSites: 'Véalo desde el lado del cliente',
  landingSitesText: 'Tres organizaciones inventadas. Nada de esto es un servicio real.',
  sector: { clinic: 'Clínica', law: 'Despacho', school: 'Escuela' },
  open: (name) => `Abrir ${name}`,
  landingNone: 'En este servidor no hay sitios de muestra.',
  landingStaff: 'Véalo desde el otro lado',
  landingConsole: 'Consola del personal',
  landingConsoleText: 'El mostrador, el día del supervisor y el registro del oficial.',
  landingOutbox: 'Bandeja de muestra',
  landingOutboxText: 'Los correos que envía la muestra, como los códigos.',
  outboxLead:
    'El correo que envió esta muestra, lo más nuevo primero. No llegó a nadie; está aquí para que pueda probar.',
  outboxEmpty: 'Todavía no se ha enviado nada',
  outboxEmptyText: 'Pida un código en una conversación y aparecerá aquí.',
  outboxTo: (address) => `Para ${address}`,
  apiTitle: 'La interfaz HTTP',
  apiLead:
    'Cada puerta de este programa: su dirección, quién puede usarla, el permiso que deciden las políticas y lo que recibe. Las respuestas, los códigos de error y los sockets están en docs/PROTOCOL.md.',
  apiAnyone: 'cualquiera',
  apiTakes: 'Recibe',
};
