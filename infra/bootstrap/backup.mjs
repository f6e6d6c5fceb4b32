// @ts-check
// `npm run backup [-- --to FOLDER] [--keys]`: one file with everything in the database; with --keys, what is kept apart from
// it. It works beside a running Vestibule.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Stop, home, runMain, say } from './steps/places.mjs';
import { checkNode, installPackages } from './steps/install.mjs';

await runMain(import.meta.url, async () => {
  const { to, keys } = readWords(process.argv.slice(2));
  checkNode();
  await installPackages();
  if (!existsSync(home())) throw new Stop(`There is nothing in ${home()}.`);
  const { backupDump, backupKeys, backupServer } = await import('../backup/backup.mjs'); // reads installed packages
  const keyFile = process.env.VESTIBULE_KEY_FILE || path.join(home(), 'keys', 'root.key');
  const now = new Date();
  try {
    if (keys) {
      tell(await backupKeys({ home: home(), keyFile, to, now }));
      say('Keep it apart from every backup of the database: with both, everything can be read.');
      say('Make it anew after each change of keys, and destroy older ones within VESTIBULE_BACKUP_DAYS:');
      say('an older copy holds keys that have been destroyed here, and undoes every erasure since.');
      return 0;
    }
    const own = process.env.DATABASE_URL;
    tell(own ? await backupDump({ url: own, to, now }) : await embedded(backupServer, to, now));
    if (own) say('This is a dump of one database: roles and settings of your server are not in it.');
    say(
      'The keys are not in it, and without them nobody reads it. Back them up apart: npm run backup -- --keys --to ELSEWHERE',
    );
    return 0;
  } catch (error) {
    throw new Stop(`No backup was made. ${error instanceof Error ? error.message : 'Unknown fault.'}`);
  }
});

/**
 * @param {typeof import('../backup/backup.mjs').backupServer} backupServer
 * @param {string} to
 * @param {Date} now
 */
async function embedded(backupServer, to, now) {
  const { runningPostgres, startPostgres } = await import('../postgres/embedded.mjs');
  const running = runningPostgres(home());
  const database = running ? undefined : await startPostgres({ home: home(), log: say });
  try {
    return await backupServer({ url: running ?? database?.url ?? '', to, now });
  } finally {
    await database?.stop();
  }
}

/** @param {string[]} words */
function readWords(words) {
  let to = path.join(home(), 'backups');
  let keys = false;
  for (let at = 0; at < words.length; at += 1) {
    const next = words[at + 1];
    if (words[at] === '--keys') keys = true;
    else if (words[at] === '--to' && next) {
      to = path.resolve(next);
      at += 1;
    } else throw new Stop('usage: npm run backup -- [--to FOLDER] [--keys]');
  }
  return { to, keys };
}

/** @param {import('../backup/backup.mjs').Made} made */
function tell({ file, bytes, sha256 }) {
  say(`Written and checked: ${file} (${(bytes / 1_048_576).toFixed(1)} MiB)\nSHA-256 ${sha256}`);
}
