/** What a page may publish. `screen` is refused by the server for clients. */
export type ConsultSource = 'mic' | 'webcam' | 'screen';

/**
 * `connecting` until the first time that media may flow; `reconnecting` while the socket, the route or the room is made
 * again; `ended` is final.
 */
export type ConsultState = 'connecting' | 'connected' | 'reconnecting' | 'ended';

/** `self`: this page left. `unreachable`: the ladder of attempts ran out. `refused`: the server gives no ticket any more. */
export type ConsultEndedBy = 'client' | 'staff' | 'system' | 'self' | 'unreachable' | 'refused';

export interface ConsultPeer {
  readonly peerId: string;
  readonly role: 'client' | 'staff';
  readonly name: string;
}

/** What `consult/ticket` answers. A ticket serves once, so a new one is fetched for each connection. */
export interface ConsultTicket {
  readonly ticket: string;
  readonly iceServers: readonly RTCIceServer[];
}

/** An error a page can show: `code` is one of docs/PROTOCOL.md, or `MEDIA_FAILED` when the browser refused. */
export class ConsultError extends Error {
  override readonly name = 'ConsultError';

  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface ConsultEvents {
  /** Called at each change; `endedBy` is given with `ended` and only then. */
  onState(state: ConsultState, endedBy?: ConsultEndedBy): void;
  /** Everybody else who is in the room now; the whole list each time. */
  onPeers(peers: readonly ConsultPeer[]): void;
  /** A track to show or play, or `null` when that source of that peer is gone. A new track replaces an older one. */
  onRemoteTrack(peerId: string, source: ConsultSource, track: MediaStreamTrack | null): void;
  /** The other side muted or turned the camera off (`true`), or on again. Also called once with each new track. */
  onRemotePaused(peerId: string, source: ConsultSource, paused: boolean): void;
  /** A track of ours ended by itself: the device went away, or "Stop sharing" was pressed. It is unpublished already. */
  onLocalEnded(source: ConsultSource): void;
  /** Something failed that the class goes on without; nothing needs to be done but to tell the person. */
  onError(error: ConsultError): void;
}

export interface ConsultOptions {
  /** Fetches a ticket: `POST …/consult/ticket`. Reject with an error that has `code` and the attempt is judged by it. */
  readonly ticket: () => Promise<ConsultTicket>;
  readonly events: ConsultEvents;
  /** Origin of the server; the page's own by default. */
  readonly origin?: string;
}

/** Totals since the media was (re)built. Bytes never leave the page; this is for a quality line and for tests. */
export interface ConsultStats {
  /** Video frames encoded, the simulcast layers added up. */
  readonly framesSent: number;
  /** Video frames decoded. */
  readonly framesReceived: number;
  readonly audioPacketsSent: number;
  readonly audioPacketsReceived: number;
  readonly freezes: number;
  readonly packetsLost: number;
  /** Absent until a route is chosen. */
  readonly roundTripTimeMs?: number;
  readonly protocol?: 'udp' | 'tcp';
  /** As the browser names it, for example `SRTP_AEAD_AES_256_GCM`; absent until the DTLS handshake is done. */
  readonly srtpCipher?: string;
}
