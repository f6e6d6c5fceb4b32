/**
 * What a consult needs from a media server, in plain types. `@app/media` makes it of mediasoup; `@app/consult/testing`
 * has a small one without media, and the contract that both must pass.
 */
export type Direction = 'send' | 'recv';
export type MediaKind = 'audio' | 'video';

/** `preparing`: the media server's program is not there yet, or is being started again. */
export type MediaStatus = 'preparing' | 'ready' | 'unavailable';

export interface RtcpFeedback {
  readonly type: string;
  readonly parameter?: string;
}

export type CodecParameters = Readonly<Record<string, string | number | boolean>>;

export interface RtpCapabilities {
  readonly codecs: readonly {
    readonly kind: MediaKind;
    readonly mimeType: string;
    readonly preferredPayloadType: number;
    readonly clockRate: number;
    readonly channels?: number;
    readonly parameters?: CodecParameters;
    readonly rtcpFeedback?: readonly RtcpFeedback[];
  }[];
  readonly headerExtensions: readonly {
    readonly kind: MediaKind;
    readonly uri: string;
    readonly preferredId: number;
    readonly preferredEncrypt?: boolean;
    readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  }[];
}

export interface RtpEncoding {
  readonly ssrc?: number;
  readonly rid?: string;
  readonly codecPayloadType?: number;
  readonly rtx?: { readonly ssrc: number };
  readonly dtx?: boolean;
  readonly scalabilityMode?: string;
  readonly maxBitrate?: number;
}

export interface RtpParameters {
  readonly mid?: string;
  readonly codecs: readonly {
    readonly mimeType: string;
    readonly payloadType: number;
    readonly clockRate: number;
    readonly channels?: number;
    readonly parameters?: CodecParameters;
    readonly rtcpFeedback?: readonly RtcpFeedback[];
  }[];
  readonly headerExtensions: readonly {
    readonly uri: string;
    readonly id: number;
    readonly encrypt?: boolean;
  }[];
  readonly encodings: readonly RtpEncoding[];
  readonly rtcp: { readonly cname?: string; readonly reducedSize?: boolean };
}

export interface DtlsParameters {
  readonly role?: 'auto' | 'client' | 'server';
  readonly fingerprints: readonly {
    readonly algorithm: 'sha-1' | 'sha-224' | 'sha-256' | 'sha-384' | 'sha-512';
    readonly value: string;
  }[];
}

export interface IceParameters {
  readonly usernameFragment: string;
  readonly password: string;
  readonly iceLite?: boolean;
}

export interface IceCandidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly protocol: 'udp' | 'tcp';
  readonly port: number;
  readonly type: 'host';
  readonly tcpType?: 'passive';
}

/** How one route does, since it was opened. Nothing in it says what was said. */
export interface TransportStats {
  readonly direction: Direction;
  readonly connected: boolean;
  readonly protocol?: 'udp' | 'tcp';
  readonly bytesReceived: number;
  readonly bytesSent: number;
  /** Share of the packets lost, 0 to 1. */
  readonly lossReceived?: number;
  readonly lossSent?: number;
}

/** Something that a peer sends. Closed with its transport. */
export interface MediaProducer {
  readonly id: string;
  readonly kind: MediaKind;
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): void;
}

/** Something that is sent to a peer. It begins paused; closed with its transport, and with its producer. */
export interface MediaConsumer {
  readonly id: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  resume(): Promise<void>;
  close(): void;
}

/** One route between a peer and the media server, in one direction. */
export interface MediaTransport {
  readonly id: string;
  readonly direction: Direction;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
  /** Throws STEP_NOT_ALLOWED the second time, INPUT_MALFORMED for parameters that cannot be. */
  connect(dtlsParameters: DtlsParameters): Promise<void>;
  /** Returns new credentials; the route stands on the old ones until the peer uses them. */
  restartIce(): Promise<IceParameters>;
  /** Throws STEP_NOT_ALLOWED on a transport of direction `recv`, INPUT_MALFORMED for parameters that cannot be. */
  produce(wanted: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean }): Promise<MediaProducer>;
  /**
   * Returns a paused consumer of a producer of the same room, or undefined when these capabilities cannot take it or
   * the producer is gone. Throws STEP_NOT_ALLOWED on a transport of direction `send`.
   */
  consume(wanted: {
    producerId: string;
    rtpCapabilities: RtpCapabilities;
  }): Promise<MediaConsumer | undefined>;
  stats(): Promise<TransportStats>;
  close(): void;
}

/** The media of one consult. Nothing of one room can reach another. */
export interface MediaRoom {
  readonly rtpCapabilities: RtpCapabilities;
  openTransport(direction: Direction): Promise<MediaTransport>;
  /** Called once when the room's media is gone and was not closed by us; nothing of the room can be used any more. */
  onLost(listener: () => void): void;
  close(): void;
}

export interface MediaRouter {
  readonly status: MediaStatus;
  /** Hears each change of the status. Returns how to stop hearing. */
  onStatus(listener: (status: MediaStatus) => void): () => void;
  /**
   * Opens a room, waiting for a media server that is just being started again. Throws VIDEO_UNAVAILABLE when there is
   * none. Every method of what a room gives throws the same once the room is lost or closed.
   */
  openRoom(): Promise<MediaRoom>;
}
