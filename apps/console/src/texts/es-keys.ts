import type { enKeys } from './en-keys';

/** Las palabras de la página de las claves, en español. */
export const esKeys: typeof enKeys = {
  keys: {
    title: 'Claves de cifrado',
    intro:
      'Lo que escriben los clientes y el personal se guarda bajo llave. Cada conversación tiene su propia clave, y todas ellas están protegidas por la clave de su organización, que se cambia cada cierto tiempo. Nadie puede ver una clave, ni aquí ni en ninguna otra parte.',
    empty: 'Todavía no hay ninguna clave',
    emptyText: 'La primera se crea cuando se escribe algo por primera vez.',
    inUse: 'La clave en uso',
    number: (version) => `Clave ${version}`,
    key: 'Clave',
    state: 'Estado',
    states: {
      active: 'En uso',
      'decrypt-only': 'Sustituida',
      destroyed: 'Destruida',
    },
    since: 'En uso desde',
    next: 'Próximo cambio',
    every: (days) => (days === 1 ? 'cada día' : `cada ${days} días`),
    keptIn: 'Protegida con una clave guardada en',
    kms: {
      file: 'un archivo de claves de este servidor',
      memory: 'la memoria (una prueba)',
      pkcs11: 'un módulo de seguridad (PKCS#11)',
      vault: 'HashiCorp Vault',
      aws: 'AWS KMS',
    },
    locks: 'Protege',
    under: (keys, count, secrets) =>
      `${keys} ${count === 1 ? 'clave' : 'claves'} de conversaciones y registros, ${secrets} del propio sistema`,
    nothing: 'ya nada',
    end: 'Destrucción',
    destroyedOn: (date) => `destruida el ${date}`,
    destroyOn: (date) => `se destruirá el ${date}`,
    byLatest: (date) => `a más tardar el ${date}`,
    versionsTitle: 'Todas las claves hasta ahora',
    whyTitle: 'Por qué se destruyen las claves antiguas',
    why: (epoch, backup, all) =>
      `Una conversación borrada ya no se puede leer aquí, pero puede haber copias en las copias de seguridad. Dejan de ser legibles cuando se destruye la clave de aquel momento. Las claves se cambian cada ${epoch} días y las copias de seguridad se conservan ${backup} días, así que una conversación borrada es ilegible en todas partes, a más tardar, ${all} días después. Lo que está bajo retención legal no se borra: pasa a cada clave nueva.`,
    change: 'Cambiar la clave ahora',
    changeTitle: '¿Cambiar la clave ahora?',
    changeSteps: (days) => [
      'Se crea una clave nueva y se usa desde este momento. Nadie tiene que interrumpir su trabajo.',
      'Todo lo que protege la clave antigua pasa a la nueva. Puede ver cómo avanza.',
      `La clave antigua se destruye ${days} días después, cuando ya no existe ninguna copia de seguridad que la necesite.`,
      'El cambio queda registrado en el registro de auditoría con su nombre.',
    ],
    changed: (version) => `La clave ${version} está en uso.`,
    look: 'Volver a mirar',
    moving: 'Pasando a la clave nueva',
    movingDetail: (done, total) => `${done} de ${total}`,
    movingText: 'Mientras tanto se trabaja como siempre. Puede salir de esta página.',
    moved: 'Todo está protegido por la clave nueva.',
  },
};
