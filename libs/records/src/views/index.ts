import type { EntryView } from '@app/audit';
import { cefRow } from './cef';
import { fhirRow } from './fhir';
import { ocsfRow } from './ocsf';
import type { Row } from './shown-entry';

const FILES = {
  fhir: ['views/fhir.ndjson', fhirRow],
  cef: ['views/cef.log', cefRow],
  ocsf: ['views/ocsf.ndjson', ocsfRow],
} as const satisfies Record<string, readonly [name: string, row: Row]>;

/** A form in which other programs want the entries, beside the spreadsheet that every bundle has. */
export type ViewName = keyof typeof FILES;

export const VIEW_NAMES = ['fhir', 'cef', 'ocsf'] as const satisfies readonly ViewName[];

/** Returns the files of these views, for the writer of bundles. */
export function viewsOf(names: readonly ViewName[]): EntryView[] {
  return names.map((view) => {
    const [name, row] = FILES[view];
    return {
      name,
      row: ({ entry, index, leaf }) => `${row({ entry, index, leaf: leaf.toString('base64') })}\n`,
    };
  });
}
