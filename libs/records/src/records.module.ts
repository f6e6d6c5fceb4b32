import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { readFile } from 'node:fs/promises';
import { BundleJob, VERIFIER } from './making/bundle-job.service';
import { ExportRunner } from './making/export-runner.service';
import { Exports } from './export/export.service';
import { HoldController } from './holds/hold.controller';
import { Holds } from './holds/hold.service';
import { ServerKey } from './making/server-key.service';
import { OfficerLog } from './log/log.service';
import { OfficerController } from './officer.controller';

/** The log for compliance officers, and the bundles that they take away. Needs `PlatformModule`. */
@Module({})
export class RecordsModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly runner: ExportRunner) {}

  /**
   * @param verifierPath - of `audit/cli/verify.mjs`, which goes into every bundle. It is read at the start: without it the
   * program does not start.
   */
  static forRoot(verifierPath: string): DynamicModule {
    return {
      module: RecordsModule,
      controllers: [OfficerController, HoldController],
      providers: [
        { provide: VERIFIER, useFactory: () => readFile(verifierPath) },
        OfficerLog,
        ServerKey,
        BundleJob,
        ExportRunner,
        Exports,
        Holds,
      ],
      exports: [OfficerLog, Exports, Holds],
    };
  }

  onApplicationBootstrap(): void {
    this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }
}
