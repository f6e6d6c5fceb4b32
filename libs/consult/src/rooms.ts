import { AppError, type Clock, type ConsultId, type IntakeId, MINUTE, type TenantId } from '@app/kernel';
import type { ConsultActor } from './lifecycle';
import type { MediaRouter } from './media-router';
import { ConsultRoom, type Seat } from './room/consult-room';
import type { PeerLink } from './room/peer';

/** A room that everybody has left is given up after this long: a reload or a lost network comes back sooner. */
const ABANDONED_AFTER_MS = 3 * MINUTE;

interface Held {
  readonly room: ConsultRoom;
  readonly tenantId: TenantId;
  readonly intakeId: IntakeId;
  timer: NodeJS.Timeout | undefined;
}

type Abandoned = (call: { tenantId: TenantId; intakeId: IntakeId }) => Promise<void>;

/** The rooms of this process. A room is made when the first person comes, and again after a restart. */
export class ConsultRooms {
  private readonly held = new Map<ConsultId, Held>();
  private readonly over = new Set<ConsultId>();
  private abandoned: Abandoned | undefined;

  constructor(
    private readonly router: MediaRouter,
    private readonly clock: Clock,
    private readonly onFault: (error: unknown) => void,
    private readonly abandonedAfterMs = ABANDONED_AFTER_MS,
  ) {}

  onAbandoned(listener: Abandoned): void {
    this.abandoned = listener;
  }

  /**
   * Gives somebody a seat.
   *
   * @param isLive - whether the consult is live: then the client may come in, also into a room that is new.
   * @throws AppError `STEP_NOT_ALLOWED` as `ConsultRoom.join`.
   */
  join(
    call: { readonly consultId: ConsultId; readonly tenantId: TenantId; readonly intakeId: IntakeId },
    isLive: boolean,
    link: PeerLink,
  ): Seat {
    if (this.over.has(call.consultId)) throw new AppError('STEP_NOT_ALLOWED', 'This call is over.');
    const held = this.held.get(call.consultId) ?? this.open(call);
    if (isLive) held.room.admitClient();
    const seat = held.room.join(link);
    clearTimeout(held.timer);
    return {
      handle: (event, body) => seat.handle(event, body),
      leave: () => {
        seat.leave();
        if (held.room.peerIds.length === 0) this.watch(call.consultId, held);
      },
    };
  }

  admitClient(consultId: ConsultId): void {
    this.held.get(consultId)?.room.admitClient();
  }

  end(consultId: ConsultId, by: ConsultActor): void {
    // Somebody whose ticket was looked at a moment ago may still be on their way.
    this.over.add(consultId);
    setTimeout(() => this.over.delete(consultId), MINUTE).unref();
    const held = this.held.get(consultId);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.held.delete(consultId);
    held.room.end(by);
  }

  /** Closes every room; the consults themselves go on, and their pages come back after the restart. */
  close(): void {
    for (const { timer } of this.held.values()) clearTimeout(timer);
    this.held.clear();
  }

  private open({
    consultId,
    tenantId,
    intakeId,
  }: {
    consultId: ConsultId;
    tenantId: TenantId;
    intakeId: IntakeId;
  }): Held {
    const held = { room: new ConsultRoom(this.router, this.clock), tenantId, intakeId, timer: undefined };
    this.held.set(consultId, held);
    return held;
  }

  private watch(consultId: ConsultId, held: Held): void {
    clearTimeout(held.timer);
    held.timer = setTimeout(() => {
      if (this.held.get(consultId) !== held || held.room.peerIds.length > 0) return;
      this.held.delete(consultId);
      held.room.end('system');
      this.abandoned?.({ tenantId: held.tenantId, intakeId: held.intakeId }).catch(this.onFault);
    }, this.abandonedAfterMs).unref();
  }
}
