import type { enSearch } from './en-search';

/** The words of the search page, in Spanish. */
export const esSearch: typeof enSearch = {
  search: {
    title: 'Búsqueda',
    intro:
      'Busque palabras en lo que clientes y personal se escribieron. Los mensajes se guardan sellados; el servidor los abre uno tras otro para mirar, y no le muestra ninguno hasta que usted abre una conversación.',
    recorded:
      'Esta búsqueda queda en el registro con su nombre, antes de que se abra nada. Las palabras que busca se guardan selladas. Cada conversación que abra queda registrada también.',
    newTitle: 'Nueva búsqueda',
    words: 'Palabras que buscar',
    wordsHint: 'Palabras enteras. Las mayúsculas y los acentos no cuentan.',
    match: 'Cómo comparar',
    phrase: 'Exactamente esta frase',
    allWords: 'Todas estas palabras, en cualquier parte de un mensaje',
    narrow: 'Solo una cola o una conversación',
    from: 'Primer día',
    to: 'Último día',
    queue: 'Cola',
    anyQueue: 'Todas en las que puede buscar',
    conversation: 'Solo una conversación',
    conversationHint: 'Su número, como en el registro',
    purpose: '¿Por qué busca?',
    purposeHint: 'Se escribe en el registro.',
    purposes: {
      LEGAL: 'Procedimiento legal',
      DSAR: 'Una persona pide sus datos',
      '': 'Revisión de mis propias colas',
    },
    start: 'Buscar',
    missingWords: 'Escriba al menos una palabra.',
    tooManyWords: 'Eso no se puede buscar. Use entre una y veinte palabras.',
    missingPurpose: 'Elija para qué es la búsqueda.',
    wrongPeriod: 'El último día no puede ser anterior al primero.',
    wrongConversation: 'El número de una conversación tiene 36 caracteres. Cópielo del registro.',
    states: {
      waiting: 'Espera su turno',
      running: 'Buscando',
      done: 'Terminada',
      cancelled: 'Cancelada',
      failed: 'Interrumpida',
    },
    started: 'La búsqueda ha empezado.',
    progressLabel: 'Mensajes revisados',
    progress: (done, total) => `${done} de ${total}`,
    cancel: 'Cancelar esta búsqueda',
    resultTitle: (words) => `Búsqueda de «${words}»`,
    found: (messages, conversations) =>
      `Está en ${messages} ${messages === '1' ? 'mensaje' : 'mensajes'} de ${conversations} ${conversations === '1' ? 'conversación' : 'conversaciones'}`,
    lookedIn: (conversations) =>
      `${conversations} ${conversations === '1' ? 'conversación revisada' : 'conversaciones revisadas'}`,
    noneYet: 'Todavía no se ha encontrado nada.',
    noneTitle: 'No se encontró nada',
    none: 'Estas palabras no están en ningún mensaje de este período en el que pueda buscar. Pruebe con menos palabras o un período más largo.',
    nowhereTitle: 'Nada que revisar',
    nowhere: 'En este período no hay ninguna conversación en la que pueda buscar.',
    erased: (n) =>
      n === '1'
        ? '1 conversación fue borrada. Lo que se dijo en ella ya no lo puede leer nadie.'
        : `${n} conversaciones fueron borradas. Lo que se dijo en ellas ya no lo puede leer nadie.`,
    unreadable: (n) =>
      `${n} ${n === '1' ? 'mensaje no se pudo abrir' : 'mensajes no se pudieron abrir'}, porque los bytes guardados no son los que se sellaron. Avise a su administración.`,
    capped: (n) => `La búsqueda acabó en ${n} mensajes; puede haber más. Precise las palabras o el período.`,
    cancelled: 'Usted canceló esta búsqueda. Abajo está lo que había encontrado.',
    failed: 'La búsqueda se interrumpió antes de terminar y lo encontrado se desechó. Empiécela de nuevo.',
    keptUntil: (at) => `Se guarda hasta ${at}; después se borra con sus palabras.`,
    hits: (n) => `${n} ${n === '1' ? 'mensaje' : 'mensajes'}`,
    open: 'Mostrar los mensajes',
    openOf: (topic, when) => `Mostrar los mensajes: ${topic}, ${when}`,
    hide: 'Ocultar los mensajes',
    denied: 'No es para usted',
    deniedText: 'Esta conversación ahora no es para usted. Puede haber pasado a otra cola.',
    erasedRow: 'Borrada',
    erasedRowText: 'Esta conversación se borró después de encontrarla.',
    shownOf: (shown, hits) => `Los primeros ${shown} de ${hits} mensajes con estas palabras.`,
    opened: 'Se muestran los mensajes. Quedó registrado.',
    gap: 'Los mensajes intermedios no se muestran',
    client: 'Cliente',
    staff: 'Personal',
    earlier: 'Mis búsquedas',
    earlierEmpty: 'No ha buscado en las últimas 24 horas.',
  },
};
