import { AppError } from '@app/kernel';
import { describe, migrate, prepareRoles, readConfig } from '@app/platform';
import { Logger } from '@nestjs/common';
import { seedDemo } from '../demo/seed';
import { Outbox } from '../demo/outbox';
import { assemble } from './assemble';
import { places } from './places';
import { rolePasswords } from './role-passwords';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long running requests and calls have after a signal to end by themselves. */
const DRAIN_LIMIT_MS = 20_000;

/**
 * Reads the configuration, migrates, assembles, listens, and tells whoever started it.
 *
 * @throws Error with one message for the operator.
 */
export async function startProgram(env: Environment): Promise<void> {
  const logger = new Logger('start');
  const config = readConfig(env);
  const urls = await prepareRoles(config.databaseUrl, await rolePasswords(config.home));
  await migrate(config.databaseUrl);
  const outbox = config.smtpUrl === undefined ? await Outbox.open() : undefined;
  const smtpUrl = config.smtpUrl ?? outbox?.url ?? '';
  const app = await assemble({ config, urls, smtpUrl, places: places(process.cwd()), outbox });
  const signIns = config.demo ? await seedDemo(app) : [];
  await app.listen(config.port, config.host);
  const address = config.publicUrl === '' ? await app.getUrl() : config.publicUrl;

  let ending = false;
  const end = (why: string) => {
    if (ending) return;
    ending = true;
    logger.log(`${why}: draining`);
    const force = setTimeout(() => process.exit(1), DRAIN_LIMIT_MS);
    app
      .close()
      .then(() => outbox?.close())
      .then(
        () => {
          clearTimeout(force);
          process.exit(0);
        },
        (error: unknown) => {
          logger.error(describe(error));
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // Whoever started us is gone without a word: nobody is left to end us later.
  process.on('disconnect', () => end('the parent process has ended'));
  process.on('unhandledRejection', (error) => {
    // A refusal that nobody waited for is a bug, and no reason to take forty chats down.
    if (!(error instanceof AppError)) logger.error(describe(error));
  });
  process.send?.({ ready: true, address, signIns });
  logger.log(`ready at ${address}`);
}
