import type { enEvidence } from './en-evidence';

/** The words of the page about what vouches for the log, in Spanish. */
export const esEvidence: typeof enEvidence = {
  evidence: {
    title: 'Evidencia',
    intro:
      'Todo lo que se hace aquí se escribe en un registro que solo crece. Esta página dice quién responde de ello: este servidor con su firma; los testigos, que son otras organizaciones que anotan cómo estaba el registro; y una autoridad que lo sella con la hora. Lo que otros han anotado, nadie de aquí puede cambiarlo sin que se note.',
    signedTitle: 'Firmado por este servidor',
    signed: (entries) => (entries === '1' ? '1 entrada' : `${entries} entradas`),
    signedAt: (at) => `Última firma: ${at}.`,
    neverSigned: 'Todavía no',
    unsigned: (since) =>
      `Las entradas desde ${since} no están firmadas. Avise a quien gestiona este servidor.`,
    waiting: 'Las entradas nuevas se firman en uno o dos segundos.',
    witnessTitle: 'Visto por testigos',
    witnessed: (entries) => `las primeras ${entries} entradas`,
    noWitness: 'Sin testigo',
    noWitnessShort: 'Nadie de fuera mira este registro.',
    quorum: (of, needed) =>
      of === 1
        ? 'Hay un testigo configurado.'
        : `Hay ${of} testigos configurados; ${needed} deben haber visto una entrada para que cuente.`,
    awayShort: (since) => `No responde desde ${since}.`,
    refusedTitle: 'Rechazado',
    refusedShort: 'Un testigo ha visto otra historia de este registro.',
    held: 'Los actos retenidos esperan a que vuelva un testigo.',
    stampTitle: 'Sellado con la hora',
    lastStamp: (at) => at,
    stampOn: (entries) => `Sobre las primeras ${entries} entradas del registro.`,
    noStampYet: 'Aún sin sello',
    noAuthority: 'Sin sellos de tiempo',
    noAuthorityShort: 'Ninguna autoridad confirma cuándo se escribieron las entradas.',
    stampFault: (since) => `No se ha podido obtener un sello desde ${since}.`,
    refusedNotice: {
      title: 'Un testigo dice que este registro no es el que vio antes',
      text: 'O se ha restaurado una copia de seguridad, o alguien ha cambiado el pasado. Imprima ahora la hoja de abajo, guárdela y pregunte a quien gestiona este servidor. No confíe en las exportaciones hechas desde ahora hasta que se explique.',
    },
    heldNotice: {
      title: 'Algunos actos esperan a los testigos',
      text: 'Ningún testigo ha visto las entradas más nuevas durante más tiempo del que permite la política. Las conversaciones siguen como siempre.',
    },
    listTitle: 'Los testigos',
    witness: 'Testigo',
    seenUpTo: 'Ha visto',
    lastSeen: 'Última vez',
    state: 'Estado',
    entry: (entries) => `las primeras ${entries} entradas`,
    never: 'nunca',
    states: {
      seen: 'Al día',
      behind: 'Poniéndose al día',
      away: 'No responde',
      refusing: 'Rechaza este registro',
    },
    faults: {
      unreachable: 'No se puede contactar con él.',
      'timed-out': 'No respondió a tiempo.',
      'unknown-log': 'Todavía no sigue este registro. Dele la clave de abajo.',
      'unknown-key': 'Conoce otra clave de este registro.',
      malformed: 'No entendió la pregunta.',
      'bad-answer': 'Su respuesta no tenía sentido.',
      'bad-cosignature': 'Su firma no corresponde a la clave configurada aquí.',
      moving: 'Cambia más deprisa de lo que se le puede seguir.',
      fork: 'Ha visto otras entradas en los mismos lugares.',
      'set-back': 'Ha visto más entradas de las que hay ahora.',
      untrusted: 'El sello es de una autoridad en la que aquí no se confía.',
      'bad-token': 'El sello no es válido.',
      'other-nonce': 'El sello responde a otra pregunta.',
      rejected: 'La autoridad dijo que no.',
      'not-recorded': 'El sello no se pudo registrar, así que no se guardó.',
    },
    faultOther: (code) => `Respondió: ${code}.`,
    since: (since) => `Desde ${since}.`,
    stampsTitle: 'Sellos de tiempo de las últimas dos semanas',
    stampsText: (count) =>
      `${count} en dos semanas. Una entrada entre dos sellos se escribió entre sus horas; donde hay un hueco, nadie de fuera puede decir cuándo.`,
    stampsNone: 'Ningún sello en las últimas dos semanas.',
    stampsFigure: (count, last) => `${count} sellos de tiempo en dos semanas, el último ${last}`,
    stampsTable: 'Como tabla',
    day: 'Día',
    stamps: 'Sellos',
    lastSize: 'El último, en la entrada',
    policyTitle: 'Qué pasa cuando falta un testigo',
    policy: {
      noWitness: 'Todavía no hay ningún testigo. Cuando haya uno, vale esto:',
      goesOn: 'El trabajo sigue: las conversaciones, el vídeo y la firma no esperan a ningún testigo.',
      alarm: (time) => `A los ${time} se escribe en el registro como alarma y se muestra aquí.`,
      lag: (time, acts) => `A las ${time} se rechazan estos actos hasta que vuelva un testigo: ${acts}.`,
      access: 'Quitar el acceso a alguien siempre es posible.',
      stamp: (time) => `El registro se sella cada ${time} y con cada exportación.`,
      where:
        'Estos plazos están en el archivo policies/governance/evidence.json. Cambiarlos requiere dos personas.',
    },
    acts: {
      'export.create': 'exportaciones del registro',
      'transcript.export': 'exportaciones de conversaciones',
      'erase.request': 'supresiones',
      'hold.release': 'terminar una retención legal',
      'officer-key.manage': 'cambiar la clave de un responsable',
      'key.rotate': 'cambiar claves',
    },
    alarmsTitle: 'Alarmas de las últimas dos semanas',
    alarmsNone: 'Ninguna.',
    alarms: {
      'witness.away': 'Un testigo no responde',
      'witness.refused': 'Un testigo rechaza este registro',
      'witness.back': 'Un testigo ha vuelto',
      'anchor.missing': 'No se pudo obtener un sello de tiempo',
      'log.altered': 'Una entrada o una firma del registro no está como se registró',
      'log.gap': 'Faltan entradas',
      'log.rewound': 'El registro se hizo retroceder y no se firma',
      'log.restored': 'El registro se restauró desde una copia',
    },
    setupTitle: 'Configurar un testigo o sellos de tiempo',
    setupMissing: {
      witness:
        'Sin un testigo, quien tenga la base de datos y la clave de este servidor podría mostrarle a usted una historia y otra a un juzgado, o hacer retroceder el registro una semana. Solo lo mostraría una exportación anterior, o una hoja impresa como la de abajo, que otra persona haya guardado.',
      stamps:
        'Sin sellos de tiempo, quien tenga la base de datos y la clave de este servidor podría escribir entradas más tarde de lo que dicen.',
    },
    setupSteps: {
      witness:
        'Testigo: pida a una organización que no gestione este servidor (su auditor, una clínica asociada) que ejecute el programa testigo, audit/cli/witness, con la línea de clave de abajo. Le dirán su dirección y su clave. Quien gestiona este servidor pone ambas en el ajuste VESTIBULE_WITNESSES y lo reinicia.',
      stamps:
        'Sellos de tiempo: quien gestiona este servidor pone la dirección de una autoridad de sellado (RFC 3161) en el ajuste VESTIBULE_TSA_URL y el lugar del archivo con sus certificados en VESTIBULE_TSA_CA.',
      paper: 'Ahora mismo y sin nadie más: imprima la hoja de abajo de vez en cuando y guárdela.',
    },
    key: 'Clave de este registro',
    copyKey: 'Copiar la clave',
    copied: 'Copiado.',
    paperTitle: 'El registro en papel',
    paperIntro:
      'Estas tres líneas representan todas las entradas hasta ahora. En papel, con fecha, en un lugar al que no llegue quien gestiona este servidor, son un testigo que no necesita red.',
    print: 'Imprimir esta hoja',
    paperEmpty: 'Todavía no se ha firmado nada.',
    paperOf: (organisation) => `El registro de auditoría de ${organisation}`,
    paperSize: (entries, at) => `${entries} ${entries === '1' ? 'entrada' : 'entradas'}, firmado ${at}`,
    paperQr: 'Las tres líneas como código QR',
    paperCheck:
      'Para comprobar una exportación posterior con esta hoja: en la página «Comprobar una exportación», abra «Compárelo con lo que le dieron» y pegue las tres líneas. O póngalas, cada una terminada con un salto de línea, en un archivo paper.checkpoint (o escanee el código) y ejecute',
    paperMeaning:
      'Si el registro ya no empieza con las entradas que esta hoja representa, la respuesta es «tampered». La exportación debe llegar hasta este tamaño o ser de un período que lo incluya.',
    paperSign: 'Impreso por, fecha, firma',
  },
};
