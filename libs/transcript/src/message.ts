import type { MessageId, StaffId } from '@app/kernel';

/** Longest message, in UTF-16 code units. About four screens of a phone; the pages count the same way. */
export const MAX_MESSAGE_LENGTH = 4_000;
/** Most messages in one answer; a page asks again for the rest. */
export const PAGE = 200;

/** What happened in a conversation, as a line of its own in the transcript. Its words are the page's. */
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

export type Author =
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'staff'; readonly id: StaffId; readonly name: string }
  | { readonly kind: 'system'; readonly id: 'vestibule' };

/** One message, opened. */
export interface Message {
  readonly seq: number;
  readonly messageId: MessageId;
  /** Only to the side that sent it. */
  readonly clientMsgId?: string;
  readonly author: { readonly kind: Author['kind']; readonly id: string; readonly name?: string };
  readonly text: string;
  readonly event?: SystemEvent;
  readonly sentAt: string;
}

/** One note among staff, opened. A client never sees it. */
export interface Note {
  readonly seq: number;
  readonly noteId: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly text: string;
  readonly sentAt: string;
}
