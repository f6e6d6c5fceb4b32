import type { IntakeId, QueueId } from '@app/kernel';
import type { ConsultView } from '@app/consult';
import type { Receipts } from '@app/transcript';
import type { Locale, VerificationState } from '../conversation/conversation';
import type { IntakeState } from '../conversation/lifecycle';

/** The same words in each language of a site. */
export type Text = Readonly<Record<Locale, string>>;
export type Assurance = 'ANON' | 'V1';

export type PlaceInLine =
  | { readonly kind: 'queue'; readonly position: number; readonly waiting: number }
  | { readonly kind: 'closed'; readonly nextOpening?: string }
  | { readonly kind: 'with-staff' }
  | { readonly kind: 'ended' };

/** A conversation as its client sees it (docs/PROTOCOL.md, Shapes). */
export interface ClientIntake {
  readonly intakeId: IntakeId;
  readonly state: IntakeState;
  readonly locale: Locale;
  readonly site: { readonly slug: string; readonly name: string };
  readonly topic: Text;
  readonly place: PlaceInLine;
  readonly staff?: { readonly name: string };
  readonly assurance: Assurance;
  readonly verification: { readonly state: VerificationState };
  readonly consult?: ConsultView;
  readonly lastSeq: number;
  readonly receipts: Receipts;
  readonly rated: boolean;
  readonly staffPresent: boolean;
}

/** One line of the desk's list: initials and topic, and nothing that was said. */
export interface QueueItem {
  readonly intakeId: IntakeId;
  readonly initials: string;
  readonly topic: Text;
  readonly queueId: QueueId;
  readonly locale: Locale;
  readonly state: IntakeState;
  readonly waitingSince: string;
  readonly outOfHours: boolean;
  readonly assignee?: { readonly id: string; readonly name: string };
  readonly assurance: Assurance;
  readonly consult?: ConsultView;
  readonly unread: number;
}

/** A conversation as whoever took it sees it. */
export interface StaffIntake {
  readonly intakeId: IntakeId;
  readonly state: IntakeState;
  readonly locale: Locale;
  readonly topic: Text;
  readonly queue: { readonly id: QueueId; readonly name: string };
  readonly client: { readonly name: string; readonly initials: string; readonly contact: string };
  readonly answers: readonly Answer[];
  readonly context: { readonly page?: string; readonly referrer?: string };
  readonly createdAt: string;
  readonly claimedAt?: string;
  readonly closedAt?: string;
  readonly outcome?: string;
  readonly assignee?: { readonly id: string; readonly name: string };
  readonly assurance: Assurance;
  readonly verification: { readonly state: VerificationState };
  readonly consult?: ConsultView;
  readonly clientOnline: boolean;
  readonly lastSeq: number;
  readonly lastNoteSeq: number;
  readonly receipts: Receipts;
  readonly rating?: { readonly score: number };
}

/** What changed of a conversation, for the page of whoever took it. */
export interface StaffChange {
  readonly intakeId: IntakeId;
  readonly queueId: QueueId;
  readonly state: IntakeState;
  readonly assignee?: { readonly id: string; readonly name: string };
  readonly assurance: Assurance;
  readonly verification: { readonly state: VerificationState };
  readonly consult?: ConsultView;
  readonly clientOnline: boolean;
  /** What was said can be read by nobody any more: the page lets go of it. */
  readonly erased?: true;
}

/** An answer to one of the site's own questions. `option`: the words of what was chosen. */
export interface Answer {
  readonly label: Text;
  readonly value: string;
  readonly option?: Text;
}

/** What a client's form held, as it is sealed. */
export interface SealedForm {
  readonly name: string;
  readonly initials: string;
  readonly contact: string;
  readonly answers: readonly Answer[];
  readonly page?: { readonly url?: string; readonly referrer?: string };
}

export function assuranceOf(level: number): Assurance {
  return level >= 1 ? 'V1' : 'ANON';
}
