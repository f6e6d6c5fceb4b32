import type { EntryId, ExportId, IntakeId } from '@app/kernel';
import type { Place, Tx } from '@app/platform';
import type { ViewName } from '../views';

/** Why a message is kept back in a redacted variant. */
export const REDACTION_REASONS = ['privileged', 'third-party', 'safety', 'unrelated'] as const;
export type RedactionReason = (typeof REDACTION_REASONS)[number];

export interface Redaction {
  /** The number of the message in its conversation. */
  readonly seq: number;
  readonly reason: RedactionReason;
}

/** Why an export could not be made: codes, whose words are the page's. */
export interface Failure {
  readonly reason:
    | 'log-altered'
    | 'transcript-altered'
    | 'not-checkpointed'
    | 'too-large'
    | 'erased'
    | 'source-gone'
    | 'unexpected';
  /** The first entry that is not what it was. */
  readonly entry?: number;
  /** The number of the first message that is not what it was. */
  readonly message?: number;
}

/** What an export shows: all of the log that is dated in a period, or one conversation with what was said in it. */
export type Asked =
  | { readonly kind: 'period'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'intake';
      readonly intakeId: IntakeId;
      /** Of a redacted variant: which export it is made from, and what is kept back. */
      readonly redacted?: { readonly source: ExportId; readonly redactions: readonly Redaction[] };
    };

/** An export as the officer sees it. */
export interface Export {
  readonly exportId: ExportId;
  readonly asked: Asked;
  readonly views: readonly ViewName[];
  readonly purpose: string;
  readonly requestedBy: { readonly id: string; readonly name: string };
  readonly requestedAt: string;
  readonly state: 'waiting' | 'running' | 'ready' | 'failed';
  /** In entries of the bundle. */
  readonly progress: { readonly done: number; readonly total: number };
  readonly bytes?: number;
  /** Hexadecimal. */
  readonly sha256?: string;
  readonly fileName?: string;
  /** Whether it is encrypted on its way out, to the pinned key of who asked for it, or of who looks at it now. */
  readonly encrypted?: boolean;
  /** How many messages are in it, of a conversation. */
  readonly messages?: number;
  /** Absent unless it failed, and for failures before reasons were kept. */
  readonly failure?: Failure;
}

/** An export that a runner has taken. */
export interface Taken {
  readonly exportId: ExportId;
  /** The entry that says it was asked for. */
  readonly entryId: EntryId;
  readonly asked: Asked;
  readonly views: readonly ViewName[];
  readonly purpose: string;
  readonly requestedBy: string;
  readonly takenAt: Date;
}

/** Most exports in a list: the newest. */
const MAX_LISTED = 200;
/** After this time without a sign of life somebody else may take an export up. A runner touches it every second. */
const STALE = "interval '60 seconds'";

/** Whose key seals the parts: an export has one of its own, so that it can be made unreadable alone. */
export function ownerOf(exportId: ExportId): string {
  return `export:${exportId}`;
}

/** What a part is bound to: another part, or another export's, does not open in its place. */
export function placeOf(exportId: ExportId, part: number): Place {
  return { item: `${exportId}/${part}`, content: 'export' };
}

/** Puts an export in line. */
export async function insertExport(
  tx: Tx,
  { exportId, entryId, asked, views, purpose, requestedBy, takenAt }: Taken,
): Promise<void> {
  const period = asked.kind === 'period' ? asked : undefined;
  const redacted = asked.kind === 'intake' ? asked.redacted : undefined;
  await tx.query(
    `INSERT INTO export (tenant_id, export_id, period_from, period_to, intake_id, source_id, redactions, views, purpose,
       requested_by, requested_at, entry_id, state, touched_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'waiting', $11)`,
    [
      tx.tenantId,
      exportId,
      period?.from,
      period?.to,
      asked.kind === 'intake' ? asked.intakeId : null,
      redacted?.source,
      redacted && JSON.stringify(redacted.redactions),
      views,
      purpose,
      requestedBy,
      takenAt,
      entryId,
    ],
  );
}

/** Returns the tenant's exports, the newest first, or the one that is asked for. @param viewer - who looks at them. */
export async function findExports(
  tx: Tx,
  { exportId, viewer }: { readonly exportId?: ExportId; readonly viewer?: string },
): Promise<Export[]> {
  const rows = await tx.query<Row>(
    `SELECT e.*, m.name, t.slug, EXISTS (
       SELECT 1 FROM officer_key k WHERE k.tenant_id = e.tenant_id AND k.state = 'pinned' AND k.public_key IS NOT NULL
         AND (k.staff_id = e.requested_by OR k.staff_id = $3)) AS encrypted
     FROM export e JOIN tenant t USING (tenant_id)
     JOIN staff_member m ON m.tenant_id = e.tenant_id AND m.staff_id = e.requested_by
     WHERE e.tenant_id = $1 AND ($2::uuid IS NULL OR e.export_id = $2)
     ORDER BY e.requested_at DESC, e.export_id DESC LIMIT ${MAX_LISTED}`,
    [tx.tenantId, exportId ?? null, viewer ?? null],
  );
  return rows.map(toExport);
}

/**
 * Takes the export that has waited longest, or one whose runner is gone, and throws away what that one had written.
 * Whoever took it holds it by the instant in `touched_at`, which nobody else knows to be theirs.
 */
export async function takeNext(tx: Tx, now: Date): Promise<Taken | undefined> {
  const [row] = await tx.query<Row>(
    `UPDATE export SET state = 'running', touched_at = $2, done = 0, total = 0
     WHERE tenant_id = $1 AND export_id = (
       SELECT export_id FROM export WHERE tenant_id = $1
         AND (state = 'waiting' OR (state = 'running' AND touched_at < $2::timestamptz - ${STALE}))
       ORDER BY requested_at, export_id LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING *`,
    [tx.tenantId, now],
  );
  if (row === undefined) return undefined;
  await tx.query('DELETE FROM export_part WHERE tenant_id = $1 AND export_id = $2', [
    tx.tenantId,
    row.export_id,
  ]);
  return {
    exportId: row.export_id,
    entryId: row.entry_id,
    asked: askedOf(row),
    views: row.views,
    purpose: row.purpose,
    requestedBy: row.requested_by,
    takenAt: row.touched_at,
  };
}

interface Row {
  readonly export_id: ExportId;
  readonly entry_id: EntryId;
  readonly period_from: Date | null;
  readonly period_to: Date | null;
  readonly intake_id: IntakeId | null;
  readonly source_id: ExportId | null;
  readonly redactions: readonly Redaction[] | null;
  readonly views: readonly ViewName[];
  readonly purpose: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly touched_at: Date;
  readonly state: Export['state'];
  readonly done: string;
  readonly total: string;
  readonly bytes: string | null;
  readonly sha256: Buffer | null;
  readonly messages: number | null;
  readonly failure: Failure | null;
  readonly name: string;
  readonly slug: string;
  readonly encrypted: boolean;
}

function askedOf({ period_from, period_to, intake_id, source_id, redactions }: Row): Asked {
  if (intake_id === null) return { kind: 'period', from: instantOf(period_from), to: instantOf(period_to) };
  return {
    kind: 'intake',
    intakeId: intake_id,
    ...(source_id !== null && { redacted: { source: source_id, redactions: redactions ?? [] } }),
  };
}

/** A row without a conversation has a period: the table says so. */
function instantOf(date: Date | null): string {
  return date?.toISOString() ?? '';
}

function toExport(row: Row): Export {
  const asked = askedOf(row);
  return {
    exportId: row.export_id,
    asked,
    views: row.views,
    purpose: row.purpose,
    requestedBy: { id: row.requested_by, name: row.name },
    requestedAt: row.requested_at.toISOString(),
    state: row.state,
    progress: { done: Number(row.done), total: Number(row.total) },
    ...(row.state === 'ready' &&
      row.sha256 !== null && {
        bytes: Number(row.bytes),
        sha256: row.sha256.toString('hex'),
        fileName: `${fileNameOf(row, asked)}${row.encrypted ? '.pgp' : ''}`,
        encrypted: row.encrypted,
        ...(row.messages !== null && { messages: row.messages }),
      }),
    ...(row.state === 'failed' && row.failure !== null && { failure: row.failure }),
  };
}

function fileNameOf({ slug, export_id }: Row, asked: Asked): string {
  if (asked.kind === 'period')
    return `vestibule-${slug}-${asked.from.slice(0, 10)}-${asked.to.slice(0, 10)}.zip`;
  // Of the export, not of the conversation: its number says nothing to others. Two variants have two names.
  const kind = asked.redacted ? 'conversation-redacted' : 'conversation';
  return `vestibule-${slug}-${kind}-${export_id.slice(-12)}.zip`;
}
