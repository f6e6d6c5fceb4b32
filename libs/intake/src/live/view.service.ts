import { ConsultService } from '@app/consult';
import { isOpen, nextOpening, SiteService, type SiteView, topicLabel } from '@app/desk';
import { type Clock, type QueueId, SECOND } from '@app/kernel';
import { CLOCK, type Tx } from '@app/platform';
import { ReceiptsService } from '@app/transcript';
import { Inject, Injectable } from '@nestjs/common';
import type { Conversation } from '../conversation/conversation';
import { Live } from './live.service';
import { assuranceOf, type ClientIntake, type PlaceInLine, type StaffChange, type Text } from './views';

/** How long a site is shown as it was read. */
const RECENT_MS = 5 * SECOND;
const MAX_RECENT = 500;

/** Makes the pictures of a conversation that hold nothing sealed. */
@Injectable()
export class ViewService {
  private readonly recent = new Map<string, { readonly site: SiteView; readonly until: number }>();

  constructor(
    private readonly sites: SiteService,
    private readonly consults: ConsultService,
    private readonly receipts: ReceiptsService,
    private readonly live: Live,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async forClient(tx: Tx, conversation: Conversation): Promise<ClientIntake> {
    const site = await this.siteOf(tx, conversation);
    const consult = await this.consultOf(tx, conversation);
    const [rating] = await tx.query('SELECT 1 FROM rating WHERE tenant_id = $1 AND intake_id = $2', [
      tx.tenantId,
      conversation.intakeId,
    ]);
    return {
      intakeId: conversation.intakeId,
      state: conversation.state,
      locale: conversation.locale,
      site: { slug: site.slug, name: site.name },
      topic: topicLabel(site.definition, conversation.topic),
      place: await this.place(tx, conversation, site),
      ...(conversation.assignee !== undefined && { staff: { name: conversation.assignee.name } }),
      assurance: assuranceOf(conversation.level),
      verification: {
        state: conversation.verification === 'locked' ? 'code-sent' : conversation.verification,
      },
      ...(consult !== undefined && { consult }),
      lastSeq: conversation.head.lastSeq,
      receipts: await this.receipts.read(tx, conversation.intakeId),
      rated: rating !== undefined,
      staffPresent: this.live.isStaffPresent([conversation.queueId]),
    };
  }

  async forStaff(tx: Tx, conversation: Conversation): Promise<StaffChange> {
    const consult = await this.consultOf(tx, conversation);
    const { intakeId, queueId, state, assignee, verification } = conversation;
    return {
      intakeId,
      queueId,
      state,
      ...(assignee !== undefined && { assignee }),
      assurance: assuranceOf(conversation.level),
      verification: { state: verification },
      ...(consult !== undefined && { consult }),
      clientOnline: this.live.isClientOnline(intakeId),
      ...(conversation.erasedAt !== undefined && { erased: true as const }),
    };
  }

  async consultOf(tx: Tx, { consultId }: Conversation) {
    return consultId === undefined ? undefined : this.consults.view(tx, consultId);
  }

  async topicOf(tx: Tx, conversation: Conversation): Promise<Text> {
    return topicLabel((await this.siteOf(tx, conversation)).definition, conversation.topic);
  }

  /** Reads the site in this transaction: a list of forty lines asks for it once. */
  private async siteOf(tx: Tx, { siteId }: Conversation): Promise<SiteView> {
    const now = this.clock.now().getTime();
    const held = this.recent.get(siteId);
    if (held !== undefined && now < held.until) return held.site;
    const site = await this.sites.byId(tx, siteId);
    if (this.recent.size >= MAX_RECENT) this.recent.clear();
    this.recent.set(siteId, { site, until: now + RECENT_MS });
    return site;
  }

  private async place(tx: Tx, conversation: Conversation, site: SiteView): Promise<PlaceInLine> {
    if (conversation.state === 'closed') return { kind: 'ended' };
    if (conversation.state === 'claimed') return { kind: 'with-staff' };
    const now = this.clock.now();
    if (!isOpen(site.definition, now)) {
      const opening = nextOpening(site.definition, now);
      return { kind: 'closed', ...(opening !== undefined && { nextOpening: opening.toISOString() }) };
    }
    const [line] = await tx.query<{ waiting: string; before: string }>(
      `SELECT count(*) AS waiting, count(*) FILTER (WHERE queued_at < $3) AS before
       FROM intake WHERE tenant_id = $1 AND queue_id = $2 AND state = 'waiting'`,
      [tx.tenantId, conversation.queueId, conversation.queuedAt],
    );
    return { kind: 'queue', position: Number(line?.before ?? 0) + 1, waiting: Number(line?.waiting ?? 1) };
  }
}

/** Returns how many conversations wait in these queues. */
export async function countWaiting(tx: Tx, queues: readonly QueueId[]): Promise<number> {
  const [row] = await tx.query<{ count: string }>(
    `SELECT count(*) FROM intake WHERE tenant_id = $1 AND queue_id = ANY ($2) AND state = 'waiting'`,
    [tx.tenantId, queues],
  );
  return Number(row?.count ?? 0);
}
