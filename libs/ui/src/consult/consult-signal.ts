import { io, type Socket } from 'socket.io-client';
import { ConsultError } from './consult-types';

/** How long an answer may take before the socket counts as gone. */
const ANSWER_MS = 10_000;

type Answer = { ok: true } & Record<string, unknown>;
type Refusal = { ok: false; error: { code: string; message: string } };
type Ack = (answer: { ok: boolean }) => void;

/** One connection to the `/consult` namespace. It is not made again when it breaks: a ticket serves once. */
export class ConsultSignal {
  private constructor(private readonly socket: Socket) {}

  /** Connects with a ticket. Rejects with a ConsultError: the server's code, or `UNREACHABLE`. */
  static async connect(origin: string, ticket: string): Promise<ConsultSignal> {
    const socket = io(`${origin}/consult`, {
      path: '/socket',
      transports: ['websocket'],
      auth: { ticket },
      reconnection: false,
      forceNew: true,
      timeout: ANSWER_MS,
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve());
      socket.once('connect_error', (cause: Error & { data?: { error?: { code?: unknown } } }) => {
        socket.close();
        const code = cause.data?.error?.code;
        const known = typeof code === 'string' ? code : 'UNREACHABLE';
        reject(new ConsultError(known, 'The connection to the call was not accepted.', { cause }));
      });
    });
    return new ConsultSignal(socket);
  }

  /** Sends a request and returns its answer. Rejects with a ConsultError that has the server's code, or `UNREACHABLE`. */
  async request<T>(event: string, body: object = {}): Promise<T> {
    if (!this.socket.connected) throw new ConsultError('UNREACHABLE', 'The connection to the call is gone.');
    let answer: Answer | Refusal;
    try {
      answer = (await this.socket.timeout(ANSWER_MS).emitWithAck(event, body)) as Answer | Refusal;
    } catch (cause) {
      throw new ConsultError('UNREACHABLE', 'The call did not answer in time.', { cause });
    }
    if (!answer.ok) throw new ConsultError(answer.error.code, answer.error.message);
    return answer as T;
  }

  /**
   * Hears an event of the server, and acknowledges it with the outcome of the listener. Returns how to stop hearing.
   */
  on<T>(event: string, listener: (body: T) => void | Promise<void>): () => void {
    const hear = (body: T, ack?: Ack): void => {
      Promise.resolve(listener(body)).then(
        () => ack?.({ ok: true }),
        () => ack?.({ ok: false }),
      );
    };
    this.socket.on(event, hear);
    return () => this.socket.off(event, hear);
  }

  onLost(listener: () => void): void {
    this.socket.once('disconnect', listener);
  }

  close(): void {
    this.socket.removeAllListeners();
    this.socket.close();
  }
}
