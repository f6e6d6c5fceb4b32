import { AppError } from '@app/kernel';
import type { ConsultRoom, Role, Seat } from '@app/consult';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer, type Socket } from 'socket.io';

/** How long a page may take to acknowledge, in ms. */
const ACK_MS = 5_000;

interface Person {
  readonly peerId: string;
  readonly role: Role;
}

/** A server on loopback with one room, one page and tickets: what the product's own has, without accounts. */
export class CallServer {
  private readonly tickets = new Map<string, Person>();
  private readonly http: Server;
  private readonly sockets: SocketServer;
  /** The names of the frames that came, oldest first. */
  readonly frames: string[] = [];
  isClientAdmitted = false;

  constructor(
    private readonly room: ConsultRoom,
    private readonly pageScript: string,
  ) {
    this.http = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      if (pathname === '/page.js') response.setHeader('content-type', 'text/javascript').end(this.pageScript);
      else if (pathname === '/ticket')
        response.end(JSON.stringify(this.issue(searchParams.get('who') ?? '')));
      else
        response
          .setHeader('content-type', 'text/html')
          .end('<!doctype html><body><script src="/page.js"></script>');
    });
    this.sockets = new SocketServer(this.http, {
      path: '/socket',
      transports: ['websocket'],
      maxHttpBufferSize: 65_536,
    });
    this.sockets.of('/consult').on('connection', (socket) => this.serve(socket));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }

  /** Breaks every connection as a network does: nobody says goodbye. */
  cut(): void {
    for (const socket of this.sockets.of('/consult').sockets.values()) socket.conn.transport.close();
  }

  async close(): Promise<void> {
    await this.sockets.close();
  }

  private issue(who: string): object {
    const role = who === 'staff' ? 'staff' : 'client';
    if (role === 'client' && !this.isClientAdmitted)
      return { error: { code: 'STEP_NOT_ALLOWED', message: 'not yet' } };
    const ticket = randomUUID();
    this.tickets.set(ticket, { peerId: who, role });
    return { ticket };
  }

  private serve(socket: Socket): void {
    const ticket = String(socket.handshake.auth['ticket']);
    const person = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    if (person === undefined) {
      socket.disconnect(true);
      return;
    }
    const seat: Seat = this.room.join({
      peerId: person.peerId,
      role: person.role,
      name: person.peerId,
      request: (event, body) => socket.timeout(ACK_MS).emitWithAck(event, body) as Promise<{ ok: boolean }>,
      notify: (event, body) => socket.emit(event, body),
      close: () => socket.disconnect(true),
    });
    socket.onAny((event: string, body: unknown, acknowledge?: (answer: object) => void) => {
      this.frames.push(event);
      seat.handle(event, body).then(
        (answer) => acknowledge?.({ ok: true, ...answer }),
        (error: unknown) => {
          const { code, message } =
            error instanceof AppError ? error : { code: 'UNEXPECTED', message: String(error) };
          acknowledge?.({ ok: false, error: { code, message } });
        },
      );
    });
    socket.on('disconnect', () => seat.leave());
  }
}
