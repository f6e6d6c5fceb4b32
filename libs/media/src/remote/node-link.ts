import { AppError } from '@app/kernel';
import type { MediaStatus } from '@app/consult';
import { io, type Socket } from 'socket.io-client';
import { unavailable } from '../unavailable';
import {
  type Answer,
  type Ask,
  type CallName,
  CALLS,
  MAX_BODY,
  MAX_FRAME,
  Reply,
  RoomLostTold,
  SOCKET_PATH,
  StatusTold,
} from './wire';

const CONNECT_MS = 5_000;

/** How long an answer may take. The node itself waits 5 s for a worker that is being started again. */
const ANSWER_MS = 6_000;

/** What whoever holds a link hears. */
export interface LinkEvents {
  onStatus(status: MediaStatus): void;
  onRoomLost(roomId: string): void;
  /** Called once, when the connection has ended and not by `close`. Nothing else is called after it. */
  onGone(): void;
}

/** One connection to a media node. It is not made again when it breaks: what was opened over it is gone. */
export class NodeLink {
  private constructor(private readonly socket: Socket) {}

  /** Connects, and returns when the node has told its status. Rejects with an Error that says why not. */
  static async connect(
    node: { readonly url: string; readonly secret: string },
    events: LinkEvents,
  ): Promise<NodeLink> {
    const options = {
      path: SOCKET_PATH,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_MS,
      extraHeaders: { authorization: `Bearer ${node.secret}` },
      // Not in its types; engine.io-client hands it to the WebSocket.
      maxPayload: MAX_FRAME,
    };
    const socket = io(node.url, options);
    try {
      const told = await new Promise<unknown>((resolve, reject) => {
        setTimeout(() => reject(new Error('it did not answer in time')), CONNECT_MS).unref();
        socket.once('status', resolve);
        socket.once('connect_error', (error) => reject(reasonOf(error)));
        socket.once('disconnect', () => reject(new Error('it ended the connection')));
      });
      events.onStatus(StatusTold.parse(told).status);
    } catch (error) {
      socket.removeAllListeners();
      socket.close();
      throw error;
    }
    socket.removeAllListeners();
    socket.on('status', (body: unknown) => {
      const told = StatusTold.safeParse(body);
      if (told.success) events.onStatus(told.data.status);
    });
    socket.on('room.lost', (body: unknown) => {
      const told = RoomLostTold.safeParse(body);
      if (told.success) events.onRoomLost(told.data.roomId);
    });
    socket.once('disconnect', () => events.onGone());
    return new NodeLink(socket);
  }

  /** Asks the node. Throws what it throws; VIDEO_UNAVAILABLE when it does not answer, or answers what cannot be. */
  async call<Name extends CallName>(name: Name, ask: Ask<Name>): Promise<Answer<Name>> {
    // What is asked of a socket that is not connected would be sent by the next connection.
    if (!this.socket.connected) throw unavailable();
    // A frame that is too large would cost the connection, and with it every call.
    if (Buffer.byteLength(JSON.stringify(ask)) > MAX_BODY)
      throw new AppError('INPUT_MALFORMED', 'The video part of this page sent something unexpected.');
    let told: unknown;
    try {
      told = await this.socket.timeout(ANSWER_MS).emitWithAck(name, ask);
    } catch (cause) {
      throw unavailable(cause);
    }
    const reply = Reply.safeParse(told);
    if (!reply.success) throw unavailable(reply.error);
    if (!reply.data.ok) throw new AppError(reply.data.error.code, reply.data.error.message);
    const answer = CALLS[name].answer.safeParse(reply.data.value);
    if (!answer.success) throw unavailable(answer.error);
    return answer.data as Answer<Name>;
  }

  /** Asks for something that is done with, whatever comes of it. */
  tell<Name extends CallName>(name: Name, ask: Ask<Name>): void {
    // What cannot be closed is gone with its room or with the connection.
    this.call(name, ask).catch(() => undefined);
  }

  close(): void {
    this.socket.removeAllListeners();
    this.socket.close();
  }
}

/** What engine.io says of a failure is "websocket error"; the reason is inside. */
function reasonOf(error: Error & { description?: unknown }): Error {
  const { message } = (error.description ?? {}) as { message?: unknown };
  return new Error(typeof message === 'string' && message !== '' ? message : error.message);
}
