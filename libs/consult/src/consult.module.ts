import type { Clock } from '@app/kernel';
import { CLOCK } from '@app/platform';
import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { ConsultService, MEDIA_ROUTER } from './consult.service';
import { ConsultGateway } from './live/consult.gateway';
import { Rooms } from './live/rooms';
import type { MediaRouter } from './media-router';

/** A media router that ends with the program. */
export type OwnedMediaRouter = MediaRouter & { close(): Promise<void> };

/** Calls: their rows, their rooms and their socket. Given a media router, so that this room needs none of its own. */
@Module({})
export class ConsultModule implements OnApplicationShutdown {
  constructor(@Inject(MEDIA_ROUTER) private readonly router: OwnedMediaRouter) {}

  static forRoot(router: () => OwnedMediaRouter): DynamicModule {
    return {
      module: ConsultModule,
      global: true,
      providers: [
        { provide: MEDIA_ROUTER, useFactory: router },
        {
          provide: Rooms,
          inject: [MEDIA_ROUTER, CLOCK],
          useFactory: (media: MediaRouter, clock: Clock) => new Rooms(media, clock),
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
