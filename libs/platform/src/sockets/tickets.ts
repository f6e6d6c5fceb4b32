import { newSecret, secretHash } from '@app/crypto';
import { AppError, type Clock, isId, later, SECOND, type TenantId } from '@app/kernel';
import type { Database, Tx } from '../database/database';

/** A ticket is used at once or not at all. OWASP's WebSocket advice; ours is stricter than its 30 s only in being single-use. */
const TICKET_LIFE_MS = 30 * SECOND;

/** What a ticket stood for, and when it was made. */
export interface TakenTicket {
  readonly tenantId: TenantId;
  readonly standsFor: unknown;
  readonly madeAt: Date;
}

/** One-time tickets: a page that holds a session trades it for one, and opens one socket with it. */
export class SocketTickets {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Makes a ticket that stands for something the room knows how to read. No personal data in it. */
  async issue(tx: Tx, standsFor: object): Promise<string> {
    const secret = newSecret();
    const now = this.clock.now();
    await tx.query('DELETE FROM socket_ticket WHERE tenant_id = $1 AND expires_at < $2', [tx.tenantId, now]);
    await tx.query(
      'INSERT INTO socket_ticket (tenant_id, ticket_hash, stands_for, expires_at) VALUES ($1, $2, $3, $4)',
      [tx.tenantId, secretHash(secret), JSON.stringify(standsFor), later(now, TICKET_LIFE_MS)],
    );
    return `${tx.tenantId}.${secret}`;
  }

  /**
   * Takes a ticket out of the world and returns what it stood for.
   *
   * @throws AppError `SIGNED_OUT` if it is unknown, used or too old: which one is not said.
   */
  async take(ticket: unknown): Promise<TakenTicket> {
    const [tenantId, secret] = typeof ticket === 'string' ? ticket.split('.') : [];
    if (tenantId === undefined || secret === undefined || !isId(tenantId)) throw refused();
    const [row] = await this.database.transaction(tenantId as TenantId, (tx) =>
      tx.query<{ stands_for: unknown; expires_at: Date }>(
        'DELETE FROM socket_ticket WHERE tenant_id = $1 AND ticket_hash = $2 AND expires_at > $3 RETURNING stands_for, expires_at',
        [tenantId, secretHash(secret), this.clock.now()],
      ),
    );
    if (row === undefined) throw refused();
    return {
      tenantId: tenantId as TenantId,
      standsFor: row.stands_for,
      madeAt: later(row.expires_at, -TICKET_LIFE_MS),
    };
  }
}

function refused(): AppError {
  return new AppError('SIGNED_OUT', 'This connection could not be opened. Please reload the page.');
}
