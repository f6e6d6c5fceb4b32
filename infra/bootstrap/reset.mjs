// @ts-check
// `npm run reset`: forgets all data of VESTIBULE_HOME: database, keys, files. There is no way back.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { removeCluster } from '../postgres/embedded.mjs';
import { MARKER } from './steps/instance.mjs';
import { Stop, home, runMain, say } from './steps/places.mjs';

await runMain(import.meta.url, async () => {
  const folder = home();
  if (!existsSync(folder)) {
    say(`There is nothing in ${folder}.`);
    return 0;
  }
  if (!existsSync(path.join(folder, MARKER))) {
    throw new Stop(
      `${folder} does not look like data of Vestibule (no file ${MARKER} in it): nothing was removed.`,
    );
  }
  if (!process.argv.includes('--yes')) await ask(folder);
  await removeCluster(folder).catch((error) => {
    throw new Stop(error.message);
  });
  for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true });
  say(`Forgotten: everything in ${folder}.`);
  if (process.env.DATABASE_URL) say('The database of DATABASE_URL was not touched: drop it where it lives.');
  return 0;
});

/** @param {string} folder @throws {Stop} unless the answer is yes */
async function ask(folder) {
  if (!process.stdin.isTTY) throw new Stop('Nobody is here to ask: say --yes to forget everything.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    `Forget everything in ${folder} (database, keys, files)? Type yes: `,
  );
  terminal.close();
  if (answer.trim().toLowerCase() !== 'yes') throw new Stop('Nothing was removed.');
}
