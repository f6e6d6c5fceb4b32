import { AppError } from '@app/kernel';
import { type FormField, isAsked, MAX_ANSWER_LENGTH } from './form';
import type { Text } from './text';

/** How a client can be reached. A phone number holds digits only, with a leading `+` if it was given. */
export interface Contact {
  readonly kind: 'email' | 'phone';
  readonly value: string;
}

/** One answer as staff see it. `option`: the words of what was chosen, kept because a form changes later. */
export interface ShownAnswer {
  readonly field: string;
  readonly label: Text;
  readonly value: string;
  readonly option?: Text;
}

/** What a client said in a form, checked. `shown` holds the answers to the site's own questions, in their order. */
export interface CheckedAnswers {
  readonly topic: string;
  readonly name: string;
  readonly contact: Contact;
  readonly shown: readonly ShownAnswer[];
}

type Fault = 'wrong' | 'too-long';

// RFC 5321, section 4.5.3.1: 64 octets before the @, 254 in all (RFC 3696, erratum 1690).
const EMAIL = /^[^\s@<>"(),:;[\]\\]{1,64}@[^\s@<>"(),:;[\]\\]+\.[^\s@<>"(),:;[\]\\.]+$/u;
/** ITU-T E.164: 15 digits at most. Seven is a local number. */
const PHONE = /^\+?\d{7,15}$/;
const PHONE_PUNCTUATION = /[\s().\-/]/g;
const CONTROL = /\p{Cc}/u;
/** A line break and a tab are part of a longer text. */
const CONTROL_IN_TEXT = /(?![\n\t])\p{Cc}/u;

/**
 * Returns what a client answered: trimmed, in Unicode normal form C, each answer to a question that was asked.
 *
 * @param answers - by field id, as a page sent them. An empty answer is none.
 * @throws AppError `INPUT_MALFORMED`, or `INPUT_TOO_LARGE` if nothing but a length is wrong. `fields` in its extra are
 * the ids of the questions whose answer is missing, wrong, too long or not asked for, in the order of the form.
 */
export function checkAnswers(
  form: readonly FormField[],
  answers: Readonly<Record<string, unknown>>,
): CheckedAnswers {
  const faults = new Map<string, Fault>();
  const given = new Map<string, string>();
  const asked = new Set<string>();
  for (const field of form) {
    const answer = Object.hasOwn(answers, field.id) ? answers[field.id] : '';
    if (!isAsked(field, asked, answers)) {
      if (answer !== '') faults.set(field.id, 'wrong');
      continue;
    }
    asked.add(field.id);
    const text =
      typeof answer === 'string' ? answer.replaceAll('\r\n', '\n').normalize('NFC').trim() : undefined;
    const fault = faultOf(field, text);
    if (fault !== undefined) faults.set(field.id, fault);
    else if (text !== undefined && text !== '') given.set(field.id, text);
  }
  if (Object.keys(answers).some((id) => !form.some((field) => field.id === id)))
    faults.set('an unknown field', 'wrong');
  if (faults.size > 0) throw refusal(faults);
  return assembled(form, given);
}

/** Returns how to reach somebody, or nothing if it is neither an e-mail address nor a phone number. */
export function contactOf(text: string): Contact | undefined {
  if (text.length > MAX_ANSWER_LENGTH.contact || CONTROL.test(text)) return undefined;
  if (EMAIL.test(text)) {
    const at = text.lastIndexOf('@');
    return { kind: 'email', value: text.slice(0, at) + text.slice(at).toLowerCase() };
  }
  const digits = text.replaceAll(PHONE_PUNCTUATION, '');
  return PHONE.test(digits) ? { kind: 'phone', value: digits } : undefined;
}

function faultOf(field: FormField, text: string | undefined): Fault | undefined {
  if (text === undefined) return 'wrong';
  if (text === '') return field.required ? 'wrong' : undefined;
  if (field.kind === 'topic' || field.kind === 'choice')
    return field.options?.some(({ value }) => value === text) === true ? undefined : 'wrong';
  if (text.length > (field.maxLength ?? MAX_ANSWER_LENGTH[field.kind])) return 'too-long';
  if (field.kind === 'contact') return contactOf(text) === undefined ? 'wrong' : undefined;
  return (field.kind === 'long-text' ? CONTROL_IN_TEXT : CONTROL).test(text) ? 'wrong' : undefined;
}

function refusal(faults: ReadonlyMap<string, Fault>): AppError {
  const fields = [...faults.keys()];
  return [...faults.values()].every((fault) => fault === 'too-long')
    ? new AppError('INPUT_TOO_LARGE', 'An answer is too long. Please shorten it.', { extra: { fields } })
    : new AppError('INPUT_MALFORMED', 'Please check your answers and try again.', { extra: { fields } });
}

function assembled(form: readonly FormField[], given: ReadonlyMap<string, string>): CheckedAnswers {
  const of = (kind: FormField['kind']) =>
    given.get(form.find((field) => field.kind === kind)?.id ?? '') ?? '';
  const contact = contactOf(of('contact'));
  // A definition without these three does not get past parseDefinition, and an answer without them not past faultOf.
  if (contact === undefined) throw new Error('The form does not ask how to reach the client.');
  const shown = form.flatMap((field): ShownAnswer[] => {
    const value = given.get(field.id);
    if (value === undefined || field.kind === 'topic' || field.kind === 'name' || field.kind === 'contact')
      return [];
    const option = field.options?.find((one) => one.value === value)?.label;
    return [{ field: field.id, label: field.label, value, ...(option !== undefined && { option }) }];
  });
  return { topic: of('topic'), name: of('name').replaceAll(/\s+/gu, ' '), contact, shown };
}
