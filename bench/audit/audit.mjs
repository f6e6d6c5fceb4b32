// @ts-check
// `npm run bench:audit [-- --rounds=N --seconds=S --writers=N --only=REGEXP --attacks=only|off]`: what recording an act costs, beside
// the ways in which others record, and which changes of a log each of them notices. Ends with 1 when a target was missed.
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { startPostgres } from '../../infra/postgres/embedded.mjs';
import { tryAttacks } from './attacks/attacks.mjs';
import { openLab } from './attacks/lab.mjs';
import { isInstalled, prepareDebian, tryPgaudit } from './pgaudit.mjs';
import { platform } from './product.mjs';
import { machine, rowOf, tell } from './report.mjs';
import { burst, runOne, scrub } from './running.mjs';
import { SYSTEMS, schema } from './systems.mjs';

const TENANT = randomUUID();
const TEMPLATE = 'vestibule_untouched';
/** Thrown away, so that no system has a cold server. */
const WARM_UPS = 1;

await runMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '5' },
      writers: { type: 'string', default: '8' },
      only: { type: 'string', default: '' },
      attacks: { type: 'string', default: 'on' },
    },
  });
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'vestibule-bench-audit-')));
  chmodSync(folder, 0o711); // as root, PostgreSQL runs as another account, which has to pass
  /** @type {(() => Promise<unknown>)[]} */
  const endings = [async () => rmSync(folder, { recursive: true, force: true })];
  const endAll = async () => {
    for (let end = endings.pop(); end; end = endings.pop()) await end();
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void endAll().then(() => process.exit(130)));
  try {
    const report = await measure({
      folder,
      endings,
      systems:
        values.attacks === 'only' ? [] : SYSTEMS.filter(({ name }) => new RegExp(values.only).test(name)),
      rounds: Number(values.rounds),
      seconds: Number(values.seconds),
      writers: Number(values.writers),
      attacks: values.attacks !== 'off',
    });
    await endAll(); // first, so that the report is what stands last
    return tell(report);
  } finally {
    await endAll();
  }
});

/**
 * @param {{ folder: string, endings: (() => Promise<unknown>)[], systems: import('./systems.mjs').System[], rounds: number,
 *   seconds: number, writers: number, attacks: boolean }} options
 */
async function measure({ folder, endings, systems, rounds, seconds, writers, attacks }) {
  const { migrate, prepareRoles, APP_ROLE } = platform();
  const passwords = {
    app: randomBytes(18).toString('base64url'),
    sequencer: randomBytes(18).toString('base64url'),
  };
  const home = path.join(folder, 'home');
  mkdirSync(home, { mode: 0o711 });
  say('Starting PostgreSQL …');
  const server = await startPostgres({ home: path.join(folder, 'postgres'), temporary: true });
  endings.push(server.stop);
  const urls = await prepareRoles(server.url, passwords);
  await migrate(server.url);
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  endings.push(() => owner.end());
  await owner.query(`CREATE DATABASE ${TEMPLATE} TEMPLATE template1`);
  const template = Object.assign(new URL(server.url), { pathname: `/${TEMPLATE}` }).href;
  await prepareRoles(template, passwords);
  await migrate(template);
  await owner.query(schema(APP_ROLE, true));
  await owner.query(
    `WITH t AS (INSERT INTO tenant (tenant_id, slug, name, sector, created_at) VALUES ($1, 'bench', 'bench', 'clinic', now()))
     INSERT INTO audit_head (tenant_id) VALUES ($1)`,
    [TENANT],
  );
  await owner.query("INSERT INTO bench.chain_head VALUES ($1, '')", [TENANT]);

  const missing = isInstalled() ? [] : ['pgaudit (Debian packages postgresql-15 and postgresql-15-pgaudit)'];
  const debian =
    isInstalled() && (attacks || systems.some((one) => one.server === 'debian'))
      ? await prepareDebian(folder, TENANT)
      : undefined;
  if (debian) endings.push(debian.stop);
  const running = systems.filter((one) => one.server === 'ours' || debian !== undefined);
  /** @type {Map<string, import('./report.mjs').Round[]>} */
  const measured = new Map(running.map(({ name }) => [name, []]));
  for (let round = -WARM_UPS; round < rounds; round++)
    for (const system of running) {
      const url =
        system.server === 'ours'
          ? urls.app
          : system.name.startsWith('pgaudit')
            ? debian?.audited
            : debian?.plain;
      const done = await runOne({
        how: system.how,
        url: url ?? '',
        urls,
        home,
        tenant: TENANT,
        seconds,
        writers,
      });
      if (round >= 0) measured.get(system.name)?.push(done);
      const rate = (done.acts / done.seconds).toFixed(0);
      say(
        `${round < 0 ? 'warm-up' : `round ${round + 1}`}  ${system.name}: ${rate} acts/s, p99 ${done.p99Ms.toFixed(1)} ms`,
      );
    }
  const withOurs = running.some(({ how }) => how === 'ours');
  const sequenced = withOurs ? await burst({ owner, urls, home, tenant: TENANT }) : [];
  const scrubbed = withOurs ? await scrub({ urls, home, tenant: TENANT }) : [];
  if (attacks) say('Trying the ten attacks …');
  const lab = () => openLab({ server: server.url, template: TEMPLATE, folder, passwords });
  const verdicts = attacks ? await tryAttacks({ owner, lab }) : [];
  if (attacks && debian) verdicts.push(...(await tryPgaudit(debian)));
  const rows = [...measured].map(([name, all]) => rowOf(name, all));
  return { machine: await machine(owner), rows, sequenced, scrubbed, verdicts, missing };
}
