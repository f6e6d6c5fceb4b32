import { AppError, type Clock, later, MINUTE, newId, type StaffId, type TenantId } from '@app/kernel';
import {
  actorOf,
  CLOCK,
  Database,
  Gate,
  Recorder,
  Revocations,
  SocketTickets,
  type StaffPrincipal,
  type Tx,
} from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { newToken, readToken } from '../token';
import { type Me, meOf } from './me.store';
import { findLive, idleSince, type Live, SESSION_LIFE_MS, type StandsForStaff } from './session.store';

/** ASVS 5.0, 7.1.2 wants a number; beyond it the oldest session ends. */
const MAX_SESSIONS = 3;
/** How often a session in use is written to. A session may so end up to this much early, never late. */
const SEEN_EVERY_MS = MINUTE;

export interface NewSession {
  /** The secret: shown to nobody but the cookie. */
  readonly cookie: string;
  readonly principal: StaffPrincipal;
  readonly endsAt: Date;
  /** The session that had to go for it. */
  readonly replaced: string | undefined;
}

/** Where staff are signed in: sessions begin, are read, and end. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly recorder: Recorder,
    private readonly revocations: Revocations,
    private readonly tickets: SocketTickets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Begins a session. The caller holds the member's row and records the sign-in. */
  async open(tx: Tx, staffId: StaffId): Promise<NewSession> {
    const now = this.clock.now();
    const sessionId = newId<string>();
    const { text, hash } = newToken(tx.tenantId);
    const [replaced] = await tx.query<{ session_id: string }>(
      `UPDATE staff_session SET ended_at = $3 WHERE tenant_id = $1 AND session_hash IN (
         SELECT session_hash FROM staff_session WHERE tenant_id = $1 AND staff_id = $2 AND ended_at IS NULL
         ORDER BY created_at DESC, session_id DESC OFFSET ${MAX_SESSIONS - 1})
       RETURNING session_id`,
      [tx.tenantId, staffId, now],
    );
    await tx.query(
      `INSERT INTO staff_session (tenant_id, session_hash, session_id, staff_id, created_at, last_seen_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $5, $6)`,
      [tx.tenantId, hash, sessionId, staffId, now, later(now, SESSION_LIFE_MS)],
    );
    if (replaced !== undefined) this.tellAfter(tx, replaced.session_id, 'replaced');
    const live = await findLive(tx, { hash }, now);
    if (live === undefined) throw signedOut();
    return { cookie: text, ...live, replaced: replaced?.session_id };
  }

  /** Returns whom a cookie's secret stands for now, or nothing. Using a session keeps it alive. */
  async read(secret: string): Promise<StaffPrincipal | undefined> {
    const token = readToken(secret);
    if (token === undefined) return undefined;
    return this.database.transaction(token.tenantId, async (tx) => {
      const live = await findLive(tx, token, this.clock.now());
      if (live !== undefined) await this.seen(tx, live);
      return live?.principal;
    });
  }

  /** Keeps a session alive for what a person does elsewhere: a message they send, a consult they are in. Not for pings. */
  async keepAlive(tx: Tx, principal: StaffPrincipal): Promise<void> {
    const live = await findLive(tx, principal, this.clock.now());
    if (live !== undefined) await this.seen(tx, live);
  }

  /** @throws AppError `SIGNED_OUT`, `ACCESS_DENIED`. */
  async me(principal: StaffPrincipal): Promise<Me> {
    return this.database.transaction(principal.tenantId, async (tx) => {
      this.pass(tx, principal);
      const live = await findLive(tx, principal, this.clock.now());
      if (live === undefined) throw signedOut();
      return meOf(tx, live.principal, live.endsAt);
    });
  }

  /** Returns a ticket for one socket. It opens nothing once the session has ended. @throws AppError `ACCESS_DENIED`. */
  async socketTicket(principal: StaffPrincipal): Promise<string> {
    const { staffId, sessionId } = principal;
    return this.database.transaction(principal.tenantId, (tx) => {
      this.pass(tx, principal);
      return this.tickets.issue(tx, { kind: 'staff', staffId, sessionId } satisfies StandsForStaff);
    });
  }

  /** Ends the person's session, and what it holds open. */
  async signOut(principal: StaffPrincipal): Promise<void> {
    await this.database.transaction(principal.tenantId, async (tx) => {
      const ended = await tx.query(
        `UPDATE staff_session SET ended_at = $4
         WHERE tenant_id = $1 AND staff_id = $2 AND session_id = $3 AND ended_at IS NULL RETURNING session_id`,
        [tx.tenantId, principal.staffId, principal.sessionId, this.clock.now()],
      );
      if (ended.length === 0) return;
      await this.recorder.record(tx, { act: 'staff.sign-out', actor: actorOf(principal) });
      this.tellAfter(tx, principal.sessionId, 'signed-out');
    });
  }

  /** Ends every session of a staff member, in the caller's transaction, which records why. */
  async endAll(tx: Tx, staffId: StaffId): Promise<number> {
    const ended = await tx.query(
      `UPDATE staff_session SET ended_at = $3 WHERE tenant_id = $1 AND staff_id = $2 AND ended_at IS NULL
       RETURNING session_id`,
      [tx.tenantId, staffId, this.clock.now()],
    );
    await tx.query('DELETE FROM sign_in_challenge WHERE tenant_id = $1 AND staff_id = $2', [
      tx.tenantId,
      staffId,
    ]);
    tx.afterCommit(() => this.revocations.tell({ tenantId: tx.tenantId, staffId, reason: 'disabled' }));
    return ended.length;
  }

  /** Ends the sessions whose time is over, and tells whoever holds a socket for them. */
  async endExpired(): Promise<void> {
    const tenants = await this.database.directory<{ belongs_to: TenantId }>(
      "SELECT DISTINCT belongs_to FROM address WHERE kind = 'organisation'",
      [],
    );
    for (const { belongs_to: tenantId } of tenants)
      await this.database.transaction(tenantId, (tx) => this.endExpiredOf(tx));
  }

  /** What somebody else is ending right now is left to them. */
  private async endExpiredOf(tx: Tx): Promise<void> {
    const now = this.clock.now();
    const ended = await tx.query<{ session_id: string; staff_id: StaffId }>(
      `UPDATE staff_session SET ended_at = $2 WHERE tenant_id = $1 AND session_hash IN (
         SELECT session_hash FROM staff_session
         WHERE tenant_id = $1 AND ended_at IS NULL AND (expires_at <= $2 OR last_seen_at <= $3)
         FOR UPDATE SKIP LOCKED)
       RETURNING session_id, staff_id`,
      [tx.tenantId, now, idleSince(now)],
    );
    for (const { session_id: sessionId, staff_id: staffId } of ended) {
      await this.recorder.record(tx, {
        act: 'staff.session-expired',
        actor: { kind: 'system', id: 'sessions' },
        refs: { staff: staffId, session: sessionId },
      });
      this.tellAfter(tx, sessionId, 'expired');
    }
  }

  private pass(tx: Tx, principal: StaffPrincipal): void {
    this.gate.pass(tx, {
      principal,
      action: 'self.read',
      resource: { kind: 'tenant', id: principal.tenantId },
    });
  }

  private async seen(tx: Tx, { principal, lastSeenAt }: Live): Promise<void> {
    const now = this.clock.now();
    if (now.getTime() - lastSeenAt.getTime() < SEEN_EVERY_MS) return;
    const { staffId, sessionId } = principal;
    // The member first, as everybody does who ends their sessions: in the other order two could wait for each other.
    await tx.query('UPDATE staff_member SET last_seen_at = $3 WHERE tenant_id = $1 AND staff_id = $2', [
      tx.tenantId,
      staffId,
      now,
    ]);
    await tx.query(
      `UPDATE staff_session SET last_seen_at = $4
       WHERE tenant_id = $1 AND staff_id = $2 AND session_id = $3 AND ended_at IS NULL`,
      [tx.tenantId, staffId, sessionId, now],
    );
  }

  private tellAfter(tx: Tx, sessionId: string, reason: 'signed-out' | 'expired' | 'replaced'): void {
    tx.afterCommit(() => this.revocations.tell({ tenantId: tx.tenantId, sessionId, reason }));
  }
}

function signedOut(): AppError {
  return new AppError('SIGNED_OUT', 'Your session has ended.');
}
