export { type Canonical, canonicalize, NotCanonical, parseCanonical } from './canonical';
export {
  cosign,
  type Cosignature,
  cosignaturesIn,
  formatCosignerVkey,
  parseCosignerVkey,
} from './cosignature';
export {
  type Actor,
  type Authz,
  commit,
  encodeEntry,
  type Entry,
  type IntakeLink,
  MAX_ENTRY_BYTES,
  NotAnEntry,
  parseEntry,
} from './entry';
export { type EntryProofInput, writeEntryProof } from './entry-proof';
export {
  type Checkpoint,
  formatCheckpoint,
  formatVkey,
  keyId,
  type NoteKey,
  NoteRefused,
  parseCheckpoint,
  parseVkey,
  signNote,
  verifyNote,
} from './note';
export { isConsistent, isIncluded, isRange } from './proof';
export {
  consistencyProof,
  inclusionProof,
  type NodeSource,
  type RangeProof,
  rangeProof,
  rootOf,
} from './prove';
export { entriesPath, nodesFromTiles, type Tile, TILE_WIDTH, tilePath, tilesOf } from './tiles';
export {
  CompactRange,
  coveringNodes,
  emptyRoot,
  HASH_BYTES,
  leafHash,
  nodeHash,
  type NodeId,
  root,
} from './tree';
export { writeBundle } from './bundle/bundle';
export {
  type Again,
  type Anchor,
  type BundleInput,
  BundleRefused,
  type EarlierCheckpoint,
  type EntryView,
  type ExtraFile,
  type Opening,
  type PlacedEntry,
  type RedactedMessage,
  type Scope,
  type ShownMessage,
  type Span,
  type TranscriptEvent,
  type TranscriptMessage,
} from './bundle/input';
export { nextCrc32, type Write, writeZip, type ZipFile } from './bundle/zip';
