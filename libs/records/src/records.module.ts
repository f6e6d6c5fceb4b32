import {
  type BeforeApplicationShutdown,
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { type Config, CONFIG } from '@app/platform';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BundleJob, VERIFIER } from './making/bundle-job.service';
import { ExportRunner } from './making/export-runner.service';
import { Exports } from './export/export.service';
import { Certificates } from './erasure/certificate.service';
import { EffectiveErasures } from './erasure/effective.service';
import { ErasureController } from './erasure/erasure.controller';
import { Erasures } from './erasure/erasure.service';
import { ErasureJournal } from './erasure/journal';
import { Replay } from './erasure/replay.service';
import { SigningKeyring } from './export/signing-keys.service';
import { OfficerKeyController } from './officer-key/officer-key.controller';
import { OfficerKeyring } from './officer-key/officer-key.service';
import { TranscriptExports } from './export/transcript-exports.service';
import { EvidenceController } from './evidence/evidence.controller';
import { EvidenceState } from './evidence/evidence.service';
import { HoldController } from './holds/hold.controller';
import { Holds } from './holds/hold.service';
import { Standing } from './making/standing.service';
import { ServerKey } from './making/server-key.service';
import { OfficerLog } from './log/log.service';
import { Transcripts } from './transcript/transcripts.service';
import { OfficerController } from './officer.controller';

/** The log for compliance officers, and the bundles that they take away. Needs `PlatformModule`. */
@Module({})
export class RecordsModule implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly replay: Replay,
    private readonly runner: ExportRunner,
    private readonly effective: EffectiveErasures,
  ) {}

  /**
   * @param verifierPath - of `audit/cli/verify.mjs`, which goes into every bundle. It is read at the start: without it the
   * program does not start.
   */
  static forRoot(verifierPath: string): DynamicModule {
    return {
      module: RecordsModule,
      controllers: [
        OfficerController,
        OfficerKeyController,
        HoldController,
        ErasureController,
        EvidenceController,
      ],
      providers: [
        { provide: VERIFIER, useFactory: () => readFile(verifierPath) },
        OfficerLog,
        EvidenceState,
        ServerKey,
        Standing,
        Transcripts,
        BundleJob,
        ExportRunner,
        Exports,
        {
          provide: ErasureJournal,
          inject: [CONFIG],
          useFactory: ({ home }: Config) => new ErasureJournal(join(home, 'erasure-journal')),
        },
        TranscriptExports,
        SigningKeyring,
        OfficerKeyring,
        Holds,
        Erasures,
        EffectiveErasures,
        Certificates,
        Replay,
      ],
      exports: [OfficerLog, Exports, Holds, Erasures],
    };
  }

  /** Before anything is served, a database that was set back is told what it must not forget. */
  onModuleInit(): Promise<void> {
    return this.replay.run();
  }

  onApplicationBootstrap(): void {
    this.effective.start();
    this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.effective.stop();
    await this.runner.stop();
  }
}
