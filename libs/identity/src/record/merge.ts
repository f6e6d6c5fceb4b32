import type { RecordValue } from './record-adapter';

const FIELD = /\{\{\s*record\.([a-z][a-z0-9_]{0,39})\s*\}\}/g;

/** Returns the names of the record's values that a canned reply asks for, each once. None: it may be used below V1. */
export function recordFieldsOf(template: string): string[] {
  return [...new Set([...template.matchAll(FIELD)].map(([, field]) => field ?? ''))];
}

/** Fills in `{{record.…}}`. What the record does not have stays as it stands, so that the staff member sees it. */
export function mergeValues(template: string, values: readonly RecordValue[]): string {
  const byField = new Map(values.map(({ field, value }) => [field, value]));
  return template.replace(FIELD, (whole, field: string) => byField.get(field) ?? whole);
}
