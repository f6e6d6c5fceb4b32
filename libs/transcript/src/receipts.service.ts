import type { IntakeId, TenantId } from '@app/kernel';
import { Database, type Tx } from '@app/platform';
import { Injectable } from '@nestjs/common';

/** How far each side has received and read, by message number. */
export interface Receipts {
  readonly clientDelivered: number;
  readonly clientRead: number;
  readonly staffDelivered: number;
  readonly staffRead: number;
}

interface Row {
  client_delivered: number;
  client_read: number;
  staff_delivered: number;
  staff_read: number;
}

const COLUMNS = 'client_delivered, client_read, staff_delivered, staff_read';

/** Watermarks: they grow, never past the last message, and never go back. Not an act on what was said, so not recorded. */
@Injectable()
export class ReceiptsService {
  constructor(private readonly database: Database) {}

  /** Raises one side's marks and returns all of them. What is read has been delivered. */
  async raise(
    tenantId: TenantId,
    intakeId: IntakeId,
    side: 'client' | 'staff',
    marks: { readonly delivered: number; readonly read: number },
  ): Promise<Receipts> {
    const [row] = await this.database.transaction(tenantId, (tx) =>
      tx.query<Row>(
        `UPDATE receipts r SET
           ${side}_delivered = greatest(${side}_delivered, least(h.last_seq, greatest($3::int, $4::int))),
           ${side}_read = greatest(${side}_read, least(h.last_seq, $4::int))
         FROM intake_head h
         WHERE r.tenant_id = $1 AND r.intake_id = $2 AND h.tenant_id = $1 AND h.intake_id = $2
         RETURNING ${COLUMNS}`,
        [tenantId, intakeId, marks.delivered, marks.read],
      ),
    );
    return toReceipts(row);
  }

  async read(tx: Tx, intakeId: IntakeId): Promise<Receipts> {
    const [row] = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM receipts WHERE tenant_id = $1 AND intake_id = $2`,
      [tx.tenantId, intakeId],
    );
    return toReceipts(row);
  }
}

function toReceipts(row: Row | undefined): Receipts {
  return {
    clientDelivered: row?.client_delivered ?? 0,
    clientRead: row?.client_read ?? 0,
    staffDelivered: row?.staff_delivered ?? 0,
    staffRead: row?.staff_read ?? 0,
  };
}
