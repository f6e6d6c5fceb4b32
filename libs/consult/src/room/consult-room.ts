import { AppError, type Clock } from '@app/kernel';
import type { ConsultActor } from '../lifecycle';
import type { MediaRoom, MediaRouter } from '../media-router';
import { type Frame, type FrameName, isFrameName, parseFrame } from '../messages';
import { deliver, tellAll } from './delivery';
import { type Outgoing, Peer, type PeerLink } from './peer';
import { type Deed, refusal } from './rules';

/** Somebody's place in a room. It is bound to their connection: there is no way to speak for another. */
export interface Seat {
  /**
   * Does what a frame asks and returns the fields of the answer. Throws AppError; the codes are those of
   * docs/PROTOCOL.md. Frames of one seat are done one after another.
   */
  handle(event: string, body: unknown): Promise<object>;
  /** Takes the person out at once: their routes are closed before this returns. Safe to call more than once. */
  leave(): void;
}

/** A consult that is going on, in memory: who is in it, and what flows between them. The server alone decides that. */
export class ConsultRoom {
  private readonly peers = new Map<string, Peer>();
  private media: Promise<MediaRoom> | undefined;
  private isClientAdmitted = false;
  private isOver = false;

  constructor(
    private readonly router: MediaRouter,
    private readonly clock: Clock,
  ) {}

  get peerIds(): string[] {
    return [...this.peers.keys()];
  }

  /** Lets the client in from now on. */
  admitClient(): void {
    this.isClientAdmitted = true;
  }

  /**
   * Gives somebody a seat. A person has one: an older connection of theirs is told that it is over, and closed. Throws
   * STEP_NOT_ALLOWED for a client who was not admitted, and for everybody when the consult is over.
   */
  join(link: PeerLink): Seat {
    if (this.isOver || (link.role === 'client' && !this.isClientAdmitted)) throw notNow();
    const older = this.peers.get(link.peerId);
    if (older !== undefined) {
      this.takeOut(older);
      older.link.notify('consult.ended', { by: 'system' });
      older.link.close();
    }
    const peer = new Peer(link, this.clock);
    this.peers.set(link.peerId, peer);
    return { handle: (event, body) => this.handle(peer, event, body), leave: () => this.takeOut(peer) };
  }

  /** Tells everybody that it is over, takes them out and closes the media. */
  end(by: ConsultActor): void {
    this.isOver = true;
    for (const peer of [...this.peers.values()]) {
      this.takeOut(peer);
      peer.link.notify('consult.ended', { by });
      peer.link.close();
    }
    // Media that is still being opened is closed when it has come.
    this.media?.then(
      (media) => media.close(),
      () => undefined,
    );
    this.media = undefined;
  }

  private async handle(peer: Peer, event: string, body: unknown): Promise<object> {
    if (!isFrameName(event))
      throw new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.');
    peer.charge(event);
    const parsed = parseFrame(event, body);
    const deed: Deed = event === 'produce' ? `produce ${(parsed as Frame<'produce'>).source}` : event;
    return peer.inTurn(() => {
      const refused = refusal(deed, peer.state, peer.link.role);
      if (refused !== undefined) throw new AppError(refused, 'This cannot be done in the call now.');
      const act = this.acts[event] as (peer: Peer, frame: Frame<FrameName>) => Promise<object>;
      return act(peer, parsed);
    });
  }

  private readonly acts: {
    readonly [Name in FrameName]: (peer: Peer, frame: Frame<Name>) => Promise<object>;
  } = {
    capabilities: async (peer) => {
      const media = await this.during(peer, this.openMedia(), keep);
      peer.media = media;
      peer.state = 'prepared';
      return { rtpCapabilities: media.rtpCapabilities };
    },

    'transport.create': async (peer, { direction }) => {
      if (peer.media === undefined || peer.route(direction) !== undefined) throw notNow();
      const transport = await this.during(peer, peer.media.openTransport(direction), close);
      peer.transports.set(transport.id, transport);
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    },

    'transport.connect': async (peer, { transportId, dtlsParameters }) => {
      await own(peer.transports, transportId).connect(dtlsParameters);
      return {};
    },

    'transport.restart-ice': async (peer, { transportId }) => ({
      iceParameters: await own(peer.transports, transportId).restartIce(),
    }),

    join: async (peer, { rtpCapabilities }) => {
      if (peer.route('recv') === undefined) throw notNow();
      peer.rtpCapabilities = rtpCapabilities;
      peer.state = 'joined';
      const others = this.joinedBeside(peer);
      for (const other of others) {
        other.link.notify('peer.joined', peer.introduction);
        for (const outgoing of other.outgoing.values()) deliver(outgoing, other, peer);
      }
      return { peers: others.map((other) => other.introduction) };
    },

    produce: async (peer, { transportId, kind, source, rtpParameters, paused }) => {
      const transport = own(peer.transports, transportId);
      if (transport.direction !== 'send') throw notFound();
      if ([...peer.outgoing.values()].some((outgoing) => outgoing.source === source)) throw notNow();
      const producer = await this.during(peer, transport.produce({ kind, rtpParameters, paused }), close);
      const outgoing: Outgoing = { producer, source, isPaused: paused, isClosed: false };
      peer.outgoing.set(producer.id, outgoing);
      for (const other of this.joinedBeside(peer)) deliver(outgoing, peer, other);
      return { producerId: producer.id };
    },

    'producer.pause': async (peer, { producerId }) => {
      const outgoing = own(peer.outgoing, producerId);
      await outgoing.producer.pause();
      outgoing.isPaused = true;
      tellAll(this.peers.values(), outgoing);
      return {};
    },

    'producer.resume': async (peer, { producerId }) => {
      const outgoing = own(peer.outgoing, producerId);
      await outgoing.producer.resume();
      outgoing.isPaused = false;
      tellAll(this.peers.values(), outgoing);
      return {};
    },

    'producer.close': async (peer, { producerId }) => {
      const outgoing = own(peer.outgoing, producerId);
      peer.outgoing.delete(producerId);
      outgoing.producer.close();
      outgoing.isClosed = true;
      tellAll(this.peers.values(), outgoing);
      return {};
    },

    stats: async (peer) => ({
      stats: await Promise.all([...peer.transports.values()].map((transport) => transport.stats())),
    }),
  };

  /** Waits for something that a peer asked for; discards it when the peer left or lost its media meanwhile. */
  private async during<T>(peer: Peer, coming: Promise<T>, discard: (late: T) => void): Promise<T> {
    const { round } = peer;
    const come = await coming;
    if (round === peer.round) return come;
    discard(come);
    throw notNow();
  }

  private openMedia(): Promise<MediaRoom> {
    this.media ??= this.router.openRoom().then(
      (media) => {
        media.onLost(() => this.lose());
        return media;
      },
      (error: unknown) => {
        this.media = undefined;
        throw error;
      },
    );
    return this.media;
  }

  private lose(): void {
    this.media = undefined;
    // All back before the first is told: what one of them asks next must not meet another's dead routes.
    for (const peer of this.peers.values()) peer.reset('connected');
    for (const peer of this.peers.values()) peer.link.notify('room.lost', { reason: 'worker-died' });
  }

  private takeOut(peer: Peer): void {
    if (peer.state === 'left') return;
    const wasSeen = peer.state === 'joined';
    const outgoing = [...peer.outgoing.values()];
    peer.reset('left');
    this.peers.delete(peer.link.peerId);
    for (const gone of outgoing) tellAll(this.peers.values(), gone);
    if (!wasSeen) return;
    for (const other of this.joinedBeside(peer)) other.link.notify('peer.left', peer.introduction);
  }

  private joinedBeside(peer: Peer): Peer[] {
    return [...this.peers.values()].filter((other) => other !== peer && other.state === 'joined');
  }
}

/** A room's media is everybody's; what is a peer's alone goes when the peer has gone. */
const keep = (): void => undefined;
const close = (late: { close(): void }): void => late.close();

/** Looks something up among a peer's own things. Throws NOT_FOUND, the same for what is nobody's and what is another's. */
function own<T>(things: ReadonlyMap<string, T>, id: string): T {
  const thing = things.get(id);
  if (thing === undefined) throw notFound();
  return thing;
}

function notFound(): AppError {
  return new AppError('NOT_FOUND', 'There is no such thing in this call.');
}

function notNow(): AppError {
  return new AppError('STEP_NOT_ALLOWED', 'This cannot be done in the call now.');
}
