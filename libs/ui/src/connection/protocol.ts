/** What `docs/PROTOCOL.md` calls the shapes, as both pages see them. */
export type Locale = 'en' | 'es';
export type Text = Record<Locale, string>;
export type IntakeState = 'waiting' | 'claimed' | 'closed';
export type Assurance = 'ANON' | 'V1';
export type Side = 'client' | 'staff';

export interface FormField {
  id: string;
  kind: 'topic' | 'name' | 'contact' | 'choice' | 'text' | 'long-text';
  label: Text;
  hint?: Text;
  required: boolean;
  options?: { value: string; label: Text }[];
  when?: { field: string; equals: string[] };
  maxLength?: number;
}

export type Answers = Record<string, string>;

export interface OpeningHours {
  /** 0 = Sunday. */
  day: 0 | 1 | 2 | 3 | 4 | 5 | 6;
  /** "HH:MM" in the site's time zone. */
  opens: string;
  closes: string;
}

export interface Site {
  slug: string;
  name: string;
  sector: 'clinic' | 'law' | 'school';
  locales: Locale[];
  timeZone: string;
  answeredBy: Text;
  open: boolean;
  nextOpening?: string;
  staffPresent: boolean;
  waiting: number;
  hours: OpeningHours[];
  emergency: { text: Text; lines: { label: Text; number: string }[] };
  notice: { version: number; text: Text };
  form: FormField[];
  video: 'ready' | 'preparing' | 'unavailable';
}

export interface SiteCard {
  slug: string;
  name: string;
  sector: Site['sector'];
  tagline: Text;
}

export type SystemEvent =
  | 'claimed'
  | 'transferred'
  | 'closed'
  | 'verification-requested'
  | 'verified'
  | 'consult-offered'
  | 'consult-declined'
  | 'consult-started'
  | 'consult-ended';

export interface Message {
  seq: number;
  messageId: string;
  clientMsgId?: string;
  author: { kind: Side | 'system'; id: string; name?: string };
  text: string;
  event?: string;
  sentAt: string;
}

export interface Note {
  seq: number;
  noteId: string;
  author: { id: string; name: string };
  text: string;
  sentAt: string;
}

/** The highest `seq` that each side has on its device, and has seen. */
export interface Receipts {
  clientDelivered: number;
  clientRead: number;
  staffDelivered: number;
  staffRead: number;
}

export interface Verification {
  state: 'none' | 'requested' | 'code-sent' | 'verified' | 'locked';
}

export interface Checks {
  camera: 'ok' | 'off' | 'refused' | 'missing';
  microphone: 'ok' | 'off' | 'refused' | 'missing';
  sound: 'heard' | 'not-heard';
}

export interface Consult {
  consultId: string;
  state: 'offered' | 'accepted' | 'waiting' | 'live' | 'ended' | 'declined';
  offeredAt: string;
  waitingSince?: string;
  liveSince?: string;
  checks?: Checks;
}

export type Place =
  | { kind: 'queue'; position: number; waiting: number }
  | { kind: 'closed'; nextOpening?: string }
  | { kind: 'with-staff' }
  | { kind: 'ended' };

export interface ClientIntake {
  intakeId: string;
  state: IntakeState;
  locale: Locale;
  site: { slug: string; name: string };
  topic: Text;
  place: Place;
  staff?: { name: string };
  assurance: Assurance;
  verification: Verification;
  consult?: Consult;
  lastSeq: number;
  receipts: Receipts;
  rated: boolean;
  staffPresent: boolean;
}

export interface MessagePage {
  messages: Message[];
  lastSeq: number;
}

export type SessionEnd = 'signed-out' | 'disabled' | 'expired' | 'replaced' | 'erased';

/** `intake.changed` as staff hear it. */
export interface IntakeChange {
  intakeId: string;
  state: IntakeState;
  assignee?: { id: string; name: string };
  assurance: Assurance;
  verification: Verification;
  consult?: Consult;
  clientOnline: boolean;
  queueId: string;
  /** The conversation was erased: let go of everything of it. */
  erased?: true;
}
