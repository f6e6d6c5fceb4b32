import type { KeyObject } from 'node:crypto';

/** What a thread is started with. */
export interface ThreadData {
  readonly tenant: string;
  /** What kind of value is opened (`message`): it is bound to each of them. */
  readonly content: string;
  /** Path of a module that exports `matcher`. */
  readonly matcherFile: string;
  /** What its `matcher` is given. */
  readonly input: unknown;
}

/** What such a module exports: from what is looked for, a function that says whether a text has it. It must be pure. */
export interface MatcherModule {
  readonly matcher: (input: unknown) => (text: string) => boolean;
}

/** A page on its way to a thread. */
export interface PageOut {
  readonly packed: Uint8Array;
  readonly owners: readonly string[];
  /** Of each owner, in their order. Keys travel as handles: their bytes are not in the heap of either side. */
  readonly keys: readonly (readonly { readonly id: Uint8Array; readonly secret: KeyObject }[])[];
}

/** What comes back: no text. */
export interface PageBack {
  /** Whose, which, and when: of each value that matched. */
  readonly found: readonly (readonly [owner: number, n: number, atMs: number])[];
  readonly looked: number;
  /** Values that do not open although their owner has keys. */
  readonly unreadable: number;
}
