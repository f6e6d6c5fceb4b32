import { systemClock } from '@app/kernel';
import { MediaRouterServer, MediasoupRouter } from '@app/media';
import { readConfig } from './config';
import { programLog } from './log';

/**
 * How long calls have to end by themselves after a signal, in ms: most consults that are going on do not, so it is for
 * the ones that are about to. A second signal does not wait.
 */
const DRAIN_LIMIT_MS = 300_000;

/**
 * Starts the workers, listens, and tells whoever started it.
 *
 * @throws Error with one message for the operator.
 */
export async function startProgram(env: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { secret, host, port, media } = readConfig(env);
  const log = programLog(systemClock, (line) => process.stdout.write(line));
  const router = new MediasoupRouter(media, log);
  const server = new MediaRouterServer(router, secret, log);
  const address = `ws://${host}:${await server.listen(port, host)}`;

  const now = new AbortController();
  let isEnding = false;
  const end = async (why: string): Promise<void> => {
    if (isEnding) {
      now.abort();
      return;
    }
    isEnding = true;
    log.log(`${why}: draining, ${server.roomCount} rooms`);
    await server.drain(AbortSignal.any([now.signal, AbortSignal.timeout(DRAIN_LIMIT_MS)]));
    await server.close();
    await router.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  // Whoever started us is gone without a word: nobody is left to end us later.
  process.on('disconnect', () => void end('the parent process has ended'));
  process.send?.({ ready: true, address });
  log.log(`ready at ${address}`);
}
