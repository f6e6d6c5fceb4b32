import type { Text } from '@app/desk';

/**
 * Returns a privacy notice that says what this program does, around two paragraphs of a site's own.
 *
 * @param own - who answers and why it is asked; first paragraph of the notice.
 * @param limits - what the conversation is not; last but one.
 */
export function noticeText(own: Text, limits: Text): Text {
  return {
    en: [
      own.en,
      'What we keep: your answers in the form, the messages of this conversation and when they were sent, the page that you came from, and the network address and kind of browser that you started with. What you write is encrypted before it is stored.',
      'Who reads it: the staff member who takes your conversation, and a supervisor of their team. Before that, the team sees your initials and your topic, and nothing else. Each time your conversation is opened, who opened it and when is written into a log that cannot be changed unnoticed. A compliance officer can hand out that log; it does not contain your messages.',
      'Before we say anything from your record, we confirm that it is you: you enter your name, date of birth and record number in a form, and we send a code to the e-mail address that we have on record for you.',
      'Video calls run through our own server and are not recorded. There is no advertising and no tracking on these pages. One cookie keeps your conversation open on this device; "Leave quickly" removes it.',
      limits.en,
      'This is a demonstration. Everybody in it is made up: please do not enter anything that is true of a real person.',
    ].join('\n\n'),
    es: [
      own.es,
      'Qué guardamos: sus respuestas del formulario, los mensajes de esta conversación y su hora de envío, la página desde la que llegó, y la dirección de red y el tipo de navegador con los que empezó. Lo que escribe se cifra antes de guardarse.',
      'Quién lo lee: la persona del equipo que toma su conversación y quien supervisa a ese equipo. Antes de eso, el equipo solo ve sus iniciales y el tema. Cada vez que se abre su conversación, queda anotado quién la abrió y cuándo, en un registro que no puede cambiarse sin que se note. Un responsable de cumplimiento puede entregar ese registro; no contiene sus mensajes.',
      'Antes de decirle nada de su expediente, confirmamos que es usted: escribe su nombre, fecha de nacimiento y número de registro en un formulario, y enviamos un código al correo electrónico que consta en su expediente.',
      'Las videollamadas pasan por nuestro propio servidor y no se graban. En estas páginas no hay publicidad ni rastreo. Una sola cookie mantiene abierta su conversación en este dispositivo; «Salir rápido» la elimina.',
      limits.es,
      'Esto es una demostración. Todas las personas son inventadas: no escriba nada que sea cierto de una persona real.',
    ].join('\n\n'),
  };
}
