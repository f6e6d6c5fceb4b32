import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { workerBin } from '../../../libs/media/testing/worker-bin';

const ROOT = join(__dirname, '..', '..', '..');
const PROGRAM = join(ROOT, 'dist', 'sfu', 'apps', 'sfu', 'src', 'main.js');
export const SECRET = 'a-secret-of-the-tests-which-is-long-enough';

/** The built program in a process of its own. It needs `dist/sfu`: `npm run build:sfu` makes it. */
export interface SfuProcess {
  readonly child: ChildProcess;
  /** Everything that it wrote. */
  readonly output: () => string;
  readonly ended: Promise<number | null>;
}

export function runSfu(env: Record<string, string>): SfuProcess {
  if (!existsSync(PROGRAM)) throw new Error('There is no dist/sfu: npm run build:sfu makes it.');
  const child = fork(PROGRAM, {
    cwd: ROOT,
    execArgv: ['--enable-source-maps'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'], ...env },
  });
  let output = '';
  child.stdout?.on('data', (text) => (output += String(text)));
  child.stderr?.on('data', (text) => (output += String(text)));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

/** Starts a node on loopback and returns when it listens. */
export async function startSfu(port: number): Promise<SfuProcess> {
  const started = runSfu({
    VESTIBULE_SFU_WORKER: workerBin(),
    VESTIBULE_SFU_SECRET: SECRET,
    VESTIBULE_MEDIA_PORT: '0',
    PORT: String(port),
  });
  await Promise.race([
    once(started.child, 'message'),
    started.ended.then(() => {
      throw new Error(`the node ended before it was ready: ${started.output()}`);
    }),
  ]);
  return started;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port');
  return address.port;
}
