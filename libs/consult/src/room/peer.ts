import { AppError, type Clock } from '@app/kernel';
import type {
  MediaConsumer,
  MediaProducer,
  MediaRoom,
  MediaTransport,
  RtpCapabilities,
} from '../media-router';
import { FRAMES, type FrameName, type Source } from '../messages';
import { ALLOWANCES, type PeerState, type Role } from './rules';
import { TokenBucket } from './token-bucket';

/** Frames of one peer that may wait for their turn. A page sends a handful at a time. */
const MAX_WAITING = 32;

/** The connection of one person to a room; who they are comes from their ticket and from nothing they send. */
export interface PeerLink {
  readonly peerId: string;
  readonly role: Role;
  readonly name: string;
  /** Sends an event that the page acknowledges. Rejects when it does not in time. */
  request(event: string, body: object): Promise<{ ok: boolean }>;
  notify(event: string, body: object): void;
  /** Ends the connection. */
  close(): void;
}

/** Something a peer sends out. */
export interface Outgoing {
  readonly producer: MediaProducer;
  readonly source: Source;
  isPaused: boolean;
  isClosed: boolean;
}

/** Something a peer receives, and what its page was told of it. */
export interface Incoming {
  readonly consumer: MediaConsumer;
  readonly outgoing: Outgoing;
  /** Until the page has acknowledged it, it cannot understand anything about it. */
  isKnown: boolean;
  toldPaused: boolean;
}

/** One person in a room: their state, their routes, and the order in which their frames are done. */
export class Peer {
  state: PeerState = 'connected';
  /** Goes up whenever everything the peer had is void; what was begun before is thrown away when it comes back. */
  round = 0;
  media: MediaRoom | undefined;
  rtpCapabilities: RtpCapabilities | undefined;
  readonly transports = new Map<string, MediaTransport>();
  readonly outgoing = new Map<string, Outgoing>();
  readonly incoming = new Map<string, Incoming>();

  private readonly buckets: ReadonlyMap<FrameName, TokenBucket>;
  private queue: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(
    readonly link: PeerLink,
    clock: Clock,
  ) {
    const names = Object.keys(FRAMES) as FrameName[];
    this.buckets = new Map(names.map((name) => [name, new TokenBucket(ALLOWANCES[name], clock)]));
  }

  get introduction(): { peerId: string; role: Role; name: string } {
    return { peerId: this.link.peerId, role: this.link.role, name: this.link.name };
  }

  /** Throws TOO_MANY when the peer sends more of this frame than a page does. */
  charge(name: FrameName): void {
    const seconds = this.buckets.get(name)?.take() ?? 0;
    if (seconds === 0 && this.waiting < MAX_WAITING) return;
    throw new AppError('TOO_MANY', 'Too much at once. Wait a moment.', {
      extra: { retryAfterSeconds: Math.max(1, seconds) },
    });
  }

  /** Does an act after all earlier ones of this peer, whatever became of them. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    this.waiting++;
    const turn = this.queue.then(act).finally(() => this.waiting--);
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** The peer's own transport, or undefined; no id of anybody else is looked up anywhere. */
  route(direction: 'send' | 'recv'): MediaTransport | undefined {
    return [...this.transports.values()].find((transport) => transport.direction === direction);
  }

  /** Voids everything the peer has; its transports close what ran over them. */
  reset(state: 'connected' | 'left'): void {
    this.round++;
    this.state = state;
    for (const transport of this.transports.values()) transport.close();
    for (const outgoing of this.outgoing.values()) outgoing.isClosed = true;
    this.transports.clear();
    this.outgoing.clear();
    this.incoming.clear();
    this.media = undefined;
    this.rtpCapabilities = undefined;
  }
}
