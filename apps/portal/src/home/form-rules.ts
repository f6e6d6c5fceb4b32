import type { Answers, FormField } from '@app/ui';

/** What is wrong with one answer; the page has the words for it. */
export type Problem = 'choice' | 'text' | 'contact' | 'too-long';

/** The questions that are asked, given what was answered: a branch of a branch is not asked when its own is not. */
export function visibleFields(form: readonly FormField[], answers: Answers): FormField[] {
  const visible: FormField[] = [];
  for (const field of form) {
    const { when } = field;
    const asked =
      when === undefined ||
      (visible.some(({ id }) => id === when.field) && when.equals.includes(answers[when.field] ?? ''));
    if (asked) visible.push(field);
  }
  return visible;
}

/** The answers to the questions that are asked, trimmed, without the empty ones. */
export function answersToSend(form: readonly FormField[], answers: Answers): Answers {
  const given = visibleFields(form, answers).map(({ id }) => [id, (answers[id] ?? '').trim()] as const);
  return Object.fromEntries(given.filter(([, answer]) => answer !== ''));
}

/** What is wrong, by field id, in the order of the form. */
export function problemsOf(form: readonly FormField[], answers: Answers): Map<string, Problem> {
  const problems = new Map<string, Problem>();
  for (const field of visibleFields(form, answers)) {
    const problem = problemOf(field, (answers[field.id] ?? '').trim());
    if (problem) problems.set(field.id, problem);
  }
  return problems;
}

function problemOf(field: FormField, answer: string): Problem | undefined {
  if (answer === '') {
    if (!field.required) return undefined;
    if (field.options) return 'choice';
    return field.kind === 'contact' ? 'contact' : 'text';
  }
  if (field.kind === 'contact' && !isContact(answer)) return 'contact';
  return field.maxLength !== undefined && answer.length > field.maxLength ? 'too-long' : undefined;
}

/** An e-mail address or a phone number of 7 to 15 digits (ITU-T E.164 allows 15). The server has the last word. */
export function isContact(answer: string): boolean {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(answer)) return true;
  const digits = answer.replace(/[\s().\-/]/g, '');
  return /^\+?\d{7,15}$/.test(digits);
}
