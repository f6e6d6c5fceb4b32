import { ConsultModule } from '@app/consult';
import { IdentityModule } from '@app/identity';
import { IntakeModule } from '@app/intake';
import { MediasoupRouter } from '@app/media';
import { PlatformModule } from '@app/platform';
import { RecordsModule } from '@app/records';
import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { DEMO_OUTBOX, DemoController } from '../doors/demo.controller';
import { HealthController } from '../doors/health.controller';
import { PAGES, PageController } from '../doors/page.controller';
import { OpenApiController } from '../doors/openapi.controller';
import type { Assembly } from './assembly';

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
        RecordsModule.forRoot(places.verifier),
        IntakeModule.forRoot(
          places.governance,
          IdentityModule.forRoot({ governance: places.governance }),
          ConsultModule.forRoot(router),
        ),
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
