import type { Actor } from '@app/audit';
import type { EntryId } from '@app/kernel';
import type { Decision } from '@app/policies';

/** One thing that is done or refused, before it has a place in the log. No personal data outside `personal`. */
export interface Act {
  readonly act: string;
  readonly actor: Actor;
  readonly outcome?: 'ok' | 'refused';
  /** Why it was allowed, or was not. Absent where no policy is asked: a job, a failed sign-in. */
  readonly decision?: Decision;
  readonly purpose?: string;
  readonly intakeId?: string;
  /** Other things that were acted on, by kind. */
  readonly refs?: Readonly<Record<string, string>>;
  /** Codes and counts. */
  readonly detail?: Readonly<Record<string, string | number>>;
  /** The ciphertext that this act stores. */
  readonly ciphertext?: Buffer;
  /** Values that are somebody's personal data: the entry commits to them, the openings are sealed beside it. */
  readonly personal?: Readonly<Record<string, string>>;
}

/** Where an intake's entries stand: how many it has, and the leaf hash of the last. */
export interface Chain {
  readonly n: number;
  readonly prev: Buffer | undefined;
}

/** An entry with its bytes, ready to be inserted. */
export interface PreparedEntry {
  readonly id: EntryId;
  readonly bytes: Buffer;
  readonly leafHash: Buffer;
  /** To say that it was not stored after all. */
  readonly writerN: number;
}
