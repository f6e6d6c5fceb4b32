import type { IntakeId, QueueId, StaffId } from '@app/kernel';
import type { Message, Note, Receipts } from '@app/transcript';
import { Injectable } from '@nestjs/common';
import type { Server } from 'socket.io';
import type { Conversation } from '../conversation/conversation';
import type { ClientIntake, StaffChange } from './views';

/** Names of socket rooms. What goes to staff goes to the one who took the conversation, so a transfer needs no leaving. */
export const room = {
  client: (intakeId: IntakeId) => `client:${intakeId}`,
  staff: (staffId: StaffId) => `staff:${staffId}`,
  queue: (queueId: QueueId) => `queue:${queueId}`,
};

/** Tells open pages what has been committed. Nothing is told before. */
@Injectable()
export class Live {
  private server: Server | undefined;

  bind(server: Server): void {
    this.server = server;
  }

  /** @param except - the socket that posted it: it has the acknowledgement. */
  message(conversation: Conversation, message: Message, except?: string): void {
    const { intakeId, assignee } = conversation;
    const { clientMsgId, ...bare } = message;
    const own = clientMsgId === undefined ? bare : { ...bare, clientMsgId };
    const forClient = message.author.kind === 'client' ? own : bare;
    const forStaff = message.author.kind === 'staff' ? own : bare;
    this.to(room.client(intakeId), except)?.emit('message.posted', { intakeId, message: forClient });
    if (assignee !== undefined)
      this.to(room.staff(assignee.id), except)?.emit('message.posted', { intakeId, message: forStaff });
  }

  receipts(conversation: Conversation, receipts: Receipts): void {
    this.both(conversation, 'receipts', { intakeId: conversation.intakeId, receipts });
  }

  typing(conversation: Conversation, by: 'client' | 'staff', on: boolean): void {
    const { intakeId, assignee } = conversation;
    if (by === 'staff') this.server?.to(room.client(intakeId)).emit('typing', { intakeId, by, on });
    else if (assignee !== undefined)
      this.server?.to(room.staff(assignee.id)).emit('typing', { intakeId, by, on });
  }

  note(conversation: Conversation, note: Note, except?: string): void {
    if (conversation.assignee === undefined) return;
    this.to(room.staff(conversation.assignee.id), except)?.emit('note.added', {
      intakeId: conversation.intakeId,
      note,
    });
  }

  clientChanged(intake: ClientIntake): void {
    this.server?.to(room.client(intake.intakeId)).emit('intake.changed', { intake });
  }

  staffChanged(staffId: StaffId, change: StaffChange): void {
    this.server?.to(room.staff(staffId)).emit('intake.changed', change);
  }

  queueChanged(queueId: QueueId): void {
    this.server?.to(room.queue(queueId)).emit('queue.changed', { queueId });
  }

  isClientOnline(intakeId: IntakeId): boolean {
    return this.isAnybodyIn(room.client(intakeId));
  }

  /** Whether somebody who serves one of these queues is connected. */
  isStaffPresent(queues: readonly QueueId[]): boolean {
    return queues.some((queueId) => this.isAnybodyIn(room.queue(queueId)));
  }

  private isAnybodyIn(name: string): boolean {
    return (this.server?.sockets.adapter.rooms.get(name)?.size ?? 0) > 0;
  }

  private both(conversation: Conversation, event: string, body: object): void {
    const to = this.server?.to(room.client(conversation.intakeId));
    (conversation.assignee === undefined ? to : to?.to(room.staff(conversation.assignee.id)))?.emit(
      event,
      body,
    );
  }

  /** Nothing if there is nobody to tell: an event is encoded before it is seen that nobody hears it. */
  private to(name: string, except: string | undefined) {
    const listening = this.server?.sockets.adapter.rooms.get(name);
    if (listening === undefined || (listening.size === 1 && except !== undefined && listening.has(except)))
      return undefined;
    const to = this.server?.to(name);
    return except === undefined ? to : to?.except(except);
  }
}
