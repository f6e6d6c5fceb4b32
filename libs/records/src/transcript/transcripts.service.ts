import { type Again, type BundleInput, type Opening, parseEntry, type TranscriptMessage } from '@app/audit';
import { AppError, type IntakeId, type TenantId } from '@app/kernel';
import { Keys, type ReadReceipt, Recorder, type Tx } from '@app/platform';
import { Injectable } from '@nestjs/common';
import type { Asked, Taken } from '../export/export.store';
import { Erased, SourceGone } from '../making/failure';
import type { IncludedEntries, Read } from '../making/log-pages';
import { documentOf, type Line } from './document';
import { type FoundLine, linesOf, type PlacedEntry } from './lines';
import { pdfOf } from './pdf';
import { aboutIntake, entriesBeyond, messagesOf, openingsOf, sourceOf } from './transcript.store';

export type AskedIntake = Extract<Asked, { kind: 'intake' }>;

/** What a bundle of a conversation has beside its entries. */
export interface Gathered {
  readonly parts: Pick<BundleInput, 'messages' | 'openings' | 'files' | 'source'>;
  /** Lines of the transcript. */
  readonly count: number;
  readonly redacted: number;
}

/** Messages opened in one transaction. */
const BATCH = 200;
/** Why a message that is newer than the source of a redacted variant is kept back: nobody has looked at it. */
const LATER = 'later';
/**
 * Of what entries commit to, an officer sees what the client gave of themselves: where they wrote from, and the address
 * that a code went to. Why a hold was placed is not for whoever asks for the conversation.
 */
const SHOWN_OPENINGS = /^(intake|identity)\./;

/** Opens one conversation for its export: behind a reading that is on record, and only what the log says was said. */
@Injectable()
export class Transcripts {
  constructor(
    private readonly keys: Keys,
    private readonly recorder: Recorder,
  ) {}

  /**
   * Records that the conversation is read for this export, by whoever asked for it.
   *
   * @returns the receipt that opens the conversation's values and no others.
   * @throws AppError `AUDIT_UNAVAILABLE` or `AUDIT_BACKLOG`, and nothing is opened.
   */
  announce(taken: Taken, tenantId: TenantId, { intakeId }: AskedIntake): Promise<ReadReceipt> {
    return this.recorder.recordRead(
      tenantId,
      {
        act: 'transcript.read',
        actor: { kind: 'staff', id: taken.requestedBy },
        purpose: taken.purpose,
        intakeId,
        refs: { export: taken.exportId, requested: taken.entryId },
      },
      [intakeId],
    );
  }

  /**
   * Opens the messages that the log has up to `size`, and makes the files of them. One conversation is in memory as a whole.
   *
   * @throws TranscriptAltered if a message is missing, was changed, or is not on record. @throws Erased @throws SourceGone
   */
  async gather(
    read: Read,
    receipt: ReadReceipt,
    taken: Taken,
    { intakeId, redacted }: AskedIntake,
    included: IncludedEntries,
    head: { readonly size: number; readonly createdAt: string },
  ): Promise<Gathered> {
    const about = await read((tx) => aboutIntake(tx, intakeId));
    if (about === undefined || !about.readable) throw new Erased();
    const source = redacted && (await read((tx) => sourceOf(tx, redacted.source)));
    if (redacted && source === undefined) throw new SourceGone();
    const entries: PlacedEntry[] = [];
    for await (const { index, bytes } of included.placed()) entries.push({ index, entry: parseEntry(bytes) });
    const found = await read(async (tx) => {
      const later = (await entriesBeyond(tx, intakeId, head.size)).map(
        (bytes) => parseEntry(bytes).refs?.['message'],
      );
      return linesOf(
        await messagesOf(tx, intakeId),
        entries,
        new Set(later.filter((id) => id !== undefined)),
      );
    });

    const reasons = new Map<number, string>(redacted?.redactions.map(({ seq, reason }) => [seq, reason]));
    const reasonOf = (seq: number) =>
      reasons.get(seq) ?? (source && seq > source.messages ? LATER : undefined);
    const lines: Line[] = [];
    const messages: TranscriptMessage[] = [];
    for (let from = 0; from < found.length; from += BATCH) {
      await read(async (tx) => {
        for (const line of found.slice(from, from + BATCH)) {
          const withheld = reasonOf(line.row.seq);
          const opened =
            withheld === undefined ? await this.disclose(tx, receipt, intakeId, line) : undefined;
          lines.push({ ...line, said: opened ?? { withheld: withheld ?? LATER } });
          messages.push(messageOf(tx.tenantId, intakeId, line, opened ?? withheld ?? LATER));
        }
      });
    }
    const openings = redacted ? [] : await read((tx) => this.openings(tx, receipt, intakeId, entries));
    const { createdAt } = head;
    const transcript = documentOf(
      {
        ...{ exportId: taken.exportId, purpose: taken.purpose, createdAt },
        ...(source && { source: source.manifestSha256 }),
      },
      intakeId,
      about,
      lines,
    );
    const pdf = await pdfOf(transcript);
    return {
      parts: {
        messages: again(messages),
        ...(openings.length > 0 && { openings: again(openings) }),
        files: [
          {
            name: 'transcript/transcript.json',
            content: again([Buffer.from(`${JSON.stringify(transcript, null, 2)}\n`)]),
          },
          { name: 'transcript/transcript.pdf', content: again([pdf]) },
        ],
        ...(source && { source: { manifestSha256: source.manifestSha256 } }),
      },
      count: messages.length,
      redacted: lines.filter(({ said }) => 'withheld' in said).length,
    };
  }

  private async disclose(tx: Tx, receipt: ReadReceipt, intakeId: IntakeId, { row }: FoundLine) {
    const place = { item: row.message_id, content: 'message' };
    const { plaintext, key } = await this.keys.disclose(tx, receipt, intakeId, place, row.sealed);
    // Canonical JSON holds text in Unicode normal form C, whatever form was typed (audit/FORMAT.md, section 1).
    return { text: plaintext.toString('utf8').normalize('NFC'), key };
  }

  /** What was erased since, or is sealed under another owner's key, is left out: a commitment without opening says nothing. */
  private async openings(
    tx: Tx,
    receipt: ReadReceipt,
    intakeId: IntakeId,
    entries: readonly PlacedEntry[],
  ): Promise<Opening[]> {
    const shown = entries.filter(({ entry }) => entry.sealed !== undefined && SHOWN_OPENINGS.test(entry.act));
    const rows = await openingsOf(
      tx,
      shown.map(({ entry }) => entry.id),
    );
    const openings: Opening[] = [];
    for (const { entry } of shown)
      for (const { field, sealed } of rows.filter((row) => row.entry_id === entry.id)) {
        if ((await this.keys.ownerOf(tx, sealed)) !== intakeId) continue;
        const opened = await this.keys.open(
          tx,
          receipt,
          intakeId,
          { item: entry.id, content: field },
          sealed,
        );
        const { salt, value } = JSON.parse(opened.toString('utf8')) as { salt: string; value: string };
        openings.push({ entry: entry.id, field, salt, value });
      }
    return openings;
  }
}

function messageOf(
  tenant: TenantId,
  owner: IntakeId,
  { row, recorded }: FoundLine,
  opened: { readonly text: string; readonly key: Buffer } | string,
): TranscriptMessage {
  const at = recorded?.entry.at ?? row.sent_at.toISOString();
  if (row.event !== null)
    return { ...(recorded && { entry: recorded.entry.id }), seq: row.seq, at, event: row.event };
  if (recorded === undefined)
    throw new AppError('UNEXPECTED', 'A message that is not on record is not shown.');
  const entry = recorded.entry.id;
  if (typeof opened === 'string') return { entry, seq: row.seq, redacted: opened };
  return {
    entry,
    seq: row.seq,
    at,
    author: { kind: row.author_kind, id: row.author_id },
    sealed: row.sealed.toString('base64'),
    key: opened.key.toString('base64'),
    place: { tenant, owner, item: row.message_id, content: 'message' },
    text: opened.text,
  };
}

function again<T>(values: readonly T[]): Again<T> {
  return () => values;
}
