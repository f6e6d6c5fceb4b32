import { newSecret, secretHash } from '@app/crypto';
import { type Clock, HOUR, type IntakeId, isId, later, MINUTE, newId, type TenantId } from '@app/kernel';
import { type ClientPrincipal, CLOCK, Database, SessionReaders, type Tx } from '@app/platform';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Live } from '../live/live.service';

/** A client's session ends a day after it began, or when nothing was heard from them for half an hour. */
const ABSOLUTE_MS = 24 * HOUR;
const IDLE_MS = 30 * MINUTE;
/** `last_seen_at` is written at most this often. */
const TOUCH_MS = MINUTE;

interface Row {
  session_id: string;
  intake_id: IntakeId;
  last_seen_at: Date;
}

/** The client's way back to their one conversation: a cookie, and its hash here. */
@Injectable()
export class ClientSessionService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly readers: SessionReaders,
    private readonly live: Live,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.readers.set('client', (secret) => this.read(secret));
  }

  /** Makes a session. @returns the principal, and the secret that goes into the cookie. */
  async begin(
    tx: Tx,
    intakeId: IntakeId,
  ): Promise<{ readonly principal: ClientPrincipal; readonly secret: string }> {
    const secret = `${tx.tenantId}.${newSecret()}`;
    const sessionId = newId<string>();
    const now = this.clock.now();
    await tx.query(
      `INSERT INTO client_session (tenant_id, session_hash, session_id, intake_id, created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $5, $6)`,
      [tx.tenantId, secretHash(secret), sessionId, intakeId, now, later(now, ABSOLUTE_MS)],
    );
    return { principal: { kind: 'client', tenantId: tx.tenantId, intakeId, sessionId }, secret };
  }

  /** Returns whose session this secret is, or nothing if it has ended. */
  async read(secret: string): Promise<ClientPrincipal | undefined> {
    const [tenantId] = secret.split('.');
    if (tenantId === undefined || !isId(tenantId)) return undefined;
    return this.find(tenantId as TenantId, 'session_hash', secretHash(secret));
  }

  /** The same by the session's name, as a socket ticket has it. */
  byId(tenantId: TenantId, sessionId: string): Promise<ClientPrincipal | undefined> {
    return this.find(tenantId, 'session_id', sessionId);
  }

  /** Says that the client was there a moment ago: their last socket has just closed. */
  async seen({ tenantId, sessionId }: ClientPrincipal): Promise<void> {
    await this.database.transaction(tenantId, (tx) => this.touch(tx, sessionId));
  }

  /** Ends a session. */
  async end(tx: Tx, sessionId: string): Promise<void> {
    await tx.query('UPDATE client_session SET ended_at = $3 WHERE tenant_id = $1 AND session_id = $2', [
      tx.tenantId,
      sessionId,
      this.clock.now(),
    ]);
  }

  private async find(
    tenantId: TenantId,
    column: 'session_hash' | 'session_id',
    value: Buffer | string,
  ): Promise<ClientPrincipal | undefined> {
    const now = this.clock.now();
    return this.database.transaction(tenantId, async (tx) => {
      const [row] = await tx.query<Row>(
        `SELECT session_id, intake_id, last_seen_at FROM client_session
         WHERE tenant_id = $1 AND ${column} = $2 AND ended_at IS NULL AND expires_at > $3`,
        [tenantId, value, now],
      );
      if (row === undefined) return undefined;
      const silentMs = now.getTime() - row.last_seen_at.getTime();
      if (silentMs > IDLE_MS && !this.live.isClientOnline(row.intake_id)) return undefined;
      if (silentMs > TOUCH_MS) await this.touch(tx, row.session_id);
      return { kind: 'client' as const, tenantId, intakeId: row.intake_id, sessionId: row.session_id };
    });
  }

  private async touch(tx: Tx, sessionId: string): Promise<void> {
    await tx.query('UPDATE client_session SET last_seen_at = $3 WHERE tenant_id = $1 AND session_id = $2', [
      tx.tenantId,
      sessionId,
      this.clock.now(),
    ]);
  }
}
