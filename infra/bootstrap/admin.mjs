// @ts-check
// `npm run admin:create`: makes the first administrator of an installation without the demo. It works beside a running
// Vestibule as well as before its first start.
import { runningPostgres, startPostgres } from '../postgres/embedded.mjs';
import { prepare } from './steps/prepare.mjs';
import { home, runMain, say } from './steps/places.mjs';
import { runProgram } from './run.mjs';

await runMain(import.meta.url, async () => {
  const env = await prepare(['build'], { yes: false });
  const { workerProgram } = await import('./steps/worker.mjs');
  const given = env.DATABASE_URL || runningPostgres(home());
  const database = given ? undefined : await startPostgres({ home: home(), log: say });
  try {
    return await runProgram(['dist/server/apps/api/src/first-administrator.js', ...process.argv.slice(2)], {
      ...env,
      DATABASE_URL: given ?? database?.url,
      VESTIBULE_HOME: home(),
      VESTIBULE_SFU_WORKER: env.VESTIBULE_SFU_WORKER || workerProgram(),
    });
  } finally {
    await database?.stop();
  }
});
