import type { Entry } from '@app/audit';

/** An entry with its place in the log: what every row of a view is made of. */
export interface ShownEntry {
  readonly entry: Entry;
  readonly index: number;
  /** Base64 of the leaf hash. */
  readonly leaf: string;
}

/** Makes one line of a view, without its newline. It is told nothing but the entry: a view is derived, never evidence. */
export type Row = (shown: ShownEntry) => string;

/** `key=value` of codes and numbers, with spaces between, in the order in which they stand in the entry. */
export function pairs(fields: Readonly<Record<string, string | number>> = {}): string {
  return Object.entries(fields)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}
