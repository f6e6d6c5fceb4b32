import { type Entry, leafHash, parseEntry } from '@app/audit';
import { AppError } from '@app/kernel';

/** One line of the log as an officer sees it. */
export interface EntryRow {
  /** Absent until the entry is sequenced. */
  readonly index?: number;
  readonly entryId: string;
  readonly at: string;
  readonly act: string;
  readonly outcome: 'ok' | 'refused';
  readonly actor: { readonly kind: Entry['actor']['kind']; readonly id: string; readonly name?: string };
  readonly intakeId?: string;
  readonly purpose?: string;
  readonly policies: readonly string[];
  readonly detail?: Readonly<Record<string, string | number>>;
}

/** An entry as it is stored: with neither index nor leaf hash while it waits for its place. */
export interface StoredEntry {
  readonly idx: string | null;
  readonly leaf_hash: Buffer | null;
  readonly entry: Buffer;
}

/**
 * Returns what the officer sees of an entry: of its bytes, never of the columns that it is found by.
 *
 * @param names - of staff members, by id.
 * @throws AppError `UNEXPECTED` naming the index, if the bytes are not those that the log took.
 */
export function rowOf({ idx, leaf_hash, entry }: StoredEntry, names: ReadonlyMap<string, string>): EntryRow {
  if (leaf_hash !== null && !leafHash(entry).equals(leaf_hash))
    throw new AppError(
      'UNEXPECTED',
      `Entry ${idx ?? ''} of the log is not what was recorded: it was changed.`,
    );
  const { id, at, act, outcome, actor, intake, purpose, authz, detail } = parseEntry(entry);
  const name = actor.kind === 'staff' ? names.get(actor.id) : undefined;
  return {
    ...(idx !== null && { index: Number(idx) }),
    entryId: id,
    at,
    act,
    outcome,
    actor: { kind: actor.kind, id: actor.id, ...(name !== undefined && { name }) },
    ...(intake !== undefined && { intakeId: intake.id }),
    ...(purpose !== undefined && { purpose }),
    policies: authz?.policies ?? [],
    ...(detail !== undefined && { detail }),
  };
}
