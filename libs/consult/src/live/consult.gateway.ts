import { AppError, type StaffId, type TenantId } from '@app/kernel';
import {
  answer,
  concerns,
  describe,
  EitherDoor,
  type Revocation,
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
import { ConsultService } from '../consult.service';
import { type ConsultState, mayEnter } from '../lifecycle';
import type { FrameName } from '../messages';
import type { Seat } from '../room/consult-room';
import { type ConsultTicket, parseTicket } from '../ticket';
import { Rooms } from './rooms';

/** How long a page may take to acknowledge, in ms. */
const ACK_MS = 10_000;

/** Revocations kept in mind: a ticket that was made just before one lives for 30 s. */
const REMEMBERED = 1_000;

interface Entrance {
  readonly tenantId: TenantId;
  readonly ticket: ConsultTicket;
  readonly state: ConsultState;
}

/** A page in a call. Who it is was read from its ticket, and is never read from a frame. */
interface ConsultSocket extends Socket {
  data: { entrance?: Entrance; seat?: Seat };
}

/** The socket of a call: authenticate, pass frames to the seat, answer. */
@WebSocketGateway({ namespace: '/consult' })
export class ConsultGateway
  implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect, OnModuleDestroy
{
  private readonly logger = new Logger('consult');
  private readonly revoked: Revocation[] = [];
  private readonly stopListening: () => void;
  private sockets: Namespace['sockets'] | undefined;

  constructor(
    private readonly tickets: SocketTickets,
    private readonly consults: ConsultService,
    private readonly rooms: Rooms,
    revocations: Revocations,
  ) {
    this.stopListening = revocations.listen((revocation) => this.revoke(revocation));
  }

  afterInit(namespace: Namespace): void {
    this.sockets = namespace.sockets;
    // Before `connection`: a page that has no good ticket never has a socket.
    namespace.use((socket: ConsultSocket, next) => {
      this.authenticate(socket.handshake.auth['ticket']).then(
        (entrance) => {
          socket.data.entrance = entrance;
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

  handleConnection(socket: ConsultSocket): void {
    const { entrance } = socket.data;
    // Taken away between the ticket and here: the socket was in no list yet when the revocation came.
    if (entrance === undefined || this.isRevoked(entrance)) {
      socket.disconnect(true);
      return;
    }
    const { tenantId, ticket, state } = entrance;
    const { consultId, intakeId, peer } = ticket;
    try {
      socket.data.seat = this.rooms.enter({ tenantId, consultId, intakeId }, state, {
        peerId: peer.id,
        role: peer.role,
        name: peer.name,
        request: (event, body) => socket.timeout(ACK_MS).emitWithAck(event, body) as Promise<{ ok: boolean }>,
        notify: (event, body) => socket.emit(event, body),
        close: () => socket.disconnect(true),
      });
    } catch (error) {
      if (!(error instanceof AppError)) this.logger.error(describe(error));
      socket.disconnect(true);
    }
  }

  handleDisconnect(socket: ConsultSocket): void {
    socket.data.seat?.leave();
  }

  onModuleDestroy(): void {
    this.stopListening();
    this.rooms.close();
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('capabilities')
  capabilities(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'capabilities', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.create')
  createTransport(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'transport.create', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.connect')
  connectTransport(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'transport.connect', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('transport.restart-ice')
  restartIce(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'transport.restart-ice', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('join')
  join(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'join', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('produce')
  produce(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'produce', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.pause')
  pauseProducer(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'producer.pause', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.resume')
  resumeProducer(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'producer.resume', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('producer.close')
  closeProducer(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'producer.close', body);
  }

  @EitherDoor('consult.join')
  @SubscribeMessage('stats')
  stats(@ConnectedSocket() socket: ConsultSocket, @MessageBody() body: unknown) {
    return this.pass(socket, 'stats', body);
  }

  private pass(socket: ConsultSocket, frame: FrameName, body: unknown) {
    return answer(() => {
      const { seat } = socket.data;
      if (seat === undefined) throw new AppError('STEP_NOT_ALLOWED', 'This call cannot be entered now.');
      return seat.handle(frame, body);
    });
  }

  private async authenticate(given: unknown): Promise<Entrance> {
    const { tenantId, standsFor } = await this.tickets.take(given);
    const ticket = parseTicket(standsFor);
    const state = await this.consults.stateOf(tenantId, ticket.consultId);
    if (state === undefined || !mayEnter(state, ticket.peer.role))
      throw new AppError('STEP_NOT_ALLOWED', 'This call cannot be entered now.');
    const entrance = { tenantId, ticket, state };
    if (this.isRevoked(entrance)) throw new AppError('SIGNED_OUT', 'Your session has ended.');
    return entrance;
  }

  private revoke(revocation: Revocation): void {
    this.revoked.push(revocation);
    if (this.revoked.length > REMEMBERED) this.revoked.shift();
    for (const socket of [...(this.sockets?.values() ?? [])] as ConsultSocket[]) {
      const { entrance, seat } = socket.data;
      if (entrance === undefined || !concerns(revocation, held(entrance))) continue;
      // The media first: what the page does with the news is up to the page.
      seat?.leave();
      socket.emit('consult.ended', { by: 'system' });
      socket.disconnect(true);
    }
  }

  private isRevoked(entrance: Entrance): boolean {
    return this.revoked.some((revocation) => concerns(revocation, held(entrance)));
  }
}

function held({ tenantId, ticket }: Entrance) {
  const { peer, sessionId } = ticket;
  return { tenantId, sessionId, ...(peer.role === 'staff' && { staffId: peer.id as StaffId }) };
}
