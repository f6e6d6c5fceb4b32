// @ts-check
// A log of our own with twelve entries and two checkpoints, in a database of its own, to be attacked.
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { openLog, platform } from '../product.mjs';

/** @typedef {Awaited<ReturnType<typeof openLab>>} Lab */

const SYSTEM = { kind: 'system', id: 'bench' };

/**
 * @param {{ server: string, template: string, folder: string, passwords: { app: string, sequencer: string } }} on
 *   `server`: the owner's URL; `template`: a migrated database that nobody is in
 */
export async function openLab({ server, template, folder, passwords }) {
  const { prepareRoles } = platform();
  const name = `lab_${randomUUID().replaceAll('-', '')}`;
  const home = path.join(folder, name);
  mkdirSync(home, { mode: 0o700 });
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  const at = (/** @type {string} */ database) =>
    Object.assign(new URL(server), { pathname: `/${database}` }).href;
  const create = async (/** @type {string} */ database, /** @type {string} */ from) => {
    await admin.query(`CREATE DATABASE ${database} TEMPLATE ${from}`);
    return prepareRoles(at(database), passwords);
  };
  let urls = await create(name, template);
  const owner = new pg.Client({ connectionString: at(name) });
  await owner.connect();
  const tenant = randomUUID();
  await owner.query(
    `WITH t AS (INSERT INTO tenant (tenant_id, slug, name, sector, created_at) VALUES ($1, 'a-clinic', 'a clinic', 'clinic', now()))
     INSERT INTO audit_head (tenant_id) VALUES ($1)`,
    [tenant],
  );
  let log = await openLog({ urls, home });
  /** @type {pg.Client[]} */
  const others = [];

  const lab = {
    tenant,
    owner,
    home,
    get log() {
      return log;
    },
    /** Records so many acts. @param {number} count @param {any} [into] */
    async act(count, into = log) {
      for (let i = 0; i < count; i++)
        await into.database.transaction(tenant, (/** @type {any} */ tx) =>
          into.recorder.record(tx, { act: 'bench.act', actor: SYSTEM }),
        );
    },
    /** Sequences and signs. @param {any} [of] @returns {Promise<string | undefined>} why it is not signed */
    async sign(of = log) {
      while ((await of.sequencer.pass()).sequenced > 0);
      return (await of.signer.pass()).get(tenant)?.message;
    },
    /** One round of scrubbing. @param {any} [by] @returns {Promise<string | undefined>} what it found */
    async scrub(by = log.scrubber) {
      /** @type {string[]} */
      const found = [];
      for (let ended = false; !ended;) {
        const slice = await by.slice(tenant);
        ({ ended } = slice);
        found.push(
          ...slice.alarms.map((/** @type {any} */ { act, detail }) => `${act} ${JSON.stringify(detail)}`),
        );
      }
      return found.length > 0 ? `scrubbing: ${found.join(', ')}` : undefined;
    },
    /** The same log at another time. @param {{ now(): Date }} clock */
    async at(clock) {
      const other = await openLog({ urls, home, clock });
      endings.push(() => other.close());
      return other;
    },
    /** Runs SQL as the owner, with no trigger in the way. @param {string} sql @param {unknown[]} [values] */
    async asSuperuser(sql, values) {
      await owner.query('SET session_replication_role = replica');
      try {
        return await owner.query(sql.replaceAll(':tenant', `'${tenant}'`), values);
      } finally {
        await owner.query('RESET session_replication_role');
      }
    },
    /** Copies the database as it is now. @returns {Promise<() => Promise<void>>} puts the copy in its place */
    async snapshot() {
      const copy = `${name}_copy`;
      await log.close();
      await owner.end();
      await create(copy, name);
      log = await openLog({ urls, home });
      return async () => {
        await log.close();
        urls = await prepareRoles(at(copy), passwords);
        log = await openLog({ urls, home });
      };
    },
    /** A second house with the same database, keys and past. */
    async fork() {
      const copy = `${name}_fork`;
      const otherHome = `${home}-fork`;
      await log.close();
      await owner.end();
      const otherUrls = await create(copy, name);
      cpSync(home, otherHome, { recursive: true });
      log = await openLog({ urls, home });
      const other = await openLog({ urls: otherUrls, home: otherHome });
      endings.push(() => other.close());
      return other;
    },
    async close() {
      for (const end of endings.splice(0)) await end();
      await log.close();
      await owner.end().catch(() => {});
      for (const other of others) await other.end();
      for (const database of [name, `${name}_copy`, `${name}_fork`])
        await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      await admin.end();
    },
  };
  /** @type {(() => Promise<void>)[]} */
  const endings = [];
  await lab.act(6);
  await lab.sign();
  await lab.act(6);
  const fault = await lab.sign();
  if (fault !== undefined) throw new Error(`the log of the lab was not signed: ${fault}`);
  return lab;
}
