// @ts-check
// A copy of a whole running PostgreSQL, by the server's own means: the command BASE_BACKUP of its replication protocol,
// which is what pg_basebackup says too. https://www.postgresql.org/docs/current/protocol-replication.html
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

const { Client } = createRequire(import.meta.url)('pg');

/** BASE_BACKUP speaks of itself in this way since PostgreSQL 15. */
const LEAST_MAJOR = 15;

/**
 * @typedef {object} BaseBackup
 * @property {Readable} tar               the data folder as a tar, with the WAL that makes it consistent
 * @property {() => Buffer} manifest      PostgreSQL's own list of the files with their SHA-256; once the tar has been read
 * @property {() => Promise<void>} close
 */

/**
 * Starts a base backup. The server goes on working meanwhile.
 * @param {string} url  of a role that may replicate: the owner of the embedded server, or a superuser
 * @returns {Promise<BaseBackup>}
 * @throws {Error} when the server does not let this role replicate, or is older than PostgreSQL 15.
 */
export async function baseBackup(url) {
  const client = new Client({
    connectionString: url,
    replication: 'true',
    application_name: 'vestibule backup',
  });
  await client.connect();
  const {
    rows: [{ server_version: version }],
  } = await client.query('SHOW server_version');
  if (Number.parseInt(version, 10) < LEAST_MAJOR) {
    await client.end();
    throw new Error(`PostgreSQL ${version} is too old for this: ${LEAST_MAJOR} or newer`);
  }
  const copy = new BaseBackupQuery(
    `BASE_BACKUP (LABEL 'vestibule', CHECKPOINT 'fast', WAL true, WAIT true, MANIFEST 'yes', MANIFEST_CHECKSUMS 'SHA256')`,
  );
  client.on('error', (/** @type {Error} */ error) => copy.tar.destroy(error));
  client.query(copy);
  return { tar: copy.tar, manifest: () => Buffer.concat(copy.manifest), close: () => client.end() };
}

/** What `pg` needs to run a statement whose answer is a stream of copy data. */
class BaseBackupQuery {
  /** @type {Buffer[]} */
  manifest = [];
  /** @type {'tar' | 'manifest' | 'none'} */
  part = 'none';
  archives = 0;
  /** @type {any} */
  connection;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.tar = new Readable({ read: () => this.connection?.stream.resume() });
  }

  /** @param {any} connection */
  submit(connection) {
    this.connection = connection;
    connection.query(this.text);
  }

  /** @param {{ chunk: Buffer }} message */
  handleCopyData({ chunk }) {
    const content = chunk.subarray(1);
    switch (chunk[0]) {
      case 0x6e: // n: another archive begins. One for the data folder, and one for each tablespace
        this.archives += 1;
        this.part = 'tar';
        if (this.archives > 1)
          this.tar.destroy(new Error('this server has tablespaces, which a backup of ours does not take'));
        break;
      case 0x6d: // m: the manifest begins
        this.part = 'manifest';
        break;
      case 0x64: // d: data of what began last
        if (this.part === 'manifest') this.manifest.push(Buffer.from(content));
        else if (!this.tar.push(Buffer.from(content))) this.connection.stream.pause();
        break;
      default: // p: how far it is
    }
  }

  handleRowDescription() {}
  handleDataRow() {}
  handlePortalSuspended() {}
  handleEmptyQuery() {}
  handleCommandComplete() {}

  /** @param {Error} error */
  handleError(error) {
    this.tar.destroy(error);
  }

  handleReadyForQuery() {
    this.tar.push(null);
  }
}
