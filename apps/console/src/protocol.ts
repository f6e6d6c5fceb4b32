import type { Assurance, Consult, IntakeState, Locale, Receipts, Text, Verification } from '@app/ui';
import type { Role } from './navigation/route';

/** The shapes of `docs/PROTOCOL.md` that only staff see. */
export interface Me {
  staffId: string;
  name: string;
  roles: Role[];
  tenant: { name: string; slug: string; sector: 'clinic' | 'law' | 'school' };
  queues: Queue[];
  sessionEndsAt: string;
}

export interface Queue {
  id: string;
  name: string;
}

export interface QueueItem {
  intakeId: string;
  initials: string;
  topic: Text;
  queueId: string;
  locale: Locale;
  state: IntakeState;
  waitingSince: string;
  outOfHours: boolean;
  assignee?: { id: string; name: string };
  assurance: Assurance;
  consult?: Consult;
  unread: number;
}

export interface StaffIntake {
  intakeId: string;
  state: IntakeState;
  locale: Locale;
  topic: Text;
  queue: Queue;
  client: { name: string; initials: string; contact: string };
  /** `option`: the words of what was chosen. */
  answers: { label: Text; value: string; option?: Text }[];
  context: { page?: string; referrer?: string };
  createdAt: string;
  claimedAt?: string;
  closedAt?: string;
  outcome?: string;
  assignee?: { id: string; name: string };
  assurance: Assurance;
  verification: Verification;
  consult?: Consult;
  clientOnline: boolean;
  lastSeq: number;
  lastNoteSeq: number;
  receipts: Receipts;
  rating?: { score: number };
}

export interface RecordValues {
  values: { field: string; label: Text; value: string }[];
}

export interface CannedReply {
  replyId: string;
  title: string;
  body: Text;
}

export interface Today {
  date: string;
  arrived: number;
  answered: number;
  waiting: number;
  abandoned: number;
  asaSeconds?: Spread;
  firstResponseSeconds?: Spread;
  csat: {
    responses: number;
    closed: number;
    positive: number;
    counts: [number, number, number, number, number];
  };
  hours: Hour[];
  queues: { id: string; name: string; waiting: number; longestWaitSeconds?: number }[];
}

export interface Spread {
  mean: number;
  median: number;
  p90: number;
}

export interface Hour {
  hour: number;
  arrived: number;
  answered: number;
  meanWaitSeconds?: number;
}

export interface EntryRow {
  /** Absent until the entry has its number in the log. */
  index?: number;
  entryId: string;
  at: string;
  act: string;
  outcome: 'ok' | 'refused';
  actor: { kind: 'staff' | 'client' | 'system' | 'anonymous'; id: string; name?: string };
  intakeId?: string;
  purpose?: string;
  policies: string[];
  detail?: Record<string, string | number>;
}

export interface EntryPage {
  entries: EntryRow[];
  next?: number;
  acts: string[];
  actors: { id: string; name: string }[];
  checkpoint: { size: number; signedAt: string };
}

export type Purpose = 'LEGAL' | 'DSAR' | 'AUDIT';

export type ExportView = 'fhir' | 'cef' | 'ocsf';
export type RedactionReason = 'privileged' | 'third-party' | 'safety' | 'unrelated';

export interface Redaction {
  seq: number;
  reason: RedactionReason;
}

export interface Export {
  exportId: string;
  asked:
    | { kind: 'period'; from: string; to: string }
    | { kind: 'intake'; intakeId: string; redacted?: { source: string; redactions: Redaction[] } };
  views: ExportView[];
  purpose: string;
  requestedBy: { id: string; name: string };
  requestedAt: string;
  state: 'waiting' | 'running' | 'ready' | 'failed';
  progress: { done: number; total: number };
  bytes?: number;
  sha256?: string;
  fileName?: string;
  /** Encrypted on its way out, to a pinned key. */
  encrypted?: boolean;
  messages?: number;
  failure?: { reason: string; entry?: number; message?: number };
}

export interface SigningKeys {
  log: { origin: string; vkey: string };
  server: { fingerprint: string; publicKey: string };
}

interface KeyPerson {
  id: string;
  name: string;
}

export interface OfficerKeys {
  officer: KeyPerson;
  pinned?: { fingerprint: string; proposedBy: KeyPerson; confirmedBy: KeyPerson; confirmedAt: string };
  proposed?: { keyId: string; fingerprint?: string; proposedBy: KeyPerson; proposedAt: string };
}

export interface StaffRow {
  staffId: string;
  name: string;
  email: string;
  roles: Role[];
  active: boolean;
  lastSeenAt?: string;
}

/** What `intake.changed` tells staff. */
export interface IntakeChange {
  intakeId: string;
  state: IntakeState;
  assignee?: { id: string; name: string };
  assurance: Assurance;
  verification: Verification;
  consult?: Consult;
  clientOnline: boolean;
  queueId: string;
}

/** A legal hold. `reason` is absent once the conversation was erased. */
export interface Hold {
  holdId: string;
  intakeId: string;
  reason?: string;
  placedBy: { id: string; name: string };
  placedAt: string;
  releaseAskedBy?: { id: string; name: string };
  releaseAskedAt?: string;
  releasedBy?: { id: string; name: string };
  releasedAt?: string;
}

export type ErasurePurpose = 'DSAR' | 'RETENTION';

/** Unreadable here since `erasedAt`, in every backup by `unreadableBy`; since `effectiveAt` that is so. */
export interface Erasure {
  erasureId: string;
  intakeId: string;
  purpose: string;
  requestedBy: { id: string; name: string };
  erasedAt: string;
  unreadableBy: string;
  effectiveAt?: string;
}
