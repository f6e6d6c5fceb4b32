import { AppError, type Clock, type ConsultId, type IntakeId, MINUTE, type TenantId } from '@app/kernel';
import { type ConsultActor, type ConsultState, isOver, mayEnter } from '../lifecycle';
import type { MediaRouter } from '../media-router';
import { ConsultRoom, type Seat } from '../room/consult-room';
import type { PeerLink } from '../room/peer';

/** How long a room may stand empty: a page that lost its connection comes back within its ladder of about 50 s. */
export const ABANDONED_MS = 2 * MINUTE;

/** Which consult, of which conversation. */
export interface ConsultKey {
  readonly tenantId: TenantId;
  readonly consultId: ConsultId;
  readonly intakeId: IntakeId;
}

interface Open {
  readonly key: ConsultKey;
  readonly room: ConsultRoom;
  emptied: NodeJS.Timeout | undefined;
}

/** The rooms of this process: opened when the first comes in, closed when the consult is over or everybody stays away. */
export class Rooms {
  private readonly open = new Map<ConsultId, Open>();
  private readonly abandonedListeners: ((key: ConsultKey) => void)[] = [];

  constructor(
    private readonly router: MediaRouter,
    private readonly clock: Clock,
  ) {}

  /** Hears of each room that stood empty for ABANDONED_MS. It is closed then; the consult is the listener's to end. */
  onAbandoned(listener: (key: ConsultKey) => void): void {
    this.abandonedListeners.push(listener);
  }

  /** Gives somebody a seat, in the state that the consult is in now. Throws STEP_NOT_ALLOWED when they may not enter. */
  enter(key: ConsultKey, state: ConsultState, link: PeerLink): Seat {
    if (!mayEnter(state, link.role))
      throw new AppError('STEP_NOT_ALLOWED', 'This call cannot be entered now.');
    const open = this.open.get(key.consultId) ?? this.begin(key);
    if (state === 'live') open.room.admitClient();
    const seat = open.room.join(link);
    clearTimeout(open.emptied);
    return {
      handle: (event, body) => seat.handle(event, body),
      leave: () => {
        seat.leave();
        if (open.room.peerIds.length === 0) this.emptied(open);
      },
    };
  }

  /** Follows a step of the consult that has been committed. */
  follow(consultId: ConsultId, state: ConsultState, by: ConsultActor): void {
    const open = this.open.get(consultId);
    if (open === undefined) return;
    if (state === 'live') open.room.admitClient();
    if (isOver(state)) this.end(open, by);
  }

  /** Forgets everything without a word to anybody: the process is ending, the consults are not. */
  close(): void {
    for (const { emptied } of this.open.values()) clearTimeout(emptied);
    this.open.clear();
  }

  private begin(key: ConsultKey): Open {
    const open: Open = { key, room: new ConsultRoom(this.router, this.clock), emptied: undefined };
    this.open.set(key.consultId, open);
    return open;
  }

  private emptied(open: Open): void {
    clearTimeout(open.emptied);
    if (this.open.get(open.key.consultId) !== open) return;
    open.emptied = setTimeout(() => {
      this.end(open, 'system');
      for (const listener of this.abandonedListeners) listener(open.key);
    }, ABANDONED_MS).unref();
  }

  private end(open: Open, by: ConsultActor): void {
    clearTimeout(open.emptied);
    this.open.delete(open.key.consultId);
    open.room.end(by);
  }
}
