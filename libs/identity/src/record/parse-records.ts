import { AppError } from '@app/kernel';
import { CsvError, parse } from 'csv-parse/sync';
import { dayOf } from '../guard/dates';
import { canonicalName, compact } from '../guard/fold';
import {
  canBeGuarded,
  formOfEmail,
  formsOfDay,
  formsOfIdentifier,
  formsOfPhone,
  formsOfValue,
} from '../guard/forms';
import type { Label, RecordValue } from './record-adapter';

/** Which column of a file is what; columns are named by the file's first line. */
export interface RecordDefinition {
  readonly identifier: string;
  readonly fullName: string;
  /** Its values are `YYYY-MM-DD`. */
  readonly dateOfBirth: string;
  readonly email: string;
  readonly phone?: string;
  readonly others: readonly {
    readonly column: string;
    /** How a canned reply names it: `next_appointment` for `{{record.next_appointment}}`. */
    readonly field: string;
    readonly label: Label;
    /** Whether staff may not say its value before identity is confirmed. */
    readonly guarded: boolean;
  }[];
}

/** A row that is well formed, ready to be sealed. */
export interface ParsedRecord {
  readonly fullName: string;
  readonly dateOfBirth: string;
  readonly identifier: string;
  readonly email: string;
  readonly values: readonly RecordValue[];
  /** What the text of a message is searched for, and which field each is a form of. */
  readonly guarded: readonly { readonly field: string; readonly form: string }[];
}

export interface BadRow {
  readonly line: number;
  /** Says what is wrong, never with the value. */
  readonly problem: string;
}

const LABELS = {
  identifier: { en: 'Record number', es: 'Número de registro' },
  full_name: { en: 'Full name', es: 'Nombre completo' },
  date_of_birth: { en: 'Date of birth', es: 'Fecha de nacimiento' },
  email: { en: 'E-mail', es: 'Correo electrónico' },
  phone: { en: 'Phone', es: 'Teléfono' },
} as const satisfies Record<string, Label>;

const EMAIL = /^[^\s@,;<>"]{1,64}@[^\s@,;<>".]+(?:\.[^\s@,;<>".]+)+$/;
const FIELD = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Reads a CSV file (RFC 4180, UTF-8, first line names the columns).
 *
 * @throws AppError `INPUT_MALFORMED` with every bad row in `extra.rows` as `BadRow`; one bad row, and nothing is taken.
 */
export function parseRecords(csv: string, definition: RecordDefinition): ParsedRecord[] {
  checkDefinition(definition);
  const bad: BadRow[] = [];
  const records: ParsedRecord[] = [];
  const seen = new Set<string>();
  for (const { line, row } of rowsOf(csv, definition, bad)) {
    const identifier = compact(row[definition.identifier] ?? '');
    const problems = problemsOf(row, definition);
    if (identifier !== '' && seen.has(identifier)) problems.push(`${definition.identifier} stands twice`);
    seen.add(identifier);
    if (problems.length > 0) bad.push(...problems.map((problem) => ({ line, problem })));
    else records.push(recordOf(row, definition));
  }
  bad.sort((one, other) => one.line - other.line);
  if (bad.length > 0)
    throw new AppError('INPUT_MALFORMED', 'Some rows are not right; nothing was taken.', {
      extra: { rows: bad },
    });
  return records;
}

type Row = Readonly<Record<string, string>>;

function rowsOf(csv: string, definition: RecordDefinition, bad: BadRow[]): { line: number; row: Row }[] {
  let lines: { info: { lines: number }; record: string[] }[];
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true };
    lines = parse(csv, options) as unknown as typeof lines;
  } catch (error) {
    // csv-parse quotes the row in its message, so only the place is told.
    const line = error instanceof CsvError && typeof error['lines'] === 'number' ? error['lines'] : 1;
    bad.push({ line, problem: 'is not CSV' });
    return [];
  }
  const [head, ...rest] = lines;
  const header = head?.record ?? [];
  const { identifier, fullName, dateOfBirth, email, phone, others } = definition;
  const wanted = [identifier, fullName, dateOfBirth, email, ...others.map(({ column }) => column)];
  const missing = [...wanted, ...(phone === undefined ? [] : [phone])].filter(
    (name) => !header.includes(name),
  );
  if (missing.length > 0) {
    bad.push(...missing.map((name) => ({ line: 1, problem: `has no column ${name}` })));
    return [];
  }
  return rest.flatMap(({ info, record }) => {
    const row = Object.fromEntries(header.map((name, i) => [name, record[i] ?? '']));
    if (record.length === header.length) return [{ line: info.lines, row }];
    bad.push({ line: info.lines, problem: 'has another number of columns than the first line' });
    return [];
  });
}

function problemsOf(row: Row, { identifier, fullName, dateOfBirth, email }: RecordDefinition): string[] {
  const problems: string[] = [];
  if (!canBeGuarded(row[identifier] ?? ''))
    problems.push(`${identifier} has fewer than four letters or digits`);
  if (canonicalName(row[fullName] ?? '') === '') problems.push(`${fullName} is empty`);
  if (!isDay(row[dateOfBirth] ?? '')) problems.push(`${dateOfBirth} is not a day as YYYY-MM-DD`);
  if (!EMAIL.test(row[email] ?? '')) problems.push(`${email} is not an e-mail address`);
  return problems;
}

function recordOf(row: Row, definition: RecordDefinition): ParsedRecord {
  const [identifier, fullName] = [row[definition.identifier] ?? '', row[definition.fullName] ?? ''];
  const [dateOfBirth, email] = [row[definition.dateOfBirth] ?? '', row[definition.email] ?? ''];
  const phone = definition.phone === undefined ? '' : (row[definition.phone] ?? '');
  const others = definition.others.map((other) => ({ ...other, value: row[other.column] ?? '' }));
  const values = [
    { field: 'full_name', label: LABELS.full_name, value: fullName },
    { field: 'date_of_birth', label: LABELS.date_of_birth, value: dateOfBirth },
    { field: 'identifier', label: LABELS.identifier, value: identifier },
    { field: 'email', label: LABELS.email, value: email },
    { field: 'phone', label: LABELS.phone, value: phone },
    ...others.map(({ field, label, value }) => ({ field, label, value })),
  ];
  const forms: readonly (readonly [field: string, forms: readonly string[]])[] = [
    ['identifier', formsOfIdentifier(identifier)],
    ['date_of_birth', formsOfDay(dateOfBirth)],
    ['email', [formOfEmail(email)]],
    ['phone', formsOfPhone(phone)],
    ...others
      .filter(({ guarded }) => guarded)
      .map(({ field, value }) => [field, formsOfValue(value)] as const),
  ];
  return {
    fullName,
    dateOfBirth,
    identifier,
    email,
    values: values.filter(({ value }) => value !== ''),
    guarded: forms.flatMap(([field, all]) => all.map((form) => ({ field, form }))),
  };
}

function isDay(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? [];
  return year !== undefined && dayOf(Number(year), Number(month), Number(day)) !== undefined;
}

/** A definition is written by whoever installs the house: what is wrong with it is a fault, not input. */
function checkDefinition({ others }: RecordDefinition): void {
  const fields = [...Object.keys(LABELS), ...others.map(({ field }) => field)];
  for (const [i, field] of fields.entries())
    if (!FIELD.test(field) || fields.indexOf(field) !== i)
      throw new Error(`The definition of records has a field that is not a name of its own: ${field}.`);
}
