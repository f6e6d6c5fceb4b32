import type { IntakeId, TenantId } from '@app/kernel';
import { Database, describe, Revocations } from '@app/platform';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { find } from '../conversation/conversation';
import { KnownConversations } from '../conversation/known-conversations.service';
import { Announcer } from './announcer.service';

/** Lets this process go of a conversation that was erased: what it knew of it, and what staff's open pages show of it. */
@Injectable()
export class ErasedConversations implements OnModuleDestroy {
  private readonly logger = new Logger('live');
  private readonly stopListening: () => void;

  constructor(
    private readonly database: Database,
    private readonly known: KnownConversations,
    private readonly announcer: Announcer,
    revocations: Revocations,
  ) {
    this.stopListening = revocations.listen(({ tenantId, intakeId }) => {
      if (intakeId === undefined) return;
      this.known.forget(tenantId, intakeId);
      this.tell(tenantId, intakeId).catch((error: unknown) => this.logger.error(describe(error)));
    });
  }

  onModuleDestroy(): void {
    this.stopListening();
  }

  private async tell(tenantId: TenantId, intakeId: IntakeId): Promise<void> {
    const conversation = await this.database.transaction(tenantId, (tx) => find(tx, intakeId));
    if (conversation === undefined) return;
    await this.announcer.tell(tenantId, intakeId, { queues: [conversation.queueId] });
  }
}
