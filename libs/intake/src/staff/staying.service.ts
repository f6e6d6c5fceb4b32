import { MINUTE, type StaffId, type TenantId } from '@app/kernel';
import { Database, describe, type StaffPrincipal } from '@app/platform';
import { Sessions } from '@app/staff';
import { Injectable, Logger } from '@nestjs/common';

/**
 * Keeps a staff member's session alive for what they do on a socket: a message they send, a call they are in. Pings and
 * what they only receive are nothing that a person does.
 */
@Injectable()
export class StayingService {
  private readonly logger = new Logger('staff');
  private readonly last = new Map<string, number>();

  constructor(
    private readonly database: Database,
    private readonly sessions: Sessions,
  ) {}

  /** Notes that somebody did something: written at most once a minute, and not waited for. */
  noteActive(staff: StaffPrincipal, nowMs = performance.now()): void {
    const before = this.last.get(staff.sessionId);
    if (before !== undefined && nowMs - before < MINUTE) return;
    this.last.set(staff.sessionId, nowMs);
    this.database
      .transaction(staff.tenantId, (tx) => this.sessions.keepAlive(tx, staff))
      .catch((error: unknown) => this.logger.error(describe(error)));
  }

  /** Notes everybody of these who is in a live call: two people who talk for an hour type nothing. */
  async noteCalls(connected: readonly StaffPrincipal[]): Promise<void> {
    for (const tenantId of new Set(connected.map((staff) => staff.tenantId))) {
      const inCalls = await this.inCalls(tenantId);
      for (const staff of connected)
        if (staff.tenantId === tenantId && inCalls.has(staff.staffId)) this.noteActive(staff);
    }
  }

  /** Forgets a session whose last socket has closed. */
  forget(sessionId: string): void {
    this.last.delete(sessionId);
  }

  private async inCalls(tenantId: TenantId): Promise<ReadonlySet<StaffId>> {
    const rows = await this.database.transaction(tenantId, (tx) =>
      tx.query<{ assignee_id: StaffId }>(
        `SELECT assignee_id FROM intake WHERE tenant_id = $1 AND state = 'claimed' AND consult = 'live'`,
        [tenantId],
      ),
    );
    return new Set(rows.map(({ assignee_id }) => assignee_id));
  }
}
