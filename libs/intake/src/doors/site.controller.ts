import { isOpen, nextOpening, queuesServing, SiteService } from '@app/desk';
import { ConsultService } from '@app/consult';
import { AppError, type Clock } from '@app/kernel';
import { CLOCK, CONFIG, type Config, Database, Open, Shape } from '@app/platform';
import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { StartService } from '../client/start.service';
import { ReadingService } from '../conversation/reading.service';
import { Live } from '../live/live.service';
import { countWaiting } from '../live/view.service';
import { setClientCookie } from './cookie';

const Start = z.strictObject({
  locale: z.enum(['en', 'es']),
  noticeVersion: z.number().int().positive(),
  answers: z.record(z.string().max(60), z.string().max(4_000)),
  page: z
    .strictObject({ url: z.string().max(2_000).optional(), referrer: z.string().max(2_000).optional() })
    .optional(),
});

/** A site's front: who answers, and the way in. */
@Controller('api/sites')
export class SiteController {
  constructor(
    private readonly sites: SiteService,
    private readonly start: StartService,
    private readonly reading: ReadingService,
    private readonly consults: ConsultService,
    private readonly database: Database,
    private readonly live: Live,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Open('demo.read')
  async list() {
    if (!this.config.demo) throw new AppError('NOT_FOUND', 'There is nothing here.');
    return { sites: await this.sites.list() };
  }

  @Get(':slug')
  @Open('site.read')
  async site(@Param('slug') slug: string) {
    const { tenantId, definition, notice, name, sector } = await this.sites.bySlug(slug);
    const now = this.clock.now();
    const queues = queuesServing(definition);
    const open = isOpen(definition, now);
    const opening = open ? undefined : nextOpening(definition, now);
    const { locales, timeZone, answeredBy, hours, emergency, form } = definition;
    return {
      slug,
      name,
      sector,
      locales,
      timeZone,
      answeredBy,
      open,
      ...(opening !== undefined && { nextOpening: opening.toISOString() }),
      staffPresent: this.live.isStaffPresent(queues),
      waiting: await this.database.transaction(tenantId, (tx) => countWaiting(tx, queues)),
      hours,
      emergency,
      notice,
      form,
      video: this.consults.status(),
    };
  }

  @Post(':slug/intakes')
  @Open('intake.start')
  async begin(
    @Param('slug') slug: string,
    @Body(new Shape(Start)) body: z.infer<typeof Start>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ) {
    const from = {
      ip: request.ip ?? 'unknown',
      userAgent: (request.headers['user-agent'] ?? '').slice(0, 300),
    };
    const { principal, secret } = await this.start.start(slug, body, from);
    setClientCookie(response, this.config, secret);
    return this.reading.forClient(principal);
  }
}
