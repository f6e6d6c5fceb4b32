// @ts-check
// Where a drill is played: a real instance with its own PostgreSQL in a temporary folder, a client who chats, somebody who owns
// the database, and a watch on what the log says of itself.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startInstance } from '../../infra/bootstrap/steps/instance.mjs';
import { freePort } from '../../infra/postgres/server.mjs';
import { openWire } from '../messages/wire.mjs';

const SITE = 'juniper-clinic';
/** What the log says of itself when something is not as it was recorded. */
const ALARMS = ['log.altered', 'log.gap', 'log.rewound', 'message.altered', 'witness.refused', 'clock.skew'];
const PATIENCE_MS = 60_000;

/** @typedef {Awaited<ReturnType<typeof openStage>>} Stage */

/** @param {{ env?: Record<string, string> }} [options] */
export async function openStage({ env = {} } = {}) {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'vestibule-drill-')));
  chmodSync(folder, 0o711); // as root, PostgreSQL runs as another account, which has to pass
  const house = await openHouse(path.join(folder, 'home'), env);
  /** @type {Awaited<ReturnType<typeof openHouse>>[]} */
  const others = [];
  return {
    house,
    /** Copies a house that stands still: database, keys, all of it. @param {string} name @returns {string} the new home */
    copy(name) {
      const [from, to] = [path.join(folder, 'home'), path.join(folder, name)];
      execFileSync('cp', ['-a', from, to]);
      // The home says where the data is; as root it may be elsewhere.
      const place = path.join(to, 'postgres.json');
      const { folder: data } = JSON.parse(readFileSync(place, 'utf8'));
      const copied = data.startsWith(from) ? data.replace(from, to) : `${data}-copy`;
      if (!data.startsWith(from)) execFileSync('cp', ['-a', data, copied]);
      writeFileSync(place, JSON.stringify({ folder: copied }), { mode: 0o600 });
      return to;
    },
    folder,
    /** @param {string} home @param {Record<string, string>} more */
    async open(home, more = {}) {
      const other = await openHouse(home, { ...env, ...more });
      others.push(other);
      return other;
    },
    async close() {
      for (const one of [house, ...others]) await one.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @param {string} home @param {Record<string, string>} env */
async function openHouse(home, env) {
  /** @type {Awaited<ReturnType<typeof startInstance>> | undefined} */
  let instance;
  /** @type {pg.Client | undefined} */
  let owner;
  let cookie = '';
  let intakeId = '';
  const here = () => {
    if (!instance || !owner) throw new Error('The house is closed.');
    return { instance, owner };
  };
  const start = async (/** @type {Record<string, string>} */ more = {}) => {
    instance = await startInstance({
      home,
      port: await freePort(),
      env: {
        DATABASE_URL: '',
        VESTIBULE_DEMO: 'on',
        VESTIBULE_MEDIA_PORT: '0',
        NODE_OPTIONS: '',
        ...env,
        ...more,
      },
      log: () => {},
    });
    owner = new pg.Client({ connectionString: instance.databaseUrl });
    owner.on('error', () => {}); // the server ends before us
    await owner.connect();
  };
  const call = async (
    /** @type {string} */ method,
    /** @type {string} */ where,
    /** @type {object} */ body = {},
  ) => {
    const { address } = here().instance;
    const response = await fetch(address + where, {
      method,
      headers: { origin: address, cookie, 'content-type': 'application/json' },
      ...(method !== 'GET' && { body: JSON.stringify(body) }),
    });
    cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie;
    if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${await response.text()}`);
    return JSON.parse(await response.text());
  };
  await start();

  const house = {
    home,
    start,
    async stop() {
      await owner?.end().catch(() => {});
      await instance?.stop();
      [owner, instance] = [undefined, undefined];
    },
    /** Runs SQL as whoever owns the database, with no trigger in the way. @param {string} text @param {unknown[]} [values] */
    async sql(text, values) {
      await here().owner.query('SET session_replication_role = replica');
      try {
        return (await here().owner.query(text, values)).rows;
      } finally {
        await here().owner.query('RESET session_replication_role');
      }
    },
    /** A client starts a conversation and says something in it. @param {string[]} texts @returns {Promise<string>} its id */
    async chat(texts) {
      const site = await call('GET', `/api/sites/${SITE}`);
      const answers = { topic: 'other', name: 'A client of the drill', contact: 'client@drill.example' };
      ({ intakeId } = await call('POST', `/api/sites/${SITE}/intakes`, {
        locale: 'en',
        noticeVersion: site.notice.version,
        answers,
      }));
      const { ticket } = await call('POST', '/api/client/socket-ticket');
      const wire = await openWire(here().instance.address, { ticket });
      for (const text of texts) {
        const answer = await new Promise((resolve) =>
          wire.ask('message.post', { intakeId, clientMsgId: randomUUID(), text }, resolve),
        );
        if (!answer.ok) throw new Error(`a message was not taken: ${answer.error.code}`);
      }
      wire.close();
      return intakeId;
    },
    /** The tenant whose client chats. @returns {Promise<string>} */
    async tenant() {
      const [row] = await house.sql('SELECT belongs_to FROM address WHERE kind = $1 AND slug = $2', [
        'site',
        SITE,
      ]);
      return row.belongs_to;
    },
    /** Waits until all that was recorded is signed, and scrubbing has read it once. */
    async settle() {
      const tenant = await house.tenant();
      const done = `SELECT h.size > 0 AND h.size = (SELECT max(size) FROM audit_checkpoint c WHERE c.tenant_id = h.tenant_id)
        AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.tenant_id = h.tenant_id) AS ok FROM audit_head h WHERE h.tenant_id = $1`;
      await until(async () => (await house.sql(done, [tenant]))[0]?.ok === true, 'the log was not signed');
    },
    /** Waits until a witness has cosigned the log as it is. */
    async cosigned() {
      const tenant = await house.tenant();
      const done = `SELECT max(s.size) = (SELECT max(size) FROM audit_checkpoint c WHERE c.tenant_id = $1) AS ok
        FROM audit_cosignature s WHERE s.tenant_id = $1`;
      await until(
        async () => (await house.sql(done, [tenant]))[0]?.ok === true,
        'no witness cosigned the log',
      );
    },
    /** The owner's address of the database. @returns {string} */
    databaseUrl: () => here().instance.databaseUrl,
    /**
     * Does something and waits until somebody says that it is not as it was recorded.
     * @param {() => Promise<unknown>} act
     * @returns {Promise<{ ms: number, says: string } | undefined>} nothing if nobody noticed within a minute
     */
    async noticed(act) {
      const tenant = await house.tenant();
      const alarms = `SELECT entry_id, entry FROM (SELECT entry_id, tenant_id, entry FROM audit_pending UNION ALL
        SELECT entry_id, tenant_id, entry FROM audit_entry WHERE act = ANY ($2)) e WHERE tenant_id = $1`;
      const all = async () =>
        (await house.sql(alarms, [tenant, ALARMS]))
          .map(({ entry }) => JSON.parse(entry.toString()))
          .filter(({ act: name }) => ALARMS.includes(name));
      const before = new Set((await all()).map(({ id }) => id));
      const began = performance.now();
      await act();
      while (performance.now() - began < PATIENCE_MS) {
        const said = (await all().catch(() => [])).find(({ id }) => !before.has(id));
        if (said) {
          const { act: name, actor, refs, detail } = said;
          return {
            ms: Math.round(performance.now() - began),
            says: `${actor.id}: ${name} ${JSON.stringify({ ...refs, ...detail })}`,
          };
        }
        await sleep(20);
      }
      return undefined;
    },
    /** Where PostgreSQL keeps its data. @returns {string} */
    data: () => path.join(JSON.parse(readFileSync(path.join(home, 'postgres.json'), 'utf8')).folder, 'data'),
  };
  return house;
}

/** @param {() => Promise<boolean>} holds @param {string} otherwise */
async function until(holds, otherwise) {
  for (const end = performance.now() + PATIENCE_MS; !(await holds()); await sleep(50))
    if (performance.now() > end) throw new Error(otherwise);
}
