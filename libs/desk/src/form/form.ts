import { z } from 'zod';
import { textSchema } from './text';

/** Longest answers, in UTF-16 code units, where a field says nothing shorter. */
export const MAX_ANSWER_LENGTH = { name: 120, contact: 254, text: 200, 'long-text': 2_000 } as const;

const MAX_FIELDS = 20;
const idPattern = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);

const fieldSchema = z.strictObject({
  id: idPattern,
  kind: z.enum(['topic', 'name', 'contact', 'choice', 'text', 'long-text']),
  label: textSchema(200),
  hint: textSchema(300).optional(),
  required: z.boolean(),
  options: z
    .array(z.strictObject({ value: idPattern, label: textSchema(120) }))
    .min(1)
    .max(20)
    .optional(),
  when: z.strictObject({ field: idPattern, equals: z.array(idPattern).min(1).max(20) }).optional(),
  maxLength: z.int().min(1).max(MAX_ANSWER_LENGTH['long-text']).optional(),
});

export const formSchema = z.array(fieldSchema).min(3).max(MAX_FIELDS);

/** One question of a site's form. */
export type FormField = z.infer<typeof fieldSchema>;

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Returns what is wrong with a form as a whole, by field. Each field alone has the right shape. */
export function formFaults(form: readonly FormField[]): Fault[] {
  const faults = form.flatMap((field, at) =>
    fieldFaults(form.slice(0, at), field).map(([part, message]) => ({ path: [at, part], message })),
  );
  for (const kind of ['topic', 'name', 'contact'] as const)
    if (form.filter((field) => field.kind === kind).length !== 1)
      faults.push({ path: [kind], message: `A form asks for one ${kind}.` });
  return faults;
}

/** Whether a question is asked: always, or if an earlier one was asked and answered so. */
export function isAsked(
  field: FormField,
  asked: ReadonlySet<string>,
  answers: Readonly<Record<string, unknown>>,
): boolean {
  const { when } = field;
  if (when === undefined) return true;
  const answer =
    asked.has(when.field) && Object.hasOwn(answers, when.field) ? answers[when.field] : undefined;
  return typeof answer === 'string' && when.equals.includes(answer.trim());
}

function fieldFaults(earlier: readonly FormField[], field: FormField): [part: string, message: string][] {
  const faults: [string, string][] = [];
  const { id, kind, options, when, required, maxLength } = field;
  const chooses = kind === 'topic' || kind === 'choice';
  if (earlier.some((one) => one.id === id)) faults.push(['id', 'An id is used once.']);
  if (chooses !== (options !== undefined))
    faults.push(['options', 'A choice has options, and nothing else has.']);
  if (new Set(options?.map(({ value }) => value)).size !== (options?.length ?? 0))
    faults.push(['options', 'A value is used once.']);
  if (kind === 'topic' || kind === 'name' || kind === 'contact') {
    if (!required) faults.push(['required', `A ${kind} is always asked for.`]);
    if (when !== undefined) faults.push(['when', `A ${kind} is always asked for.`]);
  }
  if (maxLength !== undefined && !(isTyped(kind) && maxLength <= MAX_ANSWER_LENGTH[kind]))
    faults.push(['maxLength', 'Only what is typed has a length, and there is a longest.']);
  if (when !== undefined) {
    const values = earlier.find((one) => one.id === when.field)?.options?.map(({ value }) => value) ?? [];
    if (!when.equals.every((value) => values.includes(value)))
      faults.push(['when', 'A branch follows an option of an earlier choice.']);
  }
  return faults;
}

function isTyped(kind: FormField['kind']): kind is keyof typeof MAX_ANSWER_LENGTH {
  return Object.hasOwn(MAX_ANSWER_LENGTH, kind);
}
