import type { Entry } from '@app/audit';

/** A number of a writer that no entry has: the number, and the time (RFC 3339, UTC) of the entry that leapt over it. */
type Missing = [n: number, leaptAt: string];

/** What is known of one writer's numbers after some of a log. */
interface Known {
  next: number;
  missing: Missing[];
}

/** By writer: where its numbers are, and which of them nothing has explained yet. */
export type Writers = Record<string, Known>;

/** A writer that leaves more than this many holes is looked at by people. */
const MAX_MISSING = 1_000;

/**
 * Takes the next entry of a log into account: its number, and what it says of numbers that were given back.
 *
 * @returns false if its writer has used the number before: the entry is not its own.
 */
export function follow(writers: Writers, { writer, act, at, detail, refs }: Entry): boolean {
  const known = (writers[writer.id] ??= { next: 1, missing: [] });
  if (writer.n >= known.next) {
    for (let n = known.next; n < writer.n && known.missing.length < MAX_MISSING; n++)
      known.missing.push([n, at]);
    known.next = writer.n + 1;
  } else {
    if (!known.missing.some(([n]) => n === writer.n)) return false;
    known.missing = known.missing.filter(([n]) => n !== writer.n);
  }
  // A writer explains its own numbers; of one that is gone, scrubbing says that nobody can explain them.
  const explained =
    act === 'audit.void' ? known : act === 'log.gap' ? writers[refs?.['writer'] ?? ''] : undefined;
  if (explained === undefined) return true;
  const named = new Set(Object.values(detail ?? {}));
  explained.missing = explained.missing.filter(([n]) => !named.has(n));
  return true;
}

/** Returns, by writer, the numbers that have been missing since before an instant. */
export function gaps(writers: Writers, before: Date): { writer: string; numbers: number[] }[] {
  return Object.entries(writers).flatMap(([writer, { missing }]) => {
    const numbers = missing.filter(([, leaptAt]) => leaptAt < before.toISOString()).map(([n]) => n);
    return numbers.length > 0 ? [{ writer, numbers }] : [];
  });
}
