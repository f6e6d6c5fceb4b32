import type { Given } from '../../../../audit/verify/bundle.mjs';
import type { EntryReport } from '../../../../audit/verify/entry-proof.mjs';

/** What the page gives the worker. */
export interface CheckAsked {
  readonly file: Blob;
  readonly given: Given;
}

/** What the worker says: how far it is, from 0 to 1, and once, at the end, what it found. */
export type CheckSaid = { readonly part: number } | { readonly report: EntryReport };
