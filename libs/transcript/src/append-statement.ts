import type { MessageId } from '@app/kernel';

/** One call of `append_message`, before it is put beside others. */
export interface AppendCall {
  readonly tenantId: string;
  readonly intakeId: string;
  readonly version: number;
  readonly seq: number;
  readonly auditN: number;
  readonly messageId: string;
  readonly clientMsgId: string;
  readonly authorKind: string;
  readonly authorId: string;
  readonly sentAt: Date;
  readonly sealed: Buffer;
  readonly entryId: string;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
  readonly guard: Buffer | undefined;
}

export interface AppendRow {
  readonly outcome: 'appended' | 'repeated' | 'stale' | 'missing' | 'guarded';
  readonly message_id: MessageId;
  readonly seq: number;
  readonly sent_at: Date;
}

/**
 * One statement, so one transaction, for one call or many. The bytes of all of them are one parameter, cut apart by
 * lengths: an array of byte strings would be sent as text, twice as long.
 */
export const APPEND = `
  SELECT a.outcome, a.message_id, a.seq, a.sent_at
  FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::uuid[], $7::uuid[], $8::text[], $9::text[],
              $10::timestamptz[], $11::uuid[], $12::int[], $13::int[], $14::int[], $15::int[])
       WITH ORDINALITY AS m (tenant, intake, version, seq, audit_n, message, client_msg, author_kind, author,
                             sent_at, entry_id, at, sealed, entry, guard, place),
       LATERAL append_message(
         m.tenant, m.intake, m.version, m.seq, m.audit_n, m.message, m.client_msg, m.author_kind, m.author, NULL,
         substring($16::bytea FROM m.at FOR m.sealed), m.sent_at, m.entry_id,
         substring($16::bytea FROM m.at + m.sealed FOR m.entry),
         substring($16::bytea FROM m.at + m.sealed + m.entry FOR 32),
         CASE WHEN m.guard >= 0 THEN substring($16::bytea FROM m.at + m.sealed + m.entry + 32 FOR m.guard) END) a
  ORDER BY m.place`;

/** Returns the parameters of `APPEND`. Conversations are locked in the order of the calls: give them sorted. */
export function appendValues(calls: readonly AppendCall[]): unknown[] {
  let at = 1;
  const starts = calls.map(({ sealed, entry, guard }) => {
    const start = at;
    at += sealed.length + entry.length + 32 + (guard?.length ?? 0);
    return start;
  });
  const each = <T>(pick: (call: AppendCall) => T): T[] => calls.map(pick);
  return [
    each((call) => call.tenantId),
    each((call) => call.intakeId),
    each((call) => call.version),
    each((call) => call.seq),
    each((call) => call.auditN),
    each((call) => call.messageId),
    each((call) => call.clientMsgId),
    each((call) => call.authorKind),
    each((call) => call.authorId),
    each((call) => call.sentAt),
    each((call) => call.entryId),
    starts,
    each((call) => call.sealed.length),
    each((call) => call.entry.length),
    each((call) => call.guard?.length ?? -1),
    Buffer.concat(
      calls.flatMap(({ sealed, entry, leafHash, guard }) => [
        sealed,
        entry,
        leafHash,
        ...(guard ? [guard] : []),
      ]),
    ),
  ];
}
