// @ts-check
// The product's own log, as it was built: recorder, sequencer, signer, scrubber, on a database of the bench.
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../../infra/bootstrap/steps/places.mjs';

const require = createRequire(import.meta.url);
const built = (/** @type {string} */ file) => require(path.join(ROOT, 'dist/server', file));

/** @returns {any} what `libs/platform` gives */
export const platform = () => built('libs/platform/src/index.js');
/** @returns {any} what `audit` gives */
export const audit = () => built('audit/src/index.js');
/** @returns {any} */
export const crypto = () => built('libs/crypto/src/index.js');
/** @returns {any} */
export const kernel = () => built('libs/kernel/src/index.js');

/**
 * Opens the log as one process of the program does.
 * @param {{ urls: { app: string, sequencer: string }, home: string, keyFile?: string, clock?: { now(): Date } }} where
 */
export async function openLog({ urls, home, keyFile = path.join(home, 'root.key'), clock }) {
  const { Database, Keys, Recorder, CheckpointSigner, LogClock } = platform();
  const { connect } = built('libs/platform/src/database/connect.js');
  const { openKeyFile } = built('libs/platform/src/keys/kms/key-file.js');
  const { Sequencer } = built('libs/platform/src/auditing/sequencer.js');
  const { Scrubber } = built('libs/platform/src/auditing/scrubbing/scrubber.js');
  const { Alarms } = built('libs/platform/src/auditing/scrubbing/alarm.js');
  const time = clock ?? kernel().systemClock;
  const ignore = () => {};
  const database = new Database(await connect(urls.app, 4, ignore));
  const source = await connect(urls.sequencer, 2, ignore);
  const keys = new Keys(await openKeyFile(keyFile, undefined), time);
  const recorder = new Recorder(database, keys, time);
  const sequencer = new Sequencer(source, time, recorder);
  const signer = new CheckpointSigner(source, database, keys, time, path.join(home, 'log-state'));
  const alarms = new Alarms(database, recorder, time);
  return {
    database,
    recorder,
    sequencer,
    signer,
    alarms,
    scrubber: new Scrubber(source, database, alarms, signer, time),
    /** @param {(what: string, error: Error) => void} onFault */
    clock: (onFault) => new LogClock(sequencer, signer, recorder, alarms, onFault),
    /** @param {string} sql @param {unknown[]} [values] @returns {Promise<any[]>} */
    sequencerQuery: (sql, values = []) => source.query(sql, values),
    async close() {
      await source.destroy();
      await database.close();
    },
  };
}

/**
 * The public key line of a tenant's log, as the console shows it on the page Evidence.
 * @param {{ home: string, databaseUrl: () => string }} house  that runs
 * @param {string} tenant
 * @returns {Promise<string>}
 */
export async function keyLineOf({ home, databaseUrl }, tenant) {
  const { rolePasswords } = built('apps/api/src/start/role-passwords.js');
  const urls = await platform().prepareRoles(databaseUrl(), await rolePasswords(home));
  const log = await openLog({ urls, home, keyFile: path.join(home, 'keys', 'root.key') });
  try {
    return await log.signer.vkey(tenant);
  } finally {
    await log.close();
  }
}
