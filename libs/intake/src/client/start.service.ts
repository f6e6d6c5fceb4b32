import { checkAnswers, initialsOf, isOpen, queueFor, SiteService } from '@app/desk';
import { type Clock, HOUR, type IntakeId, newId } from '@app/kernel';
import { actorOf, type ClientPrincipal, CLOCK, Database, Keys, RateLimit, Recorder } from '@app/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { Locale } from '../conversation/conversation';
import { Announcer } from '../live/announcer.service';
import type { SealedForm } from '../live/views';
import { ClientSessionService } from './client-session.service';

/** Conversations that one address may start: a clinic's waiting room shares one, a script does not stop at it. */
const STARTS = { times: 20, withinMs: HOUR };

export interface StartInput {
  readonly locale: Locale;
  readonly noticeVersion: number;
  readonly answers: Readonly<Record<string, string>>;
  readonly page?: { readonly url?: string | undefined; readonly referrer?: string | undefined } | undefined;
}

/** Starts a conversation: notice, form, queue. */
@Injectable()
export class StartService {
  constructor(
    private readonly database: Database,
    private readonly keys: Keys,
    private readonly recorder: Recorder,
    private readonly limits: RateLimit,
    private readonly sites: SiteService,
    private readonly sessions: ClientSessionService,
    private readonly announcer: Announcer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Stores the form sealed, the yes to the notice with the digest of its words, and puts the conversation into the queue
   * of its topic. Outside the opening hours it waits there for the next day.
   *
   * @returns the principal, and the secret for their cookie.
   * @throws AppError `NOT_FOUND`, `NOTICE_CHANGED`, `INPUT_MALFORMED` naming the fields, `TOO_MANY`, `AUDIT_UNAVAILABLE`.
   */
  async start(
    slug: string,
    input: StartInput,
    from: { readonly ip: string; readonly userAgent: string },
  ): Promise<{ readonly principal: ClientPrincipal; readonly secret: string }> {
    await this.limits.take('start', from.ip, STARTS);
    const site = await this.sites.bySlug(slug);
    const checked = checkAnswers(site.definition.form, input.answers);
    const queueId = queueFor(site.definition, checked.topic);
    const now = this.clock.now();
    const form: SealedForm = {
      name: checked.name,
      initials: initialsOf(checked.name),
      contact: checked.contact.value,
      answers: checked.shown.map(({ label, value, option }) => ({ label, value, ...(option && { option }) })),
      ...(input.page !== undefined && {
        page: {
          ...(input.page.url !== undefined && { url: input.page.url }),
          ...(input.page.referrer !== undefined && { referrer: input.page.referrer }),
        },
      }),
    };
    return this.database.transaction(site.tenantId, async (tx) => {
      const agreed = await this.sites.agreedNotice(tx, site.siteId, input.noticeVersion, input.locale);
      const intakeId = newId<IntakeId>();
      const sealed = await this.keys.seal(
        tx,
        intakeId,
        { item: intakeId, content: 'form' },
        JSON.stringify(form),
      );
      await tx.query(
        `INSERT INTO intake (tenant_id, intake_id, site_id, queue_id, topic, locale, state, out_of_hours, sealed_form,
                             notice_version, created_at, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7, $8, $9, $10, $10)`,
        [
          tx.tenantId,
          intakeId,
          site.siteId,
          queueId,
          checked.topic,
          input.locale,
          !isOpen(site.definition, now),
          sealed,
          agreed.version,
          now,
        ],
      );
      await tx.query('INSERT INTO intake_head (tenant_id, intake_id) VALUES ($1, $2)', [
        tx.tenantId,
        intakeId,
      ]);
      await tx.query('INSERT INTO receipts (tenant_id, intake_id) VALUES ($1, $2)', [tx.tenantId, intakeId]);
      const { principal, secret } = await this.sessions.begin(tx, intakeId);
      const actor = actorOf(principal);
      await this.recorder.record(tx, {
        act: 'intake.start',
        actor,
        intakeId,
        refs: { site: site.siteId, queue: queueId },
        detail: { locale: input.locale },
        personal: { ip: from.ip, userAgent: from.userAgent },
      });
      await tx.query(
        `INSERT INTO consent (tenant_id, intake_id, purpose, version, locale, text_sha256, given_at)
         VALUES ($1, $2, 'privacy-notice', $3, $4, $5, $6)`,
        [tx.tenantId, intakeId, agreed.version, input.locale, agreed.textSha256, now],
      );
      await this.recorder.record(tx, {
        act: 'consent.given',
        actor,
        intakeId,
        detail: { purpose: 'privacy-notice', version: agreed.version, locale: input.locale },
      });
      this.announcer.afterCommit(tx, intakeId, { queues: [queueId] });
      return { principal, secret };
    });
  }
}
