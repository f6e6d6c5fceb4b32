import { AppError } from '@app/kernel';

/** What a canned reply may be filled with. `record` is there only when the client's identity is confirmed. */
export interface Merge {
  readonly client: { readonly name: string };
  readonly staff: { readonly name: string };
  readonly site: { readonly name: string };
  readonly record?: Readonly<Record<string, string>>;
}

const PLACE = /\{\{ ?([^{}]*?) ?\}\}/g;
const RECORD_FIELD = /^record\.([a-z][a-z0-9_]{0,39})$/;
const PEOPLE = ['client.name', 'staff.name', 'site.name'] as const;

/**
 * Returns the merge fields that a text names, each once, in their order.
 *
 * @throws AppError `INPUT_MALFORMED` if one is not known or a brace stands alone: a text is checked when it is kept, so
 * that nobody sends `{{client.nmae}}` to a client.
 */
export function fieldsOf(body: string): string[] {
  const fields = [...body.matchAll(PLACE)].map(([, field = '']) => field);
  const unknown = fields.some((field) => !isKnown(field));
  if (unknown || /\{{3}|\}{3}/.test(body) || /\{\{|\}\}/.test(body.replaceAll(PLACE, '')))
    throw new AppError('INPUT_MALFORMED', 'The text names a merge field that does not exist.', {
      extra: { fields: ['body'] },
    });
  return [...new Set(fields)];
}

/** Returns the fields of the client's record that a text names. If there are any, identity must be confirmed first. */
export function recordFieldsOf(body: string): string[] {
  return fieldsOf(body).flatMap((field) => RECORD_FIELD.exec(field)?.[1] ?? []);
}

/**
 * Returns the text with every merge field filled in. What is filled in is not looked at again.
 *
 * @throws AppError `ASSURANCE_TOO_LOW` if it names a record value and there is no record, `NOT_FOUND` if the record has
 * no such value.
 */
export function fill(body: string, merge: Merge): string {
  fieldsOf(body);
  return body.replaceAll(PLACE, (_, field: string) => valueOf(field, merge));
}

function isKnown(field: string): boolean {
  return PEOPLE.some((one) => one === field) || RECORD_FIELD.test(field);
}

function valueOf(field: string, merge: Merge): string {
  if (field === 'client.name') return merge.client.name;
  if (field === 'staff.name') return merge.staff.name;
  if (field === 'site.name') return merge.site.name;
  const recordField = RECORD_FIELD.exec(field)?.[1] ?? '';
  if (merge.record === undefined)
    throw new AppError(
      'ASSURANCE_TOO_LOW',
      "The client's identity is not confirmed yet. Ask them to verify it first.",
    );
  const value = Object.hasOwn(merge.record, recordField) ? merge.record[recordField] : undefined;
  if (value === undefined || value === '')
    throw new AppError('NOT_FOUND', "The client's record has no value for this reply.", {
      extra: { fields: [field] },
    });
  return value;
}
