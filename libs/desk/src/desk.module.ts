import { Module } from '@nestjs/common';
import { CannedReplyService } from './replies/canned-reply.service';
import { SiteService } from './site/site.service';
import { TodayService } from './today/today.service';

@Module({
  providers: [SiteService, CannedReplyService, TodayService],
  exports: [SiteService, CannedReplyService, TodayService],
})
export class DeskModule {}
