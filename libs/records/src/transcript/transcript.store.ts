import type { ExportId, IntakeId, MessageId } from '@app/kernel';
import type { Tx } from '@app/platform';

/** What is said of a conversation at the head of its transcript. */
export interface AboutIntake {
  readonly locale: 'en' | 'es';
  readonly timeZone: string;
  readonly tenantName: string;
  readonly queueName: string;
  readonly startedAt: Date;
  /** False when its key is gone. */
  readonly readable: boolean;
}

/** A message as it is stored. */
export interface MessageRow {
  readonly seq: number;
  readonly message_id: MessageId;
  readonly author_kind: 'client' | 'staff' | 'system';
  readonly author_id: string;
  readonly author_name: string | null;
  readonly event: string | null;
  readonly sealed: Buffer;
  readonly sent_at: Date;
}

export interface OpeningRow {
  readonly entry_id: string;
  readonly field: string;
  readonly sealed: Buffer;
}

export async function aboutIntake(tx: Tx, intakeId: IntakeId): Promise<AboutIntake | undefined> {
  const [row] = await tx.query<{
    locale: 'en' | 'es';
    time_zone: string | null;
    tenant_name: string;
    queue_name: string;
    created_at: Date;
    readable: boolean;
  }>(
    `SELECT i.locale, s.definition->>'timeZone' AS time_zone, t.name AS tenant_name, q.name AS queue_name, i.created_at,
       EXISTS (SELECT 1 FROM data_key k WHERE k.tenant_id = i.tenant_id AND k.owner = i.intake_id::text) AS readable
     FROM intake i JOIN site s USING (tenant_id, site_id) JOIN tenant t USING (tenant_id) JOIN queue q USING (tenant_id, queue_id)
     WHERE i.tenant_id = $1 AND i.intake_id = $2`,
    [tx.tenantId, intakeId],
  );
  return (
    row && {
      locale: row.locale,
      timeZone: row.time_zone ?? 'UTC',
      tenantName: row.tenant_name,
      queueName: row.queue_name,
      startedAt: row.created_at,
      readable: row.readable,
    }
  );
}

/** Returns all messages and lines of a conversation, in order, sealed. */
export function messagesOf(tx: Tx, intakeId: IntakeId): Promise<MessageRow[]> {
  return tx.query<MessageRow>(
    `SELECT m.seq, m.message_id, m.author_kind, m.author_id, s.name AS author_name, m.event, m.sealed, m.sent_at
     FROM message m
     LEFT JOIN staff_member s ON s.tenant_id = m.tenant_id AND m.author_kind = 'staff' AND s.staff_id::text = m.author_id
     WHERE m.tenant_id = $1 AND m.intake_id = $2 ORDER BY m.seq`,
    [tx.tenantId, intakeId],
  );
}

/** Returns the bytes of the conversation's entries that are not among the first `size` of the log. */
export async function entriesBeyond(tx: Tx, intakeId: IntakeId, size: number): Promise<Buffer[]> {
  const rows = await tx.query<{ entry: Buffer }>(
    `SELECT entry FROM audit_entry WHERE tenant_id = $1 AND intake_id = $2 AND idx >= $3
     UNION ALL
     SELECT entry FROM audit_pending
     WHERE tenant_id = $1 AND convert_from(entry, 'UTF8')::jsonb -> 'intake' ->> 'id' = $2`,
    [tx.tenantId, intakeId, size],
  );
  return rows.map(({ entry }) => entry);
}

export function openingsOf(tx: Tx, entryIds: readonly string[]): Promise<OpeningRow[]> {
  return tx.query<OpeningRow>(
    'SELECT entry_id, field, sealed FROM audit_opening WHERE tenant_id = $1 AND entry_id = ANY($2::uuid[]) ORDER BY field',
    [tx.tenantId, entryIds],
  );
}

/** Returns what a redacted variant must know of the export that it is made from, if that one is ready. */
export async function sourceOf(
  tx: Tx,
  exportId: ExportId,
): Promise<{ readonly manifestSha256: string; readonly messages: number } | undefined> {
  const [row] = await tx.query<{ manifest_sha256: Buffer; messages: number }>(
    `SELECT manifest_sha256, messages FROM export WHERE tenant_id = $1 AND export_id = $2 AND state = 'ready'
       AND manifest_sha256 IS NOT NULL AND messages IS NOT NULL`,
    [tx.tenantId, exportId],
  );
  return row && { manifestSha256: row.manifest_sha256.toString('hex'), messages: row.messages };
}
