import { ApiError } from './api';
import { emptyConversation, heldSeq, withMessages, withReceipts, type Conversation } from './conversation';
import type { Message, MessagePage, Receipts, Side } from './protocol';
import { ReceiptSender } from './receipt-sender';

export interface Self {
  kind: Side;
  id: string;
  name?: string;
}

/** How one conversation reaches the server. */
export interface Wire {
  readonly online: boolean;
  /** @throws ApiError a refusal, or `UNREACHABLE` when no answer came. */
  request<T>(event: string, body: object): Promise<T>;
  /** Gives the socket up and makes a new one. */
  reconnect(): void;
}

export interface Sources {
  self: Self;
  newId: () => string;
  now: () => Date;
}

/** The page lets the other side's typing lapse after this time: `docs/PROTOCOL.md`. */
const TYPING_LAPSE_MS = 6_000;
const TYPING_SAY_EVERY_MS = 3_000;
const BUSY_WAIT_MS = 2_000;
/** Refusals that pass by themselves: the message waits and is sent again. */
const PASSING = new Set(['TOO_MANY', 'AUDIT_UNAVAILABLE', 'AUDIT_BACKLOG', 'UNEXPECTED', 'UNREACHABLE']);

/** One conversation as it is followed over a connection that comes and goes. */
export class Followed {
  private view: Conversation = emptyConversation();
  private readonly early = new Map<number, Message>();
  /** Acknowledged, but shown as pending until everything before them is here. */
  private readonly acked = new Set<string>();
  private readonly receipts: ReceiptSender;
  private sending = false;
  private syncing: Promise<void> | undefined;
  private busyTimer: ReturnType<typeof setTimeout> | undefined;
  private syncTimer: ReturnType<typeof setTimeout> | undefined;
  private lapseTimer: ReturnType<typeof setTimeout> | undefined;
  private saidTypingAt = 0;
  private quietTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly intakeId: string,
    private readonly wire: Wire,
    private readonly sources: Sources,
    private readonly changed: () => void,
  ) {
    this.receipts = new ReceiptSender((marks) => wire.request('receipt', { intakeId, ...marks }));
  }

  get conversation(): Conversation {
    return this.view;
  }

  /** After each connect: first what was missed, then what was not acknowledged. */
  async connected(): Promise<void> {
    await this.sync();
    await this.pump();
    this.receipts.resend();
  }

  disconnected(): void {
    clearTimeout(this.syncTimer);
    this.set({ ...this.view, synced: false, typing: false });
  }

  take(messages: readonly Message[]): void {
    const { next, hole } = withMessages(this.view, messages, this.early);
    const theirs = next.messages.findLast((message) => message.author.kind !== this.sources.self.kind);
    if (next !== this.view && theirs) this.receipts.delivered(theirs.seq);
    const spoke = messages.some((message) => message.author.kind !== this.sources.self.kind);
    this.set(spoke && next.typing ? { ...next, typing: false } : next);
    if (hole && this.wire.online) void this.sync();
  }

  takeReceipts(receipts: Receipts): void {
    this.set(withReceipts(this.view, receipts));
  }

  takeTyping(by: Side, on: boolean): void {
    if (by === this.sources.self.kind) return;
    clearTimeout(this.lapseTimer);
    this.set({ ...this.view, typing: on });
    if (on) this.lapseTimer = setTimeout(() => this.set({ ...this.view, typing: false }), TYPING_LAPSE_MS);
  }

  post(text: string): string {
    const clientMsgId = this.sources.newId();
    const pending = { clientMsgId, text, state: 'sending' as const, at: this.sources.now().toISOString() };
    this.set({ ...this.view, pending: [...this.view.pending, pending] });
    this.sayQuiet();
    void this.pump();
    return clientMsgId;
  }

  retry(clientMsgId: string): void {
    const pending = this.view.pending.map((one) => {
      if (one.clientMsgId !== clientMsgId) return one;
      const { error: _, ...rest } = one;
      return { ...rest, state: 'sending' as const };
    });
    this.set({ ...this.view, pending });
    void this.pump();
  }

  discard(clientMsgId: string): void {
    const pending = this.view.pending.filter(
      (one) => one.clientMsgId !== clientMsgId || one.state !== 'failed',
    );
    this.set({ ...this.view, pending });
  }

  read(seq: number): void {
    this.receipts.read(seq);
  }

  typing(): void {
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => this.sayQuiet(), TYPING_SAY_EVERY_MS);
    const now = this.sources.now().getTime();
    if (now - this.saidTypingAt < TYPING_SAY_EVERY_MS) return;
    this.saidTypingAt = now;
    this.sayTyping(true);
  }

  close(): void {
    clearTimeout(this.lapseTimer);
    clearTimeout(this.quietTimer);
    clearTimeout(this.busyTimer);
    clearTimeout(this.syncTimer);
    this.receipts.close();
  }

  private sayQuiet(): void {
    clearTimeout(this.quietTimer);
    if (this.saidTypingAt === 0) return;
    this.saidTypingAt = 0;
    this.sayTyping(false);
  }

  private sayTyping(on: boolean): void {
    // Not stored and not repeated: when it is lost, nothing is.
    if (this.wire.online) this.wire.request('typing', { intakeId: this.intakeId, on }).catch(() => undefined);
  }

  private sync(): Promise<void> {
    this.syncing ??= this.fetchMissing().finally(() => (this.syncing = undefined));
    return this.syncing;
  }

  private async fetchMissing(): Promise<void> {
    try {
      for (;;) {
        const after = heldSeq(this.view);
        const page = await this.wire.request<MessagePage>('messages.since', {
          intakeId: this.intakeId,
          after,
        });
        this.take(page.messages);
        const held = heldSeq(this.view);
        if (held >= page.lastSeq || held === after) break;
      }
      this.set({ ...this.view, synced: true });
    } catch (error) {
      if (error instanceof ApiError && error.code === 'UNREACHABLE') this.wire.reconnect();
      else if (isPassing(error)) this.syncTimer = setTimeout(() => void this.connected(), waitMs(error));
    }
  }

  /** Sends what waits, one after another, so that the order of the person is the order of the record. */
  private async pump(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.busyTimer);
    try {
      while (this.wire.online && this.view.synced) {
        const next = this.view.pending.find(
          (one) => one.state === 'sending' && !this.acked.has(one.clientMsgId),
        );
        if (next === undefined) break;
        if (!(await this.send(next.clientMsgId, next.text))) break;
      }
    } finally {
      this.sending = false;
    }
  }

  /** Returns whether the next may be sent now. */
  private async send(clientMsgId: string, text: string): Promise<boolean> {
    try {
      const body = { intakeId: this.intakeId, clientMsgId, text };
      const ack = await this.wire.request<{ seq: number; messageId: string; sentAt: string }>(
        'message.post',
        body,
      );
      this.acked.add(clientMsgId);
      const { seq, messageId, sentAt } = ack;
      this.take([{ seq, messageId, clientMsgId, author: this.sources.self, text, sentAt }]);
      return true;
    } catch (error) {
      const refusal = error instanceof ApiError ? error : new ApiError('UNEXPECTED', 'Something went wrong.');
      if (refusal.code === 'UNREACHABLE') {
        this.wire.reconnect();
        return false;
      }
      if (isPassing(refusal)) {
        this.busyTimer = setTimeout(() => void this.pump(), waitMs(refusal));
        return false;
      }
      const { code, message, extra } = refusal;
      const pending = this.view.pending.map((one) =>
        one.clientMsgId === clientMsgId
          ? { ...one, state: 'failed' as const, error: { code, message, extra } }
          : one,
      );
      this.set({ ...this.view, pending });
      return true;
    }
  }

  private set(next: Conversation): void {
    if (next === this.view) return;
    this.view = next;
    this.changed();
  }
}

function isPassing(error: unknown): boolean {
  return !(error instanceof ApiError) || PASSING.has(error.code);
}

function waitMs(error: unknown): number {
  const seconds = error instanceof ApiError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? BUSY_WAIT_MS : seconds * 1_000;
}
