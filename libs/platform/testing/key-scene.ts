import { parseEntry } from '@app/audit';
import { type Clock, newId, type TenantId } from '@app/kernel';
import { issueReceipt } from '../src/auditing/recording/receipt';
import { Recorder } from '../src/auditing/recording/recorder';
import type { Tx } from '../src/database/database';
import { KeyClock } from '../src/keys/epochs/key-clock';
import { TenantKeys } from '../src/keys/epochs/tenant-keys';
import { Keys } from '../src/keys/keys';
import type { KmsProvider } from '../src/keys/kms/kms-provider';
import type { TestDatabase } from './database';
import { memoryKms } from './kms/memory-kms';

const PLACE = { item: 'item', content: 'message' };
const LIMITS = { epochDays: 7, backupDays: 30 };
const BY = { actor: { kind: 'staff', id: 'somebody' } } as const;

/** A tenant with a process of its own. */
export class KeyScene {
  readonly faults: unknown[] = [];

  private constructor(
    private readonly db: TestDatabase,
    private readonly clock: Clock,
    readonly tenantId: TenantId,
    readonly kms: KmsProvider,
    readonly keys = new Keys(kms, clock),
    readonly recorder = new Recorder(db.database, keys, clock),
    readonly tenantKeys = new TenantKeys(keys, recorder, clock, LIMITS),
  ) {}

  static async open(db: TestDatabase, clock: Clock, kms = memoryKms()): Promise<KeyScene> {
    // What other tests left would be looked after by this one's clock, which has not their keys.
    await db.owner('DELETE FROM tenant_key');
    await db.owner('DELETE FROM data_key');
    await db.owner('DELETE FROM secret');
    return new KeyScene(db, clock, await db.tenant(`t-${newId<string>().slice(24)}`), kms);
  }

  /** Another process with the same root. */
  beside(): KeyScene {
    return new KeyScene(this.db, this.clock, this.tenantId, this.kms);
  }

  readonly keyClock = new KeyClock(
    this.db.urls.sequencer,
    this.db.database,
    this.tenantKeys,
    this.clock,
    LIMITS,
    (what, error) => this.faults.push([what, error]),
  );

  act = <T>(act: (tx: Tx) => Promise<T>) => this.db.database.transaction(this.tenantId, act);
  seal = (owner: string, text = `of ${owner}`) => this.act((tx) => this.keys.seal(tx, owner, PLACE, text));
  open = (owner: string, bytes: Buffer) =>
    this.act(async (tx) =>
      (
        await this.keys.open(tx, issueReceipt(this.tenantId, newId(), [owner]), owner, PLACE, bytes)
      ).toString(),
    );
  rotate = () => this.act((tx) => this.tenantKeys.rotate(tx, BY));
  rewrap = (limit?: number) => this.act((tx) => this.tenantKeys.rewrapSome(tx, limit));
  destroyDue = () => this.act((tx) => this.tenantKeys.destroyDue(tx));
  versions = () =>
    this.db.owner<{ version: number; state: string; retire_after: Date | null; empty: boolean }>(
      `SELECT version, state, retire_after, wrapped = '' AS empty FROM tenant_key WHERE tenant_id = $1 ORDER BY version`,
      [this.tenantId],
    );
  states = async () => (await this.versions()).map(({ state }) => state);
  entries = async (act: string) =>
    (
      await this.db.owner<{ entry: Buffer }>('SELECT entry FROM audit_pending WHERE tenant_id = $1', [
        this.tenantId,
      ])
    )
      .map(({ entry }) => parseEntry(entry))
      .filter((entry) => entry.act === act)
      .map(({ detail, actor }) => ({ ...detail, by: actor.id }));
}
