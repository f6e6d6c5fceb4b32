import { AppError } from '@app/kernel';
import type { MediaRoom, MediaRouter, MediaStatus } from '@app/consult';
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer, type Socket } from 'socket.io';
import type { MediaLog } from '../mediasoup/worker-log';
import { unavailable } from '../unavailable';
import { Holdings } from './holdings';
import { CODES, MAX_FRAME, type Reply, SOCKET_PATH } from './wire';

/** A connection that gives no sign of life is given up after both, in ms: nobody could end a call of its meanwhile. */
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 3_000;

/** How long a connection may take to say what it wants. */
const CONNECT_MS = 5_000;

/**
 * Serves a media router to api processes. They show a secret in the header `Authorization`; TLS is the proxy's or the
 * private network's. What was opened over a connection is closed when the connection ends.
 */
export class MediaRouterServer {
  private readonly http: Server;
  private readonly sockets: SocketServer;
  private readonly secret: Buffer;
  private readonly connections = new Map<Socket, Holdings>();
  private readonly stopListening: () => void;
  private isDraining = false;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly router: MediaRouter,
    secret: string,
    private readonly log: MediaLog,
  ) {
    this.secret = digest(secret);
    this.http = createServer((request, response) => {
      const status = request.url === '/health' ? HEALTH[this.status] : 404;
      response.writeHead(status, { 'content-type': 'text/plain' });
      response.end(status === 404 ? '' : this.status);
    });
    this.sockets = new SocketServer(this.http, {
      path: SOCKET_PATH,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: MAX_FRAME,
      pingInterval: PING_EVERY_MS,
      pingTimeout: PONG_WITHIN_MS,
      connectTimeout: CONNECT_MS,
      // Before there is a socket: whoever does not know the secret cannot send a frame.
      allowRequest: (request, decide) => decide(null, this.knowsSecret(request)),
    });
    this.sockets.on('connection', (socket) => this.serve(socket));
    this.stopListening = router.onStatus(() => this.tellStatus());
  }

  /** The router's status; `unavailable` as soon as no new rooms are opened. */
  get status(): MediaStatus {
    return this.isDraining ? 'unavailable' : this.router.status;
  }

  /** How many rooms stand or are being opened, over all connections. */
  get roomCount(): number {
    return [...this.connections.values()].reduce((sum, holdings) => sum + holdings.roomCount, 0);
  }

  /** Returns the port it listens on. Rejects when it is taken. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.http.once('error', reject);
      this.http.listen(port, host, resolve);
    });
    return (this.http.address() as AddressInfo).port;
  }

  /** Opens no rooms from now on, and returns when the last one has ended or `signal` says not to wait any more. */
  async drain(signal: AbortSignal): Promise<void> {
    this.isDraining = true;
    this.tellStatus();
    if (this.roomCount === 0 || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.onIdle = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Ends every connection, and every room with it. The router is not closed: it is whoever made it's. */
  async close(): Promise<void> {
    this.stopListening();
    await this.sockets.close();
  }

  private knowsSecret({ headers }: IncomingMessage): boolean {
    const given = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    // Digests are of one length, so that nothing can be learned from how long the comparison takes.
    const knows = timingSafeEqual(digest(given), this.secret);
    if (!knows) this.log.warn('A connection was refused: it did not show the secret.');
    return knows;
  }

  private serve(socket: Socket): void {
    const holdings = new Holdings(
      () => this.openRoom(),
      (roomId, lost) => {
        if (lost) socket.emit('room.lost', { roomId });
        if (this.roomCount === 0) this.onIdle?.();
      },
    );
    this.connections.set(socket, holdings);
    socket.on('disconnect', () => {
      holdings.closeAll();
      this.connections.delete(socket);
    });
    socket.onAny((name: string, body: unknown, acknowledge: unknown) => {
      if (typeof acknowledge !== 'function') return;
      const answer = acknowledge as (reply: Reply) => void;
      holdings.handle(name, body).then(
        (value) => answer({ ok: true, value }),
        (error: unknown) => answer({ ok: false, error: this.toWire(error) }),
      );
    });
    socket.emit('status', { status: this.status });
  }

  private openRoom(): Promise<MediaRoom> {
    return this.isDraining ? Promise.reject(unavailable()) : this.router.openRoom();
  }

  private tellStatus(): void {
    for (const socket of this.connections.keys()) socket.emit('status', { status: this.status });
  }

  private toWire(error: unknown): { code: (typeof CODES)[number]; message: string } {
    const code = error instanceof AppError ? CODES.find((known) => known === error.code) : undefined;
    if (error instanceof AppError && code !== undefined) return { code, message: error.message };
    this.log.error(`A frame went wrong: ${error instanceof Error ? error.name : 'no Error was thrown'}`);
    return { code: 'VIDEO_UNAVAILABLE', message: unavailable().message };
  }
}

const HEALTH: Readonly<Record<MediaStatus, number>> = { ready: 200, preparing: 503, unavailable: 503 };

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
