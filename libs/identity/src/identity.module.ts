import type { Clock } from '@app/kernel';
import { CLOCK, Database, Keys, Mailer, Recorder } from '@app/platform';
import { identityLimits } from '@app/policies';
import { type DynamicModule, Module } from '@nestjs/common';
import { RecordTable } from './record/record-table.service';
import { VerificationService } from './verification/verification.service';

/** Who a client is. Wants the platform's module around it. */
@Module({})
export class IdentityModule {
  /** @param governance - folder of the governance files. @throws Error as `identityLimits`. */
  static forRoot({ governance }: { readonly governance: string }): DynamicModule {
    const limits = identityLimits(governance);
    return {
      module: IdentityModule,
      providers: [
        {
          provide: RecordTable,
          inject: [Keys, Recorder, CLOCK],
          useFactory: (keys: Keys, recorder: Recorder, clock: Clock) =>
            new RecordTable(keys, recorder, clock),
        },
        {
          provide: VerificationService,
          inject: [Database, Keys, Recorder, RecordTable, Mailer, CLOCK],
          useFactory: (
            database: Database,
            keys: Keys,
            recorder: Recorder,
            records: RecordTable,
            mailer: Mailer,
            clock: Clock,
          ) => new VerificationService(database, keys, recorder, records, mailer, limits, clock),
        },
      ],
      exports: [RecordTable, VerificationService],
    };
  }
}
