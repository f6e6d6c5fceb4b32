import { deriveKey } from '@app/crypto';
import { type Clock, type IntakeId, isId, systemClock } from '@app/kernel';
import { PolicySet } from '@app/policies';
import {
  type DynamicModule,
  Global,
  Inject,
  Logger,
  Module,
  type OnApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { DoorGuard, SessionReaders } from './access/door.guard';
import { Gate } from './access/gate';
import { OUR_ORIGINS } from './access/origin';
import { HouseKeeping } from './auditing/house-keeping';
import { ClockSkewed, LogClock } from './auditing/log-clock';
import { Recorder } from './auditing/recording/recorder';
import { Alarms } from './auditing/scrubbing/alarm';
import { Scrubber } from './auditing/scrubbing/scrubber';
import { LogAltered, Scrubbing } from './auditing/scrubbing/scrubbing';
import { Sequencer } from './auditing/sequencer';
import { LogGenerations } from './auditing/log-generations';
import { SignedStates } from './auditing/signed-states';
import { CheckpointSigner, LogRewound } from './auditing/signer';
import { Witnesses } from './auditing/witnessing/witnesses';
import { Anchors } from './auditing/anchoring/anchors';
import { EVIDENCE_POLICY, evidenceProviders } from './auditing/evidence-providers';
import { WitnessWatch } from './auditing/witnessing/witness-watch';
import type { Config } from './config/config';
import { connect } from './database/connect';
import { Database } from './database/database';
import { describe, HttpErrorFilter } from './errors/http-error.filter';
import { BulkOpener } from './keys/bulk/bulk-opener';
import { KeyEar } from './keys/cache/key-ear';
import { KeyClock } from './keys/epochs/key-clock';
import { TenantKeys } from './keys/epochs/tenant-keys';
import { KMS, keyProviders } from './keys/key-providers';
import { Keys } from './keys/keys';
import type { KmsProvider } from './keys/kms/kms-provider';
import { KeysController } from './keys/office/keys.controller';
import { RateLimit } from './limits/rate-limit';
import { Mailer } from './mail/mailer';
import { Revocations } from './sockets/revocations';
import { SocketTickets } from './sockets/tickets';

/** Injection tokens for what is not a class. */
export const CLOCK = Symbol('CLOCK');
export const CONFIG = Symbol('CONFIG');
const SEQUENCER_SOURCE = Symbol('SEQUENCER_SOURCE');

export interface PlatformOptions {
  readonly config: Config;
  /** Addresses of the two roles; `prepareRoles` and `migrate` have run. */
  readonly urls: { readonly app: string; readonly sequencer: string };
  /** Folder of the access policies. */
  readonly policies: string;
  /** Folder of the governance files; beside the policies, if nothing is said. */
  readonly governance?: string;
  /** Folder `audit/verify`, which checks time stamps; where the checkout has it, if nothing is said. */
  readonly verifier?: string;
  /** Where mail goes. */
  readonly smtpUrl: string;
  readonly clock?: Clock;
}

/** Connections of the application's role. A consult or a chat waits for none of them: acts are short. */
const APP_POOL = 10;

/** What every room needs: database, keys, log, gate, doors, sockets, mail. Assembled once, from the configuration. */
@Global()
@Module({})
export class PlatformModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly generations: LogGenerations,
    private readonly logClock: LogClock,
    private readonly keyEar: KeyEar,
    private readonly scrubbing: Scrubbing,
    private readonly witnesses: Witnesses,
    private readonly anchors: Anchors,
    private readonly keyClock: KeyClock,
    private readonly houseKeeping: HouseKeeping,
    private readonly database: Database,
    @Inject(SEQUENCER_SOURCE) private readonly sequencerSource: DataSource,
    @Inject(KMS) private readonly kms: KmsProvider,
    private readonly mailer: Mailer,
  ) {}

  static forRoot(options: PlatformOptions): DynamicModule {
    const { config, urls, policies, smtpUrl, clock = systemClock } = options;
    const governance = options.governance ?? join(policies, '..', 'governance');
    const verifier = options.verifier ?? join(policies, '..', '..', 'audit', 'verify');
    const logger = new Logger('platform');
    const broken = (error: Error) => logger.error(`a database connection broke: ${describe(error)}`);
    const fault = (what: string, error: unknown) =>
      logger.error(`${what}: ${speaks(error) ? error.message : describe(error)}`);
    const origins = new Set(config.publicUrl === '' ? [] : [config.publicUrl]);
    return {
      module: PlatformModule,
      controllers: [KeysController],
      providers: [
        { provide: CLOCK, useValue: clock },
        { provide: CONFIG, useValue: config },
        { provide: OUR_ORIGINS, useValue: origins },
        {
          provide: Database,
          useFactory: async () => new Database(await connect(urls.app, APP_POOL, broken)),
        },
        ...keyProviders({ config, urls, clock, fault }),
        { provide: SEQUENCER_SOURCE, useFactory: () => connect(urls.sequencer, 2, broken) },
        { provide: PolicySet, useFactory: () => PolicySet.load(policies) },
        {
          provide: Recorder,
          inject: [Database, Keys],
          useFactory: (database: Database, keys: Keys) => new Recorder(database, keys, clock),
        },
        {
          provide: Gate,
          inject: [PolicySet, Recorder, WitnessWatch],
          useFactory: (policySet: PolicySet, recorder: Recorder, watch: WitnessWatch) =>
            new Gate(policySet, recorder, watch),
        },
        ...evidenceProviders({ config, governance, verifier, clock, fault, source: SEQUENCER_SOURCE }),
        {
          provide: CheckpointSigner,
          inject: [SEQUENCER_SOURCE, Database, Keys],
          useFactory: (source: DataSource, database: Database, keys: Keys) =>
            new CheckpointSigner(source, database, keys, clock, join(config.home, 'log-state')),
        },
        {
          provide: LogGenerations,
          inject: [Database, Recorder, CheckpointSigner],
          useFactory: (database: Database, recorder: Recorder, signer: CheckpointSigner) =>
            new LogGenerations(
              database,
              recorder,
              signer,
              new SignedStates(join(config.home, 'log-state')),
              (tenantId, { generation }) =>
                logger.warn(
                  `the log of ${tenantId} goes on as ${CheckpointSigner.origin(tenantId, generation)}`,
                ),
            ),
        },
        {
          provide: Alarms,
          inject: [Database, Recorder],
          useFactory: (database: Database, recorder: Recorder) => new Alarms(database, recorder, clock),
        },
        {
          provide: LogClock,
          inject: [SEQUENCER_SOURCE, CheckpointSigner, Recorder, Alarms],
          useFactory: (source: DataSource, signer: CheckpointSigner, recorder: Recorder, alarms: Alarms) => {
            const sequencer = new Sequencer(source, clock, recorder);
            return new LogClock(sequencer, signer, recorder, alarms, fault, clock === systemClock);
          },
        },
        {
          provide: Scrubbing,
          inject: [SEQUENCER_SOURCE, Database, Alarms, CheckpointSigner],
          useFactory: (source: DataSource, database: Database, alarms: Alarms, signer: CheckpointSigner) =>
            new Scrubbing(new Scrubber(source, database, alarms, signer, clock), fault),
        },
        {
          provide: HouseKeeping,
          inject: [SEQUENCER_SOURCE, Database, Recorder, PolicySet],
          useFactory: (source: DataSource, database: Database, recorder: Recorder, policySet: PolicySet) =>
            new HouseKeeping(source, database, recorder, policySet.digest, fault),
        },
        {
          provide: SocketTickets,
          inject: [Database],
          useFactory: (database: Database) => new SocketTickets(database, clock),
        },
        {
          provide: RateLimit,
          inject: [Database],
          // The address holds our role's password, which is nowhere in the database.
          useFactory: (database: Database) =>
            new RateLimit(database, deriveKey(Buffer.from(urls.app), 'rate-limit'), clock),
        },
        { provide: Mailer, useFactory: () => new Mailer(smtpUrl, config.mailFrom) },
        SessionReaders,
        {
          provide: Revocations,
          inject: [Keys],
          useFactory: (keys: Keys) => {
            const revocations = new Revocations(clock);
            // A conversation whose keys are gone was erased: what stands open for it is closed, in every process.
            keys.listenGone(({ tenantId, owner }) => {
              if (owner !== undefined && isId(owner))
                revocations.tell({ tenantId, intakeId: owner as IntakeId, reason: 'erased' });
            });
            return revocations;
          },
        },
        { provide: APP_GUARD, useClass: DoorGuard },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
      ],
      exports: [
        CLOCK,
        CONFIG,
        OUR_ORIGINS,
        Database,
        PolicySet,
        Keys,
        TenantKeys,
        KeyClock,
        BulkOpener,
        Recorder,
        Gate,
        CheckpointSigner,
        EVIDENCE_POLICY,
        Witnesses,
        WitnessWatch,
        Anchors,
        SocketTickets,
        Mailer,
        RateLimit,
        SessionReaders,
        Revocations,
      ],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    this.keyEar.start();
    this.keyClock.start();
    await this.generations.run();
    this.logClock.start();
    this.scrubbing.start();
    this.witnesses.start();
    this.anchors.start();
    await this.houseKeeping.start();
  }

  /** Runs when every socket and request has ended: the log takes what is left, then the connections close. */
  async onApplicationShutdown(): Promise<void> {
    await this.scrubbing.stop();
    await this.keyClock.stop();
    await this.houseKeeping.stop();
    await this.logClock.stop();
    await this.keyEar.stop();
    await this.witnesses.stop();
    await this.anchors.stop();
    this.mailer.close();
    await this.sequencerSource.destroy();
    await this.database.close();
    await this.kms.close();
  }
}

/** Faults of the log itself: their messages name numbers and times, never a value. */
function speaks(error: unknown): error is Error {
  return error instanceof LogRewound || error instanceof ClockSkewed || error instanceof LogAltered;
}
