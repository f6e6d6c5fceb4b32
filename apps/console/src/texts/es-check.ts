import type { enCheck, FindingAbout } from './en-check';

/** Las palabras de la página que comprueba un paquete, en español. */
export const esCheck: typeof enCheck = {
  check: {
    title: 'Comprobar una exportación',
    link: 'Comprobar una exportación',
    back: 'Volver a las exportaciones',
    intro:
      'Averigüe si una exportación está exactamente como se hizo. El archivo se comprueba en este dispositivo, en su navegador. No se sube a ningún sitio.',
    dropTitle: 'Suelte aquí una exportación',
    dropHint:
      'Un .zip de una exportación, o el .tlog-proof de un solo asiento, como el certificado de un borrado.',
    choose: 'Elegir un archivo',
    another: 'Comprobar otro archivo',
    recheck: 'Comprobar otra vez con esto',
    optionsTitle: 'Compárelo con lo que le dieron',
    optionsIntro:
      'Sin esto, la comprobación usa las claves que vienen en la exportación: muestra que encaja, pero todavía no quién lo hizo.',
    key: 'La clave OpenPGP del servidor',
    keyHint: 'Empieza con -----BEGIN PGP PUBLIC KEY BLOCK-----',
    vkey: 'La clave del registro',
    vkeyHint: 'Una línea con signos más. Hace falta para la prueba de un solo asiento.',
    against: 'Un estado anterior del registro que usted guardó',
    againstHint:
      'Un punto de control, de una exportación anterior o de una hoja impresa: tres líneas, con o sin firmas debajo.',
    policy: 'Su regla sobre testigos',
    policyHint: 'Una política C2SP: líneas que empiezan con log, witness, group y quorum.',
    tsaCa: 'Certificado de su autoridad de sellado de tiempo',
    tsaCaHint: 'Empieza con -----BEGIN CERTIFICATE-----',
    checking: (name: string) => `Comprobando ${name}`,
    cancel: 'Parar',
    failed: 'La comprobación se interrumpió. Vuelva a cargar la página e inténtelo de nuevo.',
    done: 'La comprobación ha terminado.',
    answers: {
      valid: 'Esta exportación está íntegra',
      validEntry: 'Este asiento está en el registro',
      below: 'Íntegro, pero lo respalda menos de lo que usted pidió',
      tampered: 'Esto se ha modificado',
      unusable: 'Esto no se pudo comprobar',
    },
    answersText: {
      valid: 'No se ha modificado nada y no falta nada de la parte del registro que muestra.',
      below: 'No se ha modificado nada. Lo que usted pidió además de eso no se cumple.',
      tampered: 'No se fíe de él. Pida a quien se lo dio el archivo tal como se hizo.',
      unusable: 'Eso no quiere decir que se haya modificado. Falta algo o no se puede leer.',
    },
    firstTitle: 'Lo primero que se encontró',
    moreFound: (count: string) => `${count} más`,
    entryName: (index: string) => `el asiento ${index}`,
    entryId: 'Su identificador',
    showsTitle: 'Lo que muestra',
    showsEntries: (shown: string, all: string) =>
      `${shown} de ${all} asientos de esta parte del registro, cada uno exactamente como se registró`,
    showsWithheld: (count: string) =>
      `Asientos de otros asuntos: se muestra su lugar, no su contenido: ${count}`,
    showsPeriod: (days: string) =>
      `El periodo del que trata: ${days}. Nada de lo que se muestra tiene fecha de fuera`,
    showsIntake: (id: string) => `Trata de una sola conversación: ${id}`,
    showsIntakes: (whole: string, all: string) =>
      `Conversaciones que se muestran desde su primer asiento hasta el último: ${whole} de ${all}`,
    showsMessages: (opened: string, redacted: string, events: string) =>
      `Una transcripción. Mensajes exactamente como se sellaron: ${opened}. Reservados: ${redacted}. Líneas de lo que ocurrió: ${events}`,
    showsOpenings: (count: string) => `Datos personales, cada uno el que se selló en el registro: ${count}`,
    showsSource: 'Se hizo a partir de otra exportación, con mensajes reservados',
    showsPrevious: (count: string) =>
      `El registro solo ha crecido desde la exportación anterior, cuando tenía ${count} asientos`,
    showsAgainst: (count: string) =>
      `El registro solo ha crecido desde el punto de control que usted guardó, de ${count} asientos`,
    showsWitness: (name: string, time: string) =>
      `El testigo ${name} vio este estado del registro el ${time}`,
    showsStamp: (count: string, time: string) =>
      `Los primeros ${count} asientos ya estaban antes del ${time}, según una autoridad de sellado de tiempo`,
    showsEntry: (index: string, size: string) => `Es el asiento ${index} de un registro de ${size}`,
    notTitle: 'Lo que no muestra',
    not: [
      'Lo que nunca se registró.',
      'Que lo registrado sea verdad: es lo que el servidor dijo en su momento.',
    ],
    notKeys:
      'Quién lo hizo: las claves venían en la exportación. Compare la huella de abajo con la que le comunicaron.',
    notWitness:
      'Que quien tiene las claves no haya escrito de nuevo todo el registro: aquí ningún testigo, sello de tiempo ni punto de control anterior lo desmiente.',
    notBundleWitness: 'Que los testigos sean independientes: sus claves venían en la exportación.',
    whoTitle: 'Quién firmó',
    server: 'Servidor, huella OpenPGP',
    log: 'Registro',
    given: 'la clave que usted dio',
    inside: 'la clave que viene en la exportación',
    insideTitle: 'Lo que contiene',
    aboutTitle: 'Sobre esta exportación',
    exportId: 'Exportación (su número)',
    requestedBy: 'La pidió (número de la cuenta)',
    purpose: 'Finalidad',
    createdAt: 'Hecha el',
    tenant: 'Organización (su número)',
    act: 'Qué ocurrió',
    at: 'Cuándo',
    actor: 'Quién',
    outcome: 'Resultado',
    names: 'Nombra',
    exact: 'En palabras del programa que comprueba',
    findings: {
      'entry-changed': ({ entry }: FindingAbout) => `El contenido de ${entry} se ha modificado.`,
      'entry-missing': ({ entry }: FindingAbout) => `Falta ${entry}.`,
      'entry-moved': ({ entry }: FindingAbout) => `Hay otra cosa donde va ${entry}: se ha cambiado el orden.`,
      'entry-added': () => 'Se ha añadido un asiento que el registro no tiene.',
      leaf: ({ entry }: FindingAbout) =>
        `La prueba de ${entry} se ha modificado. El asiento en sí está íntegro.`,
      entry: ({ entry }: FindingAbout) => `La forma de ${entry} no es la que tienen los asientos.`,
      root: () => 'La prueba no lleva al estado del registro que se firmó.',
      tenant: ({ entry }: FindingAbout) => `Otra organización es la dueña de ${entry}.`,
      period: ({ entry }: FindingAbout) => `La fecha de ${entry} está fuera del periodo de esta exportación.`,
      scope: () => 'Contiene asientos de otra conversación distinta de la que dice.',
      export: () => 'No nombra el asiento que registra esta exportación.',
      'intake-gap': ({ entry }: FindingAbout) => `Falta algo de la conversación antes de ${entry}.`,
      'intake-chain': ({ entry }: FindingAbout) =>
        `El siguiente asiento de su conversación no se escribió después de ${entry}.`,
      'intake-head': () => 'Faltan los últimos asientos de una conversación.',
      signature: () => 'La firma del servidor no encaja. Se ha modificado el índice o la firma.',
      'server-key': () => 'Lo firmó otra clave de servidor, o una que no se puede leer.',
      vkey: () =>
        'Es de otro registro distinto del de la clave que usted dio, o esa clave falta o no se puede leer.',
      checkpoint: () => 'El registro no firmó el estado en que se apoya, o ese estado se ha modificado.',
      previous: () => 'El estado del registro en la exportación anterior se ha modificado.',
      consistency: () =>
        'El registro no creció sin más desde un estado anterior: se ha cambiado su historia.',
      against: () => 'No encaja con el punto de control que usted dio, o no hay prueba que llegue hasta él.',
      cosignature: () => 'La firma de un testigo no encaja.',
      quorum: () => 'Han firmado menos testigos de los que pide su regla.',
      anchor: () => 'Un sello de tiempo falta, no encaja o es de otra autoridad.',
      opening: ({ entry }: FindingAbout) =>
        `Un dato personal que se muestra de ${entry} no es el que se registró.`,
      message: () => 'Un mensaje de la transcripción no es el que se registró, o falta uno.',
      lines: ({ file }: FindingAbout) => `${file} se ha modificado.`,
      file: ({ file }: FindingAbout) => `El archivo ${file} se ha modificado.`,
      files: () => 'Se ha añadido, quitado o movido un archivo del paquete.',
      entries: ({ file }: FindingAbout) => `El archivo ${file} se ha modificado.`,
      'zip-checksum': ({ file }: FindingAbout) => `El archivo zip se ha modificado en ${file}.`,
      inclusion: ({ entry }: FindingAbout) => `En el registro que se muestra aquí no está ${entry}.`,
      'not-a-zip': () => 'Esto no es un archivo zip. Si su nombre termina en .pgp, descífrelo primero.',
      'zip-damaged': () =>
        'El archivo zip está dañado o se ha vuelto a empaquetar. Use el archivo tal como lo recibió.',
      incomplete: ({ file }: FindingAbout) => `Falta ${file} en el paquete.`,
      format: () => 'Tiene un formato más nuevo que los que conoce esta página.',
      policy: () => 'Su regla sobre testigos no se puede leer.',
      proof: () => 'Esto no es la prueba de un asiento.',
      other: () => 'Una parte se ha modificado o no se puede leer.',
    },
  },
};
