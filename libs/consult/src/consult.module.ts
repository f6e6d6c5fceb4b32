import type { Clock } from '@app/kernel';
import { CLOCK, describe } from '@app/platform';
import { type DynamicModule, Inject, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConsultGateway } from './consult.gateway';
import { ConsultService, MEDIA_ROUTER, RELAY } from './consult.service';
import type { Relay } from './ice-servers';
import type { MediaRouter } from './media-router';
import { ConsultRooms } from './rooms';

/** A media router that ends with the program. */
export type OwnedRouter = MediaRouter & { close(): Promise<void> };

/** Calls: their rows, their rooms and their socket. Given a media router, so that this room needs none of its own. */
@Module({})
export class ConsultModule implements OnApplicationShutdown {
  constructor(@Inject(MEDIA_ROUTER) private readonly router: OwnedRouter) {}

  static forRoot(router: () => OwnedRouter, relay?: Relay): DynamicModule {
    const logger = new Logger('consult');
    return {
      module: ConsultModule,
      global: true,
      providers: [
        { provide: MEDIA_ROUTER, useFactory: router },
        { provide: RELAY, useValue: relay },
        {
          provide: ConsultRooms,
          inject: [MEDIA_ROUTER, CLOCK],
          useFactory: (media: MediaRouter, clock: Clock) =>
            new ConsultRooms(media, clock, (error) => logger.error(describe(error))),
        },
        ConsultService,
        ConsultGateway,
      ],
      exports: [ConsultService],
    };
  }

  /** Runs when every socket has ended. */
  async onApplicationShutdown(): Promise<void> {
    await this.router.close();
  }
}
