import type { ApiErrorCode } from './api';
import type { Message, Receipts, Side } from './protocol';

/** A message of ours that the server has not acknowledged. */
export interface PendingMessage {
  clientMsgId: string;
  text: string;
  /** `failed`: the server refused it for good; the person decides. */
  state: 'sending' | 'failed';
  /** When the person sent it, by the device's clock. */
  at: string;
  error?: { code: ApiErrorCode; message: string; extra: Readonly<Record<string, unknown>> };
}

/** What a page shows of one conversation. Never changed in place: a new one is a new object. */
export interface Conversation {
  /** In order of `seq`, without holes after the first. */
  messages: readonly Message[];
  pending: readonly PendingMessage[];
  receipts: Receipts;
  /** Whether the other side is typing. */
  typing: boolean;
  /** Whether everything up to the last connect has been fetched. */
  synced: boolean;
}

export const NO_RECEIPTS: Receipts = { clientDelivered: 0, clientRead: 0, staffDelivered: 0, staffRead: 0 };

export function emptyConversation(): Conversation {
  return { messages: [], pending: [], receipts: NO_RECEIPTS, typing: false, synced: false };
}

/** The `seq` up to which nothing is missing. */
export function heldSeq(conversation: Conversation): number {
  return conversation.messages.at(-1)?.seq ?? 0;
}

/**
 * Adds messages in any order, once each.
 *
 * @param early - messages that came before one that stands ahead of them; those that fit now are taken out of it
 * and those that do not are put in.
 * @returns the new conversation, and whether a hole is left, which the caller fills by asking.
 */
export function withMessages(
  conversation: Conversation,
  incoming: readonly Message[],
  early: Map<number, Message>,
): { next: Conversation; hole: boolean } {
  for (const message of incoming) early.set(message.seq, message);
  const added: Message[] = [];
  let held = heldSeq(conversation);
  for (const seq of [...early.keys()].sort((a, b) => a - b)) {
    const message = early.get(seq);
    if (seq <= held || message === undefined) early.delete(seq);
    else if (seq === held + 1) {
      added.push(message);
      early.delete(seq);
      held = seq;
    }
  }
  if (added.length === 0) return { next: conversation, hole: early.size > 0 };
  const arrived = new Set(added.map((message) => message.clientMsgId));
  const next = {
    ...conversation,
    messages: [...conversation.messages, ...added],
    pending: conversation.pending.filter((one) => !arrived.has(one.clientMsgId)),
  };
  return { next, hole: early.size > 0 };
}

/** Watermarks only rise, whatever order they arrive in. */
export function withReceipts(conversation: Conversation, receipts: Receipts): Conversation {
  const was = conversation.receipts;
  const next = {
    clientDelivered: Math.max(was.clientDelivered, receipts.clientDelivered),
    clientRead: Math.max(was.clientRead, receipts.clientRead),
    staffDelivered: Math.max(was.staffDelivered, receipts.staffDelivered),
    staffRead: Math.max(was.staffRead, receipts.staffRead),
  };
  return { ...conversation, receipts: next };
}

export type Delivery = 'sent' | 'delivered' | 'read';

/** How far a message of `side` has come on the other side. */
export function deliveryOf(seq: number, receipts: Receipts, side: Side): Delivery {
  const read = side === 'client' ? receipts.staffRead : receipts.clientRead;
  const delivered = side === 'client' ? receipts.staffDelivered : receipts.clientDelivered;
  if (seq <= read) return 'read';
  return seq <= delivered ? 'delivered' : 'sent';
}
