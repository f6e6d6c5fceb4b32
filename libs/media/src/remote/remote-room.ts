import type {
  Direction,
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaConsumer,
  MediaKind,
  MediaProducer,
  MediaRoom,
  MediaTransport,
  RtpCapabilities,
  RtpParameters,
  TransportStats,
} from '@app/consult';
import { unavailable } from '../unavailable';
import type { NodeLink } from './node-link';
import type { Answer, Ask, CallName } from './wire';

/** The line between a room and its node: over once the room is closed or lost, for everything that is in the room. */
export class RoomLine {
  private state: 'open' | 'closed' | 'lost' = 'open';
  private readonly lostListeners: (() => void)[] = [];

  constructor(
    private readonly link: NodeLink,
    readonly roomId: string,
    private readonly onOver: () => void,
  ) {}

  async call<Name extends CallName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    if (this.state !== 'open') throw unavailable();
    return this.link.call(name, ask);
  }

  tell<Name extends CallName>(name: Name, ask: Ask<Name>): void {
    if (this.state === 'open') this.link.tell(name, ask);
  }

  onLost(listener: () => void): void {
    if (this.state === 'lost') listener();
    else this.lostListeners.push(listener);
  }

  close(): void {
    if (this.state !== 'open') return;
    this.tell('room.close', { roomId: this.roomId });
    this.state = 'closed';
    this.onOver();
  }

  lose(): void {
    if (this.state !== 'open') return;
    this.state = 'lost';
    this.onOver();
    for (const listener of this.lostListeners) listener();
  }
}

/** A room on a media node. */
export class RemoteRoom implements MediaRoom {
  constructor(
    private readonly line: RoomLine,
    readonly rtpCapabilities: RtpCapabilities,
  ) {}

  async openTransport(direction: Direction): Promise<MediaTransport> {
    const { roomId } = this.line;
    return new RemoteTransport(
      this.line,
      direction,
      await this.line.call('transport.open', { roomId, direction }),
    );
  }

  onLost(listener: () => void): void {
    this.line.onLost(listener);
  }

  close(): void {
    this.line.close();
  }
}

class RemoteTransport implements MediaTransport {
  readonly id: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
  private readonly here: { roomId: string; transportId: string };

  constructor(
    private readonly line: RoomLine,
    readonly direction: Direction,
    opened: Answer<'transport.open'>,
  ) {
    this.id = opened.id;
    this.iceParameters = opened.iceParameters;
    this.iceCandidates = opened.iceCandidates;
    this.dtlsParameters = opened.dtlsParameters;
    this.here = { roomId: line.roomId, transportId: opened.id };
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    await this.line.call('transport.connect', { ...this.here, dtlsParameters });
  }

  async restartIce(): Promise<IceParameters> {
    return (await this.line.call('transport.restart-ice', this.here)).iceParameters;
  }

  async produce({
    kind,
    rtpParameters,
    paused,
  }: {
    kind: MediaKind;
    rtpParameters: RtpParameters;
    paused: boolean;
  }): Promise<MediaProducer> {
    const asked = { ...this.here, kind, rtpParameters, paused };
    const { id } = await this.line.call('produce', asked);
    const it = { ...this.here, producerId: id };
    return {
      id,
      kind,
      pause: async () => void (await this.line.call('producer.pause', it)),
      resume: async () => void (await this.line.call('producer.resume', it)),
      close: () => this.line.tell('producer.close', it),
    };
  }

  async consume({
    producerId,
    rtpCapabilities,
  }: {
    producerId: string;
    rtpCapabilities: RtpCapabilities;
  }): Promise<MediaConsumer | undefined> {
    const asked = { ...this.here, producerId, rtpCapabilities };
    const { consumer } = await this.line.call('consume', asked);
    if (consumer === undefined) return undefined;
    const it = { ...this.here, consumerId: consumer.id };
    return {
      ...consumer,
      resume: async () => void (await this.line.call('consumer.resume', it)),
      close: () => this.line.tell('consumer.close', it),
    };
  }

  async stats(): Promise<TransportStats> {
    return (await this.line.call('transport.stats', this.here)).stats;
  }

  close(): void {
    this.line.tell('transport.close', this.here);
  }
}
