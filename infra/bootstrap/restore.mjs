// @ts-check
// `npm run restore -- FILE [--yes] [--accept-loss]`: puts a backup back. The program must not be running.
// `npm run restore -- --accept-loss`, without a file, lets a log that was set back go on, and says so in it.
import path from 'node:path';
import { Stop, home, runMain, say } from './steps/places.mjs';
import { checkNode, installPackages } from './steps/install.mjs';

await runMain(import.meta.url, async () => {
  const words = process.argv.slice(2);
  const files = words.filter((word) => !word.startsWith('--'));
  const flags = new Set(words.filter((word) => word.startsWith('--')));
  const accept = flags.has('--accept-loss');
  const known = [...flags].every((flag) => ['--yes', '--accept-loss'].includes(flag));
  if (!known || files.length > 1 || (files.length === 0 && !accept))
    throw new Stop(
      'usage: npm run restore -- FILE [--yes] [--accept-loss]\n       npm run restore -- --accept-loss',
    );
  checkNode();
  await installPackages();
  const { acceptLoss, lostOf, restore } = await import('../backup/restore.mjs'); // reads installed packages
  const url = process.env.DATABASE_URL || undefined;
  const keyFile = process.env.VESTIBULE_KEY_FILE || path.join(home(), 'keys', 'root.key');
  try {
    const [file] = files;
    if (file !== undefined) {
      const { kind } = await restore({
        file: path.resolve(file),
        home: home(),
        keyFile,
        url,
        yes: flags.has('--yes'),
        log: say,
      });
      say(
        kind === 'keys'
          ? 'The keys are back.'
          : 'The database is back. What was erased since is erased again at the start.',
      );
      if (kind === 'keys') return 0;
    }
    const lost = await withDatabase(url, (address) => lostOf(home(), address));
    for (const { tenant, has, signed } of lost)
      say(`The log of ${tenant} has ${has} entries, and ${signed} were signed: ${signed - has} are lost.`);
    if (accept) {
      await acceptLoss(home());
      say(
        'At the next start each log that lacks what was signed says so, and goes on under another name. Tell whoever checks it: its key has a new name.',
      );
    } else if (lost.length > 0)
      say(
        'Until somebody says so, it is not signed, and exports and erasures wait. To say it, end the program and: npm run restore -- --accept-loss',
      );
    else say('No entry that was signed is missing by number; the program compares the rest at its start.');
    return 0;
  } catch (error) {
    throw error instanceof Stop ? error : new Stop(error instanceof Error ? error.message : 'Unknown fault.');
  }
});

/**
 * @template T
 * @param {string | undefined} url
 * @param {(url: string) => Promise<T>} act
 * @returns {Promise<T>}
 */
async function withDatabase(url, act) {
  if (url !== undefined) return act(url);
  const { startPostgres } = await import('../postgres/embedded.mjs');
  const database = await startPostgres({ home: home(), log: say });
  try {
    return await act(database.url);
  } finally {
    await database.stop();
  }
}
