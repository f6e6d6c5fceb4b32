import { io, type Socket } from 'socket.io-client';
import { ApiError, parseApiError } from './api';
import { reconnectDelayMs } from './backoff';
import { emptyConversation, type Conversation } from './conversation';
import { Followed, type Sources, type Wire } from './followed';
import type { ClientIntake, IntakeChange, Message, Note, Receipts, SessionEnd, Side } from './protocol';

export type ConnectionState = 'connecting' | 'online' | 'offline' | 'ended';

export interface ChatOptions extends Sources {
  /** Fetches a ticket: it serves once. Reject with an ApiError `SIGNED_OUT` and the connection ends. */
  ticket: () => Promise<string>;
  /** 0 … 1, for the jitter of reconnections. */
  random: () => number;
  /** Origin of the server; the page's own by default. */
  origin?: string;
}

/** What arrives besides messages. `online` comes after each connect: whatever was fetched before may be old. */
export interface ChatEvents {
  online: undefined;
  intake: ClientIntake;
  change: IntakeChange;
  queue: { queueId: string };
  note: { intakeId: string; note: Note };
  ended: SessionEnd;
}

/** A request without an answer in this time means a dead socket, whatever the browser thinks of it. */
const ANSWER_MS = 8_000;
const NOTHING = emptyConversation();

/**
 * The chat of a page: one socket, any number of conversations, all in memory.
 *
 * A posted message is shown at once and stays in the outbox until the server acknowledges it; after every connect the
 * page first asks for what it missed and then sends again what was not acknowledged, under the same `clientMsgId`.
 */
export class ChatConnection {
  private current: ConnectionState = 'connecting';
  private socket: Socket | undefined;
  private attempt = 0;
  private closed = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly followed = new Map<string, Followed>();
  private readonly watchers = new Set<() => void>();
  private readonly listeners = new Map<string, Set<(value: never) => void>>();
  private readonly wire: Wire;

  constructor(private readonly options: ChatOptions) {
    const isOnline = () => this.current === 'online';
    this.wire = {
      get online() {
        return isOnline();
      },
      request: (event, body) => this.request(event, body),
      reconnect: () => this.lost(),
    };
  }

  get state(): ConnectionState {
    return this.current;
  }

  start(): void {
    globalThis.addEventListener?.('online', this.hurry);
    globalThis.document?.addEventListener('visibilitychange', this.hurry);
    void this.open();
  }

  close(): void {
    this.closed = true;
    globalThis.removeEventListener?.('online', this.hurry);
    globalThis.document?.removeEventListener('visibilitychange', this.hurry);
    clearTimeout(this.timer);
    this.dropSocket();
    for (const one of this.followed.values()) one.close();
  }

  /** Begins to keep a conversation up to date; returns how to stop. What is not acknowledged then is lost. */
  follow(intakeId: string): () => void {
    if (!this.followed.has(intakeId)) {
      const one = new Followed(intakeId, this.wire, this.options, () => this.tellWatchers());
      this.followed.set(intakeId, one);
      if (this.current === 'online') void one.connected();
      this.tellWatchers();
    }
    return () => {
      this.followed.get(intakeId)?.close();
      this.followed.delete(intakeId);
      this.tellWatchers();
    };
  }

  /** The same object until something in it changes. */
  conversation(intakeId: string): Conversation {
    return this.followed.get(intakeId)?.conversation ?? NOTHING;
  }

  /** Adds messages and receipts that were fetched another way. */
  seed(intakeId: string, messages: readonly Message[], receipts?: Receipts): void {
    this.followed.get(intakeId)?.take(messages);
    if (receipts) this.followed.get(intakeId)?.takeReceipts(receipts);
  }

  /** Returns the `clientMsgId`. The conversation must be followed. */
  post(intakeId: string, text: string): string | undefined {
    return this.followed.get(intakeId)?.post(text);
  }

  retry(intakeId: string, clientMsgId: string): void {
    this.followed.get(intakeId)?.retry(clientMsgId);
  }

  /** Forgets a message that was refused. */
  discard(intakeId: string, clientMsgId: string): void {
    this.followed.get(intakeId)?.discard(clientMsgId);
  }

  /** The person has seen everything up to `seq`. */
  read(intakeId: string, seq: number): void {
    this.followed.get(intakeId)?.read(seq);
  }

  /** Call at each keystroke; the other side is told now and then. */
  typing(intakeId: string): void {
    this.followed.get(intakeId)?.typing();
  }

  /** Calls back whenever the state or a conversation changed; returns how to stop. For `useSyncExternalStore`. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  on<Name extends keyof ChatEvents>(name: Name, listener: (value: ChatEvents[Name]) => void): () => void {
    const all = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, all.add(listener));
    return () => all.delete(listener);
  }

  private tell<Name extends keyof ChatEvents>(name: Name, value: ChatEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) listener(value as never);
  }

  private readonly hurry = () => {
    if (this.current === 'offline' && this.socket === undefined && this.timer !== undefined) {
      clearTimeout(this.timer);
      void this.open();
    }
  };

  private async open(): Promise<void> {
    this.timer = undefined;
    try {
      const ticket = await this.options.ticket();
      if (this.closed) return;
      this.connect(ticket);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'SIGNED_OUT') this.end('expired');
      else this.lost();
    }
  }

  private connect(ticket: string): void {
    const socket = io(`${this.options.origin ?? location.origin}/`, {
      path: '/socket',
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
      timeout: ANSWER_MS,
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.attempt = 0;
      this.setState('online');
      for (const one of this.followed.values()) void one.connected();
      this.tell('online', undefined);
    });
    socket.on('connect_error', () => this.lost(socket));
    socket.on('disconnect', () => this.lost(socket));
    this.listen(socket);
  }

  private listen(socket: Socket): void {
    const of = (intakeId: string) => this.followed.get(intakeId);
    socket.on('message.posted', (body: { intakeId: string; message: Message }) =>
      of(body.intakeId)?.take([body.message]),
    );
    socket.on('receipts', (body: { intakeId: string; receipts: Receipts }) =>
      of(body.intakeId)?.takeReceipts(body.receipts),
    );
    socket.on('typing', (body: { intakeId: string; by: Side; on: boolean }) =>
      of(body.intakeId)?.takeTyping(body.by, body.on),
    );
    socket.on('intake.changed', (body: { intake: ClientIntake } | IntakeChange) =>
      'intake' in body ? this.tell('intake', body.intake) : this.tell('change', body),
    );
    socket.on('queue.changed', (body: { queueId: string }) => this.tell('queue', body));
    socket.on('note.added', (body: { intakeId: string; note: Note }) => this.tell('note', body));
    socket.on('session.ended', (body: { reason: SessionEnd }) => this.end(body.reason));
  }

  private async request<T>(event: string, body: object): Promise<T> {
    const socket = this.socket;
    if (socket === undefined || !socket.connected)
      throw new ApiError('UNREACHABLE', 'There is no connection.');
    let answer: { ok: boolean };
    try {
      answer = (await socket.timeout(ANSWER_MS).emitWithAck(event, body)) as { ok: boolean };
    } catch {
      throw new ApiError('UNREACHABLE', 'The server did not answer in time.');
    }
    if (!answer.ok) throw parseApiError(answer);
    return answer as T;
  }

  /** The socket, or the try to get one, is gone: another follows, later each time. */
  private lost(socket = this.socket): void {
    if (this.closed || this.current === 'ended' || socket !== this.socket || this.timer !== undefined) return;
    this.dropSocket();
    this.setState('offline');
    for (const one of this.followed.values()) one.disconnected();
    this.timer = setTimeout(() => void this.open(), reconnectDelayMs(this.attempt++, this.options.random()));
  }

  private end(reason: SessionEnd): void {
    if (this.current === 'ended') return;
    clearTimeout(this.timer);
    this.dropSocket();
    this.setState('ended');
    this.tell('ended', reason);
  }

  private dropSocket(): void {
    this.socket?.removeAllListeners();
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private setState(state: ConnectionState): void {
    if (this.current === state) return;
    this.current = state;
    this.tellWatchers();
  }

  private tellWatchers(): void {
    for (const watcher of this.watchers) watcher();
  }
}
