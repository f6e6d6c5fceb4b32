// @ts-check
// `npm run bench:messages [-- --rounds=N --seconds=S --only=REGEXP --profile=DIR]`: 200 pairs of a client and a staff member
// talk over sockets, from this process to a fresh instance; beside it, in turn on the same PostgreSQL, a bare Socket.IO server
// and pgbench write the same rows. Ends with 1 when the rows do not prove the messages, or a target was missed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startInstance } from '../../infra/bootstrap/steps/instance.mjs';
import { runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { freePort } from '../../infra/postgres/server.mjs';
import { countTables, emptyTables, makeTables, startBare } from './beside.mjs';
import { canCount, meter, parentOf } from './cpu.mjs';
import { play, quantile } from './load.mjs';
import { gather, setLevel } from './people.mjs';
import { findPgbench, runPgbench } from './pgbench.mjs';
import { proveOurs, untilSequenced } from './proof.mjs';
import { load, machine, round, rowOf, tell } from './report.mjs';

const PAIRS = 200;
const WARM_UP_MS = 1_500;
/** Before the first round, so that no round has a cold server. */
const FIRST_WARM_UP_S = 4;

/**
 * What is measured, in turn. `level`: of our clients' identity; `write`: how the bare server writes.
 * @typedef {{ name: string, level?: 0 | 1, write?: string, perSecond?: number }} System
 * @type {System[]}
 */
const SYSTEMS = [
  { name: 'ours closed', level: 1 },
  { name: 'ours 500/s', level: 1, perSecond: 500 },
  { name: 'ours closed, identity not confirmed', level: 0 },
  { name: 'bare closed, one INSERT', write: 'insert' },
  { name: 'bare closed, the act in six statements', write: 'statements' },
  { name: 'bare closed, the act in one statement', write: 'one statement' },
  { name: 'bare 500/s, the act in six statements', write: 'statements', perSecond: 500 },
  { name: 'pgbench, the act in one statement' },
];

await runMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '8' },
      only: { type: 'string', default: '' },
      profile: { type: 'string' },
    },
  });
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'vestibule-bench-')));
  /** @type {(() => Promise<unknown>)[]} */
  const endings = [async () => rmSync(folder, { recursive: true, force: true })];
  const endAll = async () => {
    for (let end = endings.pop(); end; end = endings.pop()) await end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void endAll().then(() => process.exit(130)));
  // A socket that breaks ends the run, and the run ends what it started.
  process.once('uncaughtException', (error) => {
    say(String(error.stack));
    void endAll().finally(() => process.exit(1));
  });
  try {
    const systems = SYSTEMS.filter(({ name }) => new RegExp(values.only).test(name));
    const report = await measure({
      folder,
      endings,
      systems,
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      ...(values.profile !== undefined && { profile: path.resolve(values.profile) }),
    });
    await endAll(); // first, so that the report is what stands last
    return tell(PAIRS, report);
  } finally {
    await endAll();
  }
});

/**
 * @param {{ folder: string, endings: (() => Promise<unknown>)[], systems: System[], rounds: number, seconds: number, profile?: string }} options
 */
async function measure({ folder, endings, systems, rounds, seconds, profile }) {
  say(`Starting an instance with ${PAIRS} conversations …`);
  const instance = await startInstance({
    home: path.join(folder, 'home'),
    port: await freePort(),
    temporary: true,
    env: {
      DATABASE_URL: '',
      VESTIBULE_DEMO: 'on',
      VESTIBULE_TRUST_PROXY: 'on',
      VESTIBULE_MEDIA_PORT: '0',
      NODE_OPTIONS: profile === undefined ? '' : `--cpu-prof --cpu-prof-dir=${profile}`,
    },
    log: () => {},
  });
  endings.push(instance.stop);
  const owner = new pg.Client({ connectionString: instance.databaseUrl });
  await owner.connect();
  endings.push(() => owner.end());
  const { rows } = await owner.query('SELECT pg_backend_pid() AS pid');
  const postmaster = parentOf(rows[0].pid) ?? 0;
  const ours = await gather({ address: instance.address, owner, count: PAIRS });
  endings.push(async () => ours.pairs.forEach(({ sides }) => sides.forEach((wire) => wire.close())));
  const besideUrl = await makeTables(owner, instance.databaseUrl);
  await emptyTables(owner, PAIRS);
  const bare = await startBare(besideUrl, PAIRS);
  endings.push(bare.stop);

  /** @type {string[]} */
  const faults = [];
  const missing = canCount() ? [] : ['/proc: no CPU figures on this system'];
  const pgbench = findPgbench();
  if (pgbench === undefined) missing.push('pgbench (of the Debian package postgresql-15, or on the PATH)');
  let acked = 0;
  /** @type {0 | 1 | undefined} */
  let level;

  /** @param {Omit<import('./load.mjs').Round, 'sent' | 'ackedAll' | 'received'>} played @param {ReturnType<typeof meter>} cpu */
  const measured = (played, cpu) => ({
    msgPerS: round(played.acked / played.seconds),
    p50Ms: round(quantile(played.latencies, 0.5)),
    p99Ms: round(quantile(played.latencies, 0.99)),
    ...cpu.figures(played.acked, played.seconds),
    messages: played.acked,
    refused: played.refused,
    load: load(),
  });

  /** @param {System} system @param {number} forSeconds @returns {Promise<import('./report.mjs').Measured>} */
  const runOurs = async (system, forSeconds) => {
    if (level !== system.level && system.level !== undefined)
      await setLevel(owner, ours.tenantId, system.level);
    level = system.level;
    const cpu = meter(postmaster, instance.apiPid);
    const played = await play({
      pairs: ours.pairs,
      ...paceOf(system),
      warmUpMs: WARM_UP_MS,
      seconds: forSeconds,
      ...cpu,
    });
    acked += played.ackedAll;
    await untilSequenced(owner); // its numbering is not charged to the next
    faults.push(...named(system, played.faults));
    return measured(played, cpu);
  };
  /** @param {System} system @returns {Promise<import('./report.mjs').Measured>} */
  const runBare = async (system) => {
    await emptyTables(owner, PAIRS);
    await bare.write(system.write ?? '');
    const cpu = meter(postmaster, bare.pid);
    const played = await play({
      pairs: bare.pairs,
      ...paceOf(system),
      warmUpMs: WARM_UP_MS,
      seconds,
      ...cpu,
    });
    const kept = await countTables(owner);
    if (kept.messages !== played.ackedAll || kept.holes > 0)
      played.faults.push(
        `${played.ackedAll} acknowledged, ${kept.messages} rows, ${kept.holes} conversations with holes`,
      );
    faults.push(...named(system, played.faults));
    return measured(played, cpu);
  };
  /** @param {System} system @param {string} program @returns {Promise<import('./report.mjs').Measured>} */
  const runPeer = async (system, program) => {
    await emptyTables(owner, PAIRS);
    const sizes = await owner.query(
      `SELECT (SELECT avg(octet_length(sealed)) FROM message WHERE author_kind <> 'system')::int AS sealed,
              (SELECT avg(octet_length(entry)) FROM audit_entry WHERE act = 'message.post')::int AS entry`,
    );
    const cpu = meter(postmaster);
    await cpu.began();
    const played = await runPgbench({
      program,
      databaseUrl: besideUrl,
      folder,
      conversations: PAIRS,
      seconds,
      bytes: sizes.rows[0],
    });
    await cpu.ended();
    const kept = await countTables(owner);
    if (kept.messages !== played.acked || kept.entries !== played.acked)
      faults.push(
        ...named(system, [
          `${played.acked} transactions, ${kept.messages} messages, ${kept.entries} entries`,
        ]),
      );
    return measured({ ...played, refused: 0, faults: [] }, cpu);
  };

  await runOurs({ name: 'warm-up', level: 1 }, FIRST_WARM_UP_S);
  /** @type {Map<System, import('./report.mjs').Measured[]>} */
  const results = new Map(systems.map((system) => [system, []]));
  for (let i = 0; i < rounds; i++) {
    const first = i % systems.length;
    for (const system of [...systems.slice(first), ...systems.slice(0, first)]) {
      const isPeer = system.level === undefined && system.write === undefined;
      if (isPeer && pgbench === undefined) continue;
      const result = isPeer
        ? await runPeer(system, pgbench ?? '')
        : system.level === undefined
          ? await runBare(system)
          : await runOurs(system, seconds);
      results.get(system)?.push(result);
      say(
        `  ${i + 1}/${rounds} ${system.name}: ${Math.round(result.msgPerS)} msg/s, p99 ${result.p99Ms} ms, load ${result.load}`,
      );
    }
  }
  const proof = await proveOurs(owner, ours.tenantId, acked);
  return {
    machine: await machine(owner),
    rows: [...results].filter(([, all]) => all.length > 0).map(([system, all]) => rowOf(system.name, all)),
    proof: proof.counts,
    faults: [...faults, ...proof.faults],
    missing,
  };
}

/** @param {System} system */
function paceOf({ perSecond }) {
  return perSecond === undefined ? {} : { perSecond };
}

/** @param {System} system @param {string[]} faults */
function named({ name }, faults) {
  return [...new Set(faults)].map((fault) => `${name}: ${fault}`);
}
