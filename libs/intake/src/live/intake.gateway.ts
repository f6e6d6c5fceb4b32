import { AppError, type Clock, MINUTE } from '@app/kernel';
import {
  answer,
  CLOCK,
  concerns,
  Database,
  describe,
  EitherDoor,
  type Principal,
  Revocations,
  SocketTickets,
  toWire,
} from '@app/platform';
import { principalForTicket } from '@app/staff';
import { Inject, Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Server, Socket } from 'socket.io';
import { z } from 'zod';
import { ClientSessionService } from '../client/client-session.service';
import { PostingService } from '../talk/posting.service';
import { ReadingService } from '../conversation/reading.service';
import { SignalService } from '../talk/signal.service';
import { Announcer } from './announcer.service';
import { parsePost, parseReceipt, parseSince, parseTyping } from './frames';
import { StayingService } from '../staff/staying.service';
import { Live, room } from './live.service';
import { Pace } from './pace';

/** How often it is looked who is in a call. A session's idle time is many times longer. */
const CALLS_EVERY_MS = 2 * MINUTE;

/** A page that is connected. Who it is was set at the handshake, from its ticket, and is never read from a message. */
interface IntakeSocket extends Socket {
  data: { principal?: Principal; madeAt?: Date; pace?: Pace };
}

/** What a ticket of this namespace stands for. */
const Ticket = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('client'), sessionId: z.string() }),
  z.object({ kind: z.literal('staff'), staffId: z.string(), sessionId: z.string() }),
]);

/** The socket of a conversation: parse, call, tell, answer. */
@WebSocketGateway()
export class IntakeGateway
  implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy
{
  private readonly logger = new Logger('socket');
  private readonly stopListening: () => void;
  private server: Server | undefined;
  private calls: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly tickets: SocketTickets,
    private readonly clientSessions: ClientSessionService,
    private readonly posting: PostingService,
    private readonly reading: ReadingService,
    private readonly signals: SignalService,
    private readonly live: Live,
    private readonly announcer: Announcer,
    private readonly staying: StayingService,
    private readonly revocations: Revocations,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.stopListening = revocations.listen((revocation) => {
      for (const socket of this.sockets())
        if (socket.data.principal !== undefined && concerns(revocation, socket.data.principal)) {
          socket.emit('session.ended', { reason: revocation.reason });
          socket.disconnect(true);
        }
    });
  }

  afterInit(server: Server): void {
    this.server = server;
    this.live.bind(server);
    this.calls = setInterval(() => {
      const staff = this.sockets().flatMap(({ data }) =>
        data.principal?.kind === 'staff' ? [data.principal] : [],
      );
      this.staying.noteCalls(staff).catch((error: unknown) => this.logger.error(describe(error)));
      this.endExpiredClients().catch((error: unknown) => this.logger.error(describe(error)));
    }, CALLS_EVERY_MS).unref();
    // Before `connection`: a page that has no good ticket never has a socket.
    server.use((socket: IntakeSocket, next) => {
      this.authenticate(socket.handshake.auth['ticket']).then(
        ({ principal, madeAt }) => {
          socket.data.principal = principal;
          socket.data.madeAt = madeAt;
          socket.data.pace = new Pace();
          next();
        },
        (thrown: unknown) => {
          const { error, ours } = toWire(thrown);
          if (ours) this.logger.error(describe(thrown));
          next(Object.assign(new Error(error.message), { data: { error } }));
        },
      );
    });
  }

  async handleConnection(socket: IntakeSocket): Promise<void> {
    const { principal, madeAt } = socket.data;
    // Access that was taken away between the ticket and now: nobody was there yet to be told.
    if (
      principal === undefined ||
      madeAt === undefined ||
      this.revocations.hasEndedSince(madeAt, principal)
    ) {
      socket.disconnect(true);
      return;
    }
    if (principal.kind === 'client') await socket.join(room.client(principal.intakeId));
    else await socket.join([room.staff(principal.staffId), ...principal.queues.map(room.queue)]);
    this.presenceChanged(principal);
  }

  handleDisconnect(socket: IntakeSocket): void {
    const { principal } = socket.data;
    if (principal === undefined) return;
    this.presenceChanged(principal);
    if (principal.kind === 'staff') this.staying.forget(principal.sessionId);
    if (principal.kind === 'client')
      this.clientSessions.seen(principal).catch((error: unknown) => this.logger.error(describe(error)));
  }

  onModuleDestroy(): void {
    clearInterval(this.calls);
    this.stopListening();
  }

  @EitherDoor('message.post')
  @SubscribeMessage('message.post')
  postMessage(@ConnectedSocket() socket: IntakeSocket, @MessageBody() body: unknown) {
    return answer(async () => {
      const principal = this.paced(socket, 'message');
      const { posted, message, conversation, isNew } = await this.posting.post(principal, parsePost(body));
      if (isNew) this.live.message(conversation, message, socket.id);
      if (principal.kind === 'staff') this.staying.noteActive(principal);
      return posted;
    });
  }

  @EitherDoor('transcript.read')
  @SubscribeMessage('messages.since')
  messagesSince(@ConnectedSocket() socket: IntakeSocket, @MessageBody() body: unknown) {
    return answer(() => {
      const principal = this.paced(socket, 'read');
      const { intakeId, after } = parseSince(body);
      return this.reading.messages(principal, intakeId, after);
    });
  }

  @EitherDoor('intake.signal')
  @SubscribeMessage('receipt')
  receipt(@ConnectedSocket() socket: IntakeSocket, @MessageBody() body: unknown) {
    return answer(async () => {
      await this.signals.receipt(this.paced(socket, 'signal'), parseReceipt(body));
      return {};
    });
  }

  @EitherDoor('intake.signal')
  @SubscribeMessage('typing')
  typing(@ConnectedSocket() socket: IntakeSocket, @MessageBody() body: unknown) {
    return answer(async () => {
      await this.signals.typing(this.paced(socket, 'signal'), parseTyping(body));
      return {};
    });
  }

  private paced(socket: IntakeSocket, what: 'message' | 'read' | 'signal'): Principal {
    const { principal, pace } = socket.data;
    if (principal === undefined || pace === undefined) throw new Error('a socket without a person');
    pace.take(what);
    return principal;
  }

  private async authenticate(ticket: unknown): Promise<{ principal: Principal; madeAt: Date }> {
    const { tenantId, standsFor, madeAt } = await this.tickets.take(ticket);
    const { data } = Ticket.safeParse(standsFor);
    const principal =
      data?.kind === 'client'
        ? await this.clientSessions.byId(tenantId, data.sessionId)
        : data?.kind === 'staff'
          ? await this.database.transaction(tenantId, (tx) => principalForTicket(tx, data, this.clock.now()))
          : undefined;
    if (principal === undefined) throw new AppError('SIGNED_OUT', 'Your session has ended.');
    return { principal, madeAt };
  }

  /** A client's session ends after a day, also under a page that stays open. */
  private async endExpiredClients(): Promise<void> {
    for (const socket of this.sockets()) {
      const { principal } = socket.data;
      if (principal?.kind !== 'client') continue;
      if ((await this.clientSessions.byId(principal.tenantId, principal.sessionId)) !== undefined) continue;
      socket.emit('session.ended', { reason: 'expired' });
      socket.disconnect(true);
    }
  }

  /** The other side sees who is there. */
  private presenceChanged(principal: Principal): void {
    const told =
      principal.kind === 'client'
        ? this.announcer.tell(principal.tenantId, principal.intakeId)
        : this.announcer.presenceOf(principal.tenantId, principal.queues);
    told.catch((error: unknown) => this.logger.error(describe(error)));
  }

  private sockets(): IntakeSocket[] {
    return [...(this.server?.sockets.sockets.values() ?? [])] as IntakeSocket[];
  }
}
