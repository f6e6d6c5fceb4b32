import {
  type CannedReply,
  CannedReplyService,
  fill,
  type Locale,
  recordFieldsOf,
  SiteService,
} from '@app/desk';
import { RecordTable } from '@app/identity';
import { AppError, type IntakeId } from '@app/kernel';
import { Database, Gate, type StaffPrincipal, type Tx } from '@app/platform';
import { Injectable } from '@nestjs/common';
import { Acts } from '../conversation/acts.service';
import { recordOf } from '../conversation/conversation';
import { ReadingService } from '../conversation/reading.service';

/** Approved wording, filled in for one client. */
@Injectable()
export class ReplyService {
  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    private readonly acts: Acts,
    private readonly reading: ReadingService,
    private readonly replies: CannedReplyService,
    private readonly sites: SiteService,
    private readonly records: RecordTable,
  ) {}

  list(staff: StaffPrincipal): Promise<CannedReply[]> {
    return this.database.transaction(staff.tenantId, (tx) => {
      this.gate.pass(tx, {
        principal: staff,
        action: 'reply.list',
        resource: { kind: 'tenant', id: staff.tenantId },
      });
      return this.replies.list(tx);
    });
  }

  /**
   * Returns the reply with its merge fields filled in: a reading of the conversation, and of the record if it names one.
   *
   * @throws AppError `ASSURANCE_TOO_LOW` if it names a record value before identity is confirmed.
   */
  async fill(staff: StaffPrincipal, intakeId: IntakeId, replyId: string, locale: Locale): Promise<string> {
    const { body } = await this.database.transaction(staff.tenantId, (tx) => this.replies.get(tx, replyId));
    const text = body[locale];
    const wantsRecord = recordFieldsOf(text).length > 0;
    return this.acts.read(
      staff,
      intakeId,
      wantsRecord ? 'record.read' : 'intake.read',
      async (tx: Tx, receipt, conversation) => {
        const { name } = await this.reading.form(tx, receipt, intakeId);
        const site = await this.sites.byId(tx, conversation.siteId);
        const merge = { client: { name }, staff: { name: staff.name }, site: { name: site.name } };
        if (!wantsRecord) return fill(text, merge);
        if (conversation.recordId === undefined)
          throw new AppError('NOT_FOUND', 'This client has no record here.');
        const values = await this.records.readValues(tx, receipt, conversation.recordId);
        return fill(text, {
          ...merge,
          record: Object.fromEntries(values.map(({ field, value }) => [field, value])),
        });
      },
      { ...(wantsRecord && { owners: recordOf }), detail: { reply: replyId } },
    );
  }
}
