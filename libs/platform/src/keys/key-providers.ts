import type { Clock } from '@app/kernel';
import type { Provider } from '@nestjs/common';
import { Gate } from '../access/gate';
import { Recorder } from '../auditing/recording/recorder';
import { CheckpointSigner } from '../auditing/signer';
import type { Config } from '../config/config';
import { Database } from '../database/database';
import { BulkOpener } from './bulk/bulk-opener';
import { KeyEar } from './cache/key-ear';
import { KeyClock } from './epochs/key-clock';
import { TenantKeys } from './epochs/tenant-keys';
import { Keys } from './keys';
import type { KmsProvider } from './kms/kms-provider';
import { openKms } from './kms/open-kms';
import { KeyOffice } from './office/key-office';

/** The token of the KMS that the configuration names. */
export const KMS = Symbol('KMS');

export interface KeyProviderOptions {
  readonly config: Config;
  readonly urls: { readonly app: string; readonly sequencer: string };
  readonly clock: Clock;
  /** Hears of what goes wrong where nobody waits for it. */
  readonly fault: (what: string, error: unknown) => void;
}

/** What the platform provides of keys. */
export function keyProviders({ config, urls, clock, fault }: KeyProviderOptions): Provider[] {
  return [
    {
      provide: KMS,
      useFactory: () => openKms(config.kms, { path: config.keyFile, passphrase: config.passphrase }),
    },
    { provide: Keys, inject: [KMS], useFactory: (kms: KmsProvider) => new Keys(kms, clock) },
    {
      provide: KeyEar,
      inject: [Keys],
      useFactory: (keys: Keys) => new KeyEar(urls.app, keys, (error) => fault('news of keys', error)),
    },
    {
      provide: BulkOpener,
      inject: [Database, Keys],
      useFactory: (database: Database, keys: Keys) => new BulkOpener(database, keys),
    },
    {
      provide: TenantKeys,
      inject: [Keys, Recorder],
      useFactory: (keys: Keys, recorder: Recorder) => new TenantKeys(keys, recorder, clock, config.keys),
    },
    {
      provide: KeyClock,
      inject: [Database, TenantKeys],
      useFactory: (database: Database, tenantKeys: TenantKeys) =>
        new KeyClock(urls.sequencer, database, tenantKeys, clock, config.keys, fault),
    },
    {
      provide: KeyOffice,
      inject: [Database, Gate, TenantKeys, KeyClock, CheckpointSigner, KMS],
      useFactory: (
        database: Database,
        gate: Gate,
        tenantKeys: TenantKeys,
        keyClock: KeyClock,
        signer: CheckpointSigner,
        kms: KmsProvider,
      ) => new KeyOffice(database, gate, tenantKeys, keyClock, signer, kms, clock, config.keys),
    },
  ];
}
