import { type IntakeId, type QueueId, type StaffId, type TenantId } from '@app/kernel';
import { Database, describe, type Tx } from '@app/platform';
import type { Message } from '@app/transcript';
import { Injectable, Logger } from '@nestjs/common';
import { find } from '../conversation/conversation';
import { Live } from './live.service';
import { ViewService } from './view.service';

export interface Announcement {
  /** The system line that the act wrote. */
  readonly line?: Message;
  /** Queues whose line has changed. */
  readonly queues?: readonly QueueId[];
  /** Who had it before. */
  readonly formerly?: StaffId;
}

/** Tells the open pages of a conversation what an act has made of it, once it is committed. */
@Injectable()
export class Announcer {
  private readonly logger = new Logger('live');

  constructor(
    private readonly database: Database,
    private readonly views: ViewService,
    private readonly live: Live,
  ) {}

  afterCommit(tx: Tx, intakeId: IntakeId, announcement: Announcement = {}): void {
    const { tenantId } = tx;
    tx.afterCommit(() => {
      // Whoever acted does not wait for others to hear of it; a page that missed it asks when it connects again.
      this.tell(tenantId, intakeId, announcement).catch((error: unknown) =>
        this.logger.error(describe(error)),
      );
    });
  }

  /** Tells the pages now. */
  async tell(
    tenantId: TenantId,
    intakeId: IntakeId,
    { line, queues = [], formerly }: Announcement = {},
  ): Promise<void> {
    await this.database.transaction(tenantId, async (tx) => {
      const conversation = await find(tx, intakeId);
      if (conversation === undefined) return;
      if (line !== undefined) this.live.message(conversation, line);
      this.live.clientChanged(await this.views.forClient(tx, conversation));
      const change = await this.views.forStaff(tx, conversation);
      if (conversation.assignee !== undefined) this.live.staffChanged(conversation.assignee.id, change);
      if (formerly !== undefined && formerly !== conversation.assignee?.id)
        this.live.staffChanged(formerly, change);
      for (const queueId of new Set(queues)) {
        this.live.queueChanged(queueId);
        await this.tellWaiting(tx, queueId, intakeId);
      }
    });
  }

  /** Somebody who serves these queues came or went: those who wait in them see whether anybody is there. */
  async presenceOf(tenantId: TenantId, queues: readonly QueueId[]): Promise<void> {
    await this.database.transaction(tenantId, async (tx) => {
      for (const queueId of queues) await this.tellWaiting(tx, queueId, undefined);
    });
  }

  /** Everybody else who waits in a queue has a new place in it. */
  private async tellWaiting(tx: Tx, queueId: QueueId, except: IntakeId | undefined): Promise<void> {
    const waiting = await tx.query<{ intake_id: IntakeId }>(
      `SELECT intake_id FROM intake WHERE tenant_id = $1 AND queue_id = $2 AND state = 'waiting' AND intake_id IS DISTINCT FROM $3`,
      [tx.tenantId, queueId, except ?? null],
    );
    for (const { intake_id } of waiting) {
      if (!this.live.isClientOnline(intake_id)) continue;
      const conversation = await find(tx, intake_id);
      if (conversation !== undefined) this.live.clientChanged(await this.views.forClient(tx, conversation));
    }
  }
}
