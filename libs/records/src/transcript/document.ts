import type { FoundLine } from './lines';
import type { AboutIntake } from './transcript.store';

/** What a message said, or why it is not said here. */
export type Said = { readonly text: string } | { readonly withheld: string };

export type Line = FoundLine & { readonly said: Said };

/** A transcript as a program reads it: `transcript/transcript.json`. Times are RFC 3339 in UTC. */
export interface TranscriptDocument {
  readonly format: 'vestibule-transcript/1';
  readonly exportId: string;
  readonly purpose: string;
  readonly createdAt: string;
  readonly organisation: string;
  readonly conversation: {
    readonly id: string;
    readonly startedAt: string;
    readonly queue: string;
    readonly locale: 'en' | 'es';
    readonly timeZone: string;
  };
  /** What belongs to the conversation and is not in here. */
  readonly leftOut: readonly string[];
  /** Of a redacted variant: the SHA-256 of the manifest of the export that it is made from. */
  readonly source?: string;
  readonly messages: readonly TranscriptLine[];
}

export interface TranscriptLine {
  /** The number in the conversation. */
  readonly seq: number;
  readonly at: string;
  readonly author: {
    readonly role: 'client' | 'staff' | 'system';
    readonly id: string;
    readonly name?: string;
  };
  /** What happened, of a line that nobody wrote. */
  readonly event?: string;
  readonly text?: string;
  /** Why it is kept back, as a code. */
  readonly withheld?: string;
  /** Where it is on record. */
  readonly entry?: { readonly id: string; readonly index: number };
}

/** Staff notes and the form are read by staff alone and are no part of what was said between client and staff. */
const LEFT_OUT = ['notes', 'form', 'rating', 'video'] as const;

export function documentOf(
  head: Pick<TranscriptDocument, 'exportId' | 'purpose' | 'createdAt' | 'source'>,
  intakeId: string,
  about: AboutIntake,
  lines: readonly Line[],
): TranscriptDocument {
  return {
    format: 'vestibule-transcript/1',
    ...head,
    organisation: about.tenantName,
    conversation: {
      id: intakeId,
      startedAt: about.startedAt.toISOString(),
      queue: about.queueName,
      locale: about.locale,
      timeZone: about.timeZone,
    },
    leftOut: LEFT_OUT,
    messages: lines.map(lineOf),
  };
}

function lineOf({ row, recorded, said }: Line): TranscriptLine {
  const name = row.event === null ? row.author_name : 'text' in said ? said.text : '';
  return {
    seq: row.seq,
    at: recorded?.entry.at ?? row.sent_at.toISOString(),
    author: {
      role: row.author_kind,
      id: row.author_id,
      // Who did what a line tells is what is sealed in it.
      ...(name !== null && name !== '' && { name }),
    },
    ...(row.event !== null && { event: row.event }),
    ...('withheld' in said ? { withheld: said.withheld } : row.event === null && { text: said.text }),
    ...(recorded && { entry: { id: recorded.entry.id, index: recorded.index } }),
  };
}
