import { AppError } from '@app/kernel';
import type {
  Direction,
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaConsumer,
  MediaKind,
  MediaProducer,
  MediaTransport,
  RtpCapabilities,
  RtpParameters,
  TransportStats,
} from '@app/consult';
import type { types } from 'mediasoup';
import { unavailable } from '../unavailable';
import { toDtlsParameters, toRtpCapabilities, toRtpParameters } from './rtp';

export class MediasoupTransport implements MediaTransport {
  readonly id: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
  /** Of the transport, not of the handshake: `connect` may be asked once (the worker takes the second for a new peer). */
  private isConnected = false;

  constructor(
    private readonly router: types.Router,
    private readonly transport: types.WebRtcTransport,
    readonly direction: Direction,
  ) {
    this.id = transport.id;
    this.iceParameters = transport.iceParameters;
    this.iceCandidates = transport.iceCandidates.map((candidate) => ({
      foundation: candidate.foundation,
      priority: candidate.priority,
      address: candidate.address,
      protocol: candidate.protocol,
      port: candidate.port,
      type: candidate.type,
      ...(candidate.tcpType === undefined ? {} : { tcpType: candidate.tcpType }),
    }));
    this.dtlsParameters = transport.dtlsParameters;
  }

  async connect(dtlsParameters: DtlsParameters): Promise<void> {
    this.mustBeOpen();
    if (this.isConnected) throw new AppError('STEP_NOT_ALLOWED', 'This route stands already.');
    this.isConnected = true;
    await this.judged(() =>
      this.transport.connect({ dtlsParameters: toDtlsParameters(dtlsParameters) }),
    ).catch((error: unknown) => {
      this.isConnected = false;
      throw error;
    });
  }

  async restartIce(): Promise<IceParameters> {
    this.mustBeOpen();
    return asked(() => this.transport.restartIce());
  }

  async produce(wanted: {
    kind: MediaKind;
    rtpParameters: RtpParameters;
    paused: boolean;
  }): Promise<MediaProducer> {
    this.mustBeOpen();
    if (this.direction !== 'send')
      throw new AppError('STEP_NOT_ALLOWED', 'Nothing can be sent on this route.');
    const producer = await this.judged(() =>
      this.transport.produce({
        kind: wanted.kind,
        rtpParameters: toRtpParameters(wanted.rtpParameters),
        paused: wanted.paused,
        keyFrameRequestDelay: 0,
        enableMediasoupPacketIdHeaderExtension: false,
        appData: {},
      }),
    );
    return {
      id: producer.id,
      kind: producer.kind,
      pause: () => asked(() => producer.pause()),
      resume: () => asked(() => producer.resume()),
      close: () => producer.close(),
    };
  }

  async consume(wanted: {
    producerId: string;
    rtpCapabilities: RtpCapabilities;
  }): Promise<MediaConsumer | undefined> {
    this.mustBeOpen();
    if (this.direction !== 'recv')
      throw new AppError('STEP_NOT_ALLOWED', 'Nothing can be received on this route.');
    const { producerId } = wanted;
    const rtpCapabilities = toRtpCapabilities(wanted.rtpCapabilities);
    if (!this.router.canConsume({ producerId, rtpCapabilities })) return undefined;
    const consumer = await this.judged(() =>
      this.transport.consume({
        producerId,
        rtpCapabilities,
        // It is resumed when the page has said that it is ready, or its first key frame is lost.
        paused: true,
        enableRtx: true,
        ignoreDtx: false,
        pipe: false,
        appData: {},
      }),
    );
    return {
      id: consumer.id,
      kind: consumer.kind,
      rtpParameters: fromRtpParameters(consumer.rtpParameters),
      resume: () => asked(() => consumer.resume()),
      close: () => consumer.close(),
    };
  }

  async stats(): Promise<TransportStats> {
    this.mustBeOpen();
    const [stat] = await asked(() => this.transport.getStats());
    if (stat === undefined) throw unavailable();
    return {
      direction: this.direction,
      connected: stat.dtlsState === 'connected',
      ...(stat.iceSelectedTuple === undefined ? {} : { protocol: stat.iceSelectedTuple.protocol }),
      bytesReceived: stat.bytesReceived,
      bytesSent: stat.bytesSent,
      ...(stat.rtpPacketLossReceived === undefined ? {} : { lossReceived: stat.rtpPacketLossReceived }),
      ...(stat.rtpPacketLossSent === undefined ? {} : { lossSent: stat.rtpPacketLossSent }),
    };
  }

  close(): void {
    this.transport.close();
  }

  /** What is refused while the route stands was refused for what the page sent: mediasoup has no one error for that. */
  private async judged<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (cause) {
      if (this.transport.closed) throw unavailable(cause);
      throw new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.', {
        cause,
      });
    }
  }

  private mustBeOpen(): void {
    if (this.transport.closed) throw unavailable();
  }
}

/** Whatever goes wrong with a question that takes nothing from a page is the media server's fault. */
async function asked<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw unavailable(cause);
  }
}

function fromRtpParameters(given: types.RtpParameters): RtpParameters {
  return {
    ...(given.mid === undefined ? {} : { mid: given.mid }),
    codecs: given.codecs.map((codec) => ({
      ...codec,
      parameters: (codec.parameters ?? {}) as Record<string, string | number | boolean>,
    })),
    headerExtensions: (given.headerExtensions ?? []).map(({ uri, id, encrypt }) => ({
      uri,
      id,
      encrypt: encrypt ?? false,
    })),
    encodings: given.encodings ?? [],
    rtcp: given.rtcp ?? {},
  };
}
