import type { Canonical } from '../canonical';
import type { Entry } from '../entry';
import type { RangeProof } from '../prove';

/** Log indexes, or instants: from the first on, up to and without the second. */
export interface Span<T> {
  readonly from: T;
  readonly to: T;
}

/** What can be read more than once, and is the same each time. */
export type Again<T> = () => Iterable<T> | AsyncIterable<T>;

/** What was asked for: every entry shown is dated inside a period, or belongs to one intake or records this export. */
export type Scope =
  | { readonly kind: 'period'; readonly from: string; readonly to: string }
  | { readonly kind: 'intake'; readonly intake: string };

/** What a bundle is made of (audit/FORMAT.md, section 5). The optional parts are absent from the bundle when absent here. */
export interface BundleInput {
  readonly exportId: string;
  readonly tenant: string;
  readonly scope: Scope;
  /** The part of the log that the bundle is about. */
  readonly range: Span<number>;
  /** Parts of the range whose entries are not shown, in order: only their leaf hashes are. */
  readonly withheld: readonly Span<number>[];
  /** The exact bytes of the entries that are shown, in the order of the log. Read twice, and once more for each view. */
  readonly entries: Again<Buffer>;
  /** The leaf hashes of the whole range, one after another. */
  readonly leaves: Buffer;
  readonly proof: RangeProof;
  /** The signed note at or after the end of the range, with what signatures of witnesses it has. */
  readonly checkpoint: string;
  /** The log's verifier key; its name is the log's origin. */
  readonly vkey: string;
  /** The last number of every intake shown, among the entries that the checkpoint covers. */
  readonly heads: Readonly<Record<string, number>>;
  /** The entry that records this export. */
  readonly exportEntry: { readonly id: string; readonly index: number };
  readonly requestedBy: string;
  readonly purpose: string;
  readonly createdAt: string;
  /** What made the bundle: name and version. */
  readonly software: string;
  /** The armored OpenPGP key (version 4) that `sign` signs with. */
  readonly serverKey: string;
  /** Returns an armored detached OpenPGP signature over the bytes. */
  readonly sign: (manifest: Buffer) => Promise<string> | string;
  /** The content of `audit/cli/verify.mjs`. */
  readonly verifier: Buffer;

  /** The last export of this tenant before this one, if it is known. */
  readonly previous?: EarlierCheckpoint;
  /** Digest of the access policies in force when the export was asked for. */
  readonly policySet?: string;
  /** Hexadecimal SHA-256 of the manifest of the export that this one was redacted from. */
  readonly source?: { readonly manifestSha256: string };
  /** Time-stamped checkpoints of the log, the oldest first. */
  readonly anchors?: readonly Anchor[];
  /** Openings of commitments of shown entries, in the order of the log. Read twice. */
  readonly openings?: Again<Opening>;
  /** The lines of one intake's transcript, `seq` from 1 on without holes. Read twice. */
  readonly messages?: Again<TranscriptMessage>;
  /** Files that show the entries in other forms, beside `views/entries.csv`. */
  readonly views?: readonly EntryView[];
  /** Further files, such as `transcript/transcript.pdf`: listed and hashed, and not looked into. Read twice. */
  readonly files?: readonly ExtraFile[];
  /** Text of a C2SP tlog-policy: what the server says a reader should ask for. */
  readonly trustPolicy?: string;
  /** Certificates of the time-stamping authority, PEM. */
  readonly tsaCa?: string;
}

/** An earlier state of the same log. */
export interface EarlierCheckpoint {
  /** The signed note. */
  readonly checkpoint: string;
  /** RFC 6962 consistency proof from it to the bundle's checkpoint. */
  readonly consistency: readonly Buffer[];
}

/** A checkpoint that a time-stamping authority (RFC 3161) has seen. */
export interface Anchor {
  /** The three signed lines of the checkpoint, each with its newline: their SHA-256 is the token's message imprint. */
  readonly checkpoint: string;
  readonly token: Buffer;
  readonly consistency: readonly Buffer[];
}

/** What opens one commitment. */
export interface Opening {
  /** Id of the entry in whose `sealed` the commitment stands. */
  readonly entry: string;
  readonly field: string;
  /** 32 bytes, base64. */
  readonly salt: string;
  readonly value: Canonical;
}

/** A line of a transcript: a message that anyone can open, the place of one that is kept back, or what happened. */
export type TranscriptMessage = ShownMessage | RedactedMessage | TranscriptEvent;

export interface ShownMessage {
  /** Id of the entry that recorded the message; its `ctHash` is the SHA-256 of `sealed`. */
  readonly entry: string;
  readonly seq: number;
  readonly at: string;
  readonly author: { readonly kind: string; readonly id: string };
  /** The stored bytes, base64. */
  readonly sealed: string;
  /** The one-time AES-256-GCM key of these bytes, base64. It opens nothing else. */
  readonly key: string;
  /** Where the value belongs: what it is sealed to. */
  readonly place: {
    readonly tenant: string;
    readonly owner: string;
    readonly item: string;
    readonly content: string;
  };
  readonly text: string;
}

export interface RedactedMessage {
  readonly entry: string;
  readonly seq: number;
  /** Why, as a code. */
  readonly redacted: string;
}

/** A line that says what happened, such as `claimed`. It holds no value that an entry seals. */
export interface TranscriptEvent {
  /** Id of the entry of the act that made it happen, if it is known. */
  readonly entry?: string;
  readonly seq: number;
  readonly at: string;
  readonly event: string;
}

/** One entry with its place, as a view is made of it. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly index: number;
  readonly leaf: Buffer;
}

/** A file that is derived from the entries: what counts is `entries.jsonl`, so each row names index and leaf hash. */
export interface EntryView {
  /** Such as `views/fhir.ndjson`. */
  readonly name: string;
  readonly head?: string;
  /** Returns the row with its line end; an empty string leaves the entry out. Must say the same when asked again. */
  readonly row: (placed: PlacedEntry) => string;
}

export interface ExtraFile {
  readonly name: string;
  readonly content: Again<Uint8Array>;
}

/** The parts do not fit together: a bundle of them would not verify, and none is written. */
export class BundleRefused extends Error {
  override readonly name = 'BundleRefused';
}
