import type { IntakeId, TenantId } from '@app/kernel';
import { Injectable } from '@nestjs/common';
import type { KnownHead } from '@app/transcript';
import type { Conversation } from './conversation';

const MAX_KNOWN = 5_000;

/**
 * What this process last knew of the conversations it writes messages in, so that a message needs one round trip. It may
 * be out of date: the database compares it under the lock, and an answer `stale` means ask again.
 */
@Injectable()
export class KnownConversations {
  private readonly known = new Map<string, Conversation>();

  get(tenantId: TenantId, intakeId: IntakeId): Conversation | undefined {
    return this.known.get(`${tenantId}/${intakeId}`);
  }

  remember(conversation: Conversation): void {
    const oldest = this.known.keys().next().value;
    if (this.known.size >= MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.known.set(`${conversation.tenantId}/${conversation.intakeId}`, conversation);
  }

  /** Moves a conversation on after a message that this process has written. */
  advance(conversation: Conversation, head: KnownHead): void {
    this.remember({ ...conversation, head });
  }

  forget(tenantId: TenantId, intakeId: IntakeId): void {
    this.known.delete(`${tenantId}/${intakeId}`);
  }
}
