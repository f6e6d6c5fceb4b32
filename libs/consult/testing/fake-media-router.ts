import { AppError } from '@app/kernel';
import { randomUUID } from 'node:crypto';
import type {
  Direction,
  DtlsParameters,
  IceParameters,
  MediaConsumer,
  MediaProducer,
  MediaRoom,
  MediaRouter,
  MediaStatus,
  MediaTransport,
  RtpCapabilities,
  RtpParameters,
  TransportStats,
} from '../src/media-router';
import { browserCapabilities } from './rtp';

/** A media router without media: it keeps the same rules and hands out the same answers, and nothing is sent. */
export class FakeMediaRouter implements MediaRouter {
  status: MediaStatus = 'ready';
  readonly rooms = new Set<FakeRoom>();
  private readonly listeners = new Set<(status: MediaStatus) => void>();

  /** Every transport that stands now, in all rooms. */
  get transports(): FakeTransport[] {
    return [...this.rooms].flatMap((room) => [...room.transports]);
  }

  onStatus(listener: (status: MediaStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  openRoom(): Promise<MediaRoom> {
    if (this.status !== 'ready') return Promise.reject(gone());
    const room = new FakeRoom(() => this.rooms.delete(room));
    this.rooms.add(room);
    return Promise.resolve(room);
  }

  setStatus(status: MediaStatus): void {
    this.status = status;
    for (const listener of this.listeners) listener(status);
  }

  /** All rooms are lost, as when the media server's process dies; new ones can be opened at once. */
  die(): void {
    for (const room of [...this.rooms]) room.lose();
  }
}

export class FakeRoom implements MediaRoom {
  readonly rtpCapabilities: RtpCapabilities = browserCapabilities();
  readonly transports = new Set<FakeTransport>();
  readonly producers = new Map<
    string,
    { rtpParameters: RtpParameters; producer: MediaProducer; onClose: Set<() => void> }
  >();
  isOpen = true;
  private readonly lostListeners: (() => void)[] = [];

  constructor(private readonly onClose: () => void) {}

  openTransport(direction: Direction): Promise<MediaTransport> {
    if (!this.isOpen) return Promise.reject(gone());
    const transport = new FakeTransport(this, direction);
    this.transports.add(transport);
    return Promise.resolve(transport);
  }

  onLost(listener: () => void): void {
    this.lostListeners.push(listener);
  }

  lose(): void {
    this.close();
    for (const listener of this.lostListeners) listener();
  }

  close(): void {
    this.isOpen = false;
    for (const transport of [...this.transports]) transport.close();
    this.onClose();
  }
}

export class FakeTransport implements MediaTransport {
  readonly id = randomUUID();
  readonly iceParameters: IceParameters = iceParameters();
  readonly iceCandidates = [
    { foundation: 'udp', priority: 1, address: '127.0.0.1', protocol: 'udp', port: 9, type: 'host' },
  ] as const;
  readonly dtlsParameters: DtlsParameters = {
    role: 'auto',
    fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AB').join(':') }],
  };
  isConnected = false;
  readonly consumers = new Map<string, FakeConsumer>();
  private readonly producerIds = new Set<string>();
  private readonly ssrcs = new Set<number>();

  constructor(
    private readonly room: FakeRoom,
    readonly direction: Direction,
  ) {}

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    this.mustBeOpen();
    if (this.isConnected) throw new AppError('STEP_NOT_ALLOWED', 'This route stands already.');
    if (dtlsParameters.fingerprints.length === 0) throw malformed();
    this.isConnected = true;
  }

  async restartIce(): Promise<IceParameters> {
    this.mustBeOpen();
    return iceParameters();
  }

  async produce(wanted: {
    kind: 'audio' | 'video';
    rtpParameters: RtpParameters;
    paused: boolean;
  }): Promise<MediaProducer> {
    this.mustBeOpen();
    if (this.direction !== 'send')
      throw new AppError('STEP_NOT_ALLOWED', 'Nothing can be sent on this route.');
    const known = this.room.rtpCapabilities.codecs.map((codec) => codec.mimeType.toLowerCase());
    const { codecs, encodings } = wanted.rtpParameters;
    const first = codecs[0]?.mimeType.toLowerCase() ?? '';
    if (!known.includes(first) || !first.startsWith(`${wanted.kind}/`)) throw malformed();
    for (const { ssrc } of encodings) {
      if (ssrc === undefined) continue;
      if (this.ssrcs.has(ssrc)) throw malformed();
      this.ssrcs.add(ssrc);
    }
    const onClose = new Set<() => void>();
    const producer: MediaProducer = {
      id: randomUUID(),
      kind: wanted.kind,
      pause: async () => this.mustBeOpen(),
      resume: async () => this.mustBeOpen(),
      close: () => {
        this.room.producers.delete(producer.id);
        for (const close of onClose) close();
      },
    };
    this.room.producers.set(producer.id, { rtpParameters: wanted.rtpParameters, producer, onClose });
    this.producerIds.add(producer.id);
    return producer;
  }

  async consume(wanted: {
    producerId: string;
    rtpCapabilities: RtpCapabilities;
  }): Promise<MediaConsumer | undefined> {
    this.mustBeOpen();
    if (this.direction !== 'recv')
      throw new AppError('STEP_NOT_ALLOWED', 'Nothing can be received on this route.');
    const found = this.room.producers.get(wanted.producerId);
    if (found === undefined) return undefined;
    const mimeType = found.rtpParameters.codecs[0]?.mimeType.toLowerCase();
    if (!wanted.rtpCapabilities.codecs.some((codec) => codec.mimeType.toLowerCase() === mimeType))
      return undefined;
    const consumer = new FakeConsumer(found.producer.kind, found.rtpParameters, () =>
      this.consumers.delete(consumer.id),
    );
    this.consumers.set(consumer.id, consumer);
    found.onClose.add(() => consumer.close());
    return consumer;
  }

  async stats(): Promise<TransportStats> {
    this.mustBeOpen();
    return { direction: this.direction, connected: this.isConnected, bytesReceived: 0, bytesSent: 0 };
  }

  close(): void {
    this.room.transports.delete(this);
    for (const id of this.producerIds) this.room.producers.get(id)?.producer.close();
    for (const consumer of [...this.consumers.values()]) consumer.close();
  }

  private mustBeOpen(): void {
    if (!this.room.isOpen || !this.room.transports.has(this)) throw gone();
  }
}

export class FakeConsumer implements MediaConsumer {
  readonly id = randomUUID();
  isPaused = true;
  isClosed = false;

  constructor(
    readonly kind: 'audio' | 'video',
    readonly rtpParameters: RtpParameters,
    private readonly onClose: () => void,
  ) {}

  async resume(): Promise<void> {
    if (this.isClosed) throw gone();
    this.isPaused = false;
  }

  close(): void {
    this.isClosed = true;
    this.onClose();
  }
}

function iceParameters(): IceParameters {
  return { usernameFragment: randomUUID().slice(0, 8), password: randomUUID(), iceLite: true };
}

function malformed(): AppError {
  return new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.');
}

function gone(): AppError {
  return new AppError('VIDEO_UNAVAILABLE', 'The video service is away. Try again shortly.');
}
