import { ConsultModule, type OwnedRouter } from '@app/consult';
import { IdentityModule } from '@app/identity';
import { IntakeModule } from '@app/intake';
import { type MediaLog, MediasoupRouter, RemoteMediaRouter } from '@app/media';
import { type Config, PlatformModule } from '@app/platform';
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
    const logger = new Logger('media');
    const log = {
      warn: (line: string) => logger.warn(line),
      error: (line: string) => logger.error(line),
    };
    const router = () => mediaRouter(config.media, log);
    return {
      module: ApiModule,
      imports: [
        PlatformModule.forRoot({ config, urls, policies: places.access, smtpUrl, ...(clock && { clock }) }),
        RecordsModule.forRoot(places.verifier),
        IntakeModule.forRoot(
          places.governance,
          IdentityModule.forRoot({ governance: places.governance }),
          ConsultModule.forRoot(router, config.turn),
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

/** The media node that the config names, or one in this process. */
function mediaRouter(media: Config['media'], log: MediaLog): OwnedRouter {
  if ('url' in media) return new RemoteMediaRouter(media, log);
  const { announcedAddress, ...rest } = media;
  return new MediasoupRouter({ ...rest, ...(announcedAddress !== undefined && { announcedAddress }) }, log);
}
