import {
  AppError,
  type Clock,
  type ConsultId,
  type IntakeId,
  newId,
  type StaffId,
  type TenantId,
} from '@app/kernel';
import { CLOCK, SocketTickets, type Tx } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import { type IceServer, iceServers, type Relay } from './ice-servers';
import { after, type ConsultActor, type ConsultEvent, type ConsultState, isOver } from './lifecycle';
import type { MediaRouter, MediaStatus } from './media-router';
import type { Checks } from './messages';
import type { Role } from './room/rules';
import { ConsultRooms } from './rooms';

/** How the module's media router is named to Nest. */
export const MEDIA_ROUTER = Symbol('MEDIA_ROUTER');

/** How the relay for browsers is named to Nest, where there is one. */
export const RELAY = Symbol('RELAY');

/** A consult as pages see it: `Consult` of docs/PROTOCOL.md. */
export interface ConsultView {
  readonly consultId: ConsultId;
  readonly state: ConsultState;
  readonly offeredAt: string;
  readonly waitingSince?: string;
  readonly liveSince?: string;
  readonly checks?: Checks;
}

interface Row {
  consult_id: ConsultId;
  state: ConsultState;
  offered_at: Date;
  waiting_at: Date | null;
  live_at: Date | null;
  checks: Checks | null;
}

const COLUMNS = 'consult_id, state, offered_at, waiting_at, live_at, checks';

/**
 * The consults of conversations, as rows. Each method acts in the caller's transaction: who may do it and that it is
 * recorded is the conversation's, and a room follows when it has committed.
 */
@Injectable()
export class ConsultService {
  constructor(
    private readonly tickets: SocketTickets,
    private readonly rooms: ConsultRooms,
    @Inject(MEDIA_ROUTER) private readonly router: MediaRouter,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RELAY) private readonly relay: Relay | undefined,
  ) {}

  /** Whether calls can be held now. */
  status(): MediaStatus {
    return this.router.status;
  }

  /** Hears of each call that everybody has left for longer than a reconnection takes. The listener ends it. */
  onAbandoned(listener: (call: { tenantId: TenantId; intakeId: IntakeId }) => Promise<void>): void {
    this.rooms.onAbandoned(listener);
  }

  /** Offers a call. Throws STEP_NOT_ALLOWED while another of the same conversation is not over, VIDEO_UNAVAILABLE before the SFU is ready. */
  async offer(
    tx: Tx,
    offer: { readonly intakeId: IntakeId; readonly staffId: StaffId },
  ): Promise<ConsultView> {
    if (this.status() !== 'ready')
      throw new AppError(
        'VIDEO_UNAVAILABLE',
        'Video is still being prepared. The chat works; try again in a few minutes.',
      );
    const [row] = await tx.query<Row>(
      `INSERT INTO consult (tenant_id, consult_id, intake_id, state, offered_by, offered_at)
       VALUES ($1, $2, $3, 'offered', $4, $5) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
      [tx.tenantId, newId<ConsultId>(), offer.intakeId, offer.staffId, this.clock.now()],
    );
    if (row === undefined)
      throw new AppError('STEP_NOT_ALLOWED', 'There is a call in this conversation already.');
    return view(row);
  }

  /**
   * Takes one step. Throws STEP_NOT_ALLOWED when there is none from here for this actor, NOT_FOUND for no such consult.
   *
   * @param checks - what the client's device check found; kept with `ready`.
   */
  async step(
    tx: Tx,
    consultId: ConsultId,
    event: ConsultEvent,
    by: ConsultActor,
    checks?: Checks,
  ): Promise<ConsultView> {
    const [found] = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM consult WHERE tenant_id = $1 AND consult_id = $2 FOR UPDATE`,
      [tx.tenantId, consultId],
    );
    if (found === undefined) throw new AppError('NOT_FOUND', 'There is no such call.');
    const state = after(found.state, event, by);
    const now = this.clock.now();
    const at = (reached: boolean) => (reached ? now : null);
    // The first time counts: a client who checks their devices again has not waited for less long.
    const [row] = await tx.query<Row>(
      `UPDATE consult SET state = $3, accepted_at = COALESCE(accepted_at, $4), waiting_at = COALESCE(waiting_at, $5),
         live_at = COALESCE(live_at, $6), ended_at = $7, ended_by = $8, checks = COALESCE($9, checks)
       WHERE tenant_id = $1 AND consult_id = $2 RETURNING ${COLUMNS}`,
      [
        tx.tenantId,
        consultId,
        state,
        at(state === 'accepted'),
        at(state === 'waiting'),
        at(state === 'live'),
        at(isOver(state)),
        isOver(state) ? by : null,
        event === 'ready' && checks !== undefined ? JSON.stringify(checks) : null,
      ],
    );
    if (row === undefined) throw new AppError('NOT_FOUND', 'There is no such call.');
    tx.afterCommit(() => {
      if (state === 'live') this.rooms.admitClient(consultId);
      if (isOver(state)) this.rooms.end(consultId, by);
    });
    return view(row);
  }

  /** Returns a consult, or undefined when there is none of this id. */
  async view(tx: Tx, consultId: ConsultId): Promise<ConsultView | undefined> {
    const [row] = await tx.query<Row>(
      `SELECT ${COLUMNS} FROM consult WHERE tenant_id = $1 AND consult_id = $2`,
      [tx.tenantId, consultId],
    );
    return row && view(row);
  }

  /**
   * Makes a ticket for the call's socket: once, within 30 s. Whoever asks has been let through by the policies.
   *
   * @param standsFor.peer - `name` is the display name of a staff member; a client's is empty.
   */
  ticket(
    tx: Tx,
    standsFor: {
      readonly consultId: ConsultId;
      readonly intakeId: IntakeId;
      readonly sessionId: string;
      readonly peer: { readonly role: Role; readonly id: string; readonly name: string };
    },
  ): Promise<string> {
    return this.tickets.issue(tx, { kind: 'consult', ...standsFor });
  }

  /** Returns the relays that a person's browser may use in a call, with credentials of their own; good for an hour. */
  iceServers(personId: StaffId | IntakeId): IceServer[] {
    return iceServers(this.relay, personId, this.clock.now());
  }
}

function view(row: Row): ConsultView {
  return {
    consultId: row.consult_id,
    state: row.state,
    offeredAt: row.offered_at.toISOString(),
    ...(row.waiting_at && { waitingSince: row.waiting_at.toISOString() }),
    ...(row.live_at && { liveSince: row.live_at.toISOString() }),
    ...(row.checks && { checks: row.checks }),
  };
}
