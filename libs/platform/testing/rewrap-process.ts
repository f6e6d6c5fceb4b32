import { systemClock, type TenantId } from '@app/kernel';
import { setTimeout as sleep } from 'node:timers/promises';
import { Recorder } from '../src/auditing/recording/recorder';
import { connect } from '../src/database/connect';
import { Database } from '../src/database/database';
import { TenantKeys } from '../src/keys/epochs/tenant-keys';
import { Keys } from '../src/keys/keys';
import { openKeyFile } from '../src/keys/kms/key-file';

/** Re-wraps a tenant's keys a few at a time and says after each batch how many: a process for a test to kill. */
async function main([url, keyFile, tenantId]: readonly string[]): Promise<void> {
  const database = new Database(await connect(String(url), 2, () => undefined));
  const keys = new Keys(await openKeyFile(String(keyFile), undefined), systemClock);
  const recorder = new Recorder(database, keys, systemClock);
  const tenantKeys = new TenantKeys(keys, recorder, systemClock, { epochDays: 7, backupDays: 30 });
  for (;;) {
    const { dataKeys, more } = await database.transaction(tenantId as TenantId, async (tx) => {
      const moved = await tenantKeys.rewrapSome(tx, 20);
      process.stdout.write('moving\n');
      await sleep(20); // so that it can be killed between the moving and the commit, too
      return moved;
    });
    process.stdout.write(`moved ${dataKeys}\n`);
    if (!more) break;
  }
  await database.close();
}

void main(process.argv.slice(3));
