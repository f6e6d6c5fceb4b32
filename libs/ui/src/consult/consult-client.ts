import { ConsultMedia, type Wanted } from './consult-media';
import { ConsultSignal } from './consult-signal';
import {
  type ConsultEndedBy,
  ConsultError,
  type ConsultOptions,
  type ConsultPeer,
  type ConsultSource,
  type ConsultState,
  type ConsultStats,
  type ConsultTicket,
} from './consult-types';

/** Waits before each attempt of a reconnection, in ms; the ladder that LiveKit's browser client uses. */
const LADDER_MS = [0, 300, 1_200, 2_700, 4_800, 7_000, 7_000, 7_000, 7_000, 7_000];

/** Codes with which asking again cannot help: the consult is over, or this person may not be in it. */
const FINAL = new Set([
  'STEP_NOT_ALLOWED',
  'SIGNED_OUT',
  'ACCESS_DENIED',
  'NOT_FOUND',
  'ORIGIN_REFUSED',
  'INTAKE_CLOSED',
]);

/**
 * One person's side of a consult: the socket, the media, and both again when either is lost.
 *
 * Tracks stay the page's: it gets them from `getUserMedia` or `getDisplayMedia`, hands them over with `publish`, and
 * stops them itself. What is published is remembered and published again after every reconnection, muted as it was.
 *
 * ```ts
 * const consult = new ConsultClient({ ticket: () => api.post('/api/client/consult/ticket', {}), events });
 * await consult.connect();
 * await consult.publish('mic', microphone);
 * await consult.publish('webcam', camera);
 * await consult.pause('mic');        // mute
 * await consult.pause('webcam');     // camera off; then camera.stop() turns its light off
 * await consult.resume('webcam', newCamera);
 * consult.leave();
 * ```
 */
export class ConsultClient {
  private current: ConsultState = 'connecting';
  private started = false;
  private signal: ConsultSignal | undefined;
  private media: ConsultMedia | undefined;
  private peers: ConsultPeer[] = [];
  /** Whether the room was joined over the present socket. */
  private isBuilt = false;
  private readonly wanted = new Map<ConsultSource, Wanted>();
  /** Goes up whenever what was being built became worthless; work of an older round is dropped. */
  private round = 0;

  constructor(private readonly options: ConsultOptions) {}

  get state(): ConsultState {
    return this.current;
  }

  /**
   * Connects, and returns when the room is joined. Throws a ConsultError when the server refuses for good or the ladder
   * of attempts (about 40 s) ran out; the state is `ended` then. Call it once.
   */
  async connect(): Promise<void> {
    if (this.started || this.current === 'ended')
      throw new ConsultError('STEP_NOT_ALLOWED', 'This call was already started.');
    this.started = true;
    this.options.events.onState('connecting');
    await this.climb(++this.round);
  }

  /** Publishes a track, or puts another in the place of the one that is out. Before `connect` it is only remembered. */
  async publish(source: ConsultSource, track: MediaStreamTrack): Promise<void> {
    await this.want(source, { track, paused: false });
  }

  /** Mutes, or turns the camera off: the server stops sending it, and the other side is told. */
  async pause(source: ConsultSource): Promise<void> {
    const wanted = this.wanted.get(source);
    if (wanted !== undefined) await this.want(source, { ...wanted, paused: true });
  }

  /** Unmutes, or turns the camera on, with a new track if the old one was stopped. */
  async resume(source: ConsultSource, track?: MediaStreamTrack): Promise<void> {
    const wanted = this.wanted.get(source);
    if (wanted !== undefined) await this.want(source, { track: track ?? wanted.track, paused: false });
    else if (track !== undefined) await this.publish(source, track);
  }

  /** Takes a source away, for example when screen sharing stops. */
  async unpublish(source: ConsultSource): Promise<void> {
    await this.want(source, undefined);
  }

  /** Returns totals of what was sent and received; all zero while there is no media. */
  async stats(): Promise<ConsultStats> {
    return (
      (await this.media?.stats()) ?? {
        framesSent: 0,
        framesReceived: 0,
        audioPacketsSent: 0,
        audioPacketsReceived: 0,
        freezes: 0,
        packetsLost: 0,
      }
    );
  }

  /** Leaves at once. The consult itself goes on or ends by the page's HTTP call. Safe to call more than once. */
  leave(): void {
    this.end('self');
  }

  private async want(source: ConsultSource, wanted: Wanted | undefined): Promise<void> {
    if (wanted === undefined) this.wanted.delete(source);
    else this.wanted.set(source, wanted);
    const { media } = this;
    try {
      await media?.apply(source);
    } catch (cause) {
      // Lost on the way: whatever is wanted is applied when the call stands again.
      if (media === this.media) throw asConsultError(cause);
    }
  }

  private async climb(round: number): Promise<void> {
    let last: ConsultError | undefined;
    for (const wait of LADDER_MS) {
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (round !== this.round) return;
      try {
        const ticket = await this.options.ticket();
        if (round !== this.round) return;
        last = await this.attempt(ticket, round);
        if (last === undefined || round !== this.round) return;
      } catch (cause) {
        last = asConsultError(cause);
        if (round !== this.round) return;
        if (!FINAL.has(last.code)) continue;
        this.end('refused');
        throw last;
      }
    }
    this.end('unreachable');
    if (last !== undefined) throw last;
  }

  /** Returns what went wrong, if anything did. A ticket may have aged on the way: only refusing one is final. */
  private async attempt(ticket: ConsultTicket, round: number): Promise<ConsultError | undefined> {
    try {
      const signal = await ConsultSignal.connect(this.options.origin ?? location.origin, ticket.ticket);
      if (round !== this.round) {
        signal.close();
        return undefined;
      }
      this.signal = signal;
      this.listen(signal, ticket);
      await this.build(signal, ticket, round);
      return undefined;
    } catch (cause) {
      if (round === this.round) this.drop();
      return asConsultError(cause);
    }
  }

  private listen(signal: ConsultSignal, ticket: ConsultTicket): void {
    // While it is being built, whoever builds notices and climbs on; starting over here would never wait.
    signal.onLost(() => {
      if (this.isBuilt) this.reconnect();
    });
    signal.on<ConsultPeer>('peer.joined', (peer) => {
      this.setPeers([...this.peers.filter((other) => other.peerId !== peer.peerId), peer]);
    });
    signal.on<ConsultPeer>('peer.left', (peer) => {
      this.setPeers(this.peers.filter((other) => other.peerId !== peer.peerId));
    });
    signal.on<{ by: ConsultEndedBy }>('consult.ended', ({ by }) => this.end(by));
    signal.on('room.lost', () => {
      const round = ++this.round;
      this.media?.close();
      this.media = undefined;
      this.setState('reconnecting');
      this.build(signal, ticket, round).catch((cause: unknown) => {
        if (round !== this.round) return;
        this.options.events.onError(asConsultError(cause));
        this.reconnect();
      });
    });
  }

  /** Everything from `capabilities` on, over a socket that stands. */
  private async build(signal: ConsultSignal, ticket: ConsultTicket, round: number): Promise<void> {
    const media = new ConsultMedia(signal, [...ticket.iceServers], this.wanted, {
      onRemoteTrack: this.options.events.onRemoteTrack,
      onRemotePaused: this.options.events.onRemotePaused,
      onError: this.options.events.onError,
      onLocalEnded: (source) => {
        void this.unpublish(source).catch((cause: unknown) =>
          this.options.events.onError(asConsultError(cause)),
        );
        this.options.events.onLocalEnded(source);
      },
      onRouteLost: () => this.reconnect(),
    });
    this.media = media;
    const peers = await media.start();
    if (round !== this.round) return media.close();
    this.isBuilt = true;
    this.setPeers(peers);
    this.setState('connected');
    await media.applyAll();
  }

  private reconnect(): void {
    if (this.current === 'ended') return;
    this.drop();
    this.setState('reconnecting');
    // The outcome is told by onState; there is nobody to throw to.
    this.climb(++this.round).catch((cause: unknown) => this.options.events.onError(asConsultError(cause)));
  }

  private drop(): void {
    this.isBuilt = false;
    this.media?.close();
    this.signal?.close();
    this.media = undefined;
    this.signal = undefined;
    this.setPeers([]);
  }

  private end(by: ConsultEndedBy): void {
    if (this.current === 'ended') return;
    this.round++;
    this.drop();
    this.wanted.clear();
    this.current = 'ended';
    this.options.events.onState('ended', by);
  }

  private setState(state: ConsultState): void {
    if (this.current === state || this.current === 'ended') return;
    this.current = state;
    this.options.events.onState(state);
  }

  private setPeers(peers: ConsultPeer[]): void {
    if (peers.length === 0 && this.peers.length === 0) return;
    this.peers = peers;
    this.options.events.onPeers(peers);
  }
}

function asConsultError(cause: unknown): ConsultError {
  if (cause instanceof ConsultError) return cause;
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown };
  return new ConsultError(
    typeof code === 'string' ? code : 'MEDIA_FAILED',
    typeof message === 'string' ? message : 'The call failed.',
    { cause },
  );
}
