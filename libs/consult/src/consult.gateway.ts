import { AppError, type ConsultId, type IntakeId, type StaffId, type TenantId } from '@app/kernel';
import {
  answer,
  concerns,
  Database,
  describe,
  EitherDoor,
  Revocations,
  SocketTickets,
  toWire,
} from '@app/platform';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { ConsultService } from './consult.service';
import { mayEnter } from './lifecycle';
import type { FrameName } from './messages';
import type { Seat } from './room/consult-room';
import { ConsultRooms } from './rooms';

/** How long a page has to acknowledge what the server sends it. */
const ACK_TIMEOUT_MS = 10_000;

const Ticket = z.strictObject({
  kind: z.literal('consult'),
  consultId: z.string(),
  intakeId: z.string(),
  sessionId: z.string(),
  peer: z.strictObject({ role: z.enum(['client', 'staff']), id: z.string(), name: z.string() }),
});

interface Place {
  readonly tenantId: TenantId;
  readonly intakeId: IntakeId;
  readonly sessionId: string;
  readonly staffId?: StaffId;
  readonly seat: Seat;
}

/** What a good ticket says, before there is a seat. */
interface Admission extends Omit<Place, 'seat'> {
  readonly call: { readonly consultId: ConsultId; readonly tenantId: TenantId; readonly intakeId: IntakeId };
  readonly isLive: boolean;
  readonly madeAt: Date;
  readonly peer: z.infer<typeof Ticket>['peer'];
}

interface ConsultSocket extends Socket {
  data: { admission?: Admission; place?: Place };
}

/** The media socket. A ticket gives a seat; every frame is the seat's. Whoever was not admitted has no ticket. */
@WebSocketGateway({ namespace: '/consult' })
export class ConsultGateway
  implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy
{
  private readonly logger = new Logger('consult');
  private readonly stopListening: () => void;
  private namespace: Namespace | undefined;

  constructor(
    private readonly tickets: SocketTickets,
    private readonly database: Database,
    private readonly consults: ConsultService,
    private readonly rooms: ConsultRooms,
    private readonly revocations: Revocations,
  ) {
    this.stopListening = revocations.listen((revocation) => {
      for (const socket of (this.namespace?.sockets.values() ?? []) as Iterable<ConsultSocket>) {
        const { place } = socket.data;
        if (place === undefined || !concerns(revocation, place)) continue;
        // The media first: what is seen and heard ends now, the socket's own end may take its time.
        place.seat.leave();
        socket.emit('session.ended', { reason: revocation.reason });
        socket.disconnect(true);
      }
    });
  }

  afterInit(namespace: Namespace): void {
    this.namespace = namespace;
    namespace.use((socket: ConsultSocket, next) => {
      this.admission(socket).then(
        (admission) => {
          socket.data.admission = admission;
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

  /** Only now is there a seat: a socket that died on its way here leaves none behind. */
  handleConnection(socket: ConsultSocket): void {
    const { admission } = socket.data;
    try {
      if (admission === undefined || this.revocations.hasEndedSince(admission.madeAt, admission))
        throw notNow();
      const { call, isLive, peer, tenantId, intakeId, sessionId, staffId } = admission;
      const seat = this.rooms.join(call, isLive, {
        peerId: `${peer.role}:${peer.id}`,
        role: peer.role,
        name: peer.name,
        request: async (event, body) =>
          (await socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, body)) as { ok: boolean },
        notify: (event, body) => void socket.emit(event, body),
        close: () => void socket.disconnect(true),
      });
      socket.data.place = { tenantId, intakeId, sessionId, seat, ...(staffId !== undefined && { staffId }) };
    } catch {
      socket.disconnect(true);
    }
  }

  handleDisconnect(socket: ConsultSocket): void {
    socket.data.place?.seat.leave();
  }

  onModuleDestroy(): void {
    this.stopListening();
    this.rooms.close();
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('capabilities')
  capabilities(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'capabilities', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.create')
  createTransport(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'transport.create', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.connect')
  connectTransport(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'transport.connect', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.restart-ice')
  restartIce(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'transport.restart-ice', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('join')
  join(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'join', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('produce')
  produce(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'produce', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.pause')
  pause(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'producer.pause', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.resume')
  resume(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'producer.resume', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.close')
  closeProducer(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'producer.close', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('stats')
  stats(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return frame(socket, 'stats', body);
  }

  /** Reads the ticket and looks at the consult as it is now: a ticket from before it ended opens nothing. */
  private async admission(socket: ConsultSocket): Promise<Admission> {
    const { tenantId, standsFor, madeAt } = await this.tickets.take(socket.handshake.auth['ticket']);
    const ticket = Ticket.safeParse(standsFor).data;
    if (ticket === undefined) throw notNow();
    const { peer, sessionId } = ticket;
    const consultId = ticket.consultId as ConsultId;
    const intakeId = ticket.intakeId as IntakeId;
    const consult = await this.database.transaction(tenantId, (tx) => this.consults.view(tx, consultId));
    if (consult === undefined || !mayEnter(consult.state, peer.role)) throw notNow();
    return {
      call: { consultId, tenantId, intakeId },
      intakeId,
      isLive: consult.state === 'live',
      peer,
      tenantId,
      sessionId,
      madeAt,
      ...(peer.role === 'staff' && { staffId: peer.id as StaffId }),
    };
  }
}

function frame(socket: ConsultSocket, name: FrameName, body: unknown) {
  return answer(() => {
    const { place } = socket.data;
    if (place === undefined) throw notNow();
    return place.seat.handle(name, body);
  });
}

function notNow(): AppError {
  return new AppError('STEP_NOT_ALLOWED', 'The call is not at a point where this can be done.');
}
