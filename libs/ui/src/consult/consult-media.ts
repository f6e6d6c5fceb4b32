import { Device, type types } from 'mediasoup-client';
import type { ConsultSignal } from './consult-signal';
import { addUp } from './consult-stats';
import {
  ConsultError,
  type ConsultEvents,
  type ConsultPeer,
  type ConsultSource,
  type ConsultStats,
} from './consult-types';

/** What the page wants out: it outlives every reconnection. */
export interface Wanted {
  readonly track: MediaStreamTrack;
  readonly paused: boolean;
}

type MediaEvents = Pick<ConsultEvents, 'onRemoteTrack' | 'onRemotePaused' | 'onLocalEnded' | 'onError'> & {
  /** ICE restarts did not bring the route back. */
  onRouteLost(): void;
};

interface NewConsumer {
  readonly consumerId: string;
  readonly producerId: string;
  readonly peerId: string;
  readonly kind: 'audio' | 'video';
  readonly source: ConsultSource;
  readonly rtpParameters: types.RtpParameters;
  readonly paused: boolean;
}

interface Remote {
  readonly consumer: types.Consumer;
  readonly peerId: string;
  readonly source: ConsultSource;
}

/** Three layers, a quarter, a half and the whole of the camera; a receiver on a poor line gets the small one. */
const CAMERA_LAYERS: types.RtpEncodingParameters[] = [
  { rid: 'r0', maxBitrate: 150_000, scaleResolutionDownBy: 4, scalabilityMode: 'L1T3' },
  { rid: 'r1', maxBitrate: 500_000, scaleResolutionDownBy: 2, scalabilityMode: 'L1T3' },
  { rid: 'r2', maxBitrate: 1_500_000, scaleResolutionDownBy: 1, scalabilityMode: 'L1T3' },
];
const SCREEN_LAYERS: types.RtpEncodingParameters[] = [{ maxBitrate: 2_500_000 }];

/** How long a route may stay broken, ICE restarts included, before the whole connection is made again. */
const ROUTE_GRACE_MS = 8_000;

/** The media between one `capabilities` and the next: device, two transports, producers, consumers. */
export class ConsultMedia {
  private device: Device | undefined;
  private readonly transports: types.Transport[] = [];
  private send: types.Transport | undefined;
  private recv: types.Transport | undefined;
  private readonly producers = new Map<ConsultSource, types.Producer>();
  private readonly remotes = new Map<string, Remote>();
  /** Applications run one after another, so that two presses of a button cannot interleave. */
  private queue: Promise<void> = Promise.resolve();
  /** Stops hearing the socket, which may outlive this media. */
  private readonly deafen: (() => void)[] = [];
  private isJoined = false;
  private closed = false;

  constructor(
    private readonly signal: ConsultSignal,
    private readonly iceServers: RTCIceServer[],
    private readonly wanted: ReadonlyMap<ConsultSource, Wanted>,
    private readonly events: MediaEvents,
  ) {}

  /** Loads the device, makes both transports and joins. Returns who else is there. Throws ConsultError. */
  async start(): Promise<ConsultPeer[]> {
    this.deafen.push(
      this.signal.on<NewConsumer>('consumer.new', (body) => this.consume(body)),
      this.signal.on<{ consumerId: string }>('consumer.closed', ({ consumerId }) => this.forget(consumerId)),
      this.signal.on<{ consumerId: string }>('consumer.paused', ({ consumerId }) =>
        this.tellPaused(consumerId, true),
      ),
      this.signal.on<{ consumerId: string }>('consumer.resumed', ({ consumerId }) =>
        this.tellPaused(consumerId, false),
      ),
    );
    const { rtpCapabilities } = await this.signal.request<{ rtpCapabilities: types.RtpCapabilities }>(
      'capabilities',
    );
    const device = await Device.factory();
    await device.load({ routerRtpCapabilities: rtpCapabilities });
    this.device = device;
    // Once closed, not one more frame: the socket may be in use by the media that took this one's place.
    this.mustBeOpen();
    this.send = await this.makeTransport(device, 'send');
    this.recv = await this.makeTransport(device, 'recv');
    const { peers } = await this.signal.request<{ peers: ConsultPeer[] }>('join', {
      rtpCapabilities: device.recvRtpCapabilities,
    });
    this.isJoined = true;
    return peers;
  }

  /** Applies everything wanted. What fails (a track that has ended meanwhile) is told, and the rest goes on. */
  async applyAll(): Promise<void> {
    for (const source of [...this.wanted.keys()]) {
      await this.apply(source).catch((cause: unknown) => {
        if (!this.closed)
          this.events.onError(new ConsultError('MEDIA_FAILED', `Could not send: ${source}.`, { cause }));
      });
    }
  }

  /** Makes what is out equal to what is wanted, for one source. Throws ConsultError when server or browser refuse. */
  async apply(source: ConsultSource): Promise<void> {
    const turn = this.queue.then(() => this.applyNow(source));
    this.queue = turn.catch(() => undefined);
    await turn;
  }

  async stats(): Promise<ConsultStats> {
    const reports = await Promise.all(this.transports.filter((t) => !t.closed).map((t) => t.getStats()));
    return addUp(reports);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const stop of this.deafen) stop();
    for (const id of [...this.remotes.keys()]) this.forget(id);
    for (const transport of this.transports) transport.close();
  }

  private async applyNow(source: ConsultSource): Promise<void> {
    if (this.closed || !this.isJoined) return;
    const wanted = this.wanted.get(source);
    const producer = this.producers.get(source);
    if (wanted === undefined) {
      if (producer === undefined) return;
      this.producers.delete(source);
      producer.close();
      await this.signal.request('producer.close', { producerId: producer.id });
      return;
    }
    if (producer === undefined) return this.produce(source, wanted);
    if (producer.track !== wanted.track) await producer.replaceTrack({ track: wanted.track });
    if (producer.paused === wanted.paused) return;
    // Silence first, then tell: nothing is sent between the press and the server's answer.
    if (wanted.paused) producer.pause();
    else producer.resume();
    await this.signal.request(wanted.paused ? 'producer.pause' : 'producer.resume', {
      producerId: producer.id,
    });
  }

  private async produce(source: ConsultSource, wanted: Wanted): Promise<void> {
    const kind = source === 'mic' ? 'audio' : 'video';
    if (this.send === undefined || this.device?.canProduce(kind) !== true) {
      throw new ConsultError('MEDIA_FAILED', `This browser cannot send ${kind} here.`);
    }
    const producer = await this.send.produce({
      track: wanted.track,
      // The page owns its tracks: closing a producer in a rebuild must not turn the camera off.
      stopTracks: false,
      ...(source === 'mic'
        ? { codecOptions: { opusDtx: true, opusFec: true } }
        : {
            encodings: source === 'webcam' ? CAMERA_LAYERS : SCREEN_LAYERS,
            codecOptions: { videoGoogleStartBitrate: 1_000 },
          }),
      appData: { source, paused: wanted.paused },
    });
    if (wanted.paused) producer.pause();
    this.producers.set(source, producer);
    producer.on('trackended', () => this.events.onLocalEnded(source));
  }

  private async consume(body: NewConsumer): Promise<void> {
    if (this.closed || this.recv === undefined)
      throw new ConsultError('MEDIA_FAILED', 'There is no call to receive in.');
    const consumer = await this.recv.consume({
      id: body.consumerId,
      producerId: body.producerId,
      kind: body.kind,
      rtpParameters: body.rtpParameters,
      // One stream for a peer's voice and face, so that the browser plays them in step; the screen stands alone.
      streamId: body.source === 'screen' ? `${body.peerId}-screen` : body.peerId,
    });
    this.remotes.set(consumer.id, { consumer, peerId: body.peerId, source: body.source });
    this.events.onRemoteTrack(body.peerId, body.source, consumer.track);
    this.events.onRemotePaused(body.peerId, body.source, body.paused);
  }

  private mustBeOpen(): void {
    if (this.closed)
      throw new ConsultError('MEDIA_FAILED', 'This call was taken down while it was being built.');
  }

  private forget(consumerId: string): void {
    const remote = this.remotes.get(consumerId);
    if (remote === undefined) return;
    this.remotes.delete(consumerId);
    remote.consumer.close();
    this.events.onRemoteTrack(remote.peerId, remote.source, null);
  }

  private tellPaused(consumerId: string, paused: boolean): void {
    const remote = this.remotes.get(consumerId);
    if (remote !== undefined) this.events.onRemotePaused(remote.peerId, remote.source, paused);
  }

  private async makeTransport(device: Device, direction: 'send' | 'recv'): Promise<types.Transport> {
    const made = await this.signal.request<
      Pick<types.TransportOptions, 'id' | 'iceParameters' | 'iceCandidates' | 'dtlsParameters'>
    >('transport.create', { direction });
    const options = {
      id: made.id,
      iceParameters: made.iceParameters,
      iceCandidates: made.iceCandidates,
      dtlsParameters: made.dtlsParameters,
      iceServers: this.iceServers,
    };
    const transport =
      direction === 'send' ? device.createSendTransport(options) : device.createRecvTransport(options);
    this.transports.push(transport);
    transport.on('connect', ({ dtlsParameters }, done, fail) => {
      this.signal
        .request('transport.connect', { transportId: transport.id, dtlsParameters })
        .then(() => done(), fail);
    });
    transport.on('produce', ({ kind, rtpParameters, appData }, done, fail) => {
      this.signal
        .request<{ producerId: string }>('produce', {
          transportId: transport.id,
          kind,
          source: appData['source'],
          rtpParameters,
          paused: appData['paused'],
        })
        .then(({ producerId }) => done({ id: producerId }), fail);
    });
    this.watchRoute(transport);
    return transport;
  }

  private watchRoute(transport: types.Transport): void {
    let grace: ReturnType<typeof setTimeout> | undefined;
    transport.on('connectionstatechange', (state) => {
      if (this.closed) return clearTimeout(grace);
      if (state === 'connected') {
        clearTimeout(grace);
        grace = undefined;
      }
      if (state !== 'disconnected' && state !== 'failed') return;
      grace ??= setTimeout(() => {
        if (!this.closed) this.events.onRouteLost();
      }, ROUTE_GRACE_MS);
      this.restartIce(transport).catch((cause: unknown) => {
        this.events.onError(
          new ConsultError('MEDIA_FAILED', 'The route of the call could not be renewed.', { cause }),
        );
      });
    });
  }

  private async restartIce(transport: types.Transport): Promise<void> {
    const { iceParameters } = await this.signal.request<{ iceParameters: types.IceParameters }>(
      'transport.restart-ice',
      { transportId: transport.id },
    );
    if (!transport.closed) await transport.restartIce({ iceParameters });
  }
}
