// @ts-check
// `npm run bench:seal [-- --rounds=N --values=N --pages=N]`: what sealing and opening one value of 500 bytes takes, beside
// plain AES-256-GCM with a fresh key each time (which neither commits to a key nor binds a place), in turn; and what the
// receipt of a transcript page of 200 messages takes. Ends with 1 when a target was missed.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { runMain, say } from '../../infra/bootstrap/steps/places.mjs';
import { startPostgres } from '../../infra/postgres/embedded.mjs';
import { machine } from '../messages/report.mjs';
import { openHouse } from '../search/house.mjs';
import { ciphers } from './ciphers.mjs';
import { page } from './page.mjs';
import { tell } from './tell.mjs';

await runMain(import.meta.url, async () => {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '15' },
      values: { type: 'string', default: '5000' },
      pages: { type: 'string', default: '60' },
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
    const home = path.join(folder, 'home');
    const server = await startPostgres({ home, temporary: true });
    endings.push(server.stop);
    const owner = new pg.Client({ connectionString: server.url });
    await owner.connect();
    endings.push(() => owner.end());
    const of = await machine(owner);
    say('Sealing and opening …');
    const micros = ciphers({ rounds: Number(values.rounds), count: Number(values.values) });
    const house = await openHouse({ ownerUrl: server.url, home, owner });
    endings.push(house.close);
    say('Reading pages of 200 messages …');
    const pages = await page(house, Number(values.pages));
    await endAll(); // first, so that the report is what stands last
    return tell({ machine: of, micros, pages });
  } finally {
    await endAll();
  }
});
