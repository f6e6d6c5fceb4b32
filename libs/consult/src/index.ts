export { ConsultModule, type OwnedRouter } from './consult.module';
export { ConsultService, type ConsultView } from './consult.service';
export type { IceServer } from './ice-servers';
export {
  after,
  type ConsultActor,
  type ConsultEvent,
  type ConsultState,
  isOver,
  mayEnter,
} from './lifecycle';
export type {
  CodecParameters,
  Direction,
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaConsumer,
  MediaKind,
  MediaProducer,
  MediaRoom,
  MediaRouter,
  MediaStatus,
  MediaTransport,
  RtcpFeedback,
  RtpCapabilities,
  RtpEncoding,
  RtpParameters,
  TransportStats,
} from './media-router';
export {
  type Checks,
  type Frame,
  type FrameName,
  isFrameName,
  parseChecks,
  parseFrame,
  type Source,
} from './messages';
export { ConsultRoom, type Seat } from './room/consult-room';
export type { PeerLink } from './room/peer';
export type { Role } from './room/rules';
