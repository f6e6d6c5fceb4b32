import type { Entry } from '@app/audit';
import { createHash } from 'node:crypto';
import { TranscriptAltered } from '../making/failure';
import type { MessageRow } from './transcript.store';

/** An entry of the conversation with its place in the log. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly index: number;
}

/** A stored message with the entry that says it was stored. */
export interface FoundLine {
  readonly row: MessageRow;
  /** Absent only of a line of what happened that was written before such lines were on record. */
  readonly recorded?: PlacedEntry;
}

/**
 * Returns the messages that the entries say were stored, in order.
 *
 * @param rows - what is stored, in order. @param entries - of the conversation, up to the checkpoint.
 * @param later - messages that entries after the checkpoint are about: they are left out.
 * @throws TranscriptAltered if a message is missing, out of order, not on record, or is not what its entry says: its bytes
 * or who wrote it.
 */
export function linesOf(
  rows: readonly MessageRow[],
  entries: readonly PlacedEntry[],
  later: ReadonlySet<string>,
): FoundLine[] {
  const recorded = new Map<string, PlacedEntry>();
  for (const one of entries) {
    const message = one.entry.refs?.['message'];
    if (message !== undefined && one.entry.ctHash !== undefined && !recorded.has(message))
      recorded.set(message, one);
  }
  const lines: FoundLine[] = [];
  let after = false;
  for (const row of rows) {
    const altered = () => new TranscriptAltered(row.seq);
    if (after || (later.has(row.message_id) && !recorded.has(row.message_id))) {
      if (!later.has(row.message_id)) throw altered();
      after = true;
      continue;
    }
    if (row.seq !== lines.length + 1) throw new TranscriptAltered(lines.length + 1);
    const found = recorded.get(row.message_id);
    recorded.delete(row.message_id);
    if (found === undefined && row.event === null) throw altered();
    if (found !== undefined && !isAsRecorded(row, found.entry)) throw altered();
    lines.push({ row, ...(found && { recorded: found }) });
  }
  if (recorded.size > 0) throw new TranscriptAltered(lines.length + 1);
  return lines;
}

function isAsRecorded(
  { sealed, event, author_kind, author_id }: MessageRow,
  { ctHash, actor }: Entry,
): boolean {
  const whose = event !== null || (actor.kind === author_kind && actor.id === author_id);
  return whose && createHash('sha256').update(sealed).digest('base64') === ctHash;
}
