import { Module } from '@nestjs/common';
import { CannedReplyService } from './replies/canned-reply.service';
import { SiteService } from './site/site.service';
import { TenantService } from './tenant/tenant.service';
import { TodayService } from './today/today.service';

@Module({
  providers: [TenantService, SiteService, CannedReplyService, TodayService],
  exports: [TenantService, SiteService, CannedReplyService, TodayService],
})
export class DeskModule {}
