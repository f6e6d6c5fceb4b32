export { Client, ClientDoor, doorOf, type DoorSign, EitherDoor, Open, Staff, StaffDoor } from './access/door';
export { checkDoors, type Door } from './access/door-check';
export { COOKIE, type SessionReader, SessionReaders } from './access/door.guard';
export { type Attempt, Gate } from './access/gate';
export { isOurOrigin, OUR_ORIGINS } from './access/origin';
export {
  actorOf,
  type ClientPrincipal,
  factsOf,
  type Principal,
  type Role,
  type StaffPrincipal,
} from './access/principal';
export { LogClock } from './auditing/log-clock';
export { nodesOf } from './auditing/log-tree';
export { oneOf, type ReadReceipt } from './auditing/recording/receipt';
export {
  type Act,
  type Chain,
  type PreparedEntry,
  Recorder,
  unlessUnavailable,
} from './auditing/recording/recorder';
export { CheckpointSigner, LogRewound } from './auditing/signer';
export {
  anchorsForBundle,
  anchorsSince,
  lastAnchor,
  type StoredAnchor,
} from './auditing/anchoring/anchor.store';
export { type AnchorFault, Anchors } from './auditing/anchoring/anchors';
export { EVIDENCE_POLICY } from './auditing/evidence-providers';
export { cosignedCheckpoint, type CosignedCheckpoint } from './auditing/witnessing/cosigned-note';
export { latestCheckpoint, type Standing } from './auditing/witnessing/witness.store';
export { Witnesses } from './auditing/witnessing/witnesses';
export { WitnessWatch } from './auditing/witnessing/witness-watch';
export {
  type Config,
  type KeyConfig,
  type MediaConfig,
  type MediaNodeConfig,
  readConfig,
  type TsaConfig,
  type TurnConfig,
  type WitnessConfig,
} from './config/config';
export { migrate } from './database/connect';
export type { KmsConfig } from './config/kms-config';
export { Database, type Tx } from './database/database';
export { APP_ROLE, prepareRoles, SEQUENCER_ROLE } from './database/roles';
export { describe } from './errors/http-error.filter';
export { idSchema, Nothing, parse, Shape } from './errors/parse';
export { HTTP_STATUS } from './errors/status';
export { toWire, type WireError } from './errors/wire-error';
export { KeyClock } from './keys/epochs/key-clock';
export { TenantKeys } from './keys/epochs/tenant-keys';
export { BulkOpener, type LookedThrough, type SealedPage } from './keys/bulk/bulk-opener';
export { packedSql } from './keys/bulk/page';
export { type KeyOwner, Keys, type Place } from './keys/keys';
export type { KekRef, KekState, KmsProvider } from './keys/kms/kms-provider';
export { type Limit, RateLimit } from './limits/rate-limit';
export { Mailer } from './mail/mailer';
export { CLOCK, CONFIG, PlatformModule, type PlatformOptions } from './platform.module';
export { type Answer, answer } from './sockets/answer';
export { concerns, type EndReason, type Revocation, Revocations } from './sockets/revocations';
export { SocketAdapter } from './sockets/socket-adapter';
export { SocketTickets } from './sockets/tickets';
