// @ts-check
// `npm run bench:search [-- --messages=N --rounds=N --only=REGEXP]`: looks for a phrase in N sealed messages, as a compliance
// officer does, with the real services and keys. Beside it, in turn on the same PostgreSQL: the same rows opened one by one in one
// thread, and PostgreSQL's own ILIKE and regular expression over the same texts in plain, which is what one would have
// without sealing. Ends with 1 when a hit is missing, or a target was missed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { startPostgres } from '../../infra/postgres/embedded.mjs';
import { machine } from '../messages/report.mjs';
import { openHouse } from './house.mjs';
import { fill, NEEDLE } from './rows.mjs';
import { systems } from './systems.mjs';
import { tell } from './tell.mjs';

await runMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      messages: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
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
  try {
    const report = await measure({
      folder,
      endings,
      messages: Number(values.messages),
      rounds: Number(values.rounds),
      only: new RegExp(values.only),
    });
    await endAll(); // first, so that the report is what stands last
    return tell(report);
  } finally {
    await endAll();
  }
});

/** @param {{ folder: string, endings: (() => Promise<unknown>)[], messages: number, rounds: number, only: RegExp }} options */
async function measure({ folder, endings, messages, rounds, only }) {
  const home = path.join(folder, 'home');
  const server = await startPostgres({ home, temporary: true });
  endings.push(server.stop);
  const owner = new pg.Client({ connectionString: server.url });
  await owner.connect();
  endings.push(() => owner.end());
  const house = await openHouse({ ownerUrl: server.url, home, owner });
  endings.push(house.close);
  say(`Sealing ${messages} messages …`);
  const expected = await fill(house, owner, messages);
  // What has to be read from a cold disk, or cleaned up after the filling, is nobody's speed.
  await owner.query('VACUUM (ANALYZE)');
  await owner.query('CHECKPOINT');
  const of = await machine(owner);

  /** @type {Map<string, import('./systems.mjs').Measured[]>} */
  const measured = new Map();
  /** @type {string[]} */
  const faults = [];
  const all = systems(house, owner, messages).filter(({ name }) => only.test(name));
  for (let round = 1; round <= rounds; round++)
    for (const { name, run } of all) {
      const result = await run();
      measured.set(name, [...(measured.get(name) ?? []), result]);
      say(`round ${round}, ${name}: ${result.seconds.toFixed(2)} s, ${result.hits} found`);
      if (result.hits !== expected) faults.push(`${name} found ${result.hits} of ${expected}`);
    }
  return { machine: of, messages, needle: NEEDLE, expected, measured, faults };
}
