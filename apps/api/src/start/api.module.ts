import { ConsultModule } from '@app/consult';
import { DeskModule } from '@app/desk';
import { IdentityModule } from '@app/identity';
import { IntakeModule } from '@app/intake';
import { MediasoupRouter } from '@app/media';
import { PlatformModule } from '@app/platform';
import { RecordsModule } from '@app/records';
import { StaffModule } from '@app/staff';
import { TranscriptModule } from '@app/transcript';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { DEMO_OUTBOX, DemoController } from '../doors/demo.controller';
import { HealthController } from '../doors/health.controller';
import { PAGES, PageController } from '../doors/page.controller';
import { OpenApiController } from '../doors/openapi.controller';
import type { Assembly } from './assemble';

/** The whole house, as one program. */
@Module({})
export class ApiModule {
  static forRoot({ config, urls, smtpUrl, places, outbox, clock }: Assembly): DynamicModule {
    const { media } = config;
    const logger = new Logger('media');
    const router = () =>
      new MediasoupRouter(
        {
          workerBin: media.workerBin,
          listenIp: media.listenIp,
          port: media.port,
          workers: media.workers,
          ...(media.announcedAddress !== undefined && { announcedAddress: media.announcedAddress }),
        },
        { warn: (line) => logger.warn(line), error: (line) => logger.error(line) },
      );
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot({ config, urls, policies: places.access, smtpUrl, ...(clock && { clock }) }),
        StaffModule,
        DeskModule,
        IdentityModule.forRoot(places.governance),
        TranscriptModule,
        ConsultModule.forRoot(router),
        RecordsModule.forRoot(places.verifier),
        IntakeModule,
      ],
      controllers: [
        HealthController,
        OpenApiController,
        PageController,
        ...(config.demo && outbox !== undefined ? [DemoController] : []),
      ],
      providers: [
        { provide: PAGES, useValue: { portal: places.portal, console: places.console } },
        { provide: DEMO_OUTBOX, useValue: outbox },
      ],
    };
  }
}
